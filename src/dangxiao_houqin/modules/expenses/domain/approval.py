"""Approval of a document under several signatures: states, moves, steps, and what is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Literal

from dangxiao_houqin.core.columns import Pill, Tone
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.settings import Section, setting

SIGN = Permission("expenses.sign", "签批报销单和采购申请")
CHAINS = Permission("expenses.chains", "设置签批链、授权代签和签名密钥")
REGISTER_PAPER = Permission("expenses.register_paper", "登记纸质签字")
VERIFY = Permission("expenses.verify", "核对签名链")


class DocumentKind(StrEnum):
    """What is approved."""

    CLAIM = "claim"
    PURCHASE = "purchase"

    @property
    def label(self) -> str:
        return {"claim": "报销审批单", "purchase": "采购申请审批表"}[self.value]

    @property
    def prefix(self) -> str:
        """Of the official number (domain forms C.13, C.14)."""
        return {"claim": "BX", "purchase": "CG"}[self.value]

    @property
    def ref_kind(self) -> str:
        """What opens when its applicant or payer clicks."""
        return {"claim": "expense_claim", "purchase": "purchase_request"}[self.value]

    @property
    def sign_ref_kind(self) -> str:
        """What opens when a signer clicks."""
        return {"claim": "claim_to_sign", "purchase": "purchase_to_sign"}[self.value]


class DocumentState(StrEnum):
    """Where a document stands; :data:`MOVES` says what may follow."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SIGNING = "signing"
    APPROVED = "approved"
    PAID = "paid"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"

    @property
    def label(self) -> str:
        return _STATE_WORDS[self][0]

    @property
    def pill(self) -> Pill:
        return Pill(*_STATE_WORDS[self])

    @property
    def editable(self) -> bool:
        """Nobody's signature stands on it."""
        return self in EDITABLE

    @property
    def waiting(self) -> bool:
        """It waits for signatures."""
        return self in WAITING


_STATE_WORDS: dict[DocumentState, tuple[str, Tone]] = {
    DocumentState.DRAFT: ("草稿", "neutral"),
    DocumentState.SUBMITTED: ("待签批", "primary"),
    DocumentState.SIGNING: ("签批中", "primary"),
    DocumentState.APPROVED: ("已批准", "success"),
    DocumentState.PAID: ("已支付", "teal"),
    DocumentState.RETURNED: ("已退回", "warning"),
    DocumentState.WITHDRAWN: ("已撤回", "neutral"),
    DocumentState.VOIDED: ("已作废", "error"),
}

EDITABLE = frozenset({DocumentState.DRAFT, DocumentState.RETURNED, DocumentState.WITHDRAWN})
WAITING = frozenset({DocumentState.SUBMITTED, DocumentState.SIGNING})
BINDING = WAITING | {DocumentState.APPROVED, DocumentState.PAID}
"""States whose amount is taken from the budget and whose invoices are used."""


class Move(StrEnum):
    """What may be done with a document."""

    SUBMIT = "submit"
    SIGN = "sign"
    FINISH = "finish"
    RETURN = "return"
    WITHDRAW = "withdraw"
    PAY = "pay"
    VOID = "void"

    @property
    def label(self) -> str:
        return {
            "submit": "提交",
            "sign": "签批",
            "finish": "签批",
            "return": "退回",
            "withdraw": "撤回",
            "pay": "登记支付",
            "void": "作废",
        }[self.value]


MOVES: Mapping[tuple[DocumentState, Move], DocumentState] = {
    (DocumentState.DRAFT, Move.SUBMIT): DocumentState.SUBMITTED,
    (DocumentState.RETURNED, Move.SUBMIT): DocumentState.SUBMITTED,
    (DocumentState.WITHDRAWN, Move.SUBMIT): DocumentState.SUBMITTED,
    (DocumentState.SUBMITTED, Move.SIGN): DocumentState.SIGNING,
    (DocumentState.SIGNING, Move.SIGN): DocumentState.SIGNING,
    (DocumentState.SUBMITTED, Move.FINISH): DocumentState.APPROVED,
    (DocumentState.SIGNING, Move.FINISH): DocumentState.APPROVED,
    (DocumentState.SUBMITTED, Move.RETURN): DocumentState.RETURNED,
    (DocumentState.SIGNING, Move.RETURN): DocumentState.RETURNED,
    (DocumentState.SUBMITTED, Move.WITHDRAW): DocumentState.WITHDRAWN,
    (DocumentState.SIGNING, Move.WITHDRAW): DocumentState.WITHDRAWN,
    (DocumentState.APPROVED, Move.PAY): DocumentState.PAID,
    (DocumentState.DRAFT, Move.VOID): DocumentState.VOIDED,
    (DocumentState.RETURNED, Move.VOID): DocumentState.VOIDED,
    (DocumentState.WITHDRAWN, Move.VOID): DocumentState.VOIDED,
    (DocumentState.APPROVED, Move.VOID): DocumentState.VOIDED,
}
"""The whole state machine; what is not here is refused.  A paid claim stays: it is corrected by a new one (冲销)."""


class StepState(StrEnum):
    """One demanded signature."""

    WAITING = "waiting"
    SIGNED = "signed"
    SKIPPED = "skipped"
    VOID = "void"


class Who(StrEnum):
    """How a step names its signer."""

    APPLICANT = "applicant"
    ROLE = "role"
    POST = "post"
    PERSON = "person"

    @property
    def label(self) -> str:
        return {"applicant": "经办人本人", "role": "角色", "post": "岗位", "person": "指定人员"}[self.value]


class SignAction(StrEnum):
    """What a link of the chain of signatures attests."""

    SUBMIT = "submit"
    SIGN = "sign"
    PAPER = "paper"
    RETURN = "return"
    KEY = "key"

    @property
    def label(self) -> str:
        return {
            "submit": "经办签字",
            "sign": "同意",
            "paper": "纸质签字登记",
            "return": "退回",
            "key": "启用签名密钥",
        }[self.value]


@dataclass(frozen=True)
class SigningRules(Section):
    """How documents are approved."""

    section: ClassVar[str] = "expenses.signing"
    edit_permission: ClassVar[Permission] = CHAINS
    title: ClassVar[str] = "签批规则"
    choices: ClassVar[dict[str, str]] = {
        "twice": "每一步都签",
        "skip": "后一步免签",
        "pass_up": "前一步交给上一级签",
        "required": "支付前须登记已签字的纸质单",
        "optional": "可以登记，也可以不登记",
        "off": "只用电子签批，不登记纸质签字",
    }

    same_person: Literal["twice", "skip", "pass_up"] = setting(
        "twice", "同一人在两步", "同一位领导在签批链里占两步时怎样处理。本人报销的单据，任何情况下都不能自己批。"
    )
    wet_signature: Literal["required", "optional", "off"] = setting(
        "required", "纸质签字", "默认以纸质签字为准：打印、签字后扫描登记，再支付。"
    )
    remind_after_days: int = setting(
        2, "几个工作日未签提醒", "从轮到签批的那天起算，按校历的工作日；0 表示不提醒。", minimum=0, maximum=60
    )
    escalate_after_days: int = setting(
        5, "几个工作日未签上报", "超过后告知下面的角色；0 表示不上报。", minimum=0, maximum=90
    )
    escalate_to: str = setting("后勤办主任", "上报给哪个角色")
    pay_role: str = setting("财务", "批准后由哪个角色支付")
    separate_duties: bool = setting(
        True, "不相容岗位分离", "经办人和签批人不能登记支付（行政事业单位内部控制规范，财会〔2012〕21号）。"
    )


# ----------------------------------------------------------------------------------------------------- inputs
@dataclass(frozen=True)
class DocumentRef:
    """A document at the version somebody saw."""

    kind: DocumentKind
    id: int
    version: int


@dataclass(frozen=True)
class Submit:
    """Hand a document in; ``password`` opens the applicant's key, for his is the first signature."""

    document: DocumentRef
    password: str = field(repr=False)


@dataclass(frozen=True)
class SignItem:
    """One document of a batch with the opinion on it."""

    document: DocumentRef
    opinion: str = "同意"


@dataclass(frozen=True)
class SignBatch:
    """Sign documents that were each opened before; one password for all of them, all or nothing."""

    items: tuple[SignItem, ...]
    password: str = field(repr=False)


@dataclass(frozen=True)
class ReturnDocument:
    """Send a document back to its applicant; ``opinion`` says why and must not be empty."""

    document: DocumentRef
    opinion: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class PaperSignature:
    """What the paper shows for one step: who signed on which day."""

    position: int
    user_id: int
    signed_on: date
    opinion: str = "同意"


@dataclass(frozen=True)
class RegisterPaper:
    """登记已签: steps signed on paper, with the scan of that paper (``name``, ``data``).

    ``signatures`` may be empty when all steps are signed electronically and only the scan is added.
    """

    document: DocumentRef
    signatures: tuple[PaperSignature, ...]
    name: str
    data: bytes = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True)
class Signed:
    """What became of a batch: (label, new state) of each, and the head of the chain."""

    documents: tuple[tuple[str, DocumentState], ...]
    head_seq: int
    check_code: str


@dataclass(frozen=True)
class SignRefused:
    """The password was wrong. A value and not an error, so that the failed try is committed and counted."""

    reason: str


# --------------------------------------------------------------------------------------------------- read back
@dataclass(frozen=True)
class SignatureMark:
    """One step of a document as screens and paper show it.

    ``state`` waiting: nobody signed yet; ``signer`` is who signed, ``on_behalf_of`` whom he stood in for (printed as
    授权代签). ``paper``: ``registered_by`` vouches that ``signer`` signed on paper on ``signed_on``. Position 0 is the
    applicant, -1 the scan of the signed paper. ``void`` marks signatures that count no more (returned, withdrawn).
    """

    round: int
    position: int
    title: str
    who_text: str
    state: StepState
    action: SignAction | None = None
    signer: str = ""
    signer_id: int | None = None
    on_behalf_of: str = ""
    opinion: str = ""
    at: datetime | None = None
    seq: int | None = None
    check_code: str = ""
    registered_by: str = ""
    signed_on: date | None = None
    reason: str = ""
    void: bool = False

    @property
    def paper(self) -> bool:
        return self.action is SignAction.PAPER


@dataclass(frozen=True)
class Flaw:
    """Something that is not as it was signed: which record, which field, one Chinese sentence."""

    record: str
    field: str
    sentence: str
    document: tuple[DocumentKind, int] | None = None
    seq: int | None = None


@dataclass(frozen=True)
class ChainHead:
    """The last link: its number, digest (hex) and the short code printed on paper."""

    seq: int
    digest: str
    check_code: str
    at: datetime | None


@dataclass(frozen=True)
class WaitingRow:
    """One document in 待我签批."""

    kind: DocumentKind
    id: int
    version: int
    label: str
    title: str
    department: str
    applicant: str
    payee: str
    total_fen: int
    filled_on: date
    step_title: str
    position: int
    round: int
    since: datetime
    on_behalf_of: str
    on_behalf_of_id: int | None
    evidence: int
    notices: tuple[str, ...]
    opened: bool


@dataclass(frozen=True)
class SaveChainStep:
    """One step of a chain as the form gives it; see :class:`~..models.ChainStep`."""

    title: str
    who: Who
    role_id: int | None = None
    post: str = ""
    user_id: int | None = None
    min_fen: int | None = None
    below_fen: int | None = None
    categories: tuple[str, ...] = ()
    class_kinds: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True)
class SaveChain:
    """Create or change a chain with all its steps; the first step is always the applicant."""

    document_kind: DocumentKind
    name: str
    valid_from: date
    valid_until: date | None
    steps: tuple[SaveChainStep, ...]
    note: str = ""
    chain_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class SaveStandIn:
    """授权代签 between two days, both included; ``limit_fen`` is the largest amount, ``None`` for any."""

    principal_id: int
    deputy_id: int
    from_day: date
    until_day: date
    limit_fen: int | None = None
    document: str = ""
    stand_in_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class ChainRow:
    """One dated chain in a list; ``steps`` in words, ``current`` when it counts today."""

    id: int
    version: int
    kind: DocumentKind
    name: str
    valid_from: date
    valid_until: date | None
    steps: str
    note: str
    current: bool


@dataclass(frozen=True)
class StandInRow:
    """One 授权代签 in a list; ``state`` is 有效, 未到期, 已过期 or 已撤销."""

    id: int
    version: int
    principal_id: int
    principal: str
    deputy_id: int
    deputy: str
    from_day: date
    until_day: date
    limit_fen: int | None
    document: str
    state: Pill
    revoked_reason: str


@dataclass(frozen=True)
class KeyRow:
    """One signing key in a list; ``fingerprint`` is the start of the public key."""

    id: int
    version: int
    user: str
    fingerprint: str
    since: datetime
    retired_at: datetime | None
    retired_reason: str
    signatures: int
