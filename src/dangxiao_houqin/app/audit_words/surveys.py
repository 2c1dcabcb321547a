"""Words of surveys for the audit viewer.  Papers, codes and answers are not audited and have none."""

from __future__ import annotations

from typing import Any

from dangxiao_houqin.modules.organization.api import TableWords
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignState
from dangxiao_houqin.modules.surveys.domain.rules import KioskPin


def _questionnaire(content: dict[str, Any]) -> str:
    """A questionnaire in a few words; the whole of it stands on its own page."""
    groups = content.get("groups") or []
    questions = sum(len(group.get("questions") or []) for group in groups)
    return f"{content.get('title') or '未命名'}（{len(groups)} 组 {questions} 题）"


TABLES = {
    "questionnaire": TableWords("问卷", {"name": "名称", "note": "备注", "retired": "停用"}),
    "questionnaire_version": TableWords(
        "问卷版本",
        {"questionnaire_id": "问卷", "number": "版本", "frozen": "已定稿", "content": "内容"},
        values={"content": _questionnaire},
        links={"questionnaire_id": "questionnaire"},
    ),
    "survey_campaign": TableWords(
        "满意度测评",
        {
            "title": "标题",
            "version_id": "问卷版本",
            "subject_kind": "对象种类",
            "subject_id": "对象编号",
            "subject_text": "班次",
            "class_kind": "班次类别",
            "anonymity": "填写方式",
            "opens_at": "开始时间",
            "closes_at": "结束时间",
            "held_on": "归属日期",
            "expected": "应收份数",
            "most": "份数上限",
            "state": "状态",
            "rounds": "收卷次数",
            "note": "备注",
            "search_key": "检索",
        },
        values={
            "anonymity": {each.value: each.label for each in Anonymity},
            "state": {each.value: each.label for each in CampaignState},
        },
        links={"version_id": "questionnaire_version"},
        silent=frozenset({"subject_kind", "subject_id", "search_key"}),
    ),
    "survey_history": TableWords(
        "历年满意度",
        {
            "year": "年份",
            "term": "学期",
            "group_key": "项目代号",
            "group_title": "项目",
            "own": "本校",
            "source": "出处",
            "rate_bp": "满意率（万分之）",
            "answers": "有效份数",
            "formula": "公式",
            "note": "备注",
        },
        silent=frozenset({"group_key"}),
    ),
    "survey_entry_batch": TableWords(
        "纸质答卷录入",
        {
            "campaign_id": "测评",
            "sheets": "份数",
            "day": "填写日期",
            "state": "进度",
            "first_id": "第一录入人",
            "second_id": "第二录入人",
            "note": "备注",
        },
        links={"campaign_id": "survey_campaign", "first_id": "user_account", "second_id": "user_account"},
    ),
    "suggestion": TableWords(
        "意见建议处理单",
        {
            "number": "编号",
            "source": "来源",
            "campaign_id": "测评",
            "question": "题号",
            "received_on": "收到日期",
            "first_contact_id": "首问责任人",
            "first_contact": "首问责任人姓名",
            "from_whom": "反映人",
            "contact": "联系方式",
            "category": "类别",
            "content": "内容",
            "department_id": "承办部门",
            "handler_id": "承办人",
            "due_on": "办理期限",
            "state": "状态",
            "result": "处理结果",
            "reply": "答复",
            "replied_on": "答复日期",
            "feedback": "满意程度",
            "closed_on": "办结日期",
            "search_key": "检索",
        },
        links={
            "campaign_id": "survey_campaign",
            "first_contact_id": "staff_member",
            "department_id": "department",
            "handler_id": "user_account",
        },
        silent=frozenset({"search_key"}),
    ),
}

SECTIONS = {KioskPin.section: KioskPin}
"""Settings that no page shows, because they are secret."""

ACTIONS = {
    "surveys.save_version": "保存问卷",
    "surveys.copy_version": "复制问卷",
    "surveys.delete_draft": "删除问卷",
    "surveys.freeze_version": "问卷定稿",
    "surveys.set_retired": "停用或启用问卷",
    "surveys.ensure_questionnaire": "建立标准问卷",
    "surveys.save_campaign": "保存测评",
    "surveys.open_campaign": "开始测评",
    "surveys.draw_campaign_codes": "抽取一次性码",
    "surveys.void_codes": "作废一次性码",
    "surveys.delete_campaign": "删除测评",
    "surveys.begin_batch": "开始录入一摞纸质答卷",
    "surveys.begin_turn": "开始第二遍录入",
    "surveys.save_sheet": "录入一份纸质答卷",
    "surveys.finish_turn": "录完一遍纸质答卷",
    "surveys.settle_sheet": "核对纸质答卷",
    "surveys.hand_in": "纸质答卷投入票箱",
    "surveys.restart_turn": "清掉一遍重新录入",
    "surveys.discard_batch": "作废一摞纸质答卷",
    "surveys.count_so_far": "测评阶段收卷",
    "surveys.close_campaign": "测评收卷",
    "surveys.reopen_campaign": "重新开放测评",
    "surveys.submit_paper": "交卷",
    "surveys.export_answers": "导出匿名答卷",
    "surveys.file_comments": "意见归类",
    "surveys.save_history_figure": "登记历年满意率",
    "surveys.delete_history_figure": "删除历年满意率",
    "surveys.set_pin": "设置自助终端口令",
    "surveys.try_code": "核对一次性码",
    "surveys.save_suggestion": "登记意见建议",
    "surveys.raise_from_comment": "意见转处理单",
    "surveys.raise_from_score": "低分转处理单",
    "surveys.assign_suggestion": "分办意见建议",
    "surveys.answer_suggestion": "答复意见建议",
    "surveys.close_suggestion": "办结意见建议",
    "surveys.return_suggestion": "退回重办",
    "surveys.decline_suggestion": "不予受理",
    "surveys.take_up_again": "重新受理",
    "surveys.remind_suggestions": "意见建议逾期提醒",
}
