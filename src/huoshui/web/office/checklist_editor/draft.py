"""A checklist while it is edited: what stands in the form, node by node, valid or not.

The form sends every input, and one ``node`` for every section, item, grade and adjustment, in the order in which
they stand on the page. An input's name is its node's name and what it holds: ``items.floor.points``. What is
published goes by its code; what is new by ``new-1``, ``new-2`` until ``build`` gives it a code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.kernel.numbers import POINTS, scaled, shown
from huoshui.packs.schema import Choice
from huoshui.visits.numerals import half_width
from huoshui.visits.question_types import Choices, DateAnswer, TextAnswer
from huoshui.visits.schema import Checklist, Deduction, Graded, GradedOption, Item, Threshold, YesNoScoring

NEW = "new-"
HOW_TYPES = {
    "grades": "graded",
    "steps": "graded",
    "deduction": "deduction",
    "yes_no": "yes_no",
    "threshold": "threshold",
    "text": "text",
    "date": "date",
    "choices": "choices",
}
"""The ways of scoring that the form offers, and the scoring type of each."""


def read(values: dict[str, str], key: str) -> str:
    """A text that was typed in two languages, in the reader's as far as it is filled in."""
    english = values.get(f"{key}.en", "").strip() if (get_language() or "zh").startswith("en") else ""
    return english or values.get(f"{key}.zh", "").strip()


@dataclass
class Node:
    """A section, an item, a grade or an adjustment, with what was typed into its inputs."""

    kind: str
    key: str
    name: str
    published: bool
    values: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    @property
    def removed(self) -> bool:
        """Whether it is ticked to be left out of the next version."""
        return bool(self.values.get("removed"))

    def get(self, key: str) -> str:
        """What was typed, without blanks around it."""
        return self.values.get(key, "").strip()

    @property
    def title(self) -> str:
        """Its name in the reader's language as far as it is filled in; empty while it has none."""
        return read(self.values, "name")


@dataclass
class Draft:
    """The whole form."""

    head: dict[str, str]
    place_kinds: list[str]
    sections: list[Node]
    adjustments: list[Node]
    source: Checklist
    """The version it began with: what of it is published keeps its code."""

    @property
    def items(self) -> list[Node]:
        """Every item, in order."""
        return [item for section in self.sections for item in section.children]

    def nodes(self) -> Iterator[Node]:
        """Every node, parents first."""
        for node in [*self.sections, *self.adjustments]:
            yield node
            for child in node.children:
                yield child
                yield from child.children

    def siblings(self, name: str) -> tuple[list[Node], int]:
        """The list in which a node stands, and its position. Raises KeyError."""
        lists = [self.sections, self.adjustments, *(node.children for node in self.nodes())]
        for nodes in lists:
            for position, node in enumerate(nodes):
                if node.name == name:
                    return nodes, position
        raise KeyError(name)

    def new_key(self) -> str:
        """A key that no node of the form has."""
        numbers = [int(node.key.removeprefix(NEW)) for node in self.nodes() if _is_new(node.key)]
        return f"{NEW}{max(numbers, default=0) + 1}"


def _is_new(key: str) -> bool:
    return key.startswith(NEW) and key.removeprefix(NEW).isdigit()


def points_sum(items: list[Node]) -> int:
    """The points of the items that stay, in thousandths; what is no number counts nothing."""
    total = 0
    for item in items:
        try:
            total += 0 if item.removed else scaled(half_width(item.get("points")) or 0, POINTS)
        except ValueError:
            continue
    return total


# --- from the definition ------------------------------------------------------------


def draft_of(checklist: Checklist, source: Checklist | None = None) -> Draft:
    """The form of a checklist; ``source`` is what is published, when the checklist itself is not yet."""
    source = source or checklist
    known = _known(source)
    return Draft(
        head=_head_values(checklist),
        place_kinds=list(checklist.place_kinds),
        sections=[
            Node(
                "section",
                section.code,
                f"sections.{section.code}",
                section.code in known["section"],
                {**_named(section), "points": _points(section.points), "relevant": section.relevant or ""},
                [_item_node(item, section.code, known) for item in section.items],
            )
            for section in checklist.sections
        ],
        adjustments=[
            Node(
                "adjustment",
                entry.code,
                f"adjustments.{entry.code}",
                entry.code in known["adjustment"],
                {**_named(entry), "kind": entry.kind, "maximum": _points(entry.maximum)},
            )
            for entry in checklist.adjustments
        ],
        source=source,
    )


def _known(source: Checklist) -> dict[str, set[str]]:
    """Codes of the published version by kind of node; grades as "item.grade"."""
    grades = {f"{item.code}.{option.code}" for item in source.items.values() for option in options_of(item)}
    return {
        "section": {section.code for section in source.sections},
        "item": set(source.items),
        "option": grades,
        "adjustment": {entry.code for entry in source.adjustments},
    }


def _head_values(checklist: Checklist) -> dict[str, str]:
    rules = checklist.rules
    values = {
        **_named(checklist),
        "points": _points(checklist.points),
        "decimals": str(checklist.decimals),
        "rules.drop_highest": str(rules.drop_highest),
        "rules.drop_lowest": str(rules.drop_lowest),
        "rules.minimum_judges": str(rules.minimum_judges),
        "rules.missing": rules.missing,
        "rules.quorum": "" if rules.quorum == "majority" else str(rules.quorum),
    }
    for method, name in checklist.method_names.items():
        values |= {f"method_names.{method}.{language}": text for language, text in _texts(name).items()}
    return values


def _item_node(item: Item, section: str, known: dict[str, set[str]]) -> Node:
    name = f"items.{item.code}"
    children = [
        Node(
            "option",
            option.code,
            f"{name}.options.{option.code}",
            f"{item.code}.{option.code}" in known["option"],
            {**_named(option), "points": _points(option.points if isinstance(option, GradedOption) else None)},
        )
        for option in options_of(item)
    ]
    return Node("item", item.code, name, item.code in known["item"], _item_values(item, section), children)


def _item_values(item: Item, section: str) -> dict[str, str]:
    values = {
        **_named(item),
        "section": section,
        "method": item.method,
        "points": _points(item.points),
        "fails_below": "" if item.fails_below is None else str(item.fails_below),
        "photos": str(item.evidence.photos) if item.evidence else "",
        "when": item.evidence.when if item.evidence else "failing",
        "opens": f"{item.opens.kind}/{item.opens.severity}" if item.opens else "",
        "relevant": item.relevant or "",
        **_scoring_values(item),
    }
    for key, said in (("guidance", item.guidance), ("message", item.constraint_message)):
        if said:
            values |= {f"{key}.{language}": text for language, text in _texts(said).items()}
    return values


def _scoring_values(item: Item) -> dict[str, str]:
    prefill = item.prefill_from or ""
    match item.scoring:
        case Graded(options=options, step=step):
            return {"how": "grades" if options else "steps", "steps.step": _points(step)}
        case Deduction() as deduction:
            return {
                "how": "deduction",
                "deduction.per_finding": _points(deduction.per_finding),
                "deduction.maximum": _points(deduction.maximum),
            }
        case YesNoScoring(fails_when=fails):
            return {"how": "yes_no", "yes_no.fails_when": fails or "", "yes_no.prefill": prefill}
        case Threshold() as threshold:
            return {**_threshold_values(threshold), "threshold.prefill": prefill}
        case TextAnswer() as text:
            longest = {"text.long": "yes" if text.long else "no", "text.max_length": str(text.max_length)}
            return {"how": "text", **longest, "text.prefill": prefill}
        case DateAnswer() as date:
            bounds = {"date.earliest": str(date.earliest or ""), "date.latest": _latest(date)}
            return {"how": "date", **bounds, "date.prefill": prefill}
        case Choices() as choices:
            most = "" if choices.at_most is None else str(choices.at_most)
            return {"how": "choices", "choices.at_least": str(choices.at_least), "choices.at_most": most}


def _latest(date: DateAnswer) -> str:
    return _("今天") if date.latest == "today" else str(date.latest or "")


def options_of(item: Item) -> Sequence[GradedOption | Choice]:
    """The grades or the choices of an item."""
    return item.scoring.options if isinstance(item.scoring, Graded | Choices) else []


def _threshold_values(threshold: Threshold) -> dict[str, str]:
    bound = "at_least" if threshold.at_least is not None else "at_most" if threshold.at_most is not None else "none"
    limit = threshold.at_most if threshold.at_least is None else threshold.at_least
    return {
        "how": "threshold",
        "threshold.unit": threshold.unit,
        "threshold.decimals": str(threshold.decimals),
        "threshold.bound": bound,
        "threshold.limit": "" if limit is None else f"{limit.normalize():f}",
        "threshold.minimum": "" if threshold.minimum is None else f"{threshold.minimum.normalize():f}",
        "threshold.maximum": "" if threshold.maximum is None else f"{threshold.maximum.normalize():f}",
        "threshold.below": threshold.below,
    }


def _points(value: int | None) -> str:
    return "" if value is None else shown(value, POINTS)


def _texts(text: object) -> dict[str, str]:
    """A label's two inputs; an English one that only repeats the Chinese is left empty, as it was typed."""
    zh, en = str(getattr(text, "zh", "")), str(getattr(text, "en", ""))
    return {"zh": zh, "en": "" if en == zh else en}


def _named(node: object) -> dict[str, str]:
    return {f"name.{language}": text for language, text in _texts(getattr(node, "name", None)).items()}


# --- from what was sent -------------------------------------------------------------


def draft_sent(sent: QueryDict, source: Checklist) -> Draft:
    """The form as it was sent; an item whose section was chosen anew stands at the end of that section."""
    known = _known(source)
    values = _values_by_node(sent)
    sections: list[Node] = []
    adjustments: list[Node] = []
    for text in sent.getlist("node"):
        kind, _, key = text.partition(":")
        if kind == "section":
            sections.append(_sent_node(kind, key, f"sections.{key}", key in known["section"], values))
        elif kind == "adjustment":
            adjustments.append(_sent_node(kind, key, f"adjustments.{key}", key in known["adjustment"], values))
        elif kind == "item" and sections:
            sections[-1].children.append(_sent_node(kind, key, f"items.{key}", key in known["item"], values))
        elif kind == "option" and sections and sections[-1].children:
            item = sections[-1].children[-1]
            published = f"{item.key}.{key}" in known["option"]
            item.children.append(_sent_node(kind, key, f"{item.name}.options.{key}", published, values))
    draft = Draft(values.get("", {}), sent.getlist("place_kinds"), sections, adjustments, source)
    _keep_meaning(draft)
    _relocate(draft)
    return draft


def _values_by_node(sent: QueryDict) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in sent:
        parts = name.split(".")
        depth = 0
        if parts[0] in ("sections", "items", "adjustments") and len(parts) > 2:
            depth = 4 if parts[2] == "options" and len(parts) > 4 else 2
        found.setdefault(".".join(parts[:depth]), {})[".".join(parts[depth:])] = str(sent[name])
    return found


def _sent_node(kind: str, key: str, name: str, published: bool, values: dict[str, dict[str, str]]) -> Node:
    return Node(kind, key, name, published, values.get(name, {}))


def _keep_meaning(draft: Draft) -> None:
    """A published item keeps its kind of scoring, unit and decimals, whatever was sent: another needs a new item."""
    for node in draft.items:
        item = draft.source.items.get(node.key) if node.published else None
        if item is None:
            continue
        own = _scoring_values(item)
        if HOW_TYPES.get(node.get("how")) != item.scoring.type:
            node.values["how"] = own["how"]
        if isinstance(item.scoring, Threshold):
            node.values |= {key: own[key] for key in ("threshold.unit", "threshold.decimals")}


def _relocate(draft: Draft) -> None:
    by_key = {section.key: section for section in draft.sections}
    for section in draft.sections:
        for item in list(section.children):
            chosen = by_key.get(item.get("section"), section)
            if chosen is not section:
                section.children.remove(item)
                chosen.children.append(item)
            item.values["section"] = chosen.key
