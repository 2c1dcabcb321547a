"""场所 places: what there is to sleep in.

校区 Site · 楼栋 Building · 楼层 Floor · 房间 Room (room_type, accessible, near_lift, low_floor, assignable) ·
床位 Bed · 停用 RoomOutage (half-open ``[start, end)``, with a reason).

Use cases: save_site, save_building, delete_building, save_floor, delete_floor, create_rooms (bulk), save_room,
mark_rooms, delete_room(s), save_outage(s), end_outage, reopen_rooms, import_rooms, list_room_lines + write_room_book.
Room numbers are text: 201甲, 8-1; they sort as people count (natural_order).
"""
