"""One linear Alembic history; migrations never import live module code."""
