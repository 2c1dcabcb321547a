"""Who signs what, decided at submission: pure, over any chain and any people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.modules.expenses.domain.approval import Who
from dangxiao_houqin.modules.expenses.queries.signers import Demand, Deputy, Signer
from dangxiao_houqin.modules.expenses.signing_plan import plan

PEOPLE = st.dictionaries(
    st.integers(1, 6), st.tuples(st.frozensets(st.integers(1, 4)), st.sampled_from(["", "科长", "副校长"])), max_size=6
).map(lambda d: {i: Signer(i, f"人{i}", roles, post) for i, (roles, post) in d.items()})

DEMAND = st.one_of(
    st.integers(1, 4).map(lambda r: (Who.ROLE, r, "", None)),
    st.sampled_from(["科长", "副校长"]).map(lambda p: (Who.POST, None, p, None)),
    st.integers(1, 6).map(lambda u: (Who.PERSON, None, "", u)),
)
CHAIN = st.lists(DEMAND, min_size=0, max_size=5).map(
    lambda steps: [
        Demand(n, f"第{n}步", who, role, post, user, f"{role or post or user}")
        for n, (who, role, post, user) in enumerate(steps, 1)
    ]
)
DEPUTIES = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 6), st.one_of(st.none(), st.integers(1, 500))), max_size=3
).map(lambda rows: [Deputy(a, b, limit) for a, b, limit in rows if a != b])


@given(
    chain=CHAIN,
    people=PEOPLE,
    deputies=DEPUTIES,
    applicant=st.integers(1, 6),
    total=st.integers(1, 1000),
    rule=st.sampled_from(["twice", "skip", "pass_up"]),
)
def test_every_step_has_somebody_else_who_can_sign_it(
    chain: list[Demand],
    people: dict[int, Signer],
    deputies: list[Deputy],
    applicant: int,
    total: int,
    rule: str,
) -> None:
    try:
        planned = plan(chain, people, deputies, applicant, total, rule)  # type: ignore[arg-type]
    except RuleViolation:
        return
    assert [step.demand.position for step in planned] == [demand.position for demand in chain]
    assert any(not step.skipped for step in planned)
    for step in planned:
        holders = set(step.demand.holders(people))
        others = holders - {applicant}
        stood_for = applicant in holders and any(
            d.principal_id == applicant and d.deputy_id != applicant and d.covers(total) for d in deputies
        )
        assert step.skipped or others or stood_for
        if step.skipped:
            assert rule == "skip"
            assert len(others) == 1
            assert any(
                not before.skipped and set(before.demand.holders(people)) - {applicant} == others
                for before in planned[: step.demand.position - 1]
            )


@given(chain=CHAIN, people=PEOPLE, total=st.integers(1, 1000))
def test_nothing_is_changed_for_a_stranger_where_everybody_signs_each_step(
    chain: list[Demand], people: dict[int, Signer], total: int
) -> None:
    """An applicant who holds nothing, and the rule "every step": the chain as it is, or a refusal."""
    possible = bool(chain) and all(demand.holders(people) for demand in chain)
    try:
        planned = plan(chain, people, (), 99, total, "twice")
    except RuleViolation:
        assert not possible
        return
    assert possible
    assert [(step.demand, step.skipped, step.reason) for step in planned] == [(d, False, "") for d in chain]
