"""From what a judge entered to a stored answer: checked, typed, scored, and found failing or not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.wording import listed
from huoshui.packs.units import unit_word
from huoshui.packs.values import EXPECTED, FALSE, TRUE, day, measure, number, require_within
from huoshui.visits import scoring
from huoshui.visits.models import Answer
from huoshui.visits.question_types import Choices, DateAnswer, TextAnswer
from huoshui.visits.schema import POINTS_UNIT, Deduction, Graded, Item, Threshold, YesNoScoring

MOST_FINDINGS = 999
MOST_MEASURED = 10**9
"""Greatest measured value, in units."""
VALUE_COLUMNS = ("choice", "value", "findings", "yes", "text", "day", "points", "fails")
BOUNDS = frozenset(
    {
        *("value.range", "value.at_least", "value.at_most", "value.too_long"),
        *("value.too_early", "value.too_late", "value.too_many"),
    }
)
"""The refusals of an answer outside of the item's bounds, in place of which its own message is said."""
BETWEEN_CHOICES = re.compile(r"[\n;；,，、]|\s+")


@dataclass(frozen=True)
class Entered:
    """The columns of an answer, as one entered value fills them."""

    choice: str = ""
    value: int | None = None
    findings: int | None = None
    yes: bool | None = None
    text: str = ""
    day: dt.date | None = None
    points: int | None = None
    fails: bool = False


def enter(item: Item, raw: Any) -> Entered:
    """A raw value as typed, scored columns; empty (None, "", []) clears the answer.

    ``raw``: the code of a grade or points as a numeral (graded), the number of findings (deduction), yes/no, a
    numeral in the item's unit (threshold), words, a day (date), or codes of choices as a list or one a line. Raises
    value.choice, value.type, value.decimals, value.step, value.implausible, and for what is out of bounds the item's
    own message (value.constraint) or value.range, value.at_least, value.at_most, value.too_long, value.too_early,
    value.too_late, value.too_many; each names the item.
    """
    try:
        return _entered(item, raw)
    except Refusal as refusal:
        if item.constraint_message is None or refusal.code not in BOUNDS:
            raise
        said: dict[str, Any] = {"field": item.code, "label": item.name, "message": item.constraint_message}
        raise Refusal("value.constraint", **said) from None


def _entered(item: Item, raw: Any) -> Entered:
    if raw is None or raw == "" or raw == []:
        return Entered()
    match item.scoring:
        case TextAnswer() as words:
            return _text(item, words, raw)
        case DateAnswer() as date:
            return _day(item, date, raw)
        case Choices() as choices:
            return _chosen(item, choices, raw)
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


def _text(item: Item, words: TextAnswer, raw: Any) -> Entered:
    if isinstance(raw, bool | list | dict):
        raise Refusal("value.type", field=item.code, label=item.name, value=raw, expected=EXPECTED["text"])
    text = str(raw).replace("\r\n", "\n").strip()
    if not words.long:
        text = " ".join(text.split("\n"))
    if len(text) > words.max_length:
        named: dict[str, Any] = {"field": item.code, "label": item.name, "length": len(text)}
        raise Refusal("value.too_long", **named, limit=words.max_length)
    return Entered(text=text, points=0) if text else Entered()


def _day(item: Item, date: DateAnswer, raw: Any) -> Entered:
    named: dict[str, Any] = {"field": item.code, "label": item.name}
    found = day(raw)
    if found is None:
        raise Refusal("value.type", **named, value=raw, expected=EXPECTED["date"])
    latest = clock.today() if date.latest == "today" else date.latest
    if date.earliest is not None and found < date.earliest:
        raise Refusal("value.too_early", **named, value=found, earliest=date.earliest)
    if latest is not None and found > latest:
        raise Refusal("value.too_late", **named, value=found, latest=latest)
    return Entered(day=found, points=0)


def _chosen(item: Item, choices: Choices, raw: Any) -> Entered:
    """Codes, or names in either language, as a list or in one text; a name may hold what stands between two."""
    named: dict[str, Any] = {"field": item.code, "label": item.name}
    codes = {word: option.code for option in choices.options for word in (option.name.en, option.name.zh, option.code)}
    given = raw if isinstance(raw, list) else [raw] if raw in codes else BETWEEN_CHOICES.split(str(raw))
    words = [str(word).strip() for word in given if str(word).strip()]
    if unknown := next((word for word in words if word not in codes), None):
        offered = listed(option.name for option in choices.options)
        raise Refusal("value.choice", **named, value=unknown, choices=offered)
    chosen = {codes[word] for word in words}
    if not chosen:
        return Entered()
    if choices.at_most is not None and len(chosen) > choices.at_most:
        raise Refusal("value.too_many", **named, most=choices.at_most, count=len(chosen))
    text = " ".join(option.code for option in choices.options if option.code in chosen)
    # With fewer than are wanted it is kept and not yet an answer: boxes are ticked one by one.
    return Entered(text=text, points=0 if len(chosen) >= choices.at_least else None)


def unfinished(item: Item, answer: Answer) -> Problem | None:
    """value.too_few (or the item's own message) where fewer choices are ticked than an answer needs."""
    count = len(answer.text.split())
    if not isinstance(item.scoring, Choices) or not 0 < count < item.scoring.at_least:
        return None
    if item.constraint_message is not None:
        return Problem("value.constraint", item.code, params={"label": item.name, "message": item.constraint_message})
    return Problem(
        "value.too_few", item.code, params={"label": item.name, "least": item.scoring.at_least, "count": count}
    )


def _measured(item: Item, threshold: Threshold, raw: Any) -> Entered:
    scale = 10**threshold.decimals
    least = int(threshold.minimum * scale) if threshold.minimum is not None else 0
    most = int(threshold.maximum * scale) if threshold.maximum is not None else None
    value = _number(item, raw, scale, most, threshold.unit, least)
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


def _number(item: Item, raw: Any, scale: int, most: int | None, unit: str, least: int = 0) -> int:
    """A numeral from ``least`` to ``most`` (scaled; None: no limit of the item's own) as an integer scaled so."""
    expected = _("整数") if scale == 1 else _("数字")
    value = number(raw, scale, field=item.code, label=item.name, unit=unit, expected=expected)
    require_within(value, least, most, scale, field=item.code, label=item.name, unit=unit)
    return value


def _require_plausible(item: Item, value: int, most: int, scale: int, unit: str) -> None:
    """Raise value.implausible above what can be stored: a slip of the hand, since no item states such a limit."""
    if abs(value) > most:
        shown_value = measure(value, scale, unit)
        raise Refusal("value.implausible", field=item.code, label=item.name, value=shown_value, unit=unit_word(unit))


def entered_value(item: Item, answer: Answer | None) -> Any:
    """What the judge entered, as ``enter`` reads it; None when empty.

    A code, a number, True/False, a numeral, words, a day as 2018-03-28, or a list of codes.
    """
    if answer is None:
        return None
    match item.scoring:
        case TextAnswer():
            return answer.text or None
        case DateAnswer():
            return answer.day.isoformat() if answer.day else None
        case Choices():
            return answer.text.split() or None
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


def input_text(value: Any) -> str:
    """What was entered, as ``entered_value`` tells it, as the field page's inputs hold it: one choice a line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "\n".join(value) if isinstance(value, list) else "" if value is None else str(value)


def confirmed_texts(items: Mapping[str, Item], answers: Mapping[str, Answer]) -> dict[str, str]:
    """The answers that the judge gave or confirmed, as inputs hold them: what conditions are decided over."""
    return {
        code: input_text(entered_value(items[code], answer))
        for code, answer in answers.items()
        if code in items and answer.points is not None
    }


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
        case Choices(options=choices):
            names = {option.code: option.name for option in choices}
            return listed(names.get(code, code) for code in raw)
    return str(raw)


def threshold_rule(threshold: Threshold) -> str:
    """The threshold as a reader sees it: 不少于 200 平方米."""
    if not threshold.bounded:
        return _("填%(unit)s数") % {"unit": unit_word(threshold.unit)}
    words = _("不少于 %(limit)s %(unit)s") if threshold.at_least is not None else _("不超过 %(limit)s %(unit)s")
    return words % {"limit": shown(threshold.limit, 10**threshold.decimals), "unit": unit_word(threshold.unit)}
