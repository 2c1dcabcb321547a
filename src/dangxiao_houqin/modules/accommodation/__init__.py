"""住宿 accommodation: who sleeps where, night by night.

入住 Stay (one person in one bed for ``[arrive, leave)``) · 床晚 BedNight · 房晚 RoomNight · 同住约定 RoommateRule ·
分配方案 Proposal · 分配规则 AllocationRules.

Use cases: propose, confirm_proposal, assign_bed, move_stay, swap_stays, release_stay, pin_stay, save_roommate_rule.
One person a bed and one sex a room per night are held by the database itself (keys of bed_night and room_night).
"""
