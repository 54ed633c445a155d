"""Trying an indicator before it is published: checked as a pack is, then counted; nothing is kept or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError

from huoshui.figures.compiling import statement
from huoshui.figures.derived import measures_of
from huoshui.figures.queries import Figure, Part, figure, figure_parts, first_records, get_period
from huoshui.figures.redefining import Change, settled
from huoshui.figures.schema import Indicator
from huoshui.kernel.access import require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.periods import Period
from huoshui.kernel.time_limits import stopped_after, was_stopped
from huoshui.packs.actions import check_edited, publish_edited
from huoshui.packs.models import PackVersion
from huoshui.places.models import Place

FIRST_RECORDS = 20
SECONDS = 10.0
"""So long a trial may take: an indicator that takes longer would hold up every page that tells it."""


@dataclass
class Tried:
    """What an indicator comes to, with the SQL of its two parts, the first records, and the parts by place below."""

    problems: list[Problem] = field(default_factory=list)
    indicator: Indicator | None = None
    figure: Figure | None = None
    sql: list[str] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)
    hidden: int = 0
    parts: list[Part] = field(default_factory=list)


def try_indicator(
    *, by: Any, pack: str, definition: Mapping[str, Any], place: Place, period: str, change: Change | None = None
) -> Tried:
    """Check an indicator of a pack and count it at a place in a period. ``change``: that one which is there is changed.

    Raises access.denied without pack.load for the pack or figure.view at the place, access.not_found for a pack that
    is not loaded, and figure.period; what is wrong with the definition is told in the answer.
    """
    require(by, "pack.load", pack=pack)
    require(by, "figure.view", path=place.path)
    version = current_of(pack)
    wanted, problems = settled(version, definition, change)
    problems = problems or _problems(version, wanted)
    if problems:
        return Tried(problems)
    indicator = Indicator.model_validate(wanted).of_pack(pack)
    asked = get_period(indicator, period)
    if indicator.is_reported:
        return Tried(indicator=indicator, figure=figure(by, indicator, place, asked))
    try:
        with stopped_after(SECONDS):
            return _counted(by, indicator, place, asked)
    except DatabaseError as error:
        if not was_stopped(error):
            raise
        return Tried([Problem("indicator.too_slow", "numerator", params={"seconds": SECONDS})])


def _counted(by: Any, indicator: Indicator, place: Place, asked: Period) -> Tried:
    behind = first_records(by, indicator, place, asked, count=FIRST_RECORDS)
    return Tried(
        indicator=indicator,
        figure=figure(by, indicator, place, asked),
        sql=[statement(measure, asked, place.pk) for measure in measures_of(indicator.on(asked.last))],
        records=behind.rows,
        hidden=behind.hidden,
        parts=figure_parts(by, indicator, place, asked),
    )


def current_of(pack: str) -> PackVersion:
    """The current version of a pack. Raises access.not_found."""
    version = PackVersion.objects.filter(pack=pack, current=True).first()
    if version is None:
        raise Refusal("access.not_found")
    return version


def _problems(version: PackVersion, definition: Mapping[str, Any]) -> list[Problem]:
    """What a check of the whole pack finds with this indicator in it."""
    checked = check_edited(version, "indicators", dict(definition))
    return [finding.problem for finding in checked.findings] if checked else []


def publish_indicator(
    *, by: Any, pack: str, definition: Mapping[str, Any], seen_version: str, change: Change | None = None
) -> PackVersion:
    """Publish an indicator as the next patch of its pack.

    Raises indicator.taken, indicator.change_when, and what ``packs.publish_edited`` raises.
    """
    require(by, "pack.load", pack=pack)
    current, wanted = current_of(pack), dict(definition)
    if current.number == seen_version:  # else another version has come meanwhile, and that is told
        wanted, problems = settled(current, definition, change)
        if problems:
            raise Refusal.of(problems)
    version: PackVersion = publish_edited(
        by=by, pack=pack, section="indicators", definition=wanted, seen_version_number=seen_version
    )
    return version
