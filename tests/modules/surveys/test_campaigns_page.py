"""满意度测评 on screen: planning, opening, codes on slips, closing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, time
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.columns.campaigns import CAMPAIGN_COLUMNS
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignState, DrawnCodes, draw_codes
from dangxiao_houqin.modules.surveys.domain.rules import VIEW
from dangxiao_houqin.modules.surveys.models import SurveyCampaign, SurveyCode
from dangxiao_houqin.modules.surveys.reports.code_slips import PER_PAGE, CodeSlips, code_slips_pdf
from dangxiao_houqin.modules.surveys.ui.campaign_actions import CampaignAction, offered
from dangxiao_houqin.modules.surveys.ui.campaign_dialogs import CampaignDialog, DrawCodesDialog, SlipsCheckDialog
from dangxiao_houqin.modules.surveys.ui.campaigns_page import CampaignsPage
from dangxiao_houqin.modules.surveys.ui.time_field import parse_time
from dangxiao_houqin.modules.training.domain import SaveClass
from dangxiao_houqin.modules.training.services import save_class
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import QuestionDialog
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.support.paper import pdf_pages, pdf_sizes, squeezed
from tests.support.screens import choose, row_menu

from .ballots import add_campaign, paper

Unit = Callable[..., AbstractContextManager[Ctx]]
pytestmark = pytest.mark.sqlite_only


def shown(kind: type[Any]) -> Any:
    """The one dialog of a kind that is open."""
    found = [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]
    assert len(found) == 1, f"{kind.__name__}: {len(found)}"
    return found[0]


def answer(yes: bool = True) -> str:
    """Answer the open question; what it said."""
    question = shown(QuestionDialog)
    said = f"{question.message}{question.detail}"
    (question.yes if yes else question.no).click()
    return said


def column(page: CampaignsPage, key: str) -> list[str]:
    found = next(each for each in CAMPAIGN_COLUMNS if each.key == key)
    return [found.display(page.table.model.row(place)) for place in range(page.table.model.total)]


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> Iterator[CampaignsPage]:
    made = CampaignsPage(desk)
    qtbot.addWidget(made)
    made.resize(1146, 690)
    made.show()
    yield made
    made.hide()


@pytest.fixture
def school(unit: Unit) -> None:
    """A class of 45 and the standard questionnaire."""
    with unit() as ctx:
        services.ensure_questionnaire(ctx)
        wanted = SaveClass("2026年春季科级干部进修班", "主体班", date(2026, 3, 2), date(2026, 3, 13), expected_count=45)
        save_class(ctx, wanted)


def test_picking_a_class_fills_in_the_rest(school: None, page: CampaignsPage, unit: Unit, qtbot: QtBot) -> None:
    page.new_button.click()
    dialog: CampaignDialog = shown(CampaignDialog)
    edit = dialog.subject.edit
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    edit.setFocus()
    qtbot.keyClicks(edit, "keji")
    qtbot.waitUntil(dialog.subject.popup.isVisible)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    values = dialog.form.values()
    assert values["title"] == "2026年春季科级干部进修班后勤服务满意度测评"
    assert values["expected"] == 45
    assert values["opens_on"] == values["closes_on"] == date(2026, 3, 13), "the last day of the class"
    assert "即 48 份" in dialog.form["limit"].help
    dialog.primary.click()
    assert column(page, "state") == ["未开始"]
    with unit() as ctx:
        campaign = ctx.get(SurveyCampaign, 1)
        assert campaign.opens_at == datetime(2026, 3, 13, 8, 0, tzinfo=CHINA)
        assert (campaign.subject_kind, campaign.class_kind, campaign.most) == ("training_class", "主体班", 48)


def test_one_each_explains_itself_and_offers_codes(school: None, page: CampaignsPage) -> None:
    page.first_step()
    dialog: CampaignDialog = shown(CampaignDialog)
    dialog.form.set_values({"expected": 30})
    dialog.form["once_each"].box.click()
    assert "改用一次性码" in dialog.bar.text
    dialog.primary.click()
    assert dialog.isVisible(), "refused with the reason"
    assert "匿名填写时程序不知道是谁填的" in dialog.form["anonymity"].error
    dialog.form["once_each"].box.click()
    dialog.form["once_each"].box.click()
    dialog.bar.triggered.emit()
    assert dialog.form["anonymity"].value() is Anonymity.CODES
    assert dialog.form["limit"].isHidden()
    dialog.primary.click()
    assert column(page, "anonymity") == [Anonymity.CODES.label]


def test_a_wrong_time_is_marked_at_its_field(school: None, page: CampaignsPage) -> None:
    page.first_step()
    dialog: CampaignDialog = shown(CampaignDialog)
    dialog.form.set_values({"expected": 30, "closes_time": time(7, 0)})
    dialog.primary.click()
    assert "晚于开始时间" in dialog.form["closes_on"].error
    dialog.form["closes_time"].edit.setText("25:00")
    dialog.primary.click()
    assert "认不出这个时间" in dialog.form["closes_time"].error
    dialog.done(0)


def test_without_a_questionnaire_the_way_to_one_is_shown(page: CampaignsPage, desk: Desk, qtbot: QtBot) -> None:
    page.first_step()
    with qtbot.waitSignal(desk.went) as gone:
        assert "还没有可用的问卷" in answer()
    assert gone.args is not None
    assert gone.args[0] == "surveys.questionnaires"


def test_codes_are_drawn_shown_once_and_voided_if_not_printed(school: None, page: CampaignsPage, unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, anonymity=Anonymity.CODES, expected=40, state=CampaignState.DRAFT)
    page.reload_now()
    page.table.view.selectRow(0)
    assert page.step_button.text() == "开始测评"
    page.step_button.click()
    assert "还没有抽取一次性码" in answer()
    choose(row_menu(page.table), "抽取一次性码")
    asked: DrawCodesDialog = shown(DrawCodesDialog)
    assert asked.form["number"].value() == 40
    asked.primary.click()
    preview: PreviewDialog = shown(PreviewDialog)
    assert preview.info is not None
    text = squeezed("".join(pdf_pages(preview.info.data)))
    assert text.count("一码一份") == 40
    preview.close()
    check: SlipsCheckDialog = shown(SlipsCheckDialog)
    check.view.click()
    shown(PreviewDialog).close()
    shown(SlipsCheckDialog).void.click()
    with unit() as ctx:
        assert ctx.session.query(SurveyCode).count() == 0
    page.actions_of_campaign.start(CampaignAction.DRAW, page.table.model.row(0))
    shown(DrawCodesDialog).primary.click()
    shown(PreviewDialog).close()
    shown(SlipsCheckDialog).kept.click()
    assert page.actions_of_campaign._drawn is None, "the codes are forgotten"
    page.table.view.selectRow(0)
    page.step_button.click()
    assert column(page, "state") == ["正在测评"]
    assert column(page, "codes") == ["0 / 40"]
    choose(row_menu(page.table), "作废未用的一次性码")
    assert "40 个没有用过的码" in answer()
    assert column(page, "codes") == ["0 / 0"]
    assert campaign.id == 1


def test_closing_counting_and_opening_again(page: CampaignsPage, unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, expected=50)
        for _ in range(12):
            services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    page.reload_now()
    page.table.view.selectRow(0)
    assert (column(page, "boxed"), column(page, "received"), column(page, "rate")) == (["12"], ["12"], ["24.0%"])
    choose(row_menu(page.table), "阶段收卷")
    assert "票箱里有 12 份答卷" in answer()
    assert (column(page, "boxed"), column(page, "valid")) == (["0"], ["12"])
    page.table.view.selectRow(0)
    assert page.step_button.text() == "收卷…"
    page.step_button.click()
    answer(yes=False)
    assert column(page, "state") == ["正在测评"]
    page.step_button.click()
    assert "已收到 12 份，应收 50 份" in answer()
    assert column(page, "state") == ["已收卷"]
    page.table.view.selectRow(0)
    assert page.step_button.text() == "查看结果"
    choose(row_menu(page.table), "重新开放")
    answer()
    assert column(page, "state") == ["正在测评"]


def test_a_draft_is_changed_and_deleted(school: None, page: CampaignsPage, unit: Unit) -> None:
    page.first_step()
    dialog: CampaignDialog = shown(CampaignDialog)
    dialog.form.set_values({"expected": 300})
    dialog.primary.click()
    assert column(page, "title") == ["后勤服务满意度测评"]
    page.open_row(page.table.model.row(0))
    dialog = shown(CampaignDialog)
    assert dialog.form["limit"].value() == 315
    dialog.form["title"].set_value("2026年度后勤服务满意度测评")
    dialog.form["expected"].edit.setText("280")
    assert dialog.form["limit"].value() == 294, "a limit that came from the expected number follows it"
    dialog.primary.click()
    assert column(page, "title") == ["2026年度后勤服务满意度测评"]
    with unit() as ctx:
        assert ctx.get(SurveyCampaign, 1).most == 294
    page.table.view.selectRow(0)
    choose(row_menu(page.table), "删除")
    assert "没有答卷" in answer()
    assert page.table.model.total == 0


def test_what_has_begun_shows_what_is_fixed(school: None, page: CampaignsPage, unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    page.reload_now()
    page.actions_of_campaign.start(CampaignAction.EDIT, page.table.model.row(0))
    dialog: CampaignDialog = shown(CampaignDialog)
    assert not dialog.form["version_id"].isEnabled()
    assert not dialog.form["anonymity"].isEnabled()
    assert not dialog.subject.isEnabled()
    dialog.form.set_values({"note": "延长一天"})
    dialog.primary.click()
    with unit() as ctx:
        assert ctx.get(SurveyCampaign, campaign.id).note == "延长一天"


def test_links_and_rights(page: CampaignsPage, unit: Unit, db: Database, look: None, qtbot: QtBot) -> None:
    with unit() as ctx:
        mine = add_campaign(ctx, title="中青班测评")
        add_campaign(ctx, title="另一次", state=CampaignState.DRAFT)
    page.open_target({"state": "draft"})
    assert column(page, "title") == ["另一次"]
    page.open_target(Ref("survey_campaign", mine.id))
    assert column(page, "title") == ["中青班测评"]
    leader = Actor(None, "领导", frozenset({VIEW.key}))
    runner = InstantRunner(lambda action, **options: unit_of_work(db, leader, action, **options))
    desk = Desk(runner, leader)
    only = CampaignsPage(desk)
    qtbot.addWidget(only)
    only.show()
    only.table.view.selectRow(0)
    for each in (only.new_button, only.entry_button, only.step_button):
        assert not each.isEnabled()
    assert offered(desk, only.table.model.row(0)) == ()
    only.hide()
    runner.shutdown()


def test_paper_forms_of_a_campaign_are_printed(page: CampaignsPage, unit: Unit) -> None:
    with unit() as ctx:
        add_campaign(ctx)
    page.reload_now()
    page.table.view.selectRow(0)
    choose(row_menu(page.table), "打印纸质问卷")
    preview: PreviewDialog = shown(PreviewDialog)
    assert preview.info is not None
    assert "房间清洁程度" in squeezed(pdf_pages(preview.info.data)[0])
    preview.close()


# ---------------------------------------------------------------------------------------------------- slips
def test_slips_bear_the_codes_in_the_order_drawn_and_nothing_of_a_person() -> None:
    codes = draw_codes(PER_PAGE + 1)
    drawn = DrawnCodes(
        3, "2026年秋季中青年干部培训班后勤服务满意度测评", datetime(2026, 11, 20, 17, tzinfo=CHINA), codes
    )
    data = code_slips_pdf(CodeSlips.of(drawn))
    pages = [squeezed(page) for page in pdf_pages(data)]
    assert pdf_sizes(data) == [(210, 297)] * 2
    assert [page.count("前有效") for page in pages] == [PER_PAGE, 1]
    assert all(code in "".join(pages) for code in codes)
    assert codes[-1] in pages[1]
    assert "第2页共2页" in pages[1]
    assert "后勤服务满意度测评" in pages[0]


@pytest.mark.parametrize(
    ("text", "at"),
    (
        ("8", time(8)),
        ("830", time(8, 30)),
        ("1700", time(17)),
        ("17：05", time(17, 5)),
        ("8点", time(8)),
        ("8时30分", time(8, 30)),
        ("24", None),
        ("8:60", None),
        ("早上", None),
        ("", None),
    ),
)
def test_times_as_people_type_them(text: str, at: time | None) -> None:
    assert parse_time(text) == at


def test_the_page_fits_a_narrow_screen(page: CampaignsPage) -> None:
    least = page.minimumSizeHint()
    assert least.width() <= 1146
    assert least.height() <= 690
