"""Chinese words of all tables, columns and actions for the audit viewer (a test finds what is missing)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from dangxiao_houqin.modules.accommodation.domain import PairKind, StayState
from dangxiao_houqin.modules.organization.api import EVERYTHING, AuditWords, TableWords
from dangxiao_houqin.modules.training.api import ClassStatus, need_label

_ORGANIZATION = {
    "department": TableWords("部门", {"name": "名称", "sort_order": "排序"}),
    "staff_member": TableWords(
        "职工",
        {
            "name": "姓名",
            "department_id": "部门",
            "employment_type": "编制类型",
            "post": "岗位",
            "phone": "联系电话",
            "active": "在岗",
        },
        links={"department_id": "department"},
        personal=frozenset({"phone"}),
        silent=frozenset({"search_key"}),
    ),
    "role": TableWords("角色", {"name": "名称", "permissions": "权限"}, silent=frozenset({"builtin"})),
    "user_account": TableWords(
        "用户",
        {
            "login": "登录名",
            "display_name": "姓名",
            "staff_id": "对应职工",
            "password_hash": "密码",
            "must_change_password": "下次登录须改密码",
            "failed_logins": "连续输错次数",
            "locked_until": "锁定到",
            "last_login_at": "上次登录",
            "active": "启用",
            "roles": "角色",
        },
        links={"staff_id": "staff_member"},
    ),
    "calendar_day": TableWords("校历", {"day": "日期", "workday": "上班", "name": "名称"}),
    "setting": TableWords("系统设置", {"section": "类别", "payload": "内容"}, silent=frozenset({"section"})),
}

_PLACES = {
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

_TRAINING = {
    "home_unit": TableWords("单位", {"name": "名称", "rank_order": "排序"}, silent=frozenset({"search_key"})),
    "training_class": TableWords(
        "培训班",
        {
            "code": "编号",
            "name": "名称",
            "kind": "类别",
            "status": "状态",
            "start": "开班日期",
            "end": "结业日期",
            "arrive_on": "报到日期",
            "leave_on": "离校日期",
            "lodging": "安排住宿",
            "expected_count": "计划人数",
            "organizer_unit": "主办单位",
            "class_teacher": "班主任",
            "note": "备注",
        },
        values={"status": {state.value: state.label for state in ClassStatus}},
        silent=frozenset({"search_key"}),
    ),
    "enrollment": TableWords(
        "学员",
        {
            "class_id": "班次",
            "seq_no": "序号",
            "group_name": "组别",
            "name": "姓名",
            "sex": "性别",
            "ethnicity": "民族",
            "birth": "出生年月",
            "political_status": "政治面貌",
            "education": "学历",
            "unit_id": "单位（统一名称）",
            "unit_name": "单位",
            "position": "职务",
            "rank": "职级",
            "phone": "联系电话",
            "id_number": "身份证号",
            "plate": "车牌号",
            "lodging": "住宿",
            "arrive_on": "入住日期",
            "leave_on": "离开日期",
            "needs": "需求",
            "note": "备注",
            "extra": "其他栏目",
            "status": "状态",
        },
        values={"needs": need_label, "status": {"enrolled": "在册", "withdrawn": "已退出"}},
        links={"class_id": "training_class", "unit_id": "home_unit"},
        personal=frozenset({"phone", "id_number"}),
        silent=frozenset({"search_key", "sort_key"}),
    ),
    "roster_mapping": TableWords("名单栏目对应", {"fingerprint": "表头特征", "mapping": "对应关系"}),
}

_ACCOMMODATION = {
    "stay": TableWords(
        "住宿",
        {
            "enrollment_id": "学员",
            "class_id": "班次",
            "guest_name": "姓名",
            "sex": "性别",
            "room_id": "房间",
            "bed_id": "床位",
            "arrive": "入住",
            "leave": "离开",
            "state": "状态",
            "pinned": "固定",
            "reason": "原因",
            "moved_from_id": "调自",
        },
        values={"state": {state.value: state.label for state in StayState}},
        links={
            "enrollment_id": "enrollment",
            "class_id": "training_class",
            "room_id": "room",
            "bed_id": "bed",
            "moved_from_id": "stay",
        },
    ),
    "roommate_rule": TableWords(
        "同住约定",
        {"class_id": "班次", "first_id": "学员一", "second_id": "学员二", "kind": "种类", "reason": "原因"},
        values={"kind": {kind.value: kind.label for kind in PairKind}},
        links={"class_id": "training_class", "first_id": "enrollment", "second_id": "enrollment"},
    ),
}

_INBOX = {
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

_ACTIONS = {
    "core.reveal_personal": "查看完整个人信息",
    "core.export": "导出",
    "core.print": "打印",
    "organization.first_run": "首次设置",
    "organization.log_in": "登录",
    "organization.log_in_refused": "登录被拒绝",
    "organization.log_out": "退出登录",
    "organization.unlock": "解除锁屏",
    "organization.change_password": "修改密码",
    "organization.save_user": "保存用户",
    "organization.reset_password": "重置密码",
    "organization.unlock_user": "解锁用户",
    "organization.delete_user": "删除用户",
    "organization.save_role": "保存角色",
    "organization.delete_role": "删除角色",
    "organization.ensure_builtin_roles": "建立预置角色",
    "organization.save_section": "修改设置",
    "organization.save_school_profile": "修改单位信息",
    "organization.save_department": "保存部门",
    "organization.reorder_departments": "部门排序",
    "organization.delete_department": "删除部门",
    "organization.save_staff": "保存职工",
    "organization.delete_staff": "删除职工",
    "organization.import_staff": "导入职工",
    "organization.save_calendar_day": "登记校历",
    "organization.delete_calendar_day": "取消校历登记",
    "organization.import_notice": "登记放假通知",
    "organization.record_reveal": "查看完整个人信息",
    "inbox.finish_items": "办结待办",
    "inbox.reopen_items": "恢复待办",
    "inbox.reassign_item": "转交待办",
    "inbox.assign": "提出待办",
    "inbox.close": "待办自动办结",
    "inbox.close_prefix": "待办自动办结",
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
    "training.save_class": "保存班次",
    "training.set_class_status": "变更班次状态",
    "training.save_enrollment": "保存学员",
    "training.withdraw_enrollment": "学员退出",
    "training.move_enrollment": "调整名单顺序",
    "training.reveal_enrollment": "查看完整个人信息",
    "training.reveal_roster": "导出完整名单",
    "training.ensure_units": "登记单位",
    "training.save_unit": "保存单位",
    "training.order_units": "单位排序",
    "training.move_unit": "单位排序",
    "training.import_roster": "导入名单",
    "training.replace_enrollment": "换人",
    "training.undo_replacement": "撤销换人",
    "training.set_lodging": "登记是否住宿",
    "training.apply_roster": "导入名单",
    "accommodation.assign_bed": "分配床位",
    "accommodation.move_stay": "调房",
    "accommodation.swap_stays": "两人对调",
    "accommodation.pin_stay": "固定床位",
    "accommodation.release_stay": "退掉床位",
    "accommodation.release_class": "退掉全班床位",
    "accommodation.save_pair": "保存同住约定",
    "accommodation.delete_pair": "删除同住约定",
    "accommodation.confirm_plan": "确认住宿分配",
    "app.init": "建立数据库",
    "app.load_demo": "载入演示数据",
    "training.reveal": "查看完整个人信息",
    "demo.load": "载入演示数据",
    "cli.backup": "备份",
    "cli.restore": "恢复备份",
}


@cache
def audit_words() -> AuditWords:
    """Words of every module, with the titles of all settings sections."""
    from dangxiao_houqin.app.modules import MODULES

    sections = {section.section: section for module in MODULES for section in module.settings}
    rights = {permission.key: permission.title for module in MODULES for permission in module.permissions}
    tables = {**_ORGANIZATION, **_PLACES, **_TRAINING, **_ACCOMMODATION, **_INBOX}
    tables["role"] = replace(tables["role"], values={"permissions": {EVERYTHING: "全部权限", **rights}})
    return AuditWords(tables, _ACTIONS, sections)
