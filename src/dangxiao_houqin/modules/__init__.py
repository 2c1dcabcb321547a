"""The business rooms; which one may look at which is written in the import contracts of ``pyproject.toml``."""
