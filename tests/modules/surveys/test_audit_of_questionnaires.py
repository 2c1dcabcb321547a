"""The audit viewer tells of a questionnaire in a sentence, never its JSON."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from dangxiao_houqin.app.audit_words import audit_words
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.queries import list_audit
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.questionnaires import SaveVersion

from .ballots import small_content

Unit = Callable[..., AbstractContextManager[Ctx]]


def test_a_questionnaire_is_summed_up_and_a_change_is_named(unit: Unit) -> None:
    with unit("surveys.save_version") as ctx:
        made = services.save_version(ctx, SaveVersion("后勤问卷", small_content()))
    first = small_content()
    lodging = first.groups[0]
    reworded = (replace(lodging.questions[0], text="房间是否干净"), *lodging.questions[1:])
    changed = replace(first, groups=(replace(lodging, questions=reworded), *first.groups[1:]))
    with unit("surveys.save_version") as ctx:
        services.save_version(ctx, SaveVersion("后勤问卷", changed, questionnaire_id=made.questionnaire_id))
    with unit(read_only=True) as ctx:
        found = list_audit(ctx, ListQuery(filters={"entity": "questionnaire_version"}), audit_words()).rows
    assert len(found) == 2
    assert "内容：后勤服务满意度测评表（2 组 6 题）" in found[1].text
    assert ("内容", "", "已更改") in found[0].details
    for row in found:
        assert not any(sign in row.text for sign in ("number", "code", "kind", "=", "{"))


def test_a_new_pin_is_told_of_and_never_shown(unit: Unit) -> None:
    for pin in ("246810", "135791"):
        with unit("surveys.set_pin") as ctx:
            services.set_pin(ctx, pin)
    with unit(read_only=True) as ctx:
        found = list_audit(ctx, ListQuery(filters={"entity": "setting"}), audit_words()).rows
    assert [row.action for row in found] == ["设置自助终端口令"] * 2
    assert {row.label for row in found} == {"自助终端口令"}
    assert all("已更改" in row.text and "argon2" not in row.text for row in found)
