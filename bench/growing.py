"""From the demo to a register of many years: its records copied in SQL, with keys, references and dates of their own.

A copy keeps what makes a record real (values, steps, clocks, answers, photos' rows, journal entries), so that pages
read what they would read in such a register. The first four hex digits of a UUID, the same in all of the demo (they
count spans of fifty days), are replaced by the copy's number: for a record and for all that refer to it alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection, models, transaction

from huoshui.activities.models import Activity, ActivityValue
from huoshui.figures.cells import marking as cell_marking
from huoshui.kernel.models import Entry
from huoshui.matters.counting import fold
from huoshui.matters.models import CLOSED, ClockRun, LadderMark, Matter, MatterValue, Step
from huoshui.media.models import Attachment
from huoshui.notices.models import Notice
from huoshui.search import marking as search_marking
from huoshui.search.keeping import rebuild
from huoshui.visits.models import (
    Adjustment,
    Answer,
    Judge,
    Result,
    ResultItem,
    Round,
    RoundPlace,
    Signature,
    Visit,
)

MATTERS = 100_000
ROUNDS = 500
ENTRIES = 1_000_000
NOTICES = 100_000
ACTIVITIES = 100_000
OPEN_EVERY = 5
"""Every so many copies one has open matters too: most of what a register holds is closed."""
FIRST = 0x1000
"""Copies begin after every span of the demo's own keys, which lie about 0x01a2 in 2026."""
DAYS_APART = 6
"""Days by which each copy of a closed matter lies further back: 445 copies reach over seven years."""
ACTIVITIES_APART = 40
"""Days by which each copy of what was held lies further back: the more than sixty copies reach over seven years."""


def grow() -> None:
    """Copy until there are about MATTERS, ROUNDS and ENTRIES of each, and let the engine look at its tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # What is lost in a power cut is grown again.
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-1048576")
        # Millions of rows, after which every figure is counted anew (bench.figuring).
        for marking in (cell_marking, search_marking):
            marking.take_triggers_down()
        _rounds()
        _matters()
        _activities()
        _notices()
        _entries()
        for marking in (cell_marking, search_marking):
            marking.put_triggers()
        rebuild()
        # As the timer of a register that grew by and by.
        fold()
        cursor.execute("ANALYZE")
    # The next use has the settings of the product.
    connection.close()


@dataclass(frozen=True)
class Copy:
    """How the rows of a table become those of one copy: SQL by column, in place of the column itself."""

    number: int
    """1 to 65,535."""
    changed: dict[str, str] = field(default_factory=dict)

    def of(self, rows: models.QuerySet[models.Model], *mapped: str, **changed: str) -> int:
        """Insert the rows anew; ``mapped`` columns (the key among them, if it is a UUID) get this copy's UUIDs."""
        meta = rows.model._meta
        columns = [each.column for each in meta.concrete_fields if not isinstance(each, models.AutoField)]
        keys = {meta.pk.column} & set(columns) if meta.pk and meta.pk.column != "seq" else set()
        shown = {name: self._uuid(name) for name in (*keys, *mapped)} | changed
        quoted = ", ".join(f'"{column}"' for column in columns)
        values = ", ".join(shown.get(column, f'"{column}"') for column in columns)
        chosen, params = rows.order_by().values(meta.pk.name if meta.pk else "pk").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{meta.db_table}" ({quoted}) SELECT {values} FROM "{meta.db_table}" '
                f'WHERE "{meta.pk.column if meta.pk else "id"}" IN ({chosen})',
                params,
            )
            return int(cursor.rowcount)

    def _uuid(self, column: str) -> str:
        if connection.vendor == "sqlite":
            return f"'{FIRST + self.number:04x}' || substr(\"{column}\", 5)"
        return f"overlay(\"{column}\"::text placing '{FIRST + self.number:04x}' from 1 for 4)::uuid"

    def earlier(self, column: str, apart: int = DAYS_APART) -> str:
        """The day in a column, as many days back as the copy's number says."""
        days = self.number * apart
        if connection.vendor == "sqlite":
            return f"date(\"{column}\", '-{days} days')"
        return f'("{column}" - {days})'


def sealed_round() -> Round:
    """The largest sealed round."""
    sealed = Round.objects.filter(state=Round.State.SEALED).select_related("pack_version", "place")
    found: Round = sealed.annotate(size=models.Count("places")).latest("size", "-id")
    return found


def _rounds() -> None:
    sealed = sealed_round()
    visits = Visit.objects.filter(round=sealed)
    results = Result.objects.filter(round=sealed)
    for number in range(1, ROUNDS + 1 - Round.objects.count()):
        copy = Copy(number)
        with transaction.atomic():
            copy.of(
                Round.objects.filter(pk=sealed.pk),
                name=f"name || ' {number}'",
                opens_on=copy.earlier("opens_on"),
                closes_on=copy.earlier("closes_on"),
            )
            for rows in (
                RoundPlace.objects.filter(round=sealed),
                Judge.objects.filter(round=sealed),
                Adjustment.objects.filter(round=sealed),
                Signature.objects.filter(round=sealed),
                results,
            ):
                copy.of(rows, "round_id")
            copy.of(visits, "round_id", visited_on=copy.earlier("visited_on"))
            copy.of(Answer.objects.filter(visit__in=visits), "visit_id")
            copy.of(ResultItem.objects.filter(result__in=results), "result_id")


def _matters() -> None:
    own = list(Matter.objects.values_list("pk", "phase"))
    closed = [pk for pk, phase in own if phase == CLOSED]
    going = [pk for pk, phase in own if phase != CLOSED]
    number, there = 0, len(own)
    while there < MATTERS:
        number += 1
        copy = Copy(number)
        with transaction.atomic():
            there += _matter_copies(copy, closed, back=True)
            if number % OPEN_EVERY == 0:
                there += _matter_copies(copy, going, back=False)


def _matter_copies(copy: Copy, chosen: list[object], *, back: bool) -> int:
    days = ("opened_on", "limit_on", "due_on", "closed_on") if back else ()
    made = copy.of(
        Matter.objects.filter(pk__in=chosen),
        "source_id",
        number=f"substr(number, 1, length(number) - 4) || '{copy.number:04}' || substr(number, length(number) - 3)",
        parent_id="NULL",
        duplicate_of_id="NULL",
        sequence=f"sequence + {copy.number} * 10000",
        **{day: copy.earlier(day) for day in days},
    )
    for model in (MatterValue, Step, ClockRun, LadderMark):
        copy.of(model.objects.filter(matter__in=chosen), "matter_id")
    copy.of(Attachment.objects.filter(subject_id__in=chosen), "subject_id")
    return made


def _activities() -> None:
    held = Activity.objects.filter(state=Activity.State.HELD)
    own = list(held.values_list("pk", flat=True))
    for number in range(1, (ACTIVITIES - len(own)) // len(own) + 1):
        copy = Copy(number)
        days = {day: copy.earlier(day, ACTIVITIES_APART) for day in ("day", "last_day", "held_on")}
        with transaction.atomic():
            copy.of(
                Activity.objects.filter(pk__in=own),
                parent_id="NULL",
                key="''",
                starts_at="NULL",
                ends_at="NULL",
                **days,
            )
            copy.of(ActivityValue.objects.filter(activity__in=own), "activity_id")


def _notices() -> None:
    own = Notice.objects.count()
    first = list(Notice.objects.values_list("pk", flat=True))
    for number in range(1, NOTICES // max(1, own) + 1):
        Copy(number).of(Notice.objects.filter(pk__in=first), "subject_id", read_at="created_at")


def _entries() -> None:
    own = list(Entry.objects.order_by("seq").values_list("seq", flat=True))
    for number in range(1, (ENTRIES - len(own)) // len(own) + 1):
        Copy(number).of(Entry.objects.filter(seq__lte=own[-1]), "subject_id")
