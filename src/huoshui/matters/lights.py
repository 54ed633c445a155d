"""The light of a matter: a function of the day and its columns, the same in Python and in SQL."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self, cast

from django.db.models import Case, CharField, Exists, F, IntegerField, OuterRef, Q, Value, When

from huoshui.kernel import clock
from huoshui.kernel.access import ScopedQuerySet, path_condition
from huoshui.matters.schema import Light

if TYPE_CHECKING:
    from huoshui.matters.models import Matter
else:
    Matter = "Matter"

LIGHTS: tuple[Light, ...] = ("red", "yellow", "blue", "green", "")
"""In the order in which they are weighed: the first whose condition holds is shown."""


def light_of(matter: Matter, today: dt.date | None = None) -> Light:
    """Red: overdue. Yellow: behind. Blue: near due. Green: closed, and verified by another. Else none."""
    day = today or clock.today()
    if matter.closed_on is not None:
        return "green" if matter.close_reason == "resolved" and matter.verifier_id else ""
    return light_on(matter.due_on, matter.yellow_on, matter.blue_on, day=day)


def is_overdue(matter: Matter) -> bool:
    """Whether the deadline that counts has passed today; one that has ended has none."""
    return matter.due_on is not None and matter.due_on < clock.today()


def light_on(due_on: dt.date | None, yellow_on: dt.date | None, blue_on: dt.date | None, *, day: dt.date) -> Light:
    """The light on a day of a matter that has not ended, by its days."""
    if due_on is not None and due_on < day:
        return "red"
    if yellow_on is not None and yellow_on <= day:
        return "yellow"
    return "blue" if blue_on is not None and blue_on <= day else ""


def _conditions(day: dt.date) -> dict[Light, Q]:
    going = Q(closed_on__isnull=True)
    return {
        "green": Q(closed_on__isnull=False, close_reason="resolved", verifier__isnull=False),
        "red": going & Q(due_on__lt=day),
        "yellow": going & Q(yellow_on__lte=day),
        "blue": going & Q(blue_on__lte=day),
    }


def light_expression(day: dt.date) -> Case:
    """The light on a day, as SQL."""
    conditions = _conditions(day)
    cases = [When(conditions[light], then=Value(light)) for light in LIGHTS if light]
    return Case(*cases, default=Value(""), output_field=CharField())


URGENCY: tuple[Light, ...] = ("red", "yellow", "blue")
"""Lights of what is to be done first: late, then behind, then near due; without one of them the deadline counts."""


def urgency_expression(day: dt.date) -> Case:
    """The place of a matter's light in URGENCY on a day, as SQL; behind them all for any other."""
    conditions = _conditions(day)
    cases = [When(conditions[light], then=Value(at)) for at, light in enumerate(URGENCY)]
    return Case(*cases, default=Value(len(URGENCY)), output_field=IntegerField())


class MatterQuerySet(ScopedQuerySet["Matter"]):
    """Matters within the places that a duty covers."""

    def with_light(self, today: dt.date | None = None) -> Self:
        """Annotate ``light_now``: red, yellow, blue, green or "" on a day (default: today)."""
        return self.annotate(light_now=light_expression(today or clock.today()))

    def lit(self, light: str, today: dt.date | None = None) -> Self:
        """Only the matters that show this light on a day (default: today)."""
        day = today or clock.today()
        return self.filter(light_condition(light, day)) if light in LIGHTS else self.none()

    def most_urgent_first(self, today: dt.date | None = None) -> Self:
        """Late ones, then those behind, then those near due, then the rest; each by its deadline."""
        urgency = urgency_expression(today or clock.today())
        return self.alias(urgency=urgency).order_by("urgency", F("due_on").asc(nulls_last=True), "id")

    def going(self) -> Self:
        """Only matters that have not ended: the few of many years, which an index by phase finds."""
        return self.filter(phase__in=["open", "submitted"])

    def telling_doubles(self) -> Self:
        """All rows, each with ``has_doubles``: whether any matter was merged into it (see ``Matter.absorbed``)."""
        return self.annotate(has_doubles=Exists(self.model.objects.filter(duplicate_of=OuterRef("pk"))))

    def under(self, path: str) -> Self:
        """Matters at the place with this path and below it."""
        return self.filter(path_condition("place__path", path))


def light_condition(light: str, day: dt.date) -> Q:
    """Rows that show a light on a day: its own condition, and none of those weighed before it."""
    conditions = _conditions(day)
    if light in ("green", "red"):
        return conditions[cast(Light, light)]
    not_red = Q(closed_on__isnull=True) & (Q(due_on__isnull=True) | Q(due_on__gte=day))
    not_yellow = not_red & (Q(yellow_on__isnull=True) | Q(yellow_on__gt=day))
    if light == "yellow":
        return not_red & Q(yellow_on__lte=day)
    if light == "blue":
        return not_yellow & Q(blue_on__lte=day)
    unlit = not_yellow & (Q(blue_on__isnull=True) | Q(blue_on__gt=day))
    closed_unlit = Q(closed_on__isnull=False) & (~Q(close_reason="resolved") | Q(verifier__isnull=True))
    return unlit | closed_unlit
