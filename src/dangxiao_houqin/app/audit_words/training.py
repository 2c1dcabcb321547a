"""Words of training for the audit viewer."""

from __future__ import annotations

from dangxiao_houqin.modules.organization.api import TableWords
from dangxiao_houqin.modules.training.api import ClassStatus, need_label

TABLES = {
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

ACTIONS = {
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
    "training.reveal": "查看完整个人信息",
}
