"""What stands in the calendar: typed entries by layer, for the month's page, the API and the feed alike.

A layer is one source of days: what is held or planned, what comes round, what falls due. Each further one is added to
``LAYERS``; the pages know none of them by name.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huoshui.activities.models import Activity, ActivityQuerySet
from huoshui.activities.queries import ActivityFilter, activities, by_day, going_on
from huoshui.duties.models import duties_held
from huoshui.kernel import clock
from huoshui.kernel.access import allows, require
from huoshui.matters.clocks import step_again
from huoshui.matters.models import Matter
from huoshui.matters.queries import falling_due_again, waiting_matters
from huoshui.places.models import Place
from huoshui.schedules.models import Occasion
from huoshui.schedules.queries import CalendarEntry as Turns
from huoshui.schedules.queries import calendar_entries, own_waiting
from huoshui.web import calendar_returns


@dataclass(frozen=True)
class CalendarEntry:
    """One line of a day."""

    layer: str
    key: str
    """What it is, unique within its layer; stays the same when it is changed."""
    day: dt.date
    last_day: dt.date
    title: str
    where: str
    state: str
    """A code that the layer's ``states`` name."""
    url: str
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    changed: int = 1
    """How many times it was written, so that a program sees a change."""

    @property
    def hour(self) -> str:
        """The hour at which it begins, "" where none is known."""
        return f"{self.starts_at.astimezone(clock.LOCAL_ZONE):%H:%M}" if self.starts_at else ""


@dataclass(frozen=True)
class Asked:
    """For whom, from which day to which (inclusive), and at or below which path ("" for everywhere)."""

    reader: Any
    since: dt.date
    until: dt.date
    path: str = ""


@dataclass(frozen=True)
class DayOf:
    """What one layer has on one day: how many in all, and the first of them."""

    count: int
    first: list[CalendarEntry] = field(default_factory=list)


@dataclass(frozen=True)
class Layer:
    """One source of entries."""

    code: str
    name: str | Promise
    states: dict[str, str | Promise]
    days: Callable[[Asked, int], dict[dt.date, DayOf]]
    """What begins on each day, at most so many entries a day, however many there are."""
    lasting: Callable[[Asked, int], list[CalendarEntry]]
    """What goes on for more than a day, at most so many."""
    own: Callable[[Asked, int], list[CalendarEntry]]
    """What concerns the reader's own places and unit, for their feed, at most so many."""
    list_url: Callable[[dt.date, str], str]
    """The list of a day at a place (its code)."""


def _rows(asked: Asked) -> ActivityQuerySet:
    rows = activities(asked.reader, ActivityFilter(place=asked.path))
    return rows.exclude(state=Activity.State.CANCELLED)


def _entry(row: Activity) -> CalendarEntry:
    where = f"{row.place.short_name} {row.venue}".strip()
    return CalendarEntry(
        "activities", str(row.pk), row.day, row.last_day, row.title, where, row.state,
        reverse("activity", args=[row.pk]), row.starts_at if row.is_planned else None,
        row.ends_at if row.is_planned else None, row.version,
    )  # fmt: skip


def _days(asked: Asked, most: int) -> dict[dt.date, DayOf]:
    found = by_day(_rows(asked), asked.since, asked.until, most)
    return {day: DayOf(one.count, [_entry(row) for row in one.first]) for day, one in found.items()}


def _lasting(asked: Asked, most: int) -> list[CalendarEntry]:
    return [_entry(row) for row in going_on(_rows(asked), asked.since, asked.until)[:most]]


def _own(asked: Asked, most: int) -> list[CalendarEntry]:
    """At the places of the reader's duties themselves, and what their unit hosts: a district's office reads its own
    calendar, not that of a hundred villages."""
    places = {duty.place_id for duty in duties_held(asked.reader.pk, clock.today())}
    own = Q(place__in=places) | Q(unit=asked.reader.unit_id, unit__isnull=False)
    rows = _rows(asked).filter(own).within(asked.since, asked.until)
    return [_entry(row) for row in rows.order_by("-day", "-id")[:most]]


def _list_url(day: dt.date, place: str) -> str:
    where = f"&place={place}" if place else ""
    return f"{reverse('activities')}?since={day}&until={day}{where}"


def _turn(one: Turns) -> CalendarEntry:
    """What is due by one plan on one day: how many places owe it, and how many of them have done it."""
    if one.occasion is not None:
        url = reverse("occasion", args=[one.occasion])
    else:
        url = f"{reverse('cadence')}?plan={one.plan.pk}&since={one.due_on}&until={one.due_on}"
    over = one.places == one.done + one.excused
    where = _("%(places)s 处，已办 %(done)s") % {"places": one.places, "done": one.done}
    state = "done" if over else "overdue" if one.due_on < clock.today() else "due"
    key = f"{one.plan.pk}-{one.due_on}"
    return CalendarEntry("cadence", key, one.due_on, one.due_on, one.plan.name, str(where), state, url)


def _turns(asked: Asked, most: int) -> dict[dt.date, DayOf]:
    if not asked.reader.grants("schedule.view"):
        return {}
    found: dict[dt.date, list[CalendarEntry]] = defaultdict(list)
    for one in calendar_entries(asked.reader, asked.since, asked.until, path=asked.path):
        found[one.due_on].append(_turn(one))
    return {day: DayOf(len(rows), rows[:most]) for day, rows in found.items()}


def _own_turns(asked: Asked, most: int) -> list[CalendarEntry]:
    """What the reader's own places owe now."""
    rows: list[Any] = list(own_waiting(asked.reader).filter(due_on__range=(asked.since, asked.until))[:most])
    return [
        CalendarEntry(
            "cadence", str(row.pk), row.due_on, row.due_on, row.plan.name, row.place.short_name, row.state,
            reverse("occasion", args=[row.pk]),
        )
        for row in rows
    ]  # fmt: skip


def _turns_url(day: dt.date, place: str) -> str:
    where = f"&place={place}" if place else ""
    return f"{reverse('cadence')}?since={day}&until={day}{where}"


def _falling_due(asked: Asked) -> Any:
    rows = Matter.objects.visible_to(asked.reader).going().filter(due_on__range=(asked.since, asked.until))
    return rows.under(asked.path) if asked.path else rows


def _due_again(asked: Asked) -> Any:
    rows = Matter.objects.visible_to(asked.reader).filter(again_on__range=(asked.since, asked.until))
    return rows.under(asked.path) if asked.path else rows


def _due(day: dt.date) -> str:
    return "overdue" if day < clock.today() else "due"


def _a_line_a_day(
    asked: Asked, rows: Any, column: str, one: Callable[[Any], CalendarEntry], several: Callable[..., CalendarEntry]
) -> dict[dt.date, DayOf]:
    """A day's matters as one line, which leads to the ledger of that day; a single one by its own title."""
    if not asked.reader.grants("matter.view"):
        return {}
    counted = rows.order_by().values(column).annotate(many=Count("pk"), only=Max("number"))
    by_day = {day: (many, only) for day, many, only in counted.values_list(column, "many", "only")}
    single = [only for many, only in by_day.values() if many == 1]
    alone = {row.number: row for row in rows.filter(number__in=single).select_related("place")} if single else {}
    place = Place.objects.filter(path=asked.path).values_list("code", flat=True).first() if asked.path else ""
    return {
        day: DayOf(1, [one(alone[only]) if only in alone else several(day, many, place or "")])
        for day, (many, only) in by_day.items()
    }


def _several(layer: str, title: str, url: str, day: dt.date) -> CalendarEntry:
    """A day's matters as one line."""
    return CalendarEntry(layer, str(day), day, day, title, "", _due(day), url)


def _one(layer: str, row: Any, day: dt.date, title: str) -> CalendarEntry:
    """A matter by itself."""
    return CalendarEntry(
        layer, str(row.pk), day, day, title, row.place.short_name, _due(day), reverse("matter", args=[row.number]),
        changed=row.version,
    )  # fmt: skip


def _ledger_url(dates: str, day: dt.date, place: str) -> str:
    """The ledger of what has ``dates`` on a day."""
    where = f"&place={place}" if place else ""
    return f"{reverse('ledger')}?{dates}_from={day}&{dates}_to={day}{where}"


def _own_of(
    asked: Asked, rows: Callable[[], Any], column: str, one: Callable[[Any], CalendarEntry], most: int
) -> list[CalendarEntry]:
    """The first of some matters of the reader's, by a day; ``rows``: asked for only where the reader sees matters."""
    if not asked.reader.grants("matter.view"):
        return []
    within = rows().filter(**{f"{column}__range": (asked.since, asked.until)})
    return [one(row) for row in within.select_related("place").order_by(column, "number")[:most]]


def _deadlines(asked: Asked, _most: int) -> dict[dt.date, DayOf]:
    return _a_line_a_day(asked, _falling_due(asked), "due_on", _deadline, _several_deadlines)


def _several_deadlines(day: dt.date, many: int, place: str) -> CalendarEntry:
    title = str(_("%(many)s 件事项到期") % {"many": many})
    return _several("matters", title, _deadlines_url(day, place), day)


def _deadline(row: Any) -> CalendarEntry:
    return _one("matters", row, row.due_on, row.title)


def _own_deadlines(asked: Asked, most: int) -> list[CalendarEntry]:
    """What waits for the reader."""
    reader = asked.reader
    return _own_of(asked, lambda: Matter.objects.filter(pk__in=waiting_matters(reader)), "due_on", _deadline, most)


_deadlines_url = partial(_ledger_url, "due")


def _again(asked: Asked, _most: int) -> dict[dt.date, DayOf]:
    return _a_line_a_day(asked, _due_again(asked), "again_on", _due_again_one, _several_again)


def _several_again(day: dt.date, many: int, place: str) -> CalendarEntry:
    title = str(_("%(many)s 件办结事项应复办") % {"many": many})
    return _several("again", title, _again_url(day, place), day)


def _due_again_one(row: Any) -> CalendarEntry:
    due = step_again(row)
    return _one("again", row, row.again_on, f"{due[1].name} {row.title}" if due else row.title)


def _own_again(asked: Asked, most: int) -> list[CalendarEntry]:
    """Of which the reader takes the step."""
    return _own_of(asked, lambda: falling_due_again(asked.reader), "again_on", _due_again_one, most)


_again_url = partial(_ledger_url, "again_on")


def _returns(asked: Asked, most: int) -> dict[dt.date, DayOf]:
    found: dict[dt.date, list[CalendarEntry]] = defaultdict(list)
    rows = calendar_returns.due_returns(asked.reader, asked.since, asked.until, asked.path)
    for day, key, title, where, state, url in calendar_returns.by_day(rows):
        found[day].append(CalendarEntry("returns", key, day, day, title, where, state, url))
    return {day: DayOf(len(entries), entries[:most]) for day, entries in found.items()}


def _own_returns(asked: Asked, most: int) -> list[CalendarEntry]:
    """What the reader fills in."""
    rows = calendar_returns.own_returns(asked.reader, asked.since, asked.until)
    return [
        CalendarEntry(
            "returns", f"{row.code}-{row.place.code}-{row.period.code}", row.due, row.due,
            f"{row.form.name} {row.period.code}", row.place.short_name, _due(row.due),
            calendar_returns.address(row.period.code),
        )
        for row in rows[:most]
    ]  # fmt: skip


def _returns_url(_day: dt.date, _place: str) -> str:
    return reverse("returns")


LAYERS: tuple[Layer, ...] = (
    Layer(
        "activities", _("活动"), dict(Activity.State.choices), _days, _lasting, _own, _list_url,
    ),
    Layer(
        "cadence", _("应办"), dict(Occasion.State.choices), _turns, lambda _asked, _most: [], _own_turns, _turns_url,
    ),
    Layer(
        "matters", _("期限"), {"due": _("未到期"), "overdue": _("逾期")}, _deadlines, lambda _asked, _most: [],
        _own_deadlines, _deadlines_url,
    ),
    Layer(
        "again", _("复办"), {"due": _("未到期"), "overdue": _("已到期")}, _again, lambda _asked, _most: [], _own_again,
        _again_url,
    ),
    Layer(
        "returns", _("报表"), {"due": _("未到期"), "overdue": _("逾期"), "done": _("已交")}, _returns,
        lambda _asked, _most: [], _own_returns, _returns_url,
    ),
)  # fmt: skip


CALENDAR_PERMISSIONS = ("activity.view", "schedule.view", "matter.view")
"""Whoever has any of these finds something in a calendar; each layer shows what its own lets see."""
MOST_OWN = 500
"""Entries of one layer in a reader's own month."""


def require_calendar(reader: Any, path: str | None) -> None:
    """Raise access.denied where the reader has nothing that stands in a calendar."""
    if not any(allows(reader, name, path=path) for name in CALENDAR_PERMISSIONS):
        require(reader, CALENDAR_PERMISSIONS[0], path=path)


def days_of(layer: Layer, asked: Asked, most: int, *, own: bool) -> dict[dt.date, DayOf]:
    """What of a layer begins on each day, at most so many entries a day.

    ``own``: what concerns the reader by their duties, each entry for itself, and all of it.
    """
    if not own:
        return layer.days(asked, most)
    found: dict[dt.date, list[CalendarEntry]] = defaultdict(list)
    for entry in layer.own(asked, MOST_OWN):
        found[entry.day].append(entry)
    return {day: DayOf(len(entries), entries) for day, entries in found.items()}


@dataclass
class CalendarDay:
    """One day of a month's page."""

    day: dt.date
    inside: bool
    """Whether it belongs to the month that is shown."""
    today: bool
    entries: list[CalendarEntry] = field(default_factory=list)
    more: list[tuple[str, int]] = field(default_factory=list)
    """How many further entries there are, each with the address of their list."""


def month_days(first: dt.date) -> list[dt.date]:
    """The days of the weeks that a month touches, from a Monday to a Sunday."""
    begin = first - dt.timedelta(days=first.weekday())
    after = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    end = after + dt.timedelta(days=-after.weekday() % 7)
    return [begin + dt.timedelta(days=n) for n in range((end - begin).days)]


def month_of(asked: Asked, first: dt.date, most: int, place: str, *, own: bool = False) -> list[CalendarDay]:
    """The days of a month's page with what begins on each of them.

    ``most``: entries of a layer on one day; ``place``: the code of the place that is asked for, "" for everywhere;
    ``own``: what concerns the reader by their duties, wherever it is, and all of it.
    """
    found: dict[dt.date, list[tuple[Layer, DayOf]]] = defaultdict(list)
    for layer in LAYERS:
        for day, of_day in days_of(layer, asked, most, own=own).items():
            found[day].append((layer, of_day))
    days = []
    for day in month_days(first):
        shown = CalendarDay(day, (day.year, day.month) == (first.year, first.month), day == clock.today())
        for layer, of_day in found[day]:
            shown.entries += of_day.first
            if of_day.count > len(of_day.first):
                shown.more.append((layer.list_url(day, place), of_day.count - len(of_day.first)))
        days.append(shown)
    return days
