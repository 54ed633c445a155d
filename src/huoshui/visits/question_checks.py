"""What a checklist's questions must keep beside their scoring: bounds, no personal data, readable conditions."""

from __future__ import annotations

import datetime as dt

from huoshui.kernel.errors import Problem
from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.wording import listed
from huoshui.packs.contract import Path, SectionReport
from huoshui.visits.question_types import UNSCORED, Choices, DateAnswer, TextAnswer, personal_word
from huoshui.visits.relevance import Stated, stated
from huoshui.visits.schema import Checklist, Item, Threshold


def check_question(path: Path, item: Item, report: SectionReport) -> None:
    """Bounds leave room for an answer; what is only asked has no points; nobody is asked who somebody is."""
    where = (*path, "scoring")
    if isinstance(item.scoring, UNSCORED) and item.points:
        report.add((*path, "points"), "checklist.unscored", item=item.name)
    match item.scoring:
        case Choices() as choices:
            _check_choices(where, item, choices, report)
        case DateAnswer(earliest=dt.date() as first, latest=dt.date() as last) if first > last:
            report.add((*where, "earliest"), "checklist.bounds", item=item.name, low=first, high=last)
        case Threshold() as threshold:
            _check_measured(where, item, threshold, report)
    if item.constraint_message is not None and not _bounded(item):
        report.add((*path, "constraint_message"), "checklist.unbounded_message", item=item.name)
    if word := _personal_word(item):
        report.add((*path, "name"), "checklist.personal_question", item=item.name, word=word)


def _personal_word(item: Item) -> str:
    """The word with which an item asks for personal data where it could be written down; "" when it does not."""
    if not isinstance(item.scoring, TextAnswer | DateAnswer | Threshold):
        return ""
    told = item.guidance if isinstance(item.scoring, TextAnswer) else None
    return personal_word([item.name.zh, item.name.en], [told.zh, told.en] if told else [])


def _bounded(item: Item) -> bool:
    match item.scoring:
        case TextAnswer():
            return True
        case DateAnswer(earliest=earliest, latest=latest):
            return earliest is not None or latest is not None
        case Choices(at_least=least, at_most=most):
            return least > 1 or most is not None
    return isinstance(item.scoring, Threshold)  # at least 0 in any case


def _check_choices(where: Path, item: Item, choices: Choices, report: SectionReport) -> None:
    if choices.at_least > len(choices.options):
        count = {"least": choices.at_least, "count": len(choices.options)}
        report.add((*where, "at_least"), "checklist.too_few_options", item=item.name, **count)
    elif choices.at_most is not None and choices.at_most < choices.at_least:
        bounds = {"low": choices.at_least, "high": choices.at_most}
        report.add((*where, "at_most"), "checklist.bounds", item=item.name, **bounds)


def _check_measured(where: Path, item: Item, threshold: Threshold, report: SectionReport) -> None:
    low, high = threshold.minimum or 0, threshold.maximum
    if high is not None and low > high:
        said = {"low": f"{low:f}", "high": f"{high:f}"}
        key = "maximum" if threshold.minimum is None else "minimum"
        report.add((*where, key), "checklist.bounds", item=item.name, **said)
    for key, value in (("minimum", threshold.minimum), ("maximum", threshold.maximum)):
        if value is not None and value * 10**threshold.decimals % 1:
            said = {"value": f"{value.normalize():f}", "decimals": str(threshold.decimals)}
            report.add((*where, key), "checklist.bound_decimals", item=item.name, **said)


def check_relevance(index: int, checklist: Checklist, report: SectionReport) -> None:
    """Every condition can be read, and only what earns no points has one."""
    for found in stated(checklist):
        section = checklist.sections[found.section]
        path: Path = (index, "sections", found.section)
        named, under = section.name, section.items
        if found.item is not None:
            path, named = (*path, "items", found.item), section.items[found.item].name
            under = [section.items[found.item]]
        where = (*path, "relevant")
        for item in under:
            if item.points:
                points = shown(item.points, POINTS)
                report.add(where, "checklist.relevant_points", item=item.name, points=points)
        problem = _unsound(found, named)
        if problem:
            report.add(where, problem.code, **problem.params)


def _unsound(found: Stated, named: object) -> Problem | None:
    """What is wrong with a condition, if anything."""
    from huoshui.packs.expressions import Unsound

    try:
        found.tree()
    except Unsound as unsound:
        if unsound.code == "checklist.relevant_option":
            return Problem("checklist.relevant_option", "", params={"item": named, "name": unsound.name})
        if unsound.code == "indicator.column_unknown":
            known = listed(list(found.columns)[-20:]) or "—"
            return Problem(
                "checklist.relevant_unknown", "", params={"item": named, "name": unsound.name, "known": known}
            )
        reason = Problem(unsound.code, "", params={"name": unsound.name}).message()
        return Problem("checklist.relevant", "", params={"item": named, "condition": found.text, "reason": reason})
    return None
