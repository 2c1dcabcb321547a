"""Words of housekeeping for the audit viewer."""

from __future__ import annotations

from dangxiao_houqin.modules.housekeeping.domain import LostState, RoomCondition, TaskKind, TaskState
from dangxiao_houqin.modules.organization.api import TableWords

TABLES = {
    "room_care": TableWords(
        "客房状态",
        {
            "room_id": "房间",
            "condition": "状态",
            "reason": "原因",
            "cleaned_at": "打扫时间",
            "cleaned_by": "打扫人",
            "inspected_at": "检查时间",
            "inspected_by": "检查人",
            "linen_on": "换布草",
        },
        values={"condition": {condition.value: condition.label for condition in RoomCondition}},
        links={"room_id": "room"},
    ),
    "housekeeping_task": TableWords(
        "清扫任务",
        {
            "room_id": "房间",
            "kind": "任务",
            "due_on": "日期",
            "state": "进度",
            "linen": "换布草",
            "assignee": "打扫人",
            "note": "备注",
            "done_at": "完成时间",
            "done_by": "完成人",
        },
        values={
            "kind": {kind.value: kind.label for kind in TaskKind},
            "state": {state.value: state.label for state in TaskState},
        },
        links={"room_id": "room"},
    ),
    "handover_check": TableWords(
        "客房交付检查",
        {
            "class_id": "班次",
            "room_id": "房间",
            "checked_on": "检查日期",
            "checker": "检查人",
            "passed": "合格",
            "items": "检查项目",
            "note": "备注",
        },
        links={"class_id": "training_class", "room_id": "room"},
    ),
    "floor_report": TableWords(
        "楼层报数",
        {
            "room_id": "房间",
            "on_day": "日期",
            "people": "实住人数",
            "reporter": "报数人",
            "note": "备注",
            "resolved": "已核实",
            "resolution": "核实结果",
        },
        links={"room_id": "room"},
    ),
    "lost_property": TableWords(
        "遗留物品",
        {
            "tag": "编号",
            "room_id": "房间",
            "place": "具体位置",
            "item": "物品",
            "found_on": "拾到日期",
            "finder": "拾物人",
            "owner": "失主",
            "owner_phone": "联系电话",
            "kept_at": "存放处",
            "keep_until": "保管到",
            "state": "状态",
            "closed_on": "处理日期",
            "closed_note": "去向",
        },
        values={"state": {state.value: state.label for state in LostState}},
        links={"room_id": "room"},
        personal=frozenset({"owner_phone"}),
    ),
}

ACTIONS = {
    "housekeeping.set_conditions": "标记客房状态",
    "housekeeping.fail_inspection": "检查不合格",
    "housekeeping.take_back": "撤销保洁登记",
    "housekeeping.mark_dirty": "标记待打扫",
    "housekeeping.clear_dirty": "撤销待打扫",
    "housekeeping.raise_task": "产生清扫任务",
    "housekeeping.raise_tasks": "产生清扫任务",
    "housekeeping.withdraw_tasks": "撤回清扫任务",
    "housekeeping.add_tasks": "新建清扫任务",
    "housekeeping.assign_tasks": "分派清扫任务",
    "housekeeping.finish_tasks": "完成清扫任务",
    "housekeeping.cancel_tasks": "取消清扫任务",
    "housekeeping.save_handover": "客房交付检查",
    "housekeeping.report_floor": "楼层报数",
    "housekeeping.resolve_report": "核实房态差异",
    "housekeeping.reopen_report": "撤销房态核实",
    "housekeeping.save_lost": "登记遗留物品",
    "housekeeping.return_lost": "归还遗留物品",
    "housekeeping.dispose_lost": "处置遗留物品",
    "housekeeping.reopen_lost": "撤回遗留物品处理",
    "housekeeping.remind_expired": "遗留物品到期提醒",
}
