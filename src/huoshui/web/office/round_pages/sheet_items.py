"""A sheet as its page shows it: one item after another, with what was entered, what the register knew, what fails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.errors import Problem
from huoshui.kernel.numbers import POINTS, shown
from huoshui.media.models import Attachment
from huoshui.packs.units import unit_word
from huoshui.visits.answers import entered_value, input_text
from huoshui.visits.models import Answer, Missing, Visit
from huoshui.visits.queries import FormItem, SheetForm
from huoshui.visits.question_types import Choices, DateAnswer, TextAnswer
from huoshui.visits.schema import Deduction, Graded, Item, Threshold, YesNoScoring
from huoshui.web.office.round_pages.words import (
    choices_words,
    date_words,
    deduction_words,
    evidence_words,
    text_words,
    threshold_words,
)

ANSWER, NOTE = "item-", "note-"
"""Beginnings of the names of a sheet's inputs: the answer to an item, the note beside it."""

MOST_KEYS = 24
"""Freely given points become a pad of keys up to this many."""


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
    """options, pad, points, findings, measure, text, date or choices."""
    value: str
    words: str
    note: str
    done: bool
    prefilled: bool
    """True: the register filled it in and the judge has not confirmed it yet."""
    register: str
    """The place at which the register holds the value."""
    earned: str
    fails: bool
    options: list[Option] = field(default_factory=list)
    photos: list[dict[str, Any]] = field(default_factory=list)
    needs: int = 0
    """How many photos the answer needs before the sheet can be handed in."""
    lacks: int = 0
    """How many of them are missing."""
    evidence: str = ""
    hint: str = ""
    unit: str = ""
    step: str = ""
    least: str = "0"
    most: str = ""
    long: bool = False
    """Of a text: several lines."""
    asked: bool = True
    """Whether it is asked, as the answers stand."""
    relevant: str = ""
    """When it is asked, as JSON for ``frontend/src/relevance.ts``; "" of what is always asked."""
    problem: Problem | None = None

    @property
    def name(self) -> str:
        return ANSWER + self.item.code

    @property
    def negative(self) -> bool:
        """Whether a value below zero can be entered: the keypad for decimals of some phones has no minus."""
        return self.least.startswith("-")


def sheet_items(
    form: SheetForm, typed: Mapping[str, Any] | None = None, problems: list[Problem] | None = None
) -> list[SheetItem]:
    """The items of a sheet in the order of the visit; ``typed`` goes before what is stored, after a refusal."""
    wrong = {problem.field: problem for problem in reversed(problems or [])}
    rows: list[SheetItem] = []
    for section in form.sections:
        for entry in section.items:
            row = _row(entry, typed or {})
            row.number, row.part = sum(before.asked for before in rows) + 1, str(section.section.name)
            row.problem = wrong.get(entry.item.code)
            rows.append(row)
    return rows


def stored_value(item: Item, answer: Answer | None) -> str:
    """A stored answer as the form's input holds it."""
    return input_text(entered_value(item, answer))


def _row(entry: FormItem, typed: Mapping[str, Any]) -> SheetItem:
    item, stored = entry.item, input_text(entry.value)
    row = SheetItem(
        item=item,
        number=0,
        part="",
        method=str(entry.method),
        kind="options",
        value=str(typed.get(ANSWER + item.code, stored)),
        words=entry.shown,
        note=str(typed.get(NOTE + item.code, entry.note)),
        done=entry.answered,
        prefilled=entry.prefilled and not entry.answered and bool(stored),
        register=str(entry.known.place) if entry.known else "",
        earned=shown(entry.points, POINTS) if entry.points is not None else "",
        fails=entry.fails,
        evidence=evidence_words(item.evidence),
        photos=[photo_row(photo) for photo in entry.photos],
        needs=entry.photos_needed,
        lacks=entry.photos_missing,
        asked=entry.asked,
        relevant=json.dumps(entry.condition) if entry.condition else "",
    )
    _describe(row, item, row.value)
    return row


def _describe(row: SheetItem, item: Item, value: str) -> None:
    """How the item is answered: by which buttons, or which number with which bounds."""
    full = shown(item.points, POINTS)
    match item.scoring:
        case Graded(options=options) if options:
            earned = {o.code: shown(o.points, POINTS) if item.points else "" for o in options}
            row.options = [Option(o.code, str(o.name), earned[o.code], value == o.code) for o in options]
        case Graded() as graded:
            row.kind, row.step, row.most = "points", shown(graded.step, POINTS), full
            row.hint = _("0 至 %(most)s 分，每档 %(step)s 分") % {"most": full, "step": row.step}
            if item.points // graded.step <= MOST_KEYS:
                row.kind = "pad"
                given = [shown(points, POINTS) for points in range(item.points, -1, -graded.step)]
                row.options = [Option(points, points, "", value == points) for points in given]
        case Deduction() as deduction:
            row.kind, row.step, row.unit = "findings", "1", _("处")
            row.hint = deduction_words(deduction)
        case YesNoScoring():
            row.options = [
                Option("yes", _("是"), full if item.points else "", value == "yes"),
                Option("no", _("否"), "0" if item.points else "", value == "no"),
            ]
        case Threshold() as threshold:
            row.kind, row.unit = "measure", unit_word(threshold.unit)
            row.step = shown(1, 10**threshold.decimals) if threshold.decimals else "1"
            row.hint = threshold_words(threshold)
            row.least = "0" if threshold.minimum is None else f"{threshold.minimum.normalize():f}"
            row.most = "" if threshold.maximum is None else f"{threshold.maximum.normalize():f}"
        case _:
            _describe_question(row, item, value)


def _describe_question(row: SheetItem, item: Item, value: str) -> None:
    """The same of what is only asked."""
    match item.scoring:
        case TextAnswer() as words:
            row.kind, row.long, row.most, row.hint = "text", words.long, str(words.max_length), text_words(words)
        case DateAnswer() as date:
            latest = clock.today() if date.latest == "today" else date.latest
            row.kind, row.hint = "date", date_words(date)
            row.least, row.most = str(date.earliest or ""), str(latest or "")
        case Choices() as choices:
            row.kind, row.hint, chosen = "choices", choices_words(choices), value.split("\n")
            row.options = [Option(o.code, str(o.name), "", o.code in chosen) for o in choices.options]


def photo_row(photo: Attachment) -> dict[str, Any]:
    """A photo as ``partials/_photos.html`` shows it."""
    return {
        "id": photo.pk,
        "url": reverse("photo", args=[photo.pk]),
        "thumb": reverse("photo_sized", args=[photo.pk, "thumb"]),
        "caption": photo.caption,
        "word": "",
    }


def left_out(visit: Visit) -> str:
    """What happens to an item without an answer, in words."""
    policy = visit.round.missing if visit.round else visit.checklist.rules.missing
    return str(Missing(policy).label)
