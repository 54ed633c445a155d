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
        ("deadline", "整改时限", "Deadline"),
        ("unit", "责任单位", "Responsible unit"),
        ("owner", "责任人", "Responsible person"),
        ("progress", "进展", "Progress"),
        ("evidence", "佐证", "Evidence"),
        ("verifier", "核验人", "Verifier"),
        ("closed_on", "销号日期", "Closed"),
    )
]
"""The columns of a ledger whose kind names none, or that holds several kinds."""

OWN_COLUMNS = {
    "number", "source", "place", "title", "detail", "severity", "state", "light", "opened_on", "deadline", "due_on",
    "unit", "owner", "evidence", "verifier", "closed_on", "close_reason", "supervised_on", "duplicate_of",
}  # fmt: skip
"""Columns that every matter has; any other is a field of its kind."""

CLOSE_REASONS = {
    "resolved": Text(zh="已解决", en="Resolved"),
    "not_resolvable": Text(zh="无法解决", en="Not resolvable"),
    "not_ours": Text(zh="非本单位", en="Not ours"),
    "duplicate": Text(zh="重复", en="Duplicate"),
}
BY_HAND = Text(zh="登记", en="Recorded by hand")


def columns_for(kind: MatterKind | None) -> list[LedgerColumn]:
    """The columns of a kind's ledger; the usual ones for several kinds (None)."""
    return list(kind.ledger) if kind and kind.ledger else DEFAULT_COLUMNS
