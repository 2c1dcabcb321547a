"""场所 places: what there is to sleep in.

校区 Site · 楼栋 Building · 楼层 Floor · 房间 Room (room_type, accessible, near_lift, low_floor, assignable) ·
床位 Bed · 停用 RoomOutage (half-open ``[start, end)``, with a reason).

Use cases: save_site, save_building, create_rooms (bulk), save_room, delete_room, save_outage, end_outage,
import_rooms / export_rooms. Room numbers are text: 201甲, 8-1.
"""
