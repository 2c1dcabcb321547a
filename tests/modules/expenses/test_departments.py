"""A department that a claim or a purchase request was written for stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.claims import SaveClaim
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind
from dangxiao_houqin.modules.expenses.domain.purchases import SaveRequest
from dangxiao_houqin.modules.organization import services as organization
from dangxiao_houqin.modules.organization.models import Department
from tests.modules.expenses.signing_school import Unit


def _claim(ctx: Ctx, department_id: int) -> object:
    return services.save_claim(ctx, SaveClaim(title="维修（虚构）", department_id=department_id))


def _request(ctx: Ctx, department_id: int) -> object:
    return services.save_request(ctx, SaveRequest(ProcurementKind.GOODS, "床垫（虚构）", department_id=department_id))


@pytest.mark.parametrize("write", (_claim, _request))
def test_a_department_with_a_document_stays(unit: Unit, write: Callable[[Ctx, int], object]) -> None:
    with unit() as ctx:
        used = ctx.add(Department(name="公寓科", sort_order=1)).id
        unused = ctx.add(Department(name="车队", sort_order=2)).id
        write(ctx, used)
    with pytest.raises(RuleViolation, match="“公寓科”有报销单或采购申请，不能删除"), unit() as ctx:
        organization.delete_department(ctx, used, 1)
    with unit() as ctx:
        organization.delete_department(ctx, unused, 1)
    with unit() as ctx:
        assert ctx.session.get(Department, used) is not None
        assert ctx.session.get(Department, unused) is None
