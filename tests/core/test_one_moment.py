"""A read-only unit sees the data of one moment, whatever other desks commit meanwhile."""

from __future__ import annotations

import pytest

from dangxiao_houqin.core.numbering import Counter
from tests.conftest import OpenUnit


@pytest.mark.postgres_only
def test_what_is_committed_meanwhile_is_seen_by_the_next_unit(unit: OpenUnit) -> None:
    with unit("test.write") as ctx:
        ctx.next_number("test.moment")
    with unit("test.read", read_only=True) as ctx:
        before = ctx.session.get_one(Counter, ("test.moment", "")).value
        with unit("test.write") as other:
            other.next_number("test.moment")
        ctx.session.expire_all()
        assert ctx.session.get_one(Counter, ("test.moment", "")).value == before
    with unit("test.write") as ctx:  # a writer sees what is there now, not what was when it began
        with unit("test.write") as other:
            assert other.next_number("test.moment") == before + 2
        assert ctx.session.get_one(Counter, ("test.moment", "")).value == before + 2
    with unit("test.read", read_only=True) as ctx:
        assert ctx.session.get_one(Counter, ("test.moment", "")).value == before + 2
