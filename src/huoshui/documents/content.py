"""What a document says: the values behind the names of its template, and every figure that it told.

A figure is noted when its text is asked for, so that an edition is frozen with what stands in it and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import dropwhile
from typing import Any

from django.utils.translation import gettext as _

from huoshui.documents import wording
from huoshui.documents.charts import Chart, chart_of
from huoshui.documents.language import BEFORE
from huoshui.documents.marks import marked, without
from huoshui.documents.records import Lazy, Records, Told
from huoshui.documents.schema import DocumentKind
from huoshui.documents.standing import Standing
from huoshui.figures.queries import Figure, figure_parts, figures_of, get_indicator, get_period, indicators
from huoshui.figures.schema import Indicator
from huoshui.kernel.access import Actor
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import Period, PeriodKind, parts
from huoshui.kernel.word_templates import plain_sandbox
from huoshui.packs.queries import all_current, current_versions
from huoshui.places.models import Place
from huoshui.places.queries import children, township_names

AT_ONCE = 60
"""Figures that are asked for in one query: an engine joins only so many."""
YEARS = 5
"""Periods in a chart of periods."""
WITHIN = (PeriodKind.HALF, PeriodKind.QUARTER, PeriodKind.MONTH)
"""Shorter periods in which a figure is told that is not told for the document's own: the longest of them."""
Key = tuple[str, str, str]
"""Indicator, place and period by their codes."""


@dataclass
class Use:
    """A figure that a document tells, with its number in it."""

    at: int
    code: str
    figure: Figure

    @property
    def pack_number(self) -> str:
        """The version of the pack that declares it."""
        version = current_versions().get(self.code.partition(".")[0])
        return version.number if version else ""


@dataclass(frozen=True)
class Frame:
    """What a document is, beside its figures: for whom, by whom, with which code."""

    title: str
    organ: str
    code: str
    address: str
    status: str
    day: dt.date
    edition: int
    demonstration: str
    texts: dict[str, str] = field(default_factory=dict)


class FigureTold:
    """A figure as templates see it: its text is the value with its unit, or that there is none."""

    def __init__(self, content: Content, code: str, figure: Figure) -> None:
        self._content, self._code, self._figure = content, code, figure
        indicator = figure.indicator
        self.name, self.definition, self.unit = indicator.name.zh, indicator.definition.zh, indicator.unit
        self.known, self.zero, self.why = figure.value is not None, figure.value == 0, figure.why_none
        self.counted = wording.counted_words(figure)

    def _marked(self, text: str) -> str:
        return marked(self._content.used(self._code, self._figure), text)

    @property
    def value(self) -> str:
        return self._marked(wording.value_words(self._figure))

    def __str__(self) -> str:
        return self.value

    @property
    def number(self) -> str:
        return self._marked(self._figure.told or self._figure.why_none)

    @property
    def label(self) -> str:
        """Its name, which opens the figure."""
        return self._marked(self.name)

    @property
    def said(self) -> str:
        return self._marked(wording.said(self._figure))

    @property
    def compared(self) -> str:
        return self._content.comparison(self._code, self._figure, BEFORE)

    @property
    def change(self) -> str:
        """The comparison where there is one to make; "" where the earlier value is not known."""
        return self._content.comparison(self._code, self._figure, BEFORE, known=True)

    @property
    def at(self) -> int:
        return self._content.used(self._code, self._figure)

    @property
    def place(self) -> Told:
        return place_told(self._figure.place)

    @property
    def period(self) -> Told:
        return period_told(self._figure.period)


class Content:
    """The names of one document's template with their values. Raises what figures and records raise, when asked."""

    def __init__(self, by: Actor, kind: DocumentKind, place: Place, period: Period, frame: Frame) -> None:
        self.by, self.kind, self.place, self.period, self.frame = by, kind, place, period, frame
        self.uses: dict[Key, Use] = {}
        self.charts: list[Chart] = []
        self._known: dict[Key, Figure] = {}
        self.changes: list[Told] = []
        """What is other than in the edition before."""
        self.picture: Callable[[Chart], Any] = lambda chart: ""
        """How a chart becomes part of the Word file."""

    def names(self) -> dict[str, Any]:
        """Every name, as ``language.names_of`` declares them."""
        frame, records = self.frame, Records(self.by, self.place, self.period)
        inputs = {
            one.code: Lazy(partial(self._written, frame.texts.get(one.code, "")))
            if one.long
            else without(frame.texts.get(one.code, ""))
            for one in self.kind.all_inputs
        }
        return {
            **inputs,
            **self._values(frame, records),
        }

    def _written(self, text: str) -> list[str]:
        """The paragraphs of what was written by hand, which may quote figures as a template does."""
        names = self._values(self.frame, Records(self.by, self.place, self.period))
        plain = plain_sandbox()
        return [str(plain.from_string(line).render(names)) for line in _paragraphs(text)]

    def _values(self, frame: Frame, records: Records) -> dict[str, Any]:
        """Every name but those of what is written by hand."""
        standing = Standing(self.by, self.place, self.period)
        groups = Lazy(self._groups)
        return {
            "title": without(frame.title),
            "organ": without(frame.organ),
            "code": frame.code,
            "address": frame.address,
            "status": frame.status,
            "date": wording.day_words(frame.day),
            "edition": frame.edition,
            "demonstration": frame.demonstration,
            "place": place_told(self.place),
            "period": period_told(self.period),
            "children": Lazy(lambda: [place_told(one) for one in children(self.place)]),
            "groups": groups,
            "zeros": Lazy(lambda: [one for group in groups for one in group["figures"] if one.zero]),
            "honours": Lazy(records.honours),
            "rounds": Lazy(records.rounds),
            "funds": Lazy(records.funds),
            "matters": Lazy(records.matters),
            "facts": Lazy(standing.facts),
            "sites": Lazy(standing.sites),
            "subsidies": Lazy(standing.subsidies),
            "reviews": Lazy(standing.reviews),
            "ledger": records.matters,
            "changes": self.changes,
            "sources": Lazy(self._sources),
            "figure": self._figure,
            "say": lambda code, period="", place="": self._figure(code, period, place).said,
            "compare": self._compare,
            "parts": self._parts,
            "chart": self._chart,
        }

    def used(self, code: str, figure: Figure) -> int:
        """Note that a figure is told; its number, the same however often it is."""
        key = (code, figure.place.code, figure.period.code)
        if key not in self.uses:
            self.uses[key] = Use(len(self.uses) + 1, code, figure)
        return self.uses[key].at

    def comparison(self, code: str, now: Figure, other: str, *, known: bool = False) -> str:
        """How a figure is other than before, in words that open the earlier one; "" where nothing can be said.

        ``known``: say nothing either where the earlier one has no value.
        """
        then_period, name = wording.compared_with(now.period, other)
        if then_period is None or now.value is None:
            return ""
        then = self.get(code, then_period, now.place)
        if known and then.value is None:
            return ""
        return marked(self.used(code, then), wording.compared(now, then, name))

    def get(self, code: str, period: Period, place: Place) -> Figure:
        """A figure. Raises figure.unknown, figure.period or access.denied."""
        self._fetch([(code, get_indicator(code), period)], place)
        return self._known[code, place.code, period.code]

    def _fetch(self, asked: Iterable[tuple[str, Indicator, Period]], place: Place) -> None:
        missing = [one for one in asked if (one[0], place.code, one[2].code) not in self._known]
        for start in range(0, len(missing), AT_ONCE):
            some = missing[start : start + AT_ONCE]
            found = figures_of(self.by, [(indicator, period) for _code, indicator, period in some], place)
            for (code, _indicator, period), figure in zip(some, found, strict=True):
                self._known[code, place.code, period.code] = figure

    def _figure(self, code: str, period: str = "", place: Any = "") -> FigureTold:
        there = self._place(place)
        at = self.period
        if period:
            other, name = wording.compared_with(self.period, str(period))
            if other is None:
                raise Refusal("figure.period", field="period", name=name, kinds=", ".join(get_indicator(code).periods))
            at = other
        at = get_period(get_indicator(code), at.code)
        return FigureTold(self, code, self.get(code, at, there))

    def _place(self, place: Any) -> Place:
        code = place["code"] if isinstance(place, Told) else str(place)
        if not code or code == self.place.code:
            return self.place
        found: Place = named(Place.objects.visible_to(self.by), "place", _("地点"), code=code)
        return found

    def _compare(self, code: str, period: str = BEFORE, place: Any = "") -> str:
        now = self._figure(code, "", place)
        return self.comparison(code, now._figure, str(period))

    def _parts(self, code: str, period: str = "") -> list[FigureTold]:
        """What each place directly below contributes, without what lies at the place itself."""
        at = self._figure(code, period)._figure.period
        found = figure_parts(self.by, get_indicator(code), self.place, at)
        return [FigureTold(self, code, part.figure) for part in found if part.place is not None]

    def _chart(self, code: str, of: str = "periods") -> Any:
        """A chart over the last periods, or over the places below; each bar is a figure of the document."""
        indicator = get_indicator(code)
        if of == "parts":
            shown = [(told._figure.place.short_name, told._figure) for told in self._parts(code)]
            title = f"{indicator.name.zh}（{self.period.name}，{self.place.short_name}）"
        else:
            spans = [self.period]
            while len(spans) < YEARS and (before := wording.compared_with(spans[-1], BEFORE)[0]):
                spans.append(before)
            self._fetch([(code, indicator, one) for one in spans], self.place)
            told = [(one.name, self.get(code, one, self.place)) for one in reversed(spans)]
            shown = [*dropwhile(lambda one: one[1].value is None, told)]
            title = f"{self.place.short_name}{indicator.name.zh}"
            if len(shown) == 1:
                return f"{indicator.name.zh}只有{shown[0][0]}有数据，不作走势图。"
        if all(figure.value is None for _label, figure in shown):  # of places below, or of every period
            return f"{indicator.name.zh}没有数据，不作图。"
        for _label, figure in shown:
            self.used(code, figure)
        chart = chart_of(title, shown, rows=of == "parts")
        self.charts.append(chart)
        return self.picture(chart)

    def _groups(self) -> list[Told]:
        """Every indicator of every pack at the document's place and period, those with a value and those without."""
        asked = [(code, indicator, span) for code, indicator in indicators().items() for span in self._spans(indicator)]
        befores = [
            (code, indicator, before)
            for code, indicator, span in asked
            if (before := wording.compared_with(span, BEFORE)[0]) is not None
        ]
        self._fetch([*asked, *befores], self.place)
        versions = current_versions()
        found: dict[str, Told] = {}
        for code, _indicator, span in asked:
            pack = code.partition(".")[0]
            name = versions[pack].name.zh if pack in versions else pack
            group = found.setdefault(pack, Told(name=name, code=pack, figures=[], some=[], unknown=[]))
            told = FigureTold(self, code, self._known[code, self.place.code, span.code])
            (group["figures"] if told.known else group["unknown"]).append(told)
            if told.known and not told.zero:
                group["some"].append(told)
        return [*found.values()]

    def _spans(self, indicator: Indicator) -> list[Period]:
        """The periods in which an indicator is told within the document's: the same one, or shorter ones in it."""
        if self.period.kind in indicator.periods:
            return [self.period]
        shorter = next((kind for kind in WITHIN if kind in indicator.periods and self._is_shorter(kind)), None)
        return parts(self.period, shorter) if shorter else []

    def _is_shorter(self, kind: PeriodKind) -> bool:
        order = [PeriodKind.PLAN, PeriodKind.YEAR, *WITHIN]
        return self.period.kind in order and order.index(kind) > order.index(self.period.kind)

    def notes(self) -> dict[int, int]:
        """The figures told so far of the document's own place and no earlier period: by their numbers, in a row."""
        own = [
            use.at
            for use in self.uses.values()
            if use.figure.place.pk == self.place.pk and use.figure.period.last >= self.period.first
        ]
        return {number: at for at, number in enumerate(own, 1)}

    def _sources(self) -> list[Told]:
        """The figures that have notes, each with where it is from."""
        versions, notes = current_versions(), self.notes()
        return [
            Told(
                at=notes[use.at],
                name=use.figure.indicator.name.zh,
                place=use.figure.place.short_name,
                period=use.figure.period.name,
                value=marked(use.at, wording.value_words(use.figure)),
                counted=wording.counted_words(use.figure),
                source=f"{versions[pack].name.zh} {versions[pack].number}",
            )
            for use in self.uses.values()
            if use.at in notes and (pack := use.code.partition(".")[0]) in versions
        ]


def place_told(place: Place) -> Told:
    """A place as templates see it."""
    kind = all_current("place_kinds").get(place.kind)
    return Told(
        name=place.short_name,
        official=place.name,
        code=place.code,
        kind=kind.name.zh if kind else place.kind,
        town=township_names([place])[place.pk],
    )


def period_told(period: Period) -> Told:
    """A period as templates see it."""
    return Told(
        name=period.name,
        code=period.code,
        year=f"{period.first.year}",
        first=wording.day_words(period.first),
        last=wording.day_words(period.last),
    )


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in without(text).splitlines() if line.strip()]
