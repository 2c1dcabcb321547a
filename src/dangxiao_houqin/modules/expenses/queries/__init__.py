"""What expenses reads, by theme; import from the theme (``queries.claims``)."""
