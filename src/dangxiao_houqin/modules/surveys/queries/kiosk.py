"""What a kiosk may read: two views, on PostgreSQL the only things its role is granted (migration ninth_ballot_box)."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Integer, String, column, select, table

from dangxiao_houqin.core.db import AwareDateTime
from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.core.settings import from_payload
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, OpenSurvey
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content
from dangxiao_houqin.modules.surveys.domain.rules import KIOSK, SUBMIT, KioskPin, KioskRules

FORMAT = 1
"""Shape of ``survey_open`` that this program understands."""

_OPEN = table(
    "survey_open",
    column("format", Integer),
    column("campaign_id", Integer),
    column("title", String),
    column("subject_text", String),
    column("anonymity", String),
    column("opens_at", AwareDateTime),
    column("closes_at", AwareDateTime),
    column("content", JSON),
    column("is_full", Boolean),
)
_SETTING = table("survey_kiosk_setting", column("section", String), column("payload", JSON))


def open_surveys(ctx: Ctx) -> tuple[OpenSurvey, ...]:
    """Campaigns that are open, by the time they close; raises :class:`Unavailable` for a database of another format."""
    ctx.require(SUBMIT)
    found = []
    for row in ctx.session.execute(select(_OPEN).order_by(_OPEN.c.closes_at, _OPEN.c.campaign_id)):
        if row.format != FORMAT:
            raise Unavailable("数据库的版本与本终端不符，请升级自助终端上的程序。")
        found.append(
            OpenSurvey(
                campaign_id=row.campaign_id,
                title=row.title,
                subject=row.subject_text,
                anonymity=Anonymity(row.anonymity),
                opens_at=row.opens_at,
                closes_at=row.closes_at,
                content=Content.from_plain(row.content),
                full=bool(row.is_full),
            )
        )
    return tuple(found)


def kiosk_settings(ctx: Ctx) -> tuple[KioskRules, KioskPin]:
    """The kiosk's rules and the hash of its PIN."""
    ctx.require(SUBMIT)
    stored = {row.section: row.payload for row in ctx.session.execute(select(_SETTING))}
    rules = from_payload(KioskRules, stored.get(KioskRules.section, {}))
    return rules, from_payload(KioskPin, stored.get(KioskPin.section, {}))


def has_kiosk_pin(ctx: Ctx) -> bool:
    """Whether the staff has set the PIN that closes a kiosk."""
    ctx.require(KIOSK)
    return bool(ctx.settings(KioskPin).pin_hash)
