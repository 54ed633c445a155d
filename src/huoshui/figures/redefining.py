"""Changing what a published indicator counts: from a day on, or as a mistake that it was all along.

Figures of years that are over must not change without a word. So a change of what is counted says one of the two, and
the sheet of every figure tells it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huoshui.figures.schema import Indicator
from huoshui.kernel import clock
from huoshui.kernel.errors import Problem
from huoshui.kernel.reading import read_until_changed
from huoshui.packs.models import PackVersion
from huoshui.packs.schema import Text

COUNTED = ("numerator", "denominator")


@dataclass(frozen=True)
class Change:
    """That an indicator which is there is to be changed, and how: ``since`` a day, or ``corrects`` a mistake."""

    since: dt.date | None = None
    corrects: bool = False


def settled(
    version: PackVersion, definition: Mapping[str, Any], change: Change | None
) -> tuple[dict[str, Any], list[Problem]]:
    """The definition as it is to be published, with the former one under ``earlier`` where it holds until a day.

    Problems: indicator.taken for a new one whose code is in use, indicator.change_when where what is counted changes
    and nobody says from when.
    """
    wanted = dict(definition)
    there = next(
        (one for one in version.sources().get("indicators", []) if one.get("code") == wanted.get("code")), None
    )
    if there is None:
        return wanted, []
    if change is None:
        return wanted, [Problem("indicator.taken", "code", params={"name": wanted["code"]})]
    if _counted(there) == _counted(wanted) or there.get("source") == "reported" or change.corrects:
        return wanted, []
    if change.since is None:
        return wanted, [Problem("indicator.change_when", "since", params={"name": wanted["code"]})]
    former = {"until": change.since.isoformat(), "definition": there["definition"]} | _counted(there)
    wanted["earlier"] = [*wanted.get("earlier", []), former]
    return wanted, []


def _counted(source: Mapping[str, Any]) -> dict[str, Any]:
    return {name: source[name] for name in COUNTED if source.get(name)}


@dataclass(frozen=True)
class Correction:
    """A version of its pack that changed what an indicator counts, for the years before as well."""

    number: str
    on: dt.date
    was: Text


@read_until_changed
def corrections(code: str) -> tuple[Correction, ...]:
    """The versions that corrected an indicator, the latest first."""
    pack, _dot, short = code.partition(".")
    found, before = list[Correction](), None
    for version in PackVersion.objects.filter(pack=pack).order_by("created_at", "pk"):
        one: Indicator | None = version.typed("indicators").sound.get(short)
        if one is None:
            continue
        if before is not None and _all_counted(before) != _all_counted(one) and not _kept_as_earlier(before, one):
            found.append(Correction(version.number, clock.local_date(version.created_at), before.definition))
        before = one
    return tuple(reversed(found))


def _all_counted(one: Indicator) -> tuple[Any, ...]:
    return one.numerator, one.denominator, tuple((e.until, e.numerator, e.denominator) for e in one.earlier)


def _kept_as_earlier(before: Indicator, one: Indicator) -> bool:
    """Whether what was counted before still is, until a day."""
    former = one.earlier[len(before.earlier) :]
    return one.earlier[: len(before.earlier)] == before.earlier and any(
        (e.numerator, e.denominator) == (before.numerator, before.denominator) for e in former
    )
