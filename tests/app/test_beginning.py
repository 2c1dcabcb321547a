"""What a school begins with: roles and categories, added once, never forced back."""

from __future__ import annotations

from dangxiao_houqin.app.beginning import ensure_beginnings
from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.budgets import SEED_CATEGORIES
from dangxiao_houqin.modules.expenses.queries.budgets import list_categories, list_category_choices
from dangxiao_houqin.modules.organization.queries import list_roles
from tests.conftest import OpenUnit

EVERYTHING = ListQuery().everything()


def test_a_new_school_has_roles_and_categories(unit: OpenUnit) -> None:
    for _ in range(2):
        with unit() as ctx:
            ensure_beginnings(ctx)
        with unit(read_only=True) as ctx:
            choices = list_category_choices(ctx, all=True)
            assert {row.name for row in list_roles(ctx, EVERYTHING).rows} == {role.name for role in BUILTIN_ROLES}
        assert [choice.code for choice in choices] == sorted(seed.code for seed in SEED_CATEGORIES)
        assert {choice.name for choice in choices if choice.three_publics} == {"公务接待费", "公务用车运行维护费"}


def test_what_the_office_deleted_stays_deleted(unit: OpenUnit) -> None:
    with unit() as ctx:
        ensure_beginnings(ctx)
        row = next(row for row in list_categories(ctx, EVERYTHING).rows if row.code == "30208")
        services.delete_category(ctx, row.id, row.version)
    with unit() as ctx:
        ensure_beginnings(ctx)
    with unit(read_only=True) as ctx:
        assert "30208" not in {choice.code for choice in list_category_choices(ctx, all=True)}
