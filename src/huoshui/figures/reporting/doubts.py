"""Finding questions between figures: by rules that know no figure by its name, and change none.

- ``sources``: approved sources, or a source and the records, differ about one indicator, place and period.
- ``kin``: indicators that seem to speak of the same thing have different values (see ``likeness``).
- ``whole``: a printed share that no whole number of things can give, whatever they are counted out of.
- ``rule``: approved figures break a rule that a pack declares.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

from huoshui.figures.queries import Figure, figures_of, get_period, indicators
from huoshui.figures.reporting.likeness import kin
from huoshui.figures.reporting.models import Bound, Observation, Target
from huoshui.figures.reporting.observed import standing
from huoshui.figures.reporting.queries import returns
from huoshui.figures.reporting.targets import aim
from huoshui.figures.reporting.targets import shown as target_shown
from huoshui.figures.reporting.values import PERCENT, compatible, quotient, told
from huoshui.figures.schema import FigureRule, Indicator
from huoshui.figures.succession import counted_instead, told_as
from huoshui.kernel.access import Actor, path_condition
from huoshui.kernel.periods import Period, PeriodKind, period
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

MOST_SUMS = 3
"""So many ways in which a share could come about are named at most."""


@dataclass(frozen=True)
class Said:
    """What one source says of one figure; ``kind``: observation, record (counted) or target."""

    kind: str
    indicator: Indicator
    place: Place
    period: Period
    value: Fraction
    bound: str
    text: str
    source: str
    observation: Observation | None = None

    @property
    def member(self) -> dict[str, Any]:
        """As a conflict keeps it."""
        return {
            "kind": self.kind,
            "indicator": self.indicator.qualified,
            "period": self.period.code,
            "value": self.text,
            "source": self.source,
            "observation": str(self.observation.pk) if self.observation else "",
        }


@dataclass(frozen=True)
class Doubt:
    """A question: the rule, the place, what is compared, and what else its words name."""

    rule: str
    place: Place
    said: tuple[Said, ...]
    about: tuple[str, ...]
    """What the question is about, whatever the values: its key is over this."""
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """SHA-256 over what is compared, not over the values."""
        text = "\n".join((self.rule, self.place.path, *self.about))
        return hashlib.sha256(text.encode()).hexdigest()


def doubts(actor: Actor, top: Place) -> list[Doubt]:
    """Every question at a place and below it, as the figures stand now."""
    known = indicators()
    rows = [
        row
        for row in standing().filter(path_condition("place__path", top.path)).order_by("id")
        if row.indicator in known
    ]
    said = [one for row in rows if (one := _of_row(row, known[row.indicator]))]
    at = defaultdict(list)
    for one in said:
        at[one.place].append(one)
    groups, found = kin(known, _declared(), counted_instead()), list[Doubt]()
    for place, here in sorted(at.items(), key=lambda item: item[0].path):
        here = [*here, *_counted(actor, place, here, known, groups)]
        found += _sources(place, here)
        found += _kin(place, [*here, *_targets(place, known)], groups)
        found += _whole(place, here, known)
        found += _rules(place, here)
    return found


def _of_row(row: Observation, indicator: Indicator) -> Said | None:
    value = quotient(row.numerator, row.denominator, indicator)
    if value is None:
        return None
    source = row.filing.source or row.filing.form
    return Said(
        "observation", indicator, row.place, period(row.period), value, row.bound, told(value, indicator, row.bound),
        source, row,
    )  # fmt: skip


def _counted(
    actor: Actor, place: Place, here: Sequence[Said], known: Mapping[str, Indicator], groups: Sequence[list[str]]
) -> list[Said]:
    """What the register itself says, where a source speaks of the same indicator or of one that is alike: counted from
    records, or added up of what the units below reported, where a file says it of a place of which it is not asked."""
    forms = {code: form for form in returns().values() for code in form.indicators}
    asked: dict[tuple[str, str], tuple[Indicator, Period]] = {}
    for one in here:
        own = told_as(one.indicator.qualified)
        codes = {one.indicator.qualified, own}.union(*(group for group in groups if own in group))
        for code in codes:
            indicator, form = known[code], forms.get(code)
            summed = form is not None and place.kind not in form.asked_of
            if (summed or not indicator.is_reported) and one.period.kind in indicator.periods:
                # Its own period: a reporting month may begin on another day than the source's.
                asked[code, one.period.code] = (indicator, get_period(indicator, one.period.code))
    figures: list[Figure] = figures_of(actor, list(asked.values()), place) if asked else []
    return [
        Said("record", one.indicator, place, period(one.period.code), one.value, one.bound, one.told, "")
        for one in figures
        if one.value is not None and not any(row.filing.is_imported for row in one.observations)
    ]


def _targets(place: Place, known: Mapping[str, Indicator]) -> list[Said]:
    rows = [row for row in Target.objects.filter(place=place).order_by("id") if row.indicator in known]
    return [_of_target(row, known[row.indicator]) for row in rows]


def _of_target(row: Target, indicator: Indicator) -> Said:
    value, text = aim(row, indicator), target_shown(row, indicator)
    return Said("target", indicator, row.place, period(row.period), value, row.bound, text, row.source)


def _sources(place: Place, here: Iterable[Said]) -> Iterator[Doubt]:
    """Of one figure: everybody has to agree with everybody, as far as each says anything."""
    same: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for one in here:
        same[told_as(one.indicator.qualified), one.period.code].append(one)
    for about, said in same.items():
        if any(not agree(one, other) for at, one in enumerate(said) for other in said[at + 1 :]):
            yield Doubt("sources", place, tuple(said), about)


def agree(one: Said, other: Said) -> bool:
    """Whether two values can both be true, as far as each was printed and bounded."""
    return compatible((one.value, one.bound), (other.value, other.bound), one.indicator.decimals)


def _declared() -> list[FigureRule]:
    return list(all_current("figure_rules").values())


def _kin(place: Place, here: Sequence[Said], groups: Sequence[list[str]]) -> Iterator[Doubt]:
    """The values of alike indicators that lie nearest in time; a target is held against values of its period alone."""
    for group in groups:
        said = [one for one in here if told_as(one.indicator.qualified) in group]
        actual = [one for one in said if one.kind != "target"]
        latest = _latest(actual)
        picked = [one for code in group if (one := latest.get(code))]
        periods = {one.period.code for one in picked}
        picked += [
            one
            for one in said
            if one.kind == "target" and one.period.code in periods and told_as(one.indicator.qualified) not in latest
        ]
        years = [one.period.first.year for one in picked]
        near = (
            all(one.period.kind == PeriodKind.YEAR for one in picked)
            and max(years, default=0) - min(years, default=0) <= 1
        )
        if len(picked) > 1 and near and len({one.value for one in picked}) > 1:
            yield Doubt("kin", place, tuple(picked), tuple(told_as(one.indicator.qualified) for one in picked))


def _latest(said: Iterable[Said]) -> dict[str, Said]:
    """The newest value of each indicator: of one period what is counted, else what is reported, else a file's."""
    found: dict[str, Said] = {}
    for one in sorted(said, key=lambda each: (each.period.first, each.kind == "record", not _of_a_file(each))):
        found[told_as(one.indicator.qualified)] = one
    return found


def _of_a_file(one: Said) -> bool:
    return one.observation is not None and one.observation.filing.is_imported


def _whole(place: Place, here: Sequence[Said], known: Mapping[str, Indicator]) -> Iterator[Doubt]:
    counts = {
        (one.indicator.qualified, one.period.code): one
        for one in here
        if one.bound == Bound.EXACT and one.indicator.scale == 1 and not one.indicator.is_ratio
    }
    for one in here:
        row, indicator = one.observation, one.indicator
        if row is None or row.parts_known or not indicator.counts or one.bound != Bound.EXACT:
            continue
        pack = indicator.qualified.partition(".")[0]
        count = counts.get((f"{pack}.{indicator.counts}", one.period.code))
        if count is None or possible_wholes(int(count.value), one.value) is not None:
            continue
        sums = _sums(count, one, counts)
        nearby = _nearest_shares(int(count.value), one.value, indicator)
        yield Doubt(
            "whole", place, (one, count), (indicator.qualified, one.period.code), {"near": nearby, "sums": sums}
        )


def possible_wholes(count: int, share: Fraction) -> tuple[int, int] | None:
    """The least and the largest whole number out of which ``count`` are ``share`` percent, as far as it is printed.

    A share is printed to its last decimal that is not zero, rounded half away from zero. None: there is none.
    """
    decimals = 0
    while (share * 10**decimals).denominator != 1:
        decimals += 1
    half = Fraction(1, 2 * 10**decimals)
    if share == 0:
        return (1, 1) if count == 0 else None
    # share - half <= 100 count / n < share + half
    low, high = share - half, share + half
    least = floor(PERCENT * count / high) + 1
    largest = floor(PERCENT * count / low) if low > 0 else least
    least = max(least, count)
    return (least, largest) if least <= largest and count > 0 else None


def _nearest_shares(count: int, share: Fraction, indicator: Indicator) -> list[str]:
    """The shares that the count gives out of the two whole numbers nearest to what is printed."""
    if not count or not share:
        return []
    whole = floor(PERCENT * count / share)
    return [f"{count}/{n} = {told(Fraction(PERCENT * count, n), indicator)}%" for n in (whole, whole + 1) if n >= count]


def _sums(count: Said, share: Said, counts: Mapping[tuple[str, str], Said]) -> list[str]:
    """Other counts of the same unit with which together the share is possible, and out of how many."""
    found = []
    for (code, when), other in counts.items():
        if (
            when != count.period.code
            or code == count.indicator.qualified
            or other.indicator.unit != count.indicator.unit
        ):
            continue
        both = int(count.value + other.value)
        wholes = possible_wholes(both, share.value)
        if other.value and wholes is not None:
            shown = told(Fraction(PERCENT * both, wholes[0]), share.indicator)
            found.append(f"({int(count.value)}+{other.indicator.name} {int(other.value)})/{wholes[0]} = {shown}%")
    return found[:MOST_SUMS]


def _rules(place: Place, here: Sequence[Said]) -> Iterator[Doubt]:
    by_period: dict[str, dict[str, Said]] = defaultdict(dict)
    for one in here:
        by_period[one.period.code].setdefault(one.indicator.qualified, one)
    for code, rule in all_current("figure_rules").items():
        for when, known in by_period.items():
            named = [*rule.left, *rule.right]
            if not all(one in known and known[one].bound == Bound.EXACT for one in named):
                continue
            left, right = (sum(known[one].value for one in side) for side in (rule.left, rule.right))
            if left > right or (rule.relation == "equals" and left != right):
                said = tuple(known[one] for one in dict.fromkeys(named))
                yield Doubt("rule", place, said, (code, when), {"rule": {"zh": rule.name.zh, "en": rule.name.en}})
