"""Categories and budgets: inputs, rows, and how much is left. Amounts are fen; a year is a calendar (fiscal) year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dangxiao_houqin.core.columns import Pill

TIGHT = 0.9
"""From this share on that is spent or in approval, a budget is called tight."""

FIRST_YEAR, LAST_YEAR = 2000, 2099
LARGEST_FEN = 10**15
"""Ten thousand 亿 yuan; anything above is a slip of the finger."""


@dataclass(frozen=True)
class SeedCategory:
    """A category every school begins with."""

    code: str
    name: str
    three_publics: bool = False


SEED_CATEGORIES: tuple[SeedCategory, ...] = tuple(
    SeedCategory(code, name, three_publics=code in {"30217", "30231"})
    for code, name in (
        ("30201", "办公费"),
        ("30202", "印刷费"),
        ("30205", "水费"),
        ("30206", "电费"),
        ("30207", "邮电费"),
        ("30208", "取暖费"),
        ("30209", "物业管理费"),
        ("30211", "差旅费"),
        ("30213", "维修（护）费"),
        ("30214", "租赁费"),
        ("30215", "会议费"),
        ("30216", "培训费"),
        ("30217", "公务接待费"),
        ("30218", "专用材料费"),
        ("30225", "专用燃料费"),
        ("30226", "劳务费"),
        ("30227", "委托业务费"),
        ("30231", "公务用车运行维护费"),
        ("30239", "其他交通费用"),
        ("30299", "其他商品和服务支出"),
        ("31002", "办公设备购置"),
        ("31003", "专用设备购置"),
        ("31006", "大型修缮"),
        ("31007", "信息网络及软件购置更新"),
    )
)
"""部门预算支出经济分类 as a school uses it (domain/2-rules B.2); 公务接待 and 公务用车 belong to 三公经费."""


# -------------------------------------------------------------------------------------------------- inputs
@dataclass(frozen=True)
class SaveCategory:
    """Create (``category_id`` None) or change a category."""

    code: str
    name: str
    three_publics: bool = False
    active: bool = True
    category_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class SaveBudget:
    """Set what was approved for a category in a year; changes during the year are adjustments."""

    year: int
    category_id: int
    amount_fen: int
    note: str = ""
    budget_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class AdjustBudget:
    """追加 (``amount_fen`` > 0) or 调减 (< 0) by ``document``.

    With ``counter_budget_id`` it is 科目间调剂: what is added here is taken there, in one step.
    """

    budget_id: int
    on_day: date
    amount_fen: int
    document: str
    reason: str
    counter_budget_id: int | None = None


# ---------------------------------------------------------------------------------------------------- rows
@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """A category to choose."""

    id: int
    code: str
    name: str
    three_publics: bool
    active: bool

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}"


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category in the list; ``uses`` counts budgets and claim lines booked to it."""

    id: int
    version: int
    code: str
    name: str
    three_publics: bool
    active: bool
    uses: int

    @property
    def pill(self) -> Pill:
        return Pill("使用中", "success") if self.active else Pill("已停用")


@dataclass(frozen=True, slots=True)
class BudgetLeft:
    """How much of a category's budget of a year is left; all 0 where ``has_budget`` is false.

    ``executed_fen``: lines of claims approved or paid; ``in_flight_fen``: of claims in approval.
    """

    year: int
    category_id: int
    has_budget: bool
    amount_fen: int
    adjusted_fen: int
    executed_fen: int
    in_flight_fen: int

    @property
    def total_fen(self) -> int:
        return self.amount_fen + self.adjusted_fen

    @property
    def taken_fen(self) -> int:
        return self.executed_fen + self.in_flight_fen

    @property
    def left_fen(self) -> int:
        """May be negative: more was approved than there is."""
        return self.total_fen - self.taken_fen


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One category of 预算执行; ``id`` and ``version`` are the budget's, None where only money was spent."""

    id: int | None
    version: int | None
    category_id: int
    code: str
    name: str
    three_publics: bool
    note: str
    adjustments: int
    left: BudgetLeft

    @property
    def rate(self) -> float | None:
        """Executed share of the adjusted budget."""
        return self.left.executed_fen / self.left.total_fen if self.left.total_fen else None

    @property
    def pill(self) -> Pill:
        if self.id is None:
            return Pill("无预算", "error")
        if self.left.left_fen < 0:
            return Pill("超预算", "error")
        if self.left.total_fen and self.left.taken_fen >= self.left.total_fen * TIGHT:
            return Pill("将用完", "warning")
        return Pill("正常", "success")


@dataclass(frozen=True, slots=True)
class BudgetTotals:
    """Sums of one kind over a year; for all categories, or for 三公 alone."""

    amount_fen: int = 0
    adjusted_fen: int = 0
    executed_fen: int = 0
    in_flight_fen: int = 0
    left_fen: int = 0

    @property
    def total_fen(self) -> int:
        return self.amount_fen + self.adjusted_fen

    @property
    def rate(self) -> float | None:
        return self.executed_fen / self.total_fen if self.total_fen else None


@dataclass(frozen=True, slots=True)
class BudgetOverview:
    """What stands above the table: a year's sums, 三公 apart, and which years there are."""

    year: int
    years: tuple[int, ...]
    totals: BudgetTotals
    three_publics: BudgetTotals
    over: int
    tight: int
    categories: int
    """How many active categories there are at all; none means that nobody took them over yet."""


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """One 预算调整."""

    id: int
    on_day: date
    code: str
    name: str
    amount_fen: int
    document: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """Spending of a year booked to one class or project (经费跟着项目走)."""

    key: str
    kind: str
    subject_id: int | None
    text: str
    claims: int
    executed_fen: int
    in_flight_fen: int

    @property
    def title(self) -> str:
        return self.text or "（未注明班次或项目）"

    @property
    def taken_fen(self) -> int:
        return self.executed_fen + self.in_flight_fen


@dataclass(frozen=True, slots=True)
class CategorySpending:
    """Spending of one category in a period: paid, and approved but not paid yet."""

    code: str
    name: str
    three_publics: bool
    claims: int
    paid_fen: int
    approved_fen: int
