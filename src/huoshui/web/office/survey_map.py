"""A question of a survey on the map: each place in the colour of its answer, the list beside it saying the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.kernel.access import Actor
from huoshui.kernel.choices import unknown
from huoshui.kernel.numbers import shown
from huoshui.packs.units import unit_word
from huoshui.places.datums import NAMES, WGS84
from huoshui.places.models import Place
from huoshui.visits.models import Answer, Visit
from huoshui.visits.queries import Survey, scale_of, told_answers
from huoshui.visits.question_types import Choices
from huoshui.visits.schema import Deduction, Graded, Item, Threshold, YesNoScoring
from huoshui.web.office.board_map import NO_DATA, Located, located

COLOURS, NOT_ASKED = 7, 7
"""Answers that have a colour of their own, and the shade of what was not asked or not answered."""
CLASSES = 5
SEPARATOR = ":"


@dataclass(frozen=True)
class Pictured:
    """What a map shows: a question, or of one with several choices one of these."""

    item: Item
    option: str = ""

    @property
    def code(self) -> str:
        """As the address says it."""
        return f"{self.item.code}{SEPARATOR}{self.option}" if self.option else self.item.code

    @property
    def name(self) -> str:
        """The question, with the choice."""
        if isinstance(self.item.scoring, Choices) and self.option:
            chosen = next(one.name for one in self.item.scoring.options if one.code == self.option)
            return _("%(question)s：%(option)s") % {"question": self.item.name, "option": chosen}
        return str(self.item.name)


@dataclass
class AnswerGroup:
    """The places with one answer. ``shade`` NO_DATA: those that handed nothing in."""

    name: str
    shade: int
    rows: list[tuple[Place, str]] = field(default_factory=list)
    """Each with where it leads: its sheet, or its own page."""

    @property
    def count(self) -> int:
        return len(self.rows)


def pictured(survey: Survey) -> list[Pictured]:
    """Everything that can be shown: words and days have too many answers for colours."""
    found: list[Pictured] = []
    for item in survey.items:
        if isinstance(item.scoring, Choices):
            found += [Pictured(item, option.code) for option in item.scoring.options]
        elif isinstance(item.scoring, YesNoScoring | Threshold | Deduction | Graded):
            found.append(Pictured(item))
    return found


def picture(survey: Survey, code: str) -> Pictured:
    """One of them by its code. Raises value.choice."""
    known = {one.code: one for one in pictured(survey)}
    if code not in known:
        raise unknown("question", code, (one.name for one in known.values()), _("问题"))
    return known[code]


def groups_of(survey: Survey, asked: Pictured) -> list[AnswerGroup]:
    """The places by their answers, in the order of the answers; then where it was not asked; then the missing."""
    sheets = [(visit, survey.answers[visit.pk].get(asked.item.code)) for visit in survey.latest]
    given = [(visit, answer) for visit, answer in sheets if answer is not None]
    groups = _by_choice(asked, given) if _names(asked) else _by_number(asked.item, given)
    blank = AnswerGroup(_("没有问到或没有答"), NOT_ASKED, [_row(visit) for visit, answer in sheets if answer is None])
    silent = [(place, reverse("place", args=[place.code])) for place in survey.missing]
    missing = AnswerGroup(_("还没交"), NO_DATA, silent)
    return [group for group in (*groups, blank, missing) if group.rows]


def palette_of(asked: Pictured) -> str:
    """cat: answers without an order; seq: from little to much."""
    return "cat" if _names(asked) else "seq"


def _row(visit: Visit) -> tuple[Place, str]:
    return visit.place, reverse("sheet", args=[visit.pk])


def _names(asked: Pictured) -> list[tuple[str, str]]:
    """The answers by their codes; none of a number."""
    match asked.item.scoring:
        case YesNoScoring():
            return [("yes", _("是")), ("no", _("否"))]
        case Choices():
            return [("yes", _("选了")), ("no", _("没选"))]
        case Graded(options=options):
            return [(option.code, str(option.name)) for option in options]
    return []


def _answer_code(asked: Pictured, answer: Answer) -> str:
    if asked.option:
        return "yes" if asked.option in answer.text.split() else "no"
    return str(answer.choice) if isinstance(asked.item.scoring, Graded) else "yes" if answer.yes else "no"


def _by_choice(asked: Pictured, given: Sequence[tuple[Visit, Answer]]) -> list[AnswerGroup]:
    names = _names(asked)
    known = {code: AnswerGroup(name, min(at, COLOURS - 1)) for at, (code, name) in enumerate(names)}
    for visit, answer in given:
        code = _answer_code(asked, answer)
        group = known.setdefault(code, AnswerGroup(code, COLOURS - 1))  # an option that was retired since
        group.rows.append(_row(visit))
    return list(known.values())


def _by_number(item: Item, given: Sequence[tuple[Visit, Answer]]) -> list[AnswerGroup]:
    """Classes by the sample's own quantiles; equal values stay together."""
    values = [(visit, value) for visit, answer in given if (value := _number(item, answer)) is not None]
    different = sorted({value for _visit, value in values})
    if not different:
        return []
    wanted = min(CLASSES, len(different))
    cuts = different[:-1] if wanted == len(different) else _cuts([value for _visit, value in values], wanted)
    groups: dict[int, list[tuple[Visit, int]]] = {}
    for visit, value in sorted(values, key=lambda pair: pair[1]):
        at = sum(1 for cut in cuts if value > cut)
        groups.setdefault(at, []).append((visit, value))
    shades = [round(at * (CLASSES - 1) / max(len(groups) - 1, 1)) for at in range(len(groups))]
    return [
        AnswerGroup(_span(item, rows[0][1], rows[-1][1]), shade, [_row(visit) for visit, _value in rows])
        for shade, (_at, rows) in zip(shades, sorted(groups.items()), strict=True)
    ]


def _cuts(values: list[int], wanted: int) -> list[Any]:
    return quantiles(sorted(values), n=wanted, method="inclusive")


def _number(item: Item, answer: Answer) -> int | None:
    value = answer.findings if isinstance(item.scoring, Deduction) else answer.value
    return None if value is None else int(value)


def _span(item: Item, low: int, high: int) -> str:
    unit = unit_word(item.scoring.unit) if isinstance(item.scoring, Threshold) else ""
    said = shown(low, scale_of(item))
    said = said if low == high else f"{said} ~ {shown(high, scale_of(item))}"
    return f"{said} {unit}".strip()


def map_context(actor: Actor, survey: Survey, code: str) -> dict[str, Any]:
    """What the page says of the map: the questions to choose from, the groups, how many have no place on it."""
    known = pictured(survey)
    if not known:
        return {}
    chosen = picture(survey, code) if code else known[0]
    groups = groups_of(survey, chosen)
    spots = located(actor, (place for group in groups for place, _url in group.rows))
    return {
        "pictures": [(one.code, one.name, one == chosen) for one in known],
        "chosen": chosen,
        "palette": palette_of(chosen),
        "groups": groups,
        "nowhere": sum(group.count for group in groups) - len(spots),
        "schematic": sum(spot.is_schematic for spot in spots.values()),
    }


def features_of(actor: Actor, survey: Survey, asked: Pictured) -> dict[str, Any]:
    """The places of every group that lie somewhere, as a FeatureCollection."""
    groups = groups_of(survey, asked)
    spots = located(actor, (place for group in groups for place, _url in group.rows))
    said = _said(survey, asked)
    rows = [(group, place, url, spots[place.pk]) for group in groups for place, url in group.rows if place.pk in spots]
    features = [_feature(number, *row, said=said) for number, row in enumerate(rows, start=1)]
    return {"type": "FeatureCollection", "system": NAMES[WGS84], "features": features}


def _said(survey: Survey, asked: Pictured) -> dict[Any, str]:
    """Each place's own answer in words, where there is one."""
    given: Iterable[Visit] = survey.latest
    return {visit.place_id: told_answers(visit, [asked.item], survey.answers[visit.pk])[0] for visit in given}


def _feature(
    number: int, group: AnswerGroup, place: Place, url: str, spot: Located, *, said: dict[Any, str]
) -> dict[str, Any]:
    value = said.get(place.pk) or group.name
    told = _("%(name)s：%(value)s") % {"name": place.short_name, "value": value}
    properties = {
        "code": place.code, "name": place.short_name, "value": value, "shade": group.shade, "told": told, "url": url,
    }  # fmt: skip
    return {"type": "Feature", "id": number, "geometry": spot.geometry, "properties": properties}
