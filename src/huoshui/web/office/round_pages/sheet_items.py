"""A sheet as its page shows it: one item after another, with what was entered, what the register knew, what fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.kernel.errors import Problem
from huoshui.kernel.numbers import POINTS, shown
from huoshui.media.models import Attachment
from huoshui.visits.answers import entered_value, shown_answer
from huoshui.visits.models import Answer, Missing, Visit
from huoshui.visits.photos import photos_by_item
from huoshui.visits.schema import Deduction, Evidence, Graded, Item, Threshold, YesNoScoring

ANSWER, NOTE = "item-", "note-"
"""Beginnings of the names of a sheet's inputs: the answer to an item, the note beside it."""


@dataclass(frozen=True)
class Option:
    """One grade, or yes or no, as a big button."""

    value: str
    label: str
    points: str
    chosen: bool


@dataclass
class SheetItem:
    """One item on the page."""

    item: Item
    number: int
    part: str
    method: str
    kind: str
    """options, points, findings or measure."""
    value: str
    words: str
    note: str
    done: bool
    prefilled: bool
    """True: the register filled it in and the judge has not confirmed it yet."""
    from_register: bool
    earned: str
    fails: bool
    options: list[Option] = field(default_factory=list)
    photos: list[dict[str, Any]] = field(default_factory=list)
    evidence: str = ""
    hint: str = ""
    unit: str = ""
    step: str = ""
    most: str = ""
    problem: Problem | None = None

    @property
    def name(self) -> str:
        return ANSWER + self.item.code


def sheet_items(
    visit: Visit, typed: Mapping[str, Any] | None = None, problems: list[Problem] | None = None
) -> list[SheetItem]:
    """The items of a sheet in the order of the visit; ``typed`` goes before what is stored, after a refusal."""
    checklist, typed = visit.checklist, typed or {}
    answers = {answer.item: answer for answer in visit.answers.all()}
    photos = photos_by_item([visit])
    wrong = {problem.field: problem for problem in reversed(problems or [])}
    rows: list[SheetItem] = []
    for part in checklist.sections:
        for item in part.items:
            row = _row(item, answers.get(item.code), typed)
            row.number, row.part = len(rows) + 1, str(part.name)
            row.method = str(checklist.method_name(item.method))
            row.photos = [_photo(photo) for photo in photos.get(item.code, [])]
            row.problem = wrong.get(item.code)
            rows.append(row)
    return rows


def form_value(item: Item, answer: Answer | None) -> str:
    """A stored answer as the form's input holds it."""
    value = entered_value(item, answer)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _row(item: Item, answer: Answer | None, typed: Mapping[str, Any]) -> SheetItem:
    stored = form_value(item, answer)
    value = str(typed.get(ANSWER + item.code, stored))
    done = answer is not None and answer.points is not None
    row = SheetItem(
        item=item,
        number=0,
        part="",
        method="",
        kind="options",
        value=value,
        words=shown_answer(item, answer),
        note=str(typed.get(NOTE + item.code, answer.note if answer else "")),
        done=done,
        prefilled=bool(answer and answer.prefilled and not done and stored),
        from_register=bool(answer and answer.prefilled),
        earned=shown(answer.points, POINTS) if answer and answer.points is not None else "",
        fails=bool(answer and answer.fails),
        evidence=_evidence(item.evidence),
    )
    _describe(row, item, value)
    return row


def _describe(row: SheetItem, item: Item, value: str) -> None:
    """How the item is answered: by which buttons, or which number with which bounds."""
    full = shown(item.points, POINTS)
    match item.scoring:
        case Graded(options=options) if options:
            row.options = [
                Option(o.code, str(o.name), shown(o.points, POINTS), value == o.code) for o in options
            ]
        case Graded() as graded:
            row.kind, row.step, row.most = "points", shown(graded.step, POINTS), full
            row.hint = _("0 至 %(most)s 分，每档 %(step)s 分") % {"most": full, "step": row.step}
        case Deduction() as deduction:
            row.kind, row.step, row.unit = "findings", "1", _("处")
            row.hint = _("每处扣 %(each)s 分，扣完为止") % {"each": shown(deduction.per_finding, POINTS)}
            if deduction.maximum is not None:
                most = shown(deduction.maximum, POINTS)
                row.hint = _("每处扣 %(each)s 分，最多扣 %(most)s 分") % {
                    "each": shown(deduction.per_finding, POINTS),
                    "most": most,
                }
        case YesNoScoring():
            row.options = [
                Option("yes", _("是"), full if item.points else "", value == "yes"),
                Option("no", _("否"), "0" if item.points else "", value == "no"),
            ]
        case Threshold() as threshold:
            row.kind, row.unit = "measure", threshold.unit
            row.step = shown(1, 10**threshold.decimals) if threshold.decimals else "1"
            row.hint = threshold_words(threshold)


def threshold_words(threshold: Threshold) -> str:
    """不少于 200 平方米; what falls short earns its share, or nothing."""
    if threshold.at_least is not None:
        words = _("不少于 %(limit)s %(unit)s") % {"limit": threshold.at_least.normalize(), "unit": threshold.unit}
    else:
        limit = (threshold.at_most or 0).normalize() if threshold.at_most else 0
        words = _("不超过 %(limit)s %(unit)s") % {"limit": f"{limit:f}" if limit else "0", "unit": threshold.unit}
    if threshold.below == "proportional":
        return _("%(rule)s；不达标按比例得分") % {"rule": words}
    return _("%(rule)s；不达标不得分") % {"rule": words}


def _evidence(evidence: Evidence | None) -> str:
    if evidence is None:
        return ""
    if evidence.when == "always":
        return _("须拍 %(count)s 张") % {"count": evidence.photos}
    return _("不合格时须拍 %(count)s 张") % {"count": evidence.photos}


def _photo(photo: Attachment) -> dict[str, Any]:
    return {
        "id": photo.pk,
        "url": reverse("photo", args=[photo.pk]),
        "thumb": reverse("photo_sized", args=[photo.pk, "thumb"]),
        "caption": photo.caption,
    }


def left_out(visit: Visit) -> str:
    """What happens to an item without an answer, in words."""
    policy = visit.round.missing if visit.round else visit.checklist.rules.missing
    return str(Missing(policy).label)
