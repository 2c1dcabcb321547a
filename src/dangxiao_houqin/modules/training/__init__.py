"""培训 training: the classes and who attends them.

单位 HomeUnit (fixed order 单位排序) · 培训班 TrainingClass · 学员名单条目 Enrollment · 花名册 Roster.

Use cases: create_class, save_class, cancel_class, save_enrollment, withdraw_enrollment, move_enrollment,
preview_roster, apply_roster, save_unit, import_units. Roster order is political: it is kept, never re-sorted.
"""
