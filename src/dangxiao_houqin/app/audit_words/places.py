"""Words of places for the audit viewer."""

from __future__ import annotations

from dangxiao_houqin.modules.organization.api import TableWords

TABLES = {
    "site": TableWords("校区", {"name": "名称", "sort_order": "排序"}),
    "building": TableWords(
        "楼栋",
        {
            "site_id": "校区",
            "name": "名称",
            "code": "代号",
            "has_lift": "有电梯",
            "sort_order": "排序",
            "note": "备注",
        },
        links={"site_id": "site"},
    ),
    "floor": TableWords(
        "楼层",
        {"building_id": "楼栋", "level": "层号", "name": "名称", "preferred_sex": "优先安排", "note": "备注"},
        links={"building_id": "building"},
    ),
    "room": TableWords(
        "房间",
        {
            "building_id": "楼栋",
            "floor_id": "楼层",
            "number": "房号",
            "room_type": "房型",
            "accessible": "无障碍",
            "near_lift": "靠近电梯",
            "low_floor": "低楼层",
            "assignable": "参与分配",
            "reserve": "预留",
            "note": "备注",
        },
        links={"building_id": "building", "floor_id": "floor"},
        silent=frozenset({"sort_key"}),
    ),
    "bed": TableWords("床位", {"room_id": "房间", "name": "床号", "assignable": "参与分配"}, links={"room_id": "room"}),
    "room_outage": TableWords(
        "停用",
        {"room_id": "房间", "bed_id": "床位", "start": "开始", "end": "结束", "reason": "原因"},
        links={"room_id": "room", "bed_id": "bed"},
    ),
}

ACTIONS = {
    "places.save_site": "保存校区",
    "places.save_building": "保存楼栋",
    "places.delete_building": "删除楼栋",
    "places.save_floor": "保存楼层",
    "places.delete_floor": "删除楼层",
    "places.create_rooms": "批量建房间",
    "places.save_room": "保存房间",
    "places.delete_room": "删除房间",
    "places.delete_rooms": "删除房间",
    "places.mark_rooms": "标记房间",
    "places.save_outage": "登记停用",
    "places.save_outages": "登记停用",
    "places.end_outage": "恢复使用",
    "places.reopen_rooms": "恢复使用",
    "places.import_rooms": "导入房间",
}
