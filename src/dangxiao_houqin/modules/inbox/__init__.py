"""待办: what somebody must do, assigned to a role or a user, opening the thing it is about.

Glossary: 待办 InboxItem (in lists: item), 办结 finish, 转交 reassign.  Other rooms raise an item with ``assign`` and
end it with ``close`` when the thing was settled; people tick it off, take that back, or hand it on.
"""
