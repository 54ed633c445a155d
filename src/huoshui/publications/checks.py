"""Checking a publication: every number found, attributed and compared; nothing is written."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from huoshui.figures.addresses import sheet_path
from huoshui.kernel.access import Actor, require
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import Period
from huoshui.places.models import Place
from huoshui.publications.attribution import Attributed, Told, attribute
from huoshui.publications.blocks import Block
from huoshui.publications.comparing import Printed, Status, compare_aim, compare_bounded
from huoshui.publications.explanations import Key, explanations_for
from huoshui.publications.facts_table import SCHEDULE, Fact, facts
from huoshui.publications.files import read_publication
from huoshui.publications.matching import MARGIN, SURE, Match, Matcher
from huoshui.publications.models import LONGEST_HELD, LONGEST_PERIOD, LONGEST_PRINTED, Explanation
from huoshui.publications.spotting import Kind
from huoshui.publications.terms import TermKind, register_terms
from huoshui.publications.values import Asked, Held, look_up, plan_called
from huoshui.publications.wheres import Gazetteer

WORDS_AROUND = 18
MOST_NUMBERS = 5_000
"""Numbers of a text that are checked at once."""


@dataclass(frozen=True)
class Finding:
    """A number of a publication and what became of it.

    ``kind``: of the number (``spotting.Kind``); ``status`` None: no statistic. ``why``: a code of ``words.WHY``.
    """

    block: int
    start: int
    end: int
    label: str
    printed: str
    words: str
    kind: Kind
    status: Status | None = None
    term_kind: str = ""
    term: str = ""
    term_name: str = ""
    place: Place | None = None
    place_name: str = ""
    period: Period | None = None
    period_name: str = ""
    planned: bool = False
    score: float = 0.0
    held: Held = field(default_factory=Held)
    why: str = ""
    explanation: Explanation | None = None
    page: int = 0
    """Of a PDF, from 1; 0: nobody knows."""
    where: str = ""
    """Of ``blocks.Where``, or "" in the text itself."""

    @property
    def sheet(self) -> str:
        """The path of the figure's sheet; "" for what is no figure."""
        if self.term_kind != TermKind.INDICATOR or self.place is None or not self.held.period:
            return ""
        return sheet_path(self.term, self.place.code, self.held.period)

    @property
    def differs_unexplained(self) -> bool:
        """Whether it stands in the way of printing."""
        return self.status == Status.DIFFERING and self.explanation is None


@dataclass(frozen=True)
class Outcome:
    """A checked publication."""

    name: str
    digest: str
    kind: str
    place: Place
    day: dt.date
    blocks: Sequence[Block]
    findings: Sequence[Finding]

    @property
    def counts(self) -> dict[Status, int]:
        """How many statistics of each status, in the order of ``Status``."""
        counted = Counter(one.status for one in self.findings if one.status)
        return {status: counted[status] for status in Status}

    @property
    def asides(self) -> int:
        """Numbers that are no statistics."""
        return sum(1 for one in self.findings if one.status is None)

    @property
    def unexplained(self) -> int:
        """Differences that nobody explained."""
        return sum(1 for one in self.findings if one.differs_unexplained)


def check_publication(*, by: Actor, data: bytes, name: str, place: Place, day: dt.date) -> Outcome:
    """Check a file against the register; ``place`` is what 全区 means, ``day`` that of the publication.

    Raises access.denied without publication.check there, publication.too_many_numbers, and what
    ``files.read_publication`` raises.
    """
    require(by, "publication.check", path=place.path)
    read = read_publication(data, name)
    gazetteer = Gazetteer(place, Place.objects.visible_to(by).under(place.path))
    matcher = Matcher(register_terms())
    if read.kind == "csv":
        if len(read.rows) > MOST_NUMBERS:
            raise Refusal(
                "publication.too_many_numbers", field="file", name=name, count=len(read.rows), most=MOST_NUMBERS
            )
        findings = _of_facts(by, facts(read, gazetteer, day, matcher))
    else:
        findings = _of_text(by, Told(read.blocks, gazetteer, day), matcher, name)
    digest = hashlib.sha256(data).hexdigest()
    return Outcome(name, digest, read.kind, place, day, read.blocks, explained(findings))


def _of_text(by: Actor, told: Told, matcher: Matcher, name: str) -> list[Finding]:
    if (many := sum(map(len, told.mentions))) > MOST_NUMBERS:
        raise Refusal("publication.too_many_numbers", field="file", name=name, count=many, most=MOST_NUMBERS)
    attributed = attribute(told, matcher)
    asked = [_asked(one.matches, one.place, one.when, one.planned) for one in attributed]
    held = look_up(by, (ask for asks in asked for ask in asks))
    found = [_finding(told, one, asks, held) for one, asks in zip(attributed, asked, strict=True)]
    for at, mentions in enumerate(told.mentions):
        text = told.blocks[at].text
        found += [
            Finding(at, one.start, one.end, "", one.text, _around(text, one.start, one.end), one.kind)
            for one in mentions
            if one.kind not in (Kind.STATISTIC, Kind.WORD)
        ]
    return placed(sorted(found, key=lambda one: (one.block, one.start)), told.blocks)


def placed(findings: Iterable[Finding], blocks: Sequence[Block]) -> list[Finding]:
    """The findings, each with the page and the part of the file where it stands."""
    return [
        replace(one, page=blocks[one.block].page_at(one.start), where=blocks[one.block].where)
        if one.block < len(blocks)
        else one
        for one in findings
    ]


def _asked(matches: Sequence[Match], place: Place | None, period: Period | None, planned: bool) -> list[Asked]:
    """What is looked up for a number: its best term, and those as near; nothing without place or period."""
    if not matches or place is None or period is None:
        return []
    near = [match.term for match in matches if matches[0].score - match.score < MARGIN]
    return [Asked(term, place, period, planned and term.kind == TermKind.INDICATOR) for term in near]


def _finding(told: Told, one: Attributed, asks: list[Asked], held: dict[Asked, Held]) -> Finding:
    text, mention = told.blocks[one.block].text, one.mention
    base = Finding(
        one.block, mention.start, mention.end, "", mention.text, _around(text, mention.start, mention.end),
        mention.kind, place=one.place, place_name=one.place.short_name if one.place else "", period=one.when,
        period_name=one.when.code, planned=one.planned,
    )  # fmt: skip
    printed = Printed(mention.low, mention.high, mention.step, mention.bound)
    return _judged(base, one.matches, asks, held, printed)


def _of_facts(by: Actor, stated: Sequence[Fact]) -> list[Finding]:
    stated = [
        replace(one, period=plan_called(by, one.period_name)) if one.period is None and one.kind == "target" else one
        for one in stated
    ]
    asked = [_asked(one.matches, one.place, one.period, one.kind == "target") if one.printed else [] for one in stated]
    held = look_up(by, (ask for asks in asked for ask in asks))
    return [_of_fact(one, asks, held) for one, asks in zip(stated, asked, strict=True)]


def _of_fact(one: Fact, asks: list[Asked], held: dict[Asked, Held]) -> Finding:
    base = Finding(
        one.row, 0, 0, one.label, one.shown, one.name, Kind.STATISTIC, place=one.place, place_name=one.place_name,
        period=one.period, period_name=one.period_name, planned=one.kind == "target",
    )  # fmt: skip
    if one.printed is None:
        return replace(base, status=Status.UNKNOWN, why="schedule" if one.kind == SCHEDULE else "no_number")
    return _judged(base, one.matches, asks, held, one.printed)


def _judged(
    base: Finding, matches: Sequence[Match], asks: list[Asked], held: dict[Asked, Held], printed: Printed
) -> Finding:
    """A finding with its status."""
    if not matches:
        return replace(base, status=Status.UNKNOWN, why="no_indicator")
    ask, rivals = _chosen(asks, held, printed)
    best = matches[0] if ask is None else next(match for match in matches if match.term == ask.term)
    named = replace(
        base, term_kind=best.term.kind.value, term=best.term.code, term_name=best.term.name, score=best.score
    )
    if ask is None:
        return replace(named, status=Status.UNKNOWN, why="no_place" if named.place is None else "no_period")
    value = held[ask]
    named = replace(named, held=value)
    if value.value is None:
        unsettled = value.why == "sources_differ"
        return replace(named, status=Status.DOUBTFUL if unsettled else Status.UNKNOWN, why=value.why)
    status = _compared(printed, ask, value.value, value.bound)
    if doubt := "weak" if best.score < SURE else "rival" if rivals else "":
        same = status in (Status.MATCH, Status.ROUNDING)
        return replace(named, status=Status.DOUBTFUL, why=f"{doubt}_{'same' if same else 'other'}")
    return replace(named, status=status, why="bounds" if status == Status.DOUBTFUL else "")


def _chosen(asks: list[Asked], held: dict[Asked, Held], printed: Printed) -> tuple[Asked | None, int]:
    """Of terms that are as near, the one with the printed value, else the first that the register has a value of; and
    how many other values it has.

    What was reported of something that is counted by now does not vie with the count.
    """
    known = [ask for ask in asks if held[ask].value is not None]
    counted = {ask.term.code for ask in known}
    known = [ask for ask in known if ask.term.counted_as not in counted]
    if known:
        same = (ask for ask in known if _agrees(printed, ask, held[ask]))
        return next(same, known[0]), len({held[ask].value for ask in known}) - 1
    return (asks[0], 0) if asks else (None, 0)


def _agrees(printed: Printed, ask: Asked, value: Held) -> bool:
    return value.value is not None and _compared(printed, ask, value.value, value.bound) == Status.MATCH


def _compared(printed: Printed, ask: Asked, value: Fraction, bound: str) -> Status:
    if ask.term.kind == TermKind.STANDARD or ask.target:
        return compare_aim(printed, value)
    return compare_bounded(printed, value, bound)


def explained(findings: Sequence[Finding]) -> list[Finding]:
    """The findings with the explanation that was recorded for each difference."""
    known = explanations_for(key_of(one) for one in findings if one.status == Status.DIFFERING)
    return [
        replace(one, explanation=known.get(key_of(one))) if one.status == Status.DIFFERING else one for one in findings
    ]


def key_of(one: Finding) -> Key:
    """What an explanation is for: the printed number, and what the register says instead, as long as they are kept."""
    place, period_said = one.place.code if one.place else "", one.held.period or one.period_name
    return (one.term, place, period_said[:LONGEST_PERIOD], one.printed[:LONGEST_PRINTED], one.held.shown[:LONGEST_HELD])


def _around(text: str, start: int, end: int) -> str:
    left, right = text[max(0, start - WORDS_AROUND) : start], text[end : end + WORDS_AROUND]
    more_before, more_after = "…" if start > WORDS_AROUND else "", "…" if end + WORDS_AROUND < len(text) else ""
    return f"{more_before}{left}【{text[start:end]}】{right}{more_after}"
