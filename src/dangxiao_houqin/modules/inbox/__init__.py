"""待办: what somebody must do, assigned to a role or a user, opening the thing it is about."""
