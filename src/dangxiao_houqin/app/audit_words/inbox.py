"""Words of the inbox for the audit viewer."""

from __future__ import annotations

from dangxiao_houqin.modules.organization.api import TableWords

TABLES = {
    "inbox_item": TableWords(
        "待办",
        {
            "key": "代号",
            "kind": "事项",
            "text": "内容",
            "ref_kind": "关联种类",
            "ref_id": "关联编号",
            "role_id": "交给角色",
            "user_id": "交给用户",
            "due_on": "期限",
            "state": "状态",
            "closed_at": "办结时间",
            "closed_by": "办结人",
            "note": "办理说明",
        },
        values={"state": {"open": "待办", "closed": "已办"}},
        links={"role_id": "role", "user_id": "user_account", "closed_by": "user_account"},
        silent=frozenset({"key", "ref_kind", "ref_id"}),
    ),
}

ACTIONS = {
    "inbox.finish_items": "办结待办",
    "inbox.reopen_items": "恢复待办",
    "inbox.reassign_item": "转交待办",
    "inbox.assign": "提出待办",
    "inbox.close": "待办自动办结",
    "inbox.close_prefix": "待办自动办结",
}
