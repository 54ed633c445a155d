"""From what a judge entered to a stored answer: checked, typed, scored, and found failing or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.wording import listed
from huoshui.packs.units import unit_word
from huoshui.packs.values import FALSE, TRUE, measure, number, require_within
from huoshui.visits import scoring
from huoshui.visits.models import Answer
from huoshui.visits.schema import POINTS_UNIT, Deduction, Graded, Item, Threshold, YesNoScoring

MOST_FINDINGS = 999
MOST_MEASURED = 10**9
"""Greatest measured value, in units."""
VALUE_COLUMNS = ("choice", "value", "findings", "yes", "points", "fails")


@dataclass(frozen=True)
class Entered:
    """The columns of an answer, as one entered value fills them."""

    choice: str = ""
    value: int | None = None
    findings: int | None = None
    yes: bool | None = None
    points: int | None = None
    fails: bool = False


def enter(item: Item, raw: Any) -> Entered:
    """A raw value as typed, scored columns; empty (None, "") clears the answer.

    ``raw``: the code of a grade or points as a numeral (graded), the number of findings (deduction), yes/no, or a
    numeral in the item's unit (threshold). Raises value.choice, value.type, value.decimals, value.step, value.range,
    value.at_least or value.implausible, naming the item.
    """
    if raw is None or raw == "":
        return Entered()
    match item.scoring:
        case Graded() as graded:
            return _graded(item, graded, raw)
        case Deduction() as deduction:
            findings = _number(item, raw, 1, None, _("处"))
            _require_plausible(item, findings, MOST_FINDINGS, 1, _("处"))
            points = scoring.deduction_points(item.points, deduction.per_finding, deduction.maximum, findings)
            return Entered(findings=findings, points=points, fails=_fails_below(item, points))
        case YesNoScoring() as yes_no:
            return _yes_no(item, yes_no, raw)
        case Threshold() as threshold:
            return _measured(item, threshold, raw)


def _graded(item: Item, graded: Graded, raw: Any) -> Entered:
    if not graded.options:
        points = _number(item, raw, POINTS, item.points, POINTS_UNIT)
        if points % graded.step:
            step = measure(graded.step, POINTS, POINTS_UNIT)
            raise Refusal("value.step", field=item.code, label=item.name, value=raw, step=step)
        return Entered(value=points, points=points, fails=_fails_below(item, points))
    for option in graded.options:
        if raw in (option.code, option.name.zh, option.name.en):
            return Entered(choice=option.code, points=option.points, fails=_fails_below(item, option.points))
    choices = listed(option.name for option in graded.options)
    raise Refusal("value.choice", field=item.code, label=item.name, value=raw, choices=choices)


def _yes_no(item: Item, scored: YesNoScoring, raw: Any) -> Entered:
    word = str(raw).strip().lower()
    if word not in TRUE | FALSE:
        raise Refusal("value.type", field=item.code, label=item.name, value=raw, expected=_("“是”或“否”"))
    yes = word in TRUE
    points = scoring.yes_no_points(item.points, yes)
    fails = scored.fails_when == ("yes" if yes else "no")
    return Entered(yes=yes, points=points, fails=fails or _fails_below(item, points))


def _measured(item: Item, threshold: Threshold, raw: Any) -> Entered:
    scale = 10**threshold.decimals
    most = int(threshold.maximum * scale) if threshold.maximum is not None else None
    value = _number(item, raw, scale, most, threshold.unit)
    _require_plausible(item, value, MOST_MEASURED * scale, scale, threshold.unit)
    if not threshold.bounded:
        return Entered(value=value, points=0)
    at_least = threshold.at_least is not None
    points = scoring.threshold_points(
        item.points, value, threshold.limit, at_least=at_least, proportional=threshold.below == "proportional"
    )
    if item.fails_below is not None:
        fails = _fails_below(item, points)
    else:
        fails = not scoring.meets(value, threshold.limit, at_least=at_least)
    return Entered(value=value, points=points, fails=fails)


def _fails_below(item: Item, points: int) -> bool:
    return item.fails_below is not None and scoring.below(points, item.points, item.fails_below)


def _number(item: Item, raw: Any, scale: int, most: int | None, unit: str) -> int:
    """A numeral from 0 to ``most`` (scaled; None: no limit of the item's own) as an integer scaled by ``scale``."""
    expected = _("整数") if scale == 1 else _("数字")
    value = number(raw, scale, field=item.code, label=item.name, unit=unit, expected=expected)
    require_within(value, 0, most, scale, field=item.code, label=item.name, unit=unit)
    return value


def _require_plausible(item: Item, value: int, most: int, scale: int, unit: str) -> None:
    """Raise value.implausible above what can be stored: a slip of the hand, since no item states such a limit."""
    if value > most:
        shown_value = measure(value, scale, unit)
        raise Refusal("value.implausible", field=item.code, label=item.name, value=shown_value, unit=unit_word(unit))


def entered_value(item: Item, answer: Answer | None) -> Any:
    """What the judge entered, as ``enter`` reads it: a code, a number, True/False, a numeral; None when empty."""
    if answer is None:
        return None
    match item.scoring:
        case Graded(options=[]):
            return None if answer.value is None else shown(answer.value, POINTS)
        case Graded():
            return answer.choice or None
        case Deduction():
            return answer.findings
        case YesNoScoring():
            return answer.yes
        case Threshold() as threshold:
            scale = 10**threshold.decimals
            return None if answer.value is None else shown(answer.value, scale)


def shown_answer(item: Item, answer: Answer | None) -> str:
    """The answer as a reader sees it: the grade's name, findings, yes or no, the value with its unit."""
    raw = entered_value(item, answer)
    if raw is None:
        return ""
    match item.scoring:
        case Graded(options=options) if options:
            return next((str(option.name) for option in options if option.code == raw), str(raw))
        case Deduction():
            return _("%(count)s 处问题") % {"count": raw}
        case YesNoScoring():
            return _("是") if raw else _("否")
        case Threshold() as threshold:
            return f"{raw} {unit_word(threshold.unit)}"
    return str(raw)


def threshold_rule(threshold: Threshold) -> str:
    """The threshold as a reader sees it: 不少于 200 平方米."""
    if not threshold.bounded:
        return _("填实测的%(unit)s数，不计分") % {"unit": unit_word(threshold.unit)}
    words = _("不少于 %(limit)s %(unit)s") if threshold.at_least is not None else _("不超过 %(limit)s %(unit)s")
    return words % {"limit": shown(threshold.limit, 10**threshold.decimals), "unit": unit_word(threshold.unit)}
