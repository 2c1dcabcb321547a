"""Build hook: put ``resources/`` and the manual into the wheel, where core/paths.py looks for them once installed."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ResourcesHook(BuildHookInterface[Any]):
    """An editable install reads the checkout's own folder, so only a real wheel gets the 45 MB."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_data["force_include"]["resources"] = "dangxiao_houqin/_resources"
            build_data["force_include"]["docs/用户手册.md"] = "dangxiao_houqin/_resources/用户手册.md"
