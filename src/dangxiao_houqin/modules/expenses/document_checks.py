"""Whether one document follows from its signatures: its state, steps, number, signed paper and content.  Reads only."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from dangxiao_houqin.core.uow import Ctx

from . import check_codes
from .content import STEP, Step, difference
from .domain.approval import BINDING, WAITING, DocumentKind, DocumentState, Flaw, SignAction, StepState, Who
from .models import SignedContent
from .signing_plan import SKIPPED_WORD

_Wrong = Callable[..., None]
_GIVEN = (SignAction.SIGN, SignAction.PAPER)


@dataclass
class Findings:
    flaws: list[Flaw] = field(default_factory=list)

    def add(
        self,
        record: str,
        what: str,
        sentence: str,
        *,
        document: tuple[DocumentKind, int] | None = None,
        seq: int | None = None,
    ) -> None:
        self.flaws.append(Flaw(record, what, sentence, document, seq))


class Facts(NamedTuple):
    """A document as its row says it is."""

    kind: DocumentKind
    id: int
    draft_no: str
    number: str | None
    state: str
    round: int
    applicant_id: int | None
    paper_at: datetime | None

    @property
    def label(self) -> str:
        return f"{self.kind.label} {self.number or self.draft_no}"

    @property
    def ref(self) -> tuple[DocumentKind, int]:
        return self.kind, self.id


def check_state(
    ctx: Ctx,
    facts: Facts,
    messages: Sequence[dict[str, Any]],
    steps: Sequence[Step],
    content: str | None,
    scans: set[str],
    found: Findings,
) -> None:
    """Whether a document's row, steps and content follow from its signatures."""

    def wrong(what: str, sentence: str, seq: int | None = None) -> None:
        found.add(facts.label, what, f"{facts.label}：{sentence}", document=facts.ref, seq=seq)

    try:
        state = DocumentState(facts.state)
    except ValueError:
        wrong("状态", f"状态“{facts.state}”不存在，被改动。")
        return
    turn = [message for message in messages if message["round"] == facts.round]
    last = max([message["round"] for message in messages], default=0)
    if last != facts.round:
        wrong("提交次数", f"提交过 {last} 次，现在写的是 {facts.round} 次。", messages[-1]["seq"] if messages else None)
        return
    number = next((m["number"] for m in reversed(turn) if m.get("number")), "")
    voided = state is DocumentState.VOIDED
    binding = state in BINDING or (voided and bool(facts.number or number))
    first = {message["action"]: message for message in reversed(turn)}
    submitted, returned = first.get(SignAction.SUBMIT), first.get(SignAction.RETURN)
    if facts.round and submitted is None:
        wrong("经办人", "经办人提交时的签名不见了。")
        return
    if submitted is not None and submitted["signer"][0] != facts.applicant_id:
        wrong("经办人账号", "提交时签名的不是现在写的经办人。", submitted["seq"])
    if not facts.round and (binding or state in (DocumentState.RETURNED, DocumentState.WITHDRAWN)):
        wrong("状态", f"没有任何签名，状态却是“{state.label}”。")
        return
    if facts.round and state is DocumentState.DRAFT:
        wrong("状态", "提交过的单据被改回草稿。")
    if number and not (voided or state in BINDING):
        wrong("状态", f"签名已齐（{number}），状态却是“{state.label}”。")
    if (returned is not None) and binding:
        wrong("状态", f"已被退回，状态却是“{state.label}”。", returned["seq"])
    if state is DocumentState.RETURNED and returned is None:
        wrong("状态", "没有退回的签名，状态却是“已退回”。")
    papers = {message["paper"] for message in messages if message.get("paper")}
    if scans - papers:
        wrong("已签字的纸质单", "已签字的纸质单扫描件不是登记时的那一份。")
    if papers - scans:
        wrong("已签字的纸质单", "登记过的已签字纸质单扫描件不见了。")
    if facts.paper_at is not None and not papers:
        wrong("已签字的纸质单", "写着已登记纸质签字，却没有登记的签名。")
    for round_ in range(1, facts.round + 1):
        own = [message for message in messages if message["round"] == round_]
        demanded = [step for step in steps if step.round == round_]
        open_steps = _check_steps(facts, own, demanded, wrong)
        if binding and round_ == facts.round:
            _check_progress(facts, state, number, demanded, open_steps, wrong)
        else:
            _check_history(ctx, own, demanded, wrong)
    for round_ in sorted({step.round for step in steps} - set(range(1, facts.round + 1))):
        wrong("签批步骤", f"有第 {round_} 次提交的签批步骤，却没有这次提交。")
    if not binding:
        return
    digest = check_codes.digest_of(content) if content is not None else ""
    for message in turn:
        if message["content"] != digest:
            _name_change(ctx, message, content, wrong)
            break


def _check_steps(facts: Facts, turn: Sequence[dict[str, Any]], steps: Sequence[Step], wrong: _Wrong) -> int:
    """Whether the steps of one submission and its signatures belong together; returns how many are not settled."""
    given = {message["seq"]: message for message in turn if message["action"] in _GIVEN and message["position"] > 0}
    open_steps = 0
    used: set[int] = set()
    for step in steps:
        message = given.get(step.signature_seq or 0)
        if step.state == StepState.SIGNED:
            if message is None or message["position"] != step.position:
                wrong(step.title, f"“{step.title}”写着已签，却没有对应的签名。")
                continue
            used.add(message["seq"])
            signer = (message.get("by") or message["signer"])[0]
            if signer == facts.applicant_id:
                wrong(step.title, f"“{step.title}”由经办人自己签批。", message["seq"])
            principal = (message.get("behalf") or (signer,))[0]
            if step.who == Who.PERSON and principal != step.user_id:
                wrong(step.title, f"“{step.title}”的签名不是指定的人签的。", message["seq"])
        elif step.state == StepState.SKIPPED:
            covered = message is not None and step.position in message.get("covers", ())
            if not covered and not (step.reason.endswith(SKIPPED_WORD) and step.signature_seq is None):
                wrong(step.title, f"“{step.title}”写着免签，却没有依据。")
        elif step.state not in (StepState.WAITING, StepState.VOID) or step.signature_seq is not None:
            wrong(step.title, f"“{step.title}”没有签批，记录却被改动。")
        else:
            open_steps += 1
    for seq in sorted(set(given) - used):
        wrong(given[seq]["title"], f"第 {seq} 号“{given[seq]['title']}”的签名没有对应的步骤：步骤被改动。", seq)
    if turn and not steps:
        wrong("签批步骤", "应有的签批步骤不见了。")
    return open_steps


def _check_progress(
    facts: Facts, state: DocumentState, number: str, steps: Sequence[Step], open_steps: int, wrong: _Wrong
) -> None:
    """Whether state and number are those that the signatures give."""
    done = state not in WAITING
    for step in steps:
        if step.state == StepState.VOID:
            wrong(step.title, f"“{step.title}”写着作废，这次提交却还有效。")
    if done and open_steps:
        wrong("状态", f"还有 {open_steps} 步没有签批，状态却是“{state.label}”。")
    if not done and steps and not open_steps:
        wrong("状态", f"全部签批完成，状态却是“{state.label}”。")
    if (facts.number or "") != number:
        wrong("单据编号", f"单据编号签字时是“{number or '空'}”，现在是“{facts.number or '空'}”。")


def _check_history(ctx: Ctx, turn: Sequence[dict[str, Any]], steps: Sequence[Step], wrong: _Wrong) -> None:
    """Steps of a submission that counts no more: as they were signed then."""
    submitted = next((m for m in turn if m["action"] == SignAction.SUBMIT), None)
    text = _signed_text(ctx, submitted["content"]) if submitted is not None else None
    if submitted is None or text is None:
        return
    now = [{column.key: getattr(step, column.key) for column in STEP} for step in steps]
    changed = difference({"steps": json.loads(text)["steps"]}, {"steps": now})
    if changed is not None:
        what, old, new = changed
        wrong(what, f"第 {submitted['round']} 次提交的“{what}”签字时是“{old}”，现在是“{new}”。", submitted["seq"])


def _signed_text(ctx: Ctx, digest: str) -> str | None:
    """What was signed, when it is still there and whole."""
    text = ctx.session.scalar(select(SignedContent.text).where(SignedContent.digest == digest))
    return text if text is not None and check_codes.digest_of(text) == digest else None


def _name_change(ctx: Ctx, message: dict[str, Any], content: str | None, wrong: _Wrong) -> None:
    text = _signed_text(ctx, message["content"])
    if text is None or content is None:
        wrong("内容", "内容与签字时不同。", message["seq"])
        return
    changed = difference(json.loads(text), json.loads(content))
    if changed is None:
        wrong("内容", "内容与签字时不同。", message["seq"])
        return
    what, old, new = changed
    wrong(what, f"“{what}”签字时是“{old}”，现在是“{new}”。", message["seq"])
