"""Words of surveys for the audit viewer.  Papers, codes and answers are not audited and have none."""

from __future__ import annotations

from dangxiao_houqin.modules.organization.api import TableWords
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignState

TABLES = {
    "questionnaire": TableWords("问卷", {"name": "名称", "note": "备注", "retired": "停用"}),
    "questionnaire_version": TableWords(
        "问卷版本",
        {"questionnaire_id": "问卷", "number": "版本", "frozen": "已定稿", "content": "内容"},
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

ACTIONS = {
    "surveys.count_so_far": "测评阶段收卷",
    "surveys.close_campaign": "测评收卷",
    "surveys.reopen_campaign": "重新开放测评",
    "surveys.submit_paper": "交卷",
    "surveys.try_code": "核对一次性码",
}
