"""A sheet as a form: sections and items with what the register knows, what was answered, what is still wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from huoshui.media.models import Attachment
from huoshui.packs.models import PackVersion
from huoshui.packs.schema import Text
from huoshui.visits.answers import confirmed_texts, entered_value, shown_answer
from huoshui.visits.models import Answer, Visit
from huoshui.visits.photos import photos_by_item
from huoshui.visits.prefill import Known, known_values
from huoshui.visits.relevance import Tree, asked, conditions_of
from huoshui.visits.schema import Checklist, ChecklistSection, Item


@dataclass(frozen=True)
class FormItem:
    """One item of the form. ``value`` as ``save_answers`` takes it, also when it is prefilled and unconfirmed."""

    item: Item
    method: Text
    value: Any
    shown: str
    points: int | None
    """Thousandths; None until the judge answered or confirmed."""
    fails: bool
    note: str
    prefilled: bool
    known: Known | None
    """What the register holds now, and where."""
    photos: list[Attachment]
    photos_needed: int
    """How many photos the answer needs before the sheet can be handed in; 0 while there is none."""
    asked: bool
    """Whether it is asked, as the answers stand."""
    condition: Tree | None
    """When it is asked; None: always."""

    @property
    def answered(self) -> bool:
        """Whether the judge answered, or confirmed what was filled in."""
        return self.points is not None

    @property
    def photos_missing(self) -> int:
        """How many of them are still missing."""
        return max(self.photos_needed - len(self.photos), 0)


@dataclass(frozen=True)
class FormSection:
    """One section of the form."""

    section: ChecklistSection
    items: list[FormItem]

    @property
    def answered(self) -> int:
        """How many of the items that are asked are answered."""
        return sum(item.answered for item in self.items if item.asked)


@dataclass(frozen=True)
class SheetForm:
    """A whole sheet."""

    visit: Visit
    checklist: Checklist
    sections: list[FormSection]
    editable: bool

    @property
    def items(self) -> list[FormItem]:
        """Every item, in order."""
        return [item for section in self.sections for item in section.items]

    @property
    def asked(self) -> int:
        """How many answers the form asks for, as the answers stand: law 6 wants it shown."""
        return sum(item.asked for item in self.items)

    @property
    def answered(self) -> int:
        """How many of the items that are asked are answered."""
        return sum(item.answered for item in self.items if item.asked)

    @property
    def prefilled(self) -> int:
        """How many the register filled in."""
        return sum(item.prefilled for item in self.items)

    @property
    def points(self) -> int:
        """Points given so far, in thousandths."""
        return sum(item.points or 0 for item in self.items)


def sheet_form(visit: Visit) -> SheetForm:
    """The sheet as a form. The caller has fetched the visit with ``visible_to``."""
    checklist = visit.checklist
    answers = {answer.item: answer for answer in visit.answers.all()}
    known = known_values(visit.place, checklist)
    photos, conditions = photos_by_item([visit]), conditions_of(checklist)
    wanted = asked(checklist, confirmed_texts(checklist.items, answers))

    def of(item: Item) -> FormItem:
        made = _form_item(checklist, item, answers.get(item.code), known.get(item.code), photos.get(item.code, []))
        return replace(made, asked=item.code in wanted, condition=conditions.get(item.code))

    sections = [FormSection(section, [of(item) for item in section.items]) for section in checklist.sections]
    return SheetForm(visit, checklist, sections, editable=visit.state == Visit.State.DRAFT)


def _form_item(
    checklist: Checklist, item: Item, answer: Answer | None, known: Known | None, photos: list[Attachment]
) -> FormItem:
    fails = bool(answer and answer.fails)
    answered = answer is not None and answer.points is not None
    needed = item.photos_needed(fails) if answered else 0
    return FormItem(
        item=item,
        method=checklist.method_name(item.method),
        value=entered_value(item, answer),
        shown=shown_answer(item, answer),
        points=answer.points if answer else None,
        fails=fails,
        note=answer.note if answer else "",
        prefilled=bool(answer and answer.prefilled),
        known=known,
        photos=photos,
        photos_needed=needed,
        asked=True,
        condition=None,
    )


def checklist_source(version: PackVersion, code: str) -> dict[str, Any] | None:
    """A checklist as it stands in the pack's YAML, for the editor; ``edit_checklist`` takes the same form."""
    content: list[dict[str, Any]] = version.sources().get("checklists", [])
    return next((entry for entry in content if entry.get("code") == code), None)


@dataclass(frozen=True)
class UsedCodes:
    """The codes that any version of a checklist ever had: none of them is given to anything new."""

    sections: set[str]
    items: set[str]
    adjustments: set[str]
    grades: dict[str, set[str]]
    """By the item's code."""


def used_codes(pack: str, code: str) -> UsedCodes:
    """The codes of a checklist that are taken for good."""
    used = UsedCodes(set(), set(), set(), {})
    for source in _published(pack, code):
        used.adjustments.update(entry["code"] for entry in source.get("adjustments", []))
        for section in source["sections"]:
            used.sections.add(section["code"])
            for item in section["items"]:
                used.items.add(item["code"])
                options = item["scoring"].get("options", [])
                used.grades.setdefault(item["code"], set()).update(option["code"] for option in options)
    return used


def _published(pack: str, code: str) -> list[dict[str, Any]]:
    versions = PackVersion.objects.filter(pack=pack).order_by("created_at", "pk")
    return [source for version in versions if (source := checklist_source(version, code))]
