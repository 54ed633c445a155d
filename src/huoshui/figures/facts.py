"""The fact views that indicators count: documented columns over the records, one row a record.

A view is a queryset, so that the same code serves both engines; whoever counts narrows it to the places that count.
Every column has a name and a type that stay what they are: a pack of years ago still counts the same thing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import BooleanField, Case, F, Model, Q, QuerySet, Value, When

from huoshui.matters.models import Matter, MoneyLine
from huoshui.packs.schema import Text
from huoshui.places.models import Place
from huoshui.visits.models import Result, Round, Visit

ColumnType = Literal["text", "integer", "date", "yes_no"]


@dataclass(frozen=True)
class FactColumn:
    """A column: its type, what it says, and where it comes from."""

    type: ColumnType
    about: Text
    source: Any


@dataclass(frozen=True)
class FactView:
    """Rows of one model. ``place``: the lookup of the path where a row counts; ``rows``: those that can count."""

    name: str
    about: Text
    model: type[Model]
    place: str
    rows: Callable[[], QuerySet[Any]]
    columns: dict[str, FactColumn]

    def facts(self) -> QuerySet[Any, Any]:
        """All its rows with their columns, ``place`` (a path) and ``record`` (the record's id)."""
        named = {name: F(c.source) if isinstance(c.source, str) else c.source for name, c in self.columns.items()}
        shown = {f"c_{name}": source for name, source in named.items()}
        return self.rows().order_by().values(c_place=F(self.place), c_record=F("pk"), **shown)


def _text(zh: str, en: str, source: Any) -> FactColumn:
    return FactColumn("text", Text(zh=zh, en=en), source)


def _date(zh: str, en: str, source: Any) -> FactColumn:
    return FactColumn("date", Text(zh=zh, en=en), source)


def _integer(zh: str, en: str, source: Any) -> FactColumn:
    return FactColumn("integer", Text(zh=zh, en=en), source)


def _yes_no(zh: str, en: str, condition: Q) -> FactColumn:
    held = Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
    return FactColumn("yes_no", Text(zh=zh, en=en), held)


_MATTER = {
    "kind": _text("种类的代码，如 rectification.item", "Code of the kind, such as rectification.item", "kind"),
    "pack": _text("机制的代码", "Code of the pack", "pack"),
    "state": _text("状态的代码", "Code of the state", "state"),
    "phase": _text("open、submitted 或 closed", "open, submitted or closed", "phase"),
    "severity": _text("严重程度的代码", "Code of the severity", "severity"),
    "close_reason": _text("办结原因的代码，未办结为空", "Code of the reason of closing, empty before", "close_reason"),
    "from_round": _yes_no("是不是观摩封存时立的", "Whether the seal of a round opened it", Q(source_kind="round")),
    "opened_on": _date("立项日期", "Day of opening", "opened_on"),
    "due_on": _date("到期日，办结后为空", "Deadline, empty once it is closed", "due_on"),
    "closed_on": _date("办结日期", "Day of closing", "closed_on"),
    "supervised_on": _date("督办日期", "Since when it is supervised", "supervised_on"),
    "verified": _yes_no("是不是核验过", "Whether somebody verified it", Q(verifier__isnull=False)),
}


def _of_matter() -> dict[str, FactColumn]:
    """The columns of a matter, seen from a row that belongs to one."""
    plain = {name: column for name, column in _MATTER.items() if isinstance(column.source, str)}
    return {
        f"matter_{name}": FactColumn(column.type, column.about, f"matter__{column.source}")
        for name, column in plain.items()
    }


FACT_VIEWS: dict[str, FactView] = {
    view.name: view
    for view in (
        FactView(
            "matters",
            Text(zh="事项，每件一行；并入别件的不算", en="Matters, one row each; without those merged into another"),
            Matter,
            "place__path",
            lambda: Matter.objects.filter(duplicate_of__isnull=True),
            _MATTER,
        ),
        FactView(
            "money_lines",
            Text(zh="资金明细，每笔一行；冲销的一笔为负数", en="Money lines, one row each; a reversal is negative"),
            MoneyLine,
            "matter__place__path",
            lambda: MoneyLine.objects.get_queryset(),
            {
                "type": _text("款项类型的代码", "Code of the type of line", "type"),
                "amount": _integer("金额，分", "Amount in fen", "amount"),
                "day": _date("日期", "Day", "day"),
                "payer": _text("付款方", "Payer", "payer"),
                **_of_matter(),
            },
        ),
        FactView(
            "places",
            Text(zh="地点，每个一行", en="Places, one row each"),
            Place,
            "path",
            lambda: Place.objects.get_queryset(),
            {
                "kind": _text("种类的代码，如 village", "Code of the kind, such as village", "kind"),
                "code": _text("代码", "Code", "code"),
                "opened_on": _date("设立日期", "Day of opening", "opened_on"),
                "closed_on": _date("撤销日期", "Day of closing", "closed_on"),
            },
        ),
        FactView(
            "visits",
            Text(zh="交了的评分表和记录，每张一行", en="Sheets that were handed in, one row each"),
            Visit,
            "place__path",
            lambda: Visit.objects.filter(state=Visit.State.SUBMITTED),
            {
                "checklist": _text("细则的代码", "Code of the checklist", "checklist_code"),
                "in_round": _yes_no("是不是观摩里的", "Whether it belongs to a round", Q(round__isnull=False)),
                "visited_on": _date("到村日期", "Day of the visit", "visited_on"),
            },
        ),
        FactView(
            "results",
            Text(zh="封存了的观摩成绩，一村一轮一行", en="Sealed results, one row a place and round"),
            Result,
            "place__path",
            lambda: Result.objects.filter(round__state=Round.State.SEALED),
            {
                "checklist": _text("细则的代码", "Code of the checklist", "round__checklist_code"),
                "total": _integer("总分，千分之一分", "Total, in thousandths of a point", "total"),
                "judges": _integer("计入的评委数", "Judges that counted", "judges"),
                "closed_on": _date("观摩结束日期", "Last day of the round", "round__closes_on"),
            },
        ),
    )
}
"""By name; docs/figures.md lists their columns."""
