"""What a case of 意见建议 names stays in the lists of departments and staff."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization import services as organization
from dangxiao_houqin.modules.organization.models import Department, StaffMember
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.suggestions import AssignSuggestion, SaveSuggestion, SuggestionSource

Unit = Callable[..., AbstractContextManager[Ctx]]


def _people(ctx: Ctx, number: int) -> tuple[int, int]:
    """A department and somebody of no department."""
    made = ctx.add(Department(name=f"膳食科{number}", sort_order=number))
    staff = ctx.add(StaffMember(name=f"钱某{number}", search_key="钱", employment_type="在编"))
    return made.id, staff.id


def test_a_department_and_a_first_contact_of_a_case_stay(unit: Unit) -> None:
    with unit() as ctx:
        used, contact = _people(ctx, 1)
        unused, stranger = _people(ctx, 2)
        form = SaveSuggestion(SuggestionSource.BOX, "热水不热", ctx.today(), first_contact_id=contact)
        case = services.save_suggestion(ctx, form)
        services.assign_suggestion(ctx, AssignSuggestion(case, 1, used))
    with pytest.raises(RuleViolation, match="“膳食科1”承办过意见建议，不能删除"), unit() as ctx:
        organization.delete_department(ctx, used, 1)
    with pytest.raises(RuleViolation, match="“钱某1”是意见建议的首问责任人，不能删除"), unit() as ctx:
        organization.delete_staff(ctx, contact, 1)
    with unit() as ctx:
        organization.delete_department(ctx, unused, 1)
        organization.delete_staff(ctx, stranger, 1)
    with unit() as ctx:
        assert ctx.session.get(Department, used) is not None
        assert ctx.session.get(Department, unused) is None
        assert ctx.session.get(StaffMember, stranger) is None
