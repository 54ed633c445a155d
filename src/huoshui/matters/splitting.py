"""One matter becomes several: what can go with each of them, and what must be said first.

Each new one has a number of its own, since it is told and ended by itself, and the source of the first, from which all
of them come. It goes on where the first stood, on the same clocks: a split buys no time. The first one ends as split;
its number, story and photos stay to be read from each of them, and whoever is barred there is barred from each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huoshui.kernel.errors import Problem, Refusal
from huoshui.matters.evidence import photos_counted
from huoshui.matters.models import Matter, MatterValue, Split
from huoshui.matters.money.sums import holds_money
from huoshui.matters.schema import INTO, Transition
from huoshui.media.models import Attachment

FEWEST, MOST = 2, 9
TITLE_LENGTH = 200
FINDING_ENDS = re.compile(r"\n|(?<=[。；;])")


@dataclass(frozen=True)
class Share:
    """One of the new matters: its title, and what goes with it."""

    title: str
    findings: tuple[int, ...]
    """Positions among ``findings_of`` the first one."""
    values: tuple[str, ...]
    """Codes of fields."""
    photos: tuple[UUID, ...]


@dataclass(frozen=True)
class Plan:
    """What a split does, before it is done."""

    matter: Matter
    shares: tuple[Share, ...]
    findings: tuple[str, ...]
    rows: dict[str, MatterValue] = field(repr=False)
    """The values that can go along, by field code."""
    photos: tuple[Attachment, ...] = field(repr=False)
    state: str
    running: tuple[str, ...]

    @property
    def photos_left(self) -> int:
        """Photos that go with none of them, and stay with the first alone."""
        gone = {pk for share in self.shares for pk in share.photos}
        return len([photo for photo in self.photos if photo.pk not in gone])

    def detail_of(self, share: Share) -> str:
        """The findings that go with a new matter, a line each."""
        return "\n".join(self.findings[at] for at in share.findings)


def findings_of(matter: Matter) -> list[str]:
    """What was found, one by one: the lines of the details, and the sentences of a line."""
    return [said for part in FINDING_ENDS.split(matter.detail) if (said := part.strip())]


def values_to_choose(matter: Matter) -> dict[str, MatterValue]:
    """The values of which somebody decides with which of the new ones they go.

    Not those that go with all: own deadlines, which belong to the clock, and what every matter of the kind must have.
    """
    always = _always(matter)
    return {code: row for code, row in _rows(matter).items() if code not in always}


def _always(matter: Matter) -> set[str]:
    kind = matter.definition
    return kind.own_deadline_fields() | {known.code for known in kind.fields if known.required}


def _rows(matter: Matter) -> dict[str, MatterValue]:
    known = {asked.code for asked in matter.definition.fields}
    return {row.code: row for row in matter.values.all() if row.code in known}


def splitting_step(matter: Matter) -> Transition | None:
    """The step by which a matter that ended as split was split; None for any other."""
    steps = (step for step in matter.definition.transitions if step.close_reason == "split")
    return next((step for step in steps if step.to == matter.state), None)


def rejoining_step(matter: Matter) -> Transition:
    """The step by which the new ones of a split are put together again: the kind's own for doubles."""
    return next(step for step in matter.definition.transitions if step.close_reason == "duplicate")


def standing(matter: Matter) -> Split | None:
    """The split that a matter ended by and that was not undone."""
    return matter.splits.filter(undone_on__isnull=True).first()


def require_splittable(matter: Matter) -> None:
    """Raises matter.split_again or matter.split_money."""
    if matter.split_from_id is not None:
        raise Refusal("matter.split_again", number=matter.number)
    if holds_money(matter):
        raise Refusal("matter.split_money", number=matter.number)


def plan(matter: Matter, into: Any) -> Plan:
    """What splitting a matter into some others would do; ``into`` is a list of dicts like ``Share``.

    Findings are given by their position from 1 on. Raises matter.split_again, matter.split_money, matter.split_count;
    or at once matter.split_unknown, matter.split_left_out, value.required and value.too_long.
    """
    require_splittable(matter)
    given = [one for one in into if isinstance(one, dict)] if isinstance(into, list | tuple) else []
    if not FEWEST <= len(given) <= MOST:
        raise Refusal("matter.split_count", field=INTO, fewest=FEWEST, most=MOST)
    findings, photos = findings_of(matter), tuple(photos_counted(matter))
    problems: list[Problem] = []
    shares = tuple(_share(matter, at, one, photos, problems) for at, one in enumerate(given, 1))
    chosen = {at for share in shares for at in share.findings}
    problems += [
        Problem("matter.split_left_out", f"finding-{at + 1}", params={"finding": said})
        for at, said in enumerate(findings)
        if at not in chosen
    ]
    if problems:
        raise Refusal.of(problems)
    running = tuple(matter.clocks.filter(stopped_on__isnull=True).values_list("clock", flat=True))
    return Plan(matter, shares, tuple(findings), _rows(matter), photos, matter.state, running)


def _share(
    matter: Matter, at: int, given: dict[str, Any], photos: tuple[Attachment, ...], problems: list[Problem]
) -> Share:
    """One of the new matters as asked for; what is wrong with it is added to ``problems``."""
    title = str(given.get("title") or "").strip()
    label = _("第 %(at)d 件的问题") % {"at": at}
    if not title:
        problems.append(Problem("value.required", f"title-{at}", params={"label": label}))
    if len(title) > TITLE_LENGTH:
        params = {"label": label, "length": len(title), "limit": TITLE_LENGTH}
        problems.append(Problem("value.too_long", f"title-{at}", params=params))
    findings = {str(position): position - 1 for position in range(1, len(findings_of(matter)) + 1)}
    codes = {code: code for code in values_to_choose(matter)}
    keys = {str(photo.pk): photo.pk for photo in photos}
    return Share(
        title,
        _known(given.get("findings"), findings, problems),
        (*_known(given.get("values"), codes, problems), *sorted(_always(matter) & _rows(matter).keys())),
        _known(given.get("photos"), keys, problems),
    )


def _known(given: Any, known: dict[str, Any], problems: list[Problem]) -> tuple[Any, ...]:
    """Those of some keys that the matter has, in its order; a matter.split_unknown for every other."""
    wanted = {str(key) for key in given} if isinstance(given, list | tuple) else set()
    if given and not isinstance(given, list | tuple):
        wanted = {str(given)}
    problems += [
        Problem("matter.split_unknown", INTO, params={"what": key[:60]}) for key in sorted(wanted - known.keys())
    ]
    return tuple(value for key, value in known.items() if key in wanted)
