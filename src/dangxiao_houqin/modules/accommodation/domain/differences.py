"""房态核对: where the floor staff found other people than the desk knows of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dangxiao_houqin.core.columns import Pill


@dataclass(frozen=True)
class Discrepancy:
    """One room on one day: what the desk says (``here`` are the people in the house, ``expected`` those assigned to the
    room who have not reported) and how many people the floor staff found."""

    report_id: int
    version: int
    room_id: int
    building_name: str
    floor_name: str
    number: str
    day: date
    here: tuple[str, ...]
    expected: tuple[str, ...]
    found: int
    reporter: str
    note: str
    resolved: bool
    resolution: str

    @property
    def place(self) -> str:
        return f"{self.building_name}{self.number}"

    @property
    def desk_says(self) -> str:
        """空房 / 2 人 张三、李四."""
        return f"{len(self.here)} 人：{'、'.join(self.here)}" if self.here else "空房"

    @property
    def pill(self) -> Pill:
        if self.resolved:
            return Pill("已核实", "neutral")
        if not self.here:
            return Pill("前台空房有人住", "error")
        if not self.found:
            return Pill("在住房无人住", "warning")
        return Pill("人数多了" if self.found > len(self.here) else "人数少了", "warning")

    @property
    def advice(self) -> str:
        """What to do first."""
        if self.resolved:
            return self.resolution
        more = self.found - len(self.here)
        if more > 0 and self.expected:
            return f"核对是否{'、'.join(self.expected)}已到，补办报到"
        if more > 0:
            return "到房间核实身份，补登记或请其离开"
        if not self.found:
            return "核实外宿、请假还是已离校，已离校的补办退房"
        return "核实谁不在，已离校的补办退房"
