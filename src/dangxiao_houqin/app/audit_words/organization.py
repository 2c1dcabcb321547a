"""Words of organization for the audit viewer."""

from __future__ import annotations

from dangxiao_houqin.modules.organization.api import TableWords

TABLES = {
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

ACTIONS = {
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
}
