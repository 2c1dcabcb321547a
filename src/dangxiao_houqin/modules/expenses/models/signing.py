"""Tables of approval: who must sign, who may stand in, keys, and the chain of signatures."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Base, Entity, Fen


class SigningChain(Entity):
    """签批链: who signs documents of one kind on the days ``[valid_from, valid_until)`` (open end: ``None``)."""

    __tablename__ = "signing_chain"
    __table_args__ = (
        UniqueConstraint("document_kind", "valid_from", info={"sentence": "同一天已有一条签批链开始生效，请改日期。"}),
        CheckConstraint(
            "valid_until IS NULL OR valid_until > valid_from",
            name="dates",
            info={"sentence": "失效日期要晚于生效日期。"},
        ),
    )

    document_kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(60))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        return self.name


class ChainStep(Entity):
    """One step of a chain: a role, a post or a person, and when it applies.

    It applies to amounts in ``[min_fen, below_fen)``; empty lists mean every category and every kind of class.
    """

    __tablename__ = "chain_step"
    __table_args__ = (UniqueConstraint("chain_id", "position"),)

    chain_id: Mapped[int] = mapped_column(ForeignKey("signing_chain.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(20))
    who: Mapped[str] = mapped_column(String(10))
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role.id"), index=True)
    post: Mapped[str] = mapped_column(String(60), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    min_fen: Mapped[Fen | None]
    below_fen: Mapped[Fen | None]
    categories: Mapped[list[str]] = mapped_column(JSON, default=list)
    class_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def label(self) -> str:
        return self.title


class StandIn(Entity):
    """授权代签: ``deputy`` may sign for ``principal`` on the days ``[from_day, until_day]``, both included."""

    __tablename__ = "stand_in"
    __table_args__ = (
        CheckConstraint("until_day >= from_day", name="dates", info={"sentence": "结束日期不能早于开始日期。"}),
        CheckConstraint("principal_id <> deputy_id", name="two", info={"sentence": "代签人不能是本人。"}),
    )

    principal_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    from_day: Mapped[date]
    until_day: Mapped[date]
    limit_fen: Mapped[Fen | None]
    document: Mapped[str] = mapped_column(String(100), default="")
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(String(200), default="")


class ApprovalStep(Entity):
    """A signature that the chain demanded when a document was submitted for the ``round``-th time."""

    __tablename__ = "approval_step"
    __table_args__ = (
        UniqueConstraint("document_kind", "document_id", "round", "position"),
        Index("ix_approval_step_state", "state", "document_kind", "document_id"),
    )

    document_kind: Mapped[str] = mapped_column(String(12))
    document_id: Mapped[int]
    round: Mapped[int]
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(20))
    who: Mapped[str] = mapped_column(String(10))
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role.id"), index=True)
    post: Mapped[str] = mapped_column(String(60), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    who_text: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200), default="")
    since: Mapped[datetime | None]
    signature_seq: Mapped[int | None] = mapped_column(ForeignKey("signature_record.seq"), index=True)

    @property
    def label(self) -> str:
        return self.title


class DocumentOpened(Base):
    """A signer looked at this version of a document; who has not looked cannot sign."""

    __tablename__ = "document_opened"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    document_kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    document_id: Mapped[int] = mapped_column(primary_key=True)
    document_version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class OpinionPhrase(Entity):
    """An opinion a signer uses again and again."""

    __tablename__ = "opinion_phrase"
    __table_args__ = (UniqueConstraint("user_id", "text"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(200))
    uses: Mapped[int] = mapped_column(default=1)

    @property
    def label(self) -> str:
        return self.text


class SigningKey(Entity):
    """The Ed25519 key of a user: ``public_key`` in hex, the private one wrapped by the user's password.

    A retired key verifies old signatures and makes no new ones; its ``wrapped`` is emptied.
    """

    __tablename__ = "signing_key"
    __table_args__ = (UniqueConstraint("public_key"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    user_name: Mapped[str] = mapped_column(String(60))
    public_key: Mapped[str] = mapped_column(String(64))
    wrapped: Mapped[str] = mapped_column(String(500), info={"secret": True})
    retired_at: Mapped[datetime | None]
    retired_reason: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        return f"{self.user_name}的签名密钥"


class SignedContent(Base):
    """What a document said when it was signed, in canonical form, by its SHA-256 (hex); append-only."""

    __tablename__ = "signed_content"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class SignatureRecord(Base):
    """One link of the chain over all signatures, without gaps from 1; append-only.

    ``message`` is the canonical JSON that was signed (it names the content's digest and the ``previous`` link's
    digest), ``digest`` its SHA-256, ``signature`` the Ed25519 signature in hex. The other columns repeat parts of the
    message for searching and are compared with it when the chain is verified.
    """

    __tablename__ = "signature_record"
    __table_args__ = (
        UniqueConstraint("digest"),
        Index("ix_signature_record_document", "document_kind", "document_id"),
        Index("ix_signature_record_user", "user_id", "document_kind", "document_id"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(10))
    document_kind: Mapped[str] = mapped_column(String(12))
    document_id: Mapped[int]
    round: Mapped[int]
    position: Mapped[int]
    user_id: Mapped[int]
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"), index=True)
    content_digest: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    message: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
