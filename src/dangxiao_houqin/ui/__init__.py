"""Qt kit that knows no business: theme, background work, pages, tables, forms, messages, printing."""
