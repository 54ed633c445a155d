"""The same question in two forms: two cells mapped to the same figure, fact or list, or typed under alike headings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from huoshui.figures.queries import indicators
from huoshui.forms.lists import row_list
from huoshui.forms.models import Form
from huoshui.forms.queries import Question, questions_of
from huoshui.forms.schema import HERE, YEAR
from huoshui.forms.suggesting import likeness

ALIKE = 80
"""Likeness of two headings, in percent, from which on they probably ask the same."""
MOST_BY_HAND = 400
"""Questions by hand of one form that are compared; beyond it a form is a list of names rather than questions."""


@dataclass
class Repeat:
    """A question that several forms ask. ``same``: mapped to the same; else ``likeness`` of the headings."""

    name: str
    same: bool
    asked: list[Question] = field(default_factory=list)
    likeness: int = 100

    @property
    def forms(self) -> list[Form]:
        """The forms that ask it, the one that asked first at the head."""
        known = {one.form.pk: one.form for one in self.asked}
        return sorted(known.values(), key=lambda form: (form.approved_on or form.proposed_on, form.code))

    @property
    def once(self) -> list[Question]:
        """One cell of each form."""
        known: dict[object, Question] = {}
        for one in self.asked:
            known.setdefault(one.form.pk, one)
        return list(known.values())


def repeats(asked: Iterable[Form]) -> list[Repeat]:
    """The questions that more than one of some forms asks, of the same level and at overlapping times."""
    found = questions_of(asked)
    return [*same_questions(found.values()), *_alike(found.values())]


def same_questions(asked: Iterable[list[Question]]) -> list[Repeat]:
    """Those that are mapped to the same."""
    groups: dict[tuple[str, str, str], list[Question]] = {}
    for one in (question for several in asked for question in several):
        if one.spec is None or not one.spec.question:
            continue
        spec = one.spec.model_copy(update={"period": "own"}) if one.spec.period == YEAR else one.spec
        where = "" if spec.place == HERE else "/".join(one.words.row if spec.place == "row" else one.words.column)
        key = (one.form.level if spec.place == HERE else "", where, spec.question)
        groups.setdefault(key, []).append(one)
    # Only those that more than one form asks are named: a name is looked up.
    several = (asked for asked in groups.values() if len({one.form.pk for one in asked}) > 1)
    found = [Repeat(_name(asked[0]), True, asked) for asked in several]
    return [repeat for repeat in found if _overlap(repeat.forms)]


def _name(one: Question) -> str:
    assert one.spec is not None  # noqa: S101 - mapped
    if one.spec.kind == "figure":
        known = indicators().get(one.spec.indicator)
        return str(known.name) if known else one.spec.indicator
    if one.spec.kind == "record":
        listed = row_list(one.spec.rows)
        return f"{listed.name} {listed.columns.get(one.spec.column, '')}" if listed else one.spec.rows
    return one.words.nearest or one.spec.fact


def _overlap(several: list[Form]) -> bool:
    return any(not apart(one, other) for one, other in combinations(several, 2))


def apart(one: Form, other: Form) -> bool:
    """Whether two forms are never asked at the same time."""
    first = (one.approved_on or one.proposed_on, one.ended_on or one.ends_on)
    second = (other.approved_on or other.proposed_on, other.ended_on or other.ends_on)
    return first[1] < second[0] or second[1] < first[0]


def _alike(asked: Iterable[list[Question]]) -> list[Repeat]:
    by_hand = [[one for one in several if one.by_hand][:MOST_BY_HAND] for several in asked]
    found = []
    for ours, theirs in combinations(by_hand, 2):
        if not ours or not theirs or ours[0].form.level != theirs[0].form.level or apart(ours[0].form, theirs[0].form):
            continue
        pairs = [(likeness(one.label, other.label), one, other) for one in ours for other in theirs]
        taken: set[int] = set()
        for sure, one, other in sorted(pairs, key=lambda pair: -pair[0]):
            if sure < ALIKE:
                break
            if not taken & {id(one), id(other)}:  # each question has one that is likest
                taken |= {id(one), id(other)}
                found.append(Repeat(one.label, False, [one, other], sure))
    return found
