"""Paper of surveys: pure functions over what the database gave."""
