"""The columns of a ledger."""

from __future__ import annotations

from huoshui.matters.schema import LedgerColumn, MatterKind
from huoshui.packs.schema import Text

DEFAULT_COLUMNS: list[LedgerColumn] = [
    LedgerColumn(column=code, name=Text(zh=zh, en=en))
    for code, zh, en in (
        ("number", "编号", "Number"),
        ("source", "来源", "Source"),
        ("place", "所在村", "Village"),
        ("title", "问题", "Problem"),
        ("measures", "整改措施", "Measures"),
        ("deadline", "时限", "Deadline"),
        ("unit", "责任单位", "Responsible unit"),
        ("owner", "责任人", "Responsible person"),
        ("progress", "进展", "Progress"),
        ("evidence", "佐证", "Evidence"),
        ("verifier", "核验人", "Verifier"),
        ("closed_on", "销号日期", "Closed"),
    )
]
"""The columns of a ledger whose kind names none, or that holds several kinds."""

COLUMN_NAMES = {
    code: Text(zh=zh, en=en)
    for code, zh, en in (
        ("number", "编号", "Number"),
        ("source", "来源", "Source"),
        ("town", "乡镇", "Town"),
        ("place", "所在村", "Village"),
        ("title", "问题", "Problem"),
        ("detail", "详情", "Details"),
        ("severity", "严重程度", "Severity"),
        ("state", "状态", "State"),
        ("light", "亮灯", "Light"),
        ("clock", "所计期限", "Time that runs"),
        ("opened_on", "立项日期", "Opened"),
        ("deadline", "时限", "Deadline"),
        ("due_on", "到期日", "Due"),
        ("unit", "责任单位", "Responsible unit"),
        ("owner", "责任人", "Responsible person"),
        ("evidence", "佐证", "Evidence"),
        ("verifier", "核验人", "Verifier"),
        ("closed_on", "销号日期", "Closed"),
        ("close_reason", "办结原因", "Why it ended"),
        ("supervised_on", "督办日期", "Supervised"),
        ("again_on", "应复办日期", "Due again"),
        ("duplicate_of", "原事项", "Original matter"),
    )
}
OWN_COLUMNS = set(COLUMN_NAMES)
"""Columns that every matter has; any other is a field of its kind."""

CLOSE_REASONS = {
    "resolved": Text(zh="已解决", en="Resolved"),
    "not_resolvable": Text(zh="无法解决", en="Not resolvable"),
    "not_ours": Text(zh="非本单位", en="Not ours"),
    "declined": Text(zh="未通过", en="Declined"),
    "withdrawn": Text(zh="已撤销", en="Withdrawn"),
    "duplicate": Text(zh="重复", en="Duplicate"),
    "split": Text(zh="已拆分", en="Split"),
}
LIGHT_NAMES = {
    "red": Text(zh="逾期", en="Overdue"),
    "yellow": Text(zh="滞后", en="Behind"),
    "blue": Text(zh="临期", en="Due soon"),
    "green": Text(zh="已核验", en="Verified"),
    "": Text(zh="在期", en="In time"),
}
"""The word beside each light of a matter that has not ended, and of one that was verified."""
BY_HAND = Text(zh="登记", en="Recorded by hand")
TOWN = LedgerColumn(column="town", name=Text(zh="乡镇", en="Town"))
"""What tells apart villages of the same name; it stands before the village."""
STATE = LedgerColumn(column="state", name=Text(zh="状态", en="State"))
CLOCK = LedgerColumn(column="clock", name=Text(zh="所计期限", en="Time that runs"))
LIGHT = LedgerColumn(column="light", name=Text(zh="亮灯", en="Light"))
"""What a ledger shows beside a deadline: the state; whose deadline it is; the light, in words."""


MONEY = "money_"


def money_column(line_type: str) -> str:
    """The column that shows the sum of a type of money line."""
    return f"{MONEY}{line_type}"


def with_sums(columns: list[LedgerColumn], kind: MatterKind | None) -> list[LedgerColumn]:
    """The columns, and behind them the sum of each type of money line that the kind has and they lack."""
    standing = {column.column for column in columns}
    sums = [
        LedgerColumn(
            column=money_column(known.code), name=Text(zh=f"{known.name.zh}（元）", en=f"{known.name.en} (yuan)")
        )
        for known in (kind.money if kind else ())
    ]
    return [*columns, *(column for column in sums if column.column not in standing)]


def columns_for(kind: MatterKind | None) -> list[LedgerColumn]:
    """The columns of a kind's ledger; the usual ones for several kinds (None)."""
    return list(kind.ledger) if kind and kind.ledger else DEFAULT_COLUMNS


def title_name(kind: MatterKind) -> Text:
    """What the one-line title of a kind is called: the heading of that column in its ledger (a project, a promise)."""
    own = (column.name for column in columns_for(kind) if column.column == "title")
    return next(own, COLUMN_NAMES["title"])


def with_columns(columns: list[LedgerColumn], *wanted: LedgerColumn) -> list[LedgerColumn]:
    """The columns with those wanted behind the deadline; one that stands already stays where it is."""
    standing = {column.column for column in columns}
    added = [column for column in wanted if column.column not in standing]
    at = next((at for at, column in enumerate(columns) if column.column == "deadline"), len(columns) - 1)
    return [*columns[: at + 1], *added, *columns[at + 1 :]]


def with_town(columns: list[LedgerColumn]) -> list[LedgerColumn]:
    """The columns with the town before the place; as they are where they have none, or name the town themselves."""
    codes = [column.column for column in columns]
    if "town" in codes or "place" not in codes:
        return columns
    at = codes.index("place")
    return [*columns[:at], TOWN, *columns[at:]]


def light_word(light: str, close_reason: str = "") -> str:
    """The word of a light; for a matter that ended without the green one, how it ended."""
    ended = CLOSE_REASONS.get(close_reason) if light != "green" else None
    return str(ended or LIGHT_NAMES[light])
