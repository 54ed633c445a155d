"""What a fact view is: documented columns over the records, one row a record.

A view is a queryset, so that the same code serves both engines; whoever counts narrows it to the places that count.
Every column has a name and a type that stay what they are: a pack of years ago still counts the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import BooleanField, Case, CharField, DateField, F, Model, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from huoshui.packs.schema import Text

ColumnType = Literal["text", "integer", "date", "yes_no"]
PLACE = "place"
"""The column that every view has besides its own: the path of the place where a row counts, as it is now."""


@dataclass(frozen=True)
class FactColumn:
    """A column: its type, what it says, and where it comes from. ``required``: of a date, that each row has one."""

    type: ColumnType
    about: Text
    source: Any
    required: bool = False


@dataclass(frozen=True)
class FactView:
    """Rows of one model, each at one place.

    ``at``: the lookup of that place's id, ``path``: of its path. ``rows``: those that can count. ``record``: the lookup
    of the record that a row opens as, an instance of ``model``. ``spans``: further rows, of what records were before;
    a view that has some tells of each row since and until when it holds (``valid_from``, ``valid_until``).
    ``related``: what is read along with a record to name it.
    """

    name: str
    about: Text
    model: type[Model]
    at: str
    path: str
    rows: Callable[[], QuerySet[Any]]
    columns: dict[str, FactColumn]
    record: str = "pk"
    spans: tuple[FactSpan, ...] = ()
    related: tuple[str, ...] = ()

    def types(self) -> dict[str, str]:
        """The type of every column by its name, as expressions are checked against."""
        return {PLACE: "text"} | {name: column.type for name, column in self.columns.items()}

    def facts(self, names: Iterable[str]) -> QuerySet[Any, Any]:
        """All its rows: ``c_at`` (id of the place), ``c_record`` (id of the record), and the columns asked for."""
        wanted = set(names)
        if self.spans:
            first, *others = [span.rows_of(self, wanted) for span in self.spans]
            return first.union(*others, all=True)
        return self.rows().order_by().values(**self.shown(wanted))

    def shown(self, wanted: Iterable[str], **instead: Any) -> dict[str, Any]:
        """The expressions of the columns asked for; ``instead``: those of other names or places."""
        named = {name: F(c.source) if isinstance(c.source, str) else c.source for name, c in self.columns.items()}
        named |= {PLACE: F(self.path)}
        fixed = {"c_at": F(self.at), "c_record": F(self.record)}
        return fixed | {f"c_{name}": source for name, source in named.items() if name in wanted} | instead


@dataclass(frozen=True)
class FactSpan:
    """One of several sources of a view's rows, each of which holds for a span of time."""

    rows: Callable[[], QuerySet[Any]]
    since: Any
    """Expression of the first day on which a row holds; NULL: always before."""
    until: Any
    """Expression of the first day on which it holds no more; NULL: it still does."""
    prefix: str = ""
    """Where the view's own lookups begin, seen from these rows."""
    own: tuple[str, ...] = ()
    """The columns whose values these rows have themselves."""

    def rows_of(self, view: FactView, wanted: set[str]) -> QuerySet[Any, Any]:
        """The rows with the columns of the view."""
        shown = {
            name: F(f"{self.prefix}{source.name}") if name.removeprefix("c_") not in self.own else source
            for name, source in view.shown(wanted).items()
        }
        return self.rows().order_by().values(**shown, c_valid_from=self.since, c_valid_until=self.until)


def text(zh: str, en: str, source: Any) -> FactColumn:
    """A column of words or codes."""
    return FactColumn("text", Text(zh=zh, en=en), source)


def date(zh: str, en: str, source: Any, *, required: bool = False) -> FactColumn:
    """A column of days."""
    return FactColumn("date", Text(zh=zh, en=en), source, required)


def integer(zh: str, en: str, source: Any) -> FactColumn:
    """A column of whole numbers."""
    return FactColumn("integer", Text(zh=zh, en=en), source)


def yes_no(zh: str, en: str, condition: Q) -> FactColumn:
    """A column of yes and no."""
    held = Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
    return FactColumn("yes_no", Text(zh=zh, en=en), held)


def end_of_year(lookup: str) -> Cast:
    """The last day of a year that is kept as a number: what is only known by its year has come to be by then."""
    return Cast(Concat(Cast(F(lookup), CharField()), Value("-12-31")), DateField())
