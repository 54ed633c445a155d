"""Many activities of one kind from a file: every row by the action of one, all or nothing, and safe to repeat.

Film shows come that way: the operator's own list says where and when. A row is known by its number in the file, so the
same file again changes nothing, and a longer one adds what is new.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from huoshui.activities import values as typed_values
from huoshui.activities.actions.common import kind_or_refuse
from huoshui.activities.actions.recording import record_at_once
from huoshui.activities.import_file import ActivityFile, ActivityLine, read_file
from huoshui.activities.models import Activity
from huoshui.activities.schema import ActivityKind
from huoshui.kernel.access import require
from huoshui.kernel.batching import batches
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.trials import NotAll, Told, Trial, done, tried
from huoshui.packs.values import EXPECTED, clean_values, day, number
from huoshui.places.models import Place

LONGEST_KEY = 80


@dataclass(frozen=True)
class Words:
    """What the words of a file stand for, read once: places by code, name or short name, as ``by`` sees them."""

    by: Any
    kind: ActivityKind
    qualified: str

    @cached_property
    def places(self) -> dict[str, Place | None]:
        """None for a name that several places have."""
        found: dict[str, Place | None] = {}
        seen = Place.objects.visible_to(self.by)
        for place in seen.filter(kind__in=self.kind.place_kinds) if self.kind.place_kinds else seen:
            for word in {place.code, place.name, place.short_name}:
                found[word] = None if word in found else place
        return found


@dataclass
class ActivityRow:
    """One row under its action. ``known``: what is registered under its number already."""

    words: Words
    line: ActivityLine
    known: Activity | None = None

    @property
    def key(self) -> str:
        return f"{self.line.number} {self.line.text('key')}"

    @property
    def number(self) -> str:
        """Its number in the file, as the page of a trial shows it."""
        return self.line.text("key")

    @property
    def place(self) -> str:
        """The place of the file's cell, by its name."""
        found = self.words.places.get(self.line.text("place"))
        return found.short_name if found else self.line.text("place")

    @property
    def day(self) -> str:
        """The day as it was read."""
        return str(day(self.line.cells["held_on"]) or self.line.text("held_on"))

    @property
    def title(self) -> str:
        """What the activity is called: by the file, or as its kind is."""
        return self.line.text("title") or self.words.kind.name.zh

    def act(self) -> None:
        """Record it, unless it is there already and says the same. Raises activity.key_taken where it says otherwise,
        activity_import.*, and what ``record_at_once`` raises."""
        given, values = self._given(), self._values()
        if self.known is None:
            self.known = record_at_once(
                by=self.words.by, kind=self.words.qualified, values=values, key=self._key(), **given
            )
            return
        present = typed_values.read(self.known)
        kind = self.words.kind
        cleaned = clean_values([known for known in kind.fields if known.code in values], values, partial=True)
        same_columns = all(getattr(self.known, code) == value for code, value in given.items())
        if not same_columns or any(present.get(code) != value for code, value in cleaned.items()):
            place, held = self.known.place.short_name, self.known.day
            raise Refusal("activity.key_taken", field="key", key=self._key(), place=place, day=held)

    def _key(self) -> str:
        text = self.line.text("key")
        if len(text) > LONGEST_KEY:
            raise Refusal("value.too_long", field="key", label=_("编号"), length=len(text), limit=LONGEST_KEY)
        return text

    def _given(self) -> dict[str, Any]:
        """The columns that every activity has. Raises activity_import.place or activity_import.value."""
        line = self.line
        place = self.words.places.get(line.text("place"))
        if place is None:
            raise Refusal("activity_import.place", field="place", value=line.text("place"))
        held_on = day(line.cells["held_on"])
        if held_on is None:
            value: dict[str, Any] = {"value": line.text("held_on"), "expected": EXPECTED["date"]}
            raise Refusal("activity_import.value", field="held_on", label=_("日期"), **value)
        return {
            "place": place, "held_on": held_on, "title": self.title,
            "venue": line.text("venue"), "outcome": line.text("outcome"),
            "minutes": self._number("minutes", _("时长")), "headcount": self._number("headcount", _("参加人数")),
        }  # fmt: skip

    def _number(self, code: str, label: str) -> int | None:
        text = self.line.text(code)
        return number(text, 1, field=code, label=label, expected=EXPECTED["integer"]) if text else None

    def _values(self) -> dict[str, Any]:
        own = {known.code for known in self.words.kind.fields if not known.personal}
        return {code: cell for code, cell in self.line.cells.items() if code in own and cell != ""}

    def told(self) -> Told:
        """The activity that is registered under the number, in words."""
        if self.known is None:
            return {}
        known = self.known
        return {
            "title": (_("名称"), known.title),
            "place": (_("地点"), known.place.short_name),
            "held_on": (_("日期"), known.day.isoformat()),
        }


@dataclass
class ActivityImport:
    """What a file would do, or did; with problems nothing was written."""

    trial: Trial[ActivityRow] = field(default_factory=lambda: Trial([]))
    problems: list[Problem] = field(default_factory=list)
    written: bool = False

    @property
    def plan(self) -> str:
        """SHA-256 over what would be written; "" where there are problems."""
        return "" if self.problems else self.trial.digest


def import_activities(
    *, by: Any, kind: str, data: bytes, name: str, dry_run: bool = False, agreed: str | None = None
) -> ActivityImport:
    """Record activities of a qualified kind that were held, as the rows of an .xlsx or .csv file say; all or none.

    The host is the unit of whoever brings the file, and its own number keeps a row from counting twice. ``agreed`` is
    the ``plan`` of a dry run that somebody has read. Raises access.denied, activity.kind, import.plan_changed, and what
    ``read_file`` raises.
    """
    version, definition = kind_or_refuse(kind)
    require(by, "activity.import", pack=version.pack)
    file = read_file(definition, data, name)
    rows = _rows(Words(by, definition, kind), file)
    if dry_run or file.problems:
        return _told(file, tried(rows))
    try:
        report = _told(file, done(rows, agreed=agreed))
    except NotAll as stopped:
        return _told(file, stopped.trial)
    report.written = bool(report.trial.possible)
    return report


def _rows(words: Words, file: ActivityFile) -> list[ActivityRow]:
    known: dict[str, Activity] = {}
    there = Activity.objects.filter(kind=words.qualified, unit=words.by.unit).select_related("place", "pack_version")
    for some in batches([line.text("key") for line in file.lines]):
        known |= {row.key: row for row in there.filter(key__in=some).prefetch_related("values")}
    return [ActivityRow(words, line, known.get(line.text("key"))) for line in file.lines]


def _told(file: ActivityFile, trial: Trial[ActivityRow]) -> ActivityImport:
    problems = list(file.problems)
    for outcome in trial.refused:
        number = outcome.row.line.number
        problems += [file.located(problem, number) for problem in (outcome.refusal.problems if outcome.refusal else ())]
    return ActivityImport(trial, sorted(problems, key=lambda problem: problem.row or 0))
