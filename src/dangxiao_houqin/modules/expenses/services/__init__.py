"""Use cases of expenses: everything that changes data."""
