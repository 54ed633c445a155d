"""What differs between two versions of a checklist, in words: added, removed and changed, with old and new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.wording import clauses, listed
from huoshui.packs.queries import all_current
from huoshui.packs.schema import Text
from huoshui.visits.schema import METHOD_NAMES, AdjustmentDef, Checklist, ChecklistSection, Item
from huoshui.web.office.checklist_editor.draft import options_of
from huoshui.web.office.round_pages.words import (
    evidence_words,
    fails_words,
    opens_words,
    prefill_words,
    rules_words,
    scoring_words,
)

Coded = ChecklistSection | Item | AdjustmentDef
Facets = dict[str, str]
"""What is said of a part of the checklist, by label."""


@dataclass(frozen=True)
class Line:
    """One thing that is said differently."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One part of the checklist that was added, removed or changed; ``name`` as the merge names it."""

    name: str
    sign: str
    """added, removed or changed"""
    what: str
    title: str
    lines: list[Line]


def differences(old: Checklist, new: Checklist) -> list[Change]:
    """Every change from one version to the other: the whole, sections, items, bonuses and deductions."""
    head = _lines(_head_facets(old), _head_facets(new))
    head += _order(_("各部分的次序"), old.sections, new.sections)
    head += _order(_("加减分的次序"), old.adjustments, new.adjustments)
    found = [Change("head", "changed", _("整份"), str(new.name), head)] if head else []
    found += _compared("sections", _("部分"), _sections(old), _sections(new), _item_orders(old, new))
    found += _compared("items", _("条目"), _items(old), _items(new))
    found += _compared("adjustments", _("加减分"), _adjustments(old), _adjustments(new))
    return found


Parts = dict[str, tuple[str, Facets]]
"""Title and facets by code."""


def _compared(
    part: str, what: str, old: Parts, new: Parts, also: dict[str, list[Line]] | None = None
) -> Iterator[Change]:
    """``also``: further lines by code, of parts that both versions have."""
    for code, (title, facets) in new.items():
        name = f"{part}.{code}"
        if code not in old:
            yield Change(name, "added", what, title, _lines({}, facets))
        elif lines := _lines(old[code][1], facets) + (also or {}).get(code, []):
            yield Change(name, "changed", what, title, lines)
    for code, (title, facets) in old.items():
        if code not in new:
            yield Change(f"{part}.{code}", "removed", what, title, _lines(facets, {}))


def _lines(old: Facets, new: Facets) -> list[Line]:
    labels = dict.fromkeys([*new, *old])
    pairs = ((label, old.get(label, ""), new.get(label, "")) for label in labels)
    return [Line(label, was, now) for label, was, now in pairs if was != now]


def _item_orders(old: Checklist, new: Checklist) -> dict[str, list[Line]]:
    """By section: the order of its items, where it differs."""
    was = {section.code: section.items for section in old.sections}
    return {
        section.code: _order(_("条目的次序"), was[section.code], section.items)
        for section in new.sections
        if section.code in was
    }


def _order(label: str, old: Sequence[Coded], new: Sequence[Coded]) -> list[Line]:
    """The order of what stands in both versions, by the new names, where it differs."""
    names = {entry.code: str(entry.name) for entry in new}
    was = [entry.code for entry in old if entry.code in names]
    now = [entry.code for entry in new if entry.code in was]
    return [] if was == now else [Line(label, listed(names[c] for c in was), listed(names[c] for c in now))]


def _names(label: str, text: Text) -> Facets:
    """A name in both languages; an English one that repeats the Chinese is none."""
    return {label: text.zh, _("%(label)s（英文）") % {"label": label}: "" if text.en == text.zh else text.en}


def _points(value: int | None) -> str:
    return "" if value is None else _("%(points)s 分") % {"points": shown(value, POINTS)}


def _head_facets(checklist: Checklist) -> Facets:
    kinds = all_current("place_kinds")
    methods = [
        f"{METHOD_NAMES[method]}={name.zh}" + ("" if name.en == name.zh else f" / {name.en}")
        for method, name in checklist.method_names.items()
    ]
    rules = checklist.rules
    said = rules_words(rules, checklist.decimals)
    return {
        **_names(_("名称"), checklist.name),
        _("用于哪种地点"): listed(kinds[code].name if code in kinds else code for code in checklist.place_kinds),
        _("总分"): _points(checklist.points),
        _("计分规则"): " ".join(said),
        _("方法的叫法"): listed(methods),
    }


def _sections(checklist: Checklist) -> Parts:
    return {section.code: (str(section.name), _section_facets(section)) for section in checklist.sections}


def _section_facets(section: ChecklistSection) -> Facets:
    return {
        **_names(_("名称"), section.name),
        _("本部分分值"): _points(section.points),
        _("何时问这一部分"): section.relevant or "",
    }


def _items(checklist: Checklist) -> Parts:
    return {
        item.code: (str(item.name), _item_facets(section, item))
        for section in checklist.sections
        for item in section.items
    }


def _item_facets(section: ChecklistSection, item: Item) -> Facets:
    english = [option.name.en for option in options_of(item) if option.name.en != option.name.zh]
    return {
        **_names(_("名称"), item.name),
        **(_names(_("怎么看"), item.guidance) if item.guidance else {}),
        _("所在部分"): str(section.name),
        _("方法"): str(METHOD_NAMES[item.method]),
        _("分值"): _points(item.points),
        _("怎么计分"): scoring_words(item),
        _("档次（英文）"): clauses(english),
        _("何时问"): item.relevant or "",
        **(_names(_("填错时说"), item.constraint_message) if item.constraint_message else {}),
        _("登记值预填"): prefill_words(item),
        _("照片"): evidence_words(item.evidence),
        _("何时算不合格"): fails_words(item),
        _("不合格立事项"): opens_words(item),
    }


def _adjustments(checklist: Checklist) -> Parts:
    return {entry.code: (str(entry.name), _adjustment_facets(entry)) for entry in checklist.adjustments}


def _adjustment_facets(entry: AdjustmentDef) -> Facets:
    kind = _("加分") if entry.kind == "bonus" else _("减分")
    return {**_names(_("名称"), entry.name), _("加分或减分"): kind, _("至多"): _points(entry.maximum)}
