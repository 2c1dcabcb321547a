"""组织 organization: who the school is and who works with the program.

学校信息 SchoolProfile · 部门 Department · 职工 StaffMember (编制类型 employment_type, 岗位 post) · 用户 UserAccount ·
角色 Role · 审计日志 AuditEntry.

Use cases: first_run, log_in, change_password, save_user, reset_password, save_role, save_department, save_staff,
save_school_profile, list_audit.
"""
