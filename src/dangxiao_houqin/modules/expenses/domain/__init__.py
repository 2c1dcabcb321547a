"""The words of expenses by theme; import from the theme (``domain.claims``), not from here."""
