"""The cells of a ledger's rows, read for many matters at once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from huoshui.duties.models import Account, Unit
from huoshui.kernel import clock
from huoshui.matters import personal, values
from huoshui.matters.clocks import clocks_again
from huoshui.matters.columns import BY_HAND, CLOSE_REASONS, MONEY, OWN_COLUMNS, light_word
from huoshui.matters.evidence import evidence_counts
from huoshui.matters.models import ClockRun, Matter, MatterValue, stored_value
from huoshui.matters.money.sums import sums_of_all, yuan
from huoshui.places.queries import township_names
from huoshui.vault.queries import Kept


@dataclass(frozen=True)
class Cells:
    """What the cells of some matters are read from, without a query for each."""

    values: dict[tuple[UUID, str], Any]
    """Stored values, by matter and field."""
    limits: dict[tuple[UUID, str], dt.date]
    towns: dict[UUID, str]
    """Names of townships, by the place."""
    evidence: Counter[UUID]
    people: dict[str, str]
    """Titles of the accounts named in account fields, by id."""
    personal: dict[UUID, dict[str, Kept]]
    """Masked personal values, by matter and field."""
    sums: dict[tuple[UUID, str], int]
    """Fen, by matter and type of money line."""

    @classmethod
    def read(cls, matters: list[Matter], columns: Sequence[str]) -> Cells:
        keys = [matter.pk for matter in matters]
        # A deadline that runs stands in the matter itself.
        ended = [matter.pk for matter in matters if matter.due_on is None] if "deadline" in columns else []
        declared = not set(columns) <= OWN_COLUMNS
        stored = MatterValue.objects.filter(matter_id__in=keys if declared else ended).values_list(
            "matter_id", "code", "day", "number", "text"
        )
        rows = {(key, code): stored_value(day, number, text) for key, code, day, number, text in stored}
        runs = ClockRun.objects.filter(matter_id__in=ended).values_list("matter_id", "clock", "limit_on")
        towns = township_names(matter.place for matter in matters)
        evidence = evidence_counts(matters) if "evidence" in columns else Counter()
        named = {
            held
            for matter in matters
            for code, field in matter.definition.fields_by_code.items()
            if field.names_whom and (held := rows.get((matter.pk, code)))
        }
        people = {str(a.pk): a.title for a in Account.objects.get_queryset().filter(pk__in=named)}
        if len(named) > len(people):
            people |= {str(unit.pk): unit.name for unit in Unit.objects.filter(pk__in=named)}
        limits = {(key, clock): limit for key, clock, limit in runs}
        sums = sums_of_all(keys) if any(code.startswith(MONEY) for code in columns) else {}
        return cls(rows, limits, towns, evidence, people, personal.read_all(matters, columns), sums)

    def reader(self, code: str) -> Callable[[Matter], Any]:
        """What reads the typed value of a column: chosen once, for all the rows."""
        if code not in OWN_COLUMNS:
            return lambda matter: self._field(matter, code)
        if code in ("severity", "state", "clock"):
            return self._name_reader(code)
        if code in ("place", "unit", "owner", "verifier"):
            return lambda matter: str(getattr(matter, code) or "")
        return self._readers().get(code) or attrgetter(code)

    def _readers(self) -> dict[str, Callable[[Matter], Any]]:
        """Of the columns that are not simply columns of the matter."""
        by_hand, today, told = str(BY_HAND), clock.today(), lru_cache(maxsize=None)(light_word)
        return {
            "source": lambda matter: matter.source_label or by_hand,
            "town": lambda matter: self.towns[matter.place_id],
            "light": lambda matter: told(matter.light(today), matter.close_reason),
            "deadline": self._deadline,
            "evidence": lambda matter: self.evidence[matter.pk],
            "close_reason": lambda matter: str(CLOSE_REASONS[matter.close_reason]) if matter.close_reason else "",
            "duplicate_of": lambda matter: matter.duplicate_of.number if matter.duplicate_of else "",
        }

    def _name_reader(self, code: str) -> Callable[[Matter], str]:
        """Of a severity, state or clock: its word in the language in use, looked up once for each kind."""
        named: dict[tuple[UUID, str, Any], str] = {}
        told, what = attrgetter(f"{code}_name"), attrgetter("severity_rank" if code == "severity" else code)

        def read(matter: Matter) -> str:
            key = (matter.pack_version_id, matter.kind, what(matter))
            if key not in named:
                named[key] = told(matter)
            return named[key]

        return read

    def _field(self, matter: Matter, code: str) -> Any:
        kind = matter.definition
        field = kind.fields_by_code.get(code)
        if field is None:
            total = self.sums.get((matter.pk, code.removeprefix(MONEY)))
            return None if total is None else yuan(total)
        if code == kind.owner_field:
            return str(matter.owner or "")
        if field.personal:
            return str(self.personal.get(matter.pk, {}).get(code, "")) or None
        held = self.values.get((matter.pk, code))
        if held is None:
            return None
        value = values.typed(field, held)
        if field.names_whom:
            return self.people.get(value, value)
        return value if field.type in ("integer", "date") else values.shown(kind, code, value)

    def _deadline(self, matter: Matter) -> dt.date | None:
        """The deadline that counts now, whichever clock runs; without one, that of the kind's first clock.

        That one is the responsible unit's own deadline, else the limit. What ended once more after a re-check was due
        by the clock of the re-check: its first one ran out years ago.
        """
        clocks = matter.definition.clocks
        if matter.due_on or not clocks:
            return matter.due_on
        again = (clock for clock in clocks_again(matter.definition) if (matter.pk, clock.code) in self.limits)
        counts = next(again, clocks[0])
        own = self.values.get((matter.pk, counts.own_deadline_field or ""))
        days = (own, self.limits.get((matter.pk, counts.code)))
        return min((day for day in days if day), default=None)
