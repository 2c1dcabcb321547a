"""Who signs what, decided at submission: own claims, the same person twice, nobody there.  Pure; no session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dangxiao_houqin.core.errors import RuleViolation

from .queries.signers import Demand, Deputy, Signer

SKIPPED_WORD = "免签"
"""The end of the (signed) reason of a step that nobody signs; verification tells such a step by it."""

DEPUTY_WORD = "由代签人签"
"""The end of the (signed) reason of a step that only the applicant holds: somebody else signs it in his place."""


def principals(holders: Iterable[int], reason: str, applicant_id: int | None) -> set[int]:
    """Who of the holders of a step may be stood in for: the applicant only where the plan found nobody else."""
    everybody = set(holders)
    return everybody if reason.endswith(DEPUTY_WORD) else everybody - {applicant_id or 0}


@dataclass(frozen=True)
class Planned:
    """A step as it will stand on the document; a skipped one is not waited for, ``reason`` says why it differs."""

    demand: Demand
    skipped: bool = False
    reason: str = ""


def plan(
    demands: Sequence[Demand],
    signers: Mapping[int, Signer],
    deputies: Sequence[Deputy],
    applicant_id: int | None,
    total_fen: int,
    same_person: Literal["twice", "skip", "pass_up"],
) -> tuple[Planned, ...]:
    """The steps of one submission.

    The applicant never approves his own document: where he alone holds a step, somebody who stands in for him signs
    it, else the step goes up to the next signer.  Raises :class:`RuleViolation` when a step has nobody, when the last
    step would be the applicant's own, and when nothing is left to sign.
    """
    if not demands:
        raise RuleViolation("签批链里没有适用于这张单据的领导签批步骤，不能提交；请在“签批设置”里补上。")
    everybody = dict(signers)
    deputies = [deputy for deputy in deputies if deputy.deputy_id in everybody]
    planned: list[Planned] = []
    for index, demand in enumerate(demands):
        holders = set(demand.holders(everybody))
        if not holders:
            raise RuleViolation(
                f"“{demand.title}”一步现在没有人能签（{_asked(demand)}没有可用的登录用户），"
                "请在“用户与角色”里指定人员，或在“签批设置”里修改签批链。"
            )
        others = holders - {applicant_id}
        if not others:
            if _has_deputy(deputies, applicant_id, total_fen):
                planned.append(Planned(demand, reason=f"经办人即“{demand.title}”，{DEPUTY_WORD}"))
                continue
            planned.append(_handed_up(demands, index, everybody, deputies, applicant_id, total_fen))
            continue
        twin = _twin(planned, others, everybody, applicant_id)
        if twin is None or same_person == "twice":
            planned.append(Planned(demand))
        elif same_person == "skip":
            planned.append(Planned(demand, skipped=True, reason=f"与“{twin.title}”为同一人，{SKIPPED_WORD}"))
        else:
            planned.append(_passed_up(demands, index, everybody, others, applicant_id))
    if all(step.skipped for step in planned):
        raise RuleViolation("签批链里没有剩下要签的领导步骤，不能提交；请在“签批设置”里检查。")
    return tuple(planned)


def _asked(demand: Demand) -> str:
    return {"role": "角色", "post": "岗位", "person": "人员"}[demand.who.value] + f"“{demand.who_text}”"


def _has_deputy(deputies: Sequence[Deputy], principal_id: int | None, total_fen: int) -> bool:
    return any(d.principal_id == principal_id and d.deputy_id != principal_id and d.covers(total_fen) for d in deputies)


def _twin(
    planned: Sequence[Planned], holders: set[int], everybody: Mapping[int, Signer], applicant_id: int | None
) -> Demand | None:
    """An earlier step that only the one person can sign who alone can sign this one."""
    if len(holders) != 1:
        return None
    for step in planned:
        if not step.skipped and set(step.demand.holders(dict(everybody))) - {applicant_id} == holders:
            return step.demand
    return None


def _handed_up(
    demands: Sequence[Demand],
    index: int,
    everybody: Mapping[int, Signer],
    deputies: Sequence[Deputy],
    applicant_id: int | None,
    total_fen: int,
) -> Planned:
    demand = demands[index]
    for higher in demands[index + 1 :]:
        holders = set(higher.holders(dict(everybody)))
        if holders - {applicant_id} or (holders and _has_deputy(deputies, applicant_id, total_fen)):
            taken = replace(
                demand, who=higher.who, role_id=higher.role_id, post=higher.post, user_id=higher.user_id,
                who_text=higher.who_text,
            )  # fmt: skip
            reason = f"经办人即“{demand.title}”，交“{higher.title}”签"
            return Planned(taken, reason=reason if holders - {applicant_id} else f"{reason}，{DEPUTY_WORD}")
    raise RuleViolation(
        f"您自己就是“{demand.title}”，不能批自己的单据，上面也没有别人可以签；"
        "请先在“签批设置 › 授权代签”里登记由谁代签。"
    )


def _passed_up(
    demands: Sequence[Demand],
    index: int,
    everybody: Mapping[int, Signer],
    same: set[int],
    applicant_id: int | None,
) -> Planned:
    demand = demands[index]
    for higher in demands[index + 1 :]:
        if set(higher.holders(dict(everybody))) - same - {applicant_id}:
            taken = replace(
                demand, who=higher.who, role_id=higher.role_id, post=higher.post, user_id=higher.user_id,
                who_text=higher.who_text,
            )  # fmt: skip
            return Planned(taken, reason=f"与前一步为同一人，交“{higher.title}”签")
    raise RuleViolation(f"“{demand.title}”和前一步是同一人，按设置要交上一级签，但上面没有别人；请在“签批设置”里修改。")
