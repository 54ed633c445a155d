"""The form as a definition in YAML's shape, with what is wrong in it beside its inputs.

First the inputs are read one by one (missing names, numbers that are none); the rules of a checklist are then the
pack's own check, whose findings ``input_of`` brings back to the inputs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel.errors import Problem
from huoshui.kernel.numbers import LARGEST, scaled, shown
from huoshui.packs.values import EXPECTED, day
from huoshui.visits.codes import make_code
from huoshui.visits.numerals import half_width
from huoshui.visits.queries import UsedCodes
from huoshui.visits.question_types import LONGEST_TEXT, MOST_CHOICES
from huoshui.visits.schema import METHOD_NAMES, Checklist
from huoshui.web.office.checklist_editor.draft import HOW_TYPES, Draft, Node, draft_of

LIST = re.compile(r"^sections\.([^.\[]+)\.items\.([^.\[]+)\.?(.*)$")
SCORING = {
    "at_least": "threshold.limit",
    "at_most": "threshold.limit",
    "step": "steps.step",
    "per_finding": "deduction.per_finding",
    "fails_when": "yes_no.fails_when",
}
OWN_INPUTS = {
    "threshold": ("minimum", "maximum", "unit", "decimals", "below"),
    "text": ("max_length",),
    "date": ("earliest", "latest"),
    "choices": ("at_least", "at_most"),
}
"""The inputs of each way of scoring that go by the contract's own keys."""


@dataclass
class Built:
    """A definition, and the problems of single inputs (field: the input's name)."""

    definition: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """The node's name by what the pack's check calls it: ``items.gczj`` -> ``items.new-2``."""
    hows: dict[str, str] = field(default_factory=dict)
    """How each item (by its node's name) is scored."""

    def refuse(self, at: str, code: str, label: str, **params: Any) -> None:
        self.problems.append(Problem(code, at, params={"label": label, **params}))

    def input_of(self, where: str, checklist: str) -> str:
        """The input that a finding of the pack's check is about; the finding's own place when there is none."""
        at = where.removeprefix(f"{checklist}.")
        found = LIST.match(at)
        if found:
            name = self.names.get(f"items.{found[2]}", f"items.{found[2]}")
            return self._item_input(name, found[2], found[3])
        parts = at.split(".")
        name = ".".join(parts[:2])
        return ".".join([self.names.get(name, name), *parts[2:]])

    def _item_input(self, name: str, code: str, rest: str) -> str:
        if rest.startswith("scoring"):
            parts = [part for part in rest.split(".")[1:] if part not in HOW_TYPES.values()]
            if parts[:1] == ["options"] and len(parts) > 1:
                option = f"items.{code}.options.{parts[1]}"
                return ".".join([self.names.get(option, option), *parts[2:]])
            last = parts[0] if parts else ""
            how = self.hows.get(name, "")
            own = f"{how}.{last}" if last in OWN_INPUTS.get(how, ()) else "how"
            return f"{name}.{own if how == 'choices' else SCORING.get(last, own)}"
        if rest.startswith("prefill_from"):
            return f"{name}.{self.hows.get(name, '')}.prefill"
        if rest.startswith("constraint_message"):
            return f"{name}.message.zh"
        if rest.startswith("opens"):
            return f"{name}.opens"
        rest = rest.removeprefix("evidence.")
        return f"{name}.{rest}" if rest else name


def build(draft: Draft, used: UsedCodes) -> Built:
    """The definition of what the form holds, with codes for what is new."""
    built = Built()
    head = Node("head", draft.source.code, "", True, draft.head)
    made: dict[str, Any] = {
        "code": draft.source.code,
        "name": _text(built, head, "name", _("名称")),
        "place_kinds": draft.place_kinds,
        "method_names": _method_names(head),
        "points": _points(built, head, "points", _("总分"), optional=True),
        "decimals": _whole(built, head, "decimals", _("均分保留几位小数"), 0, 3),
        "rules": _rules(built, head),
        "sections": [_section(built, node, used) for node in draft.sections if not node.removed],
        "adjustments": [_adjustment(built, node, used) for node in draft.adjustments if not node.removed],
        # Whether and why places are ranked is the pack's own word; the form leaves it as it stands.
        "ranking": draft.source.ranking and draft.source.ranking.model_dump(mode="json", exclude_none=True),
        "asks": draft.source.asks and draft.source.asks.model_dump(mode="json", exclude_none=True),
    }
    if not draft.place_kinds:
        built.refuse("place_kinds", "value.required", _("用于哪种地点"))
    if not made["sections"]:
        built.refuse("sections", "value.required", _("部分"))
    built.definition = {key: value for key, value in made.items() if value not in (None, {}, [])}
    return built


def unchanged(source: Checklist, definition: dict[str, Any]) -> bool:
    """Whether a definition says the same as the published checklist, however it is written."""
    return Checklist.model_validate(definition) == source


def written(checklist: Checklist) -> dict[str, Any]:
    """A checklist as the form would write it, so that two of them can be held against each other value by value."""
    return build(draft_of(checklist), UsedCodes(set(), set(), set(), {})).definition


def _rules(built: Built, head: Node) -> dict[str, Any]:
    quorum = _whole(built, head, "rules.quorum", _("几名评委认定才算不合格"), 1, 100, optional=True)
    return {
        "drop_highest": _whole(built, head, "rules.drop_highest", _("去掉几个最高分"), 0, 20),
        "drop_lowest": _whole(built, head, "rules.drop_lowest", _("去掉几个最低分"), 0, 20),
        "minimum_judges": _whole(built, head, "rules.minimum_judges", _("每处至少几名评委"), 1, 100),
        "missing": head.get("rules.missing"),
        "quorum": "majority" if quorum is None else quorum,
    }


def _method_names(head: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for method in METHOD_NAMES:
        zh, en = head.get(f"method_names.{method}.zh"), head.get(f"method_names.{method}.en")
        if zh or en:
            found[method] = {"zh": zh or en, "en": en or zh}
    return found


def _section(built: Built, node: Node, used: UsedCodes) -> dict[str, Any]:
    code = _code(built, node, "section", used.sections, "sections")
    made = {
        "code": code,
        "name": _text(built, node, "name", _("名称")),
        "points": _points(built, node, "points", _("本部分分值"), optional=True),
        "relevant": node.get("relevant") or None,
        "items": [_item(built, item, used) for item in node.children if not item.removed],
    }
    if not made["items"]:
        built.refuse(f"{node.name}.name.zh", "checklist.empty_section", _("名称"), name=node.get("name.zh") or "—")
    return {key: value for key, value in made.items() if value is not None}


def _item(built: Built, node: Node, used: UsedCodes) -> dict[str, Any]:
    code = _code(built, node, "item", used.items, "items")
    how = node.get("how")
    built.hows[node.name] = how
    made = {
        "code": code,
        "name": _text(built, node, "name", _("名称")),
        "guidance": _text(built, node, "guidance", _("怎么看")) if _has(node, "guidance") else None,
        "method": node.get("method"),
        "points": _points(built, node, "points", _("分值")),
        "scoring": _scoring(built, node, code, used),
        "relevant": node.get("relevant") or None,
        "constraint_message": _text(built, node, "message", _("填错时说")) if _has(node, "message") else None,
        "evidence": _evidence(built, node),
        "prefill_from": node.get(f"{how}.prefill") or None,
        "fails_below": _whole(built, node, "fails_below", _("得分低于分值的百分之几"), 1, 100, optional=True),
        "opens": _opens(node),
    }
    return {key: value for key, value in made.items() if value is not None}


def _opens(node: Node) -> dict[str, str] | None:
    kind, _sep, severity = node.get("opens").partition("/")
    return {"kind": kind, "severity": severity} if kind else None


def _evidence(built: Built, node: Node) -> dict[str, Any] | None:
    photos = _whole(built, node, "photos", _("照片至少几张"), 0, 20, optional=True)
    return {"photos": photos, "when": node.get("when")} if photos else None


def _scoring(built: Built, node: Node, item: str, used: UsedCodes) -> dict[str, Any]:
    how = node.get("how")
    made: dict[str, Any] = {"type": HOW_TYPES.get(how, how)}
    match how:
        case "grades":
            made["options"] = _grades(built, node, item, used)
        case "steps":
            made["step"] = _points(built, node, "steps.step", _("给分步长"))
        case "deduction":
            made["per_finding"] = _points(built, node, "deduction.per_finding", _("每处扣分"))
            made["maximum"] = _points(built, node, "deduction.maximum", _("最多扣分"), optional=True)
        case "yes_no":
            made["fails_when"] = node.get("yes_no.fails_when") or None
        case "threshold":
            made |= _threshold(built, node)
        case "text" | "date":
            made |= _question(built, node, how)
        case "choices":
            for key, label in (("at_least", _("至少选几项")), ("at_most", _("至多选几项"))):
                made[key] = _whole(built, node, f"choices.{key}", label, 1, MOST_CHOICES, optional=True)
            made["options"] = _grades(built, node, item, used)
    return {key: value for key, value in made.items() if value is not None}


def _grades(built: Built, node: Node, item: str, used: UsedCodes) -> list[dict[str, Any]]:
    taken = used.grades.setdefault(item, set())
    grades = []
    for option in node.children:
        if option.removed:
            continue
        code = _code(built, option, "grade", taken, f"items.{item}.options")
        grade: dict[str, Any] = {"code": code, "name": _text(built, option, "name", _("档次"))}
        if node.get("how") != "choices":
            grade["points"] = _points(built, option, "points", _("得分"))
        grades.append(grade)
    if not grades:
        built.refuse(f"{node.name}.how", "value.required", _("档次"))
    return grades


def _question(built: Built, node: Node, how: str) -> dict[str, Any]:
    """A text or a date; what is left empty is the contract's own default."""
    if how == "text":
        most = _whole(built, node, "text.max_length", _("至多几字"), 1, LONGEST_TEXT, optional=True)
        return {"long": node.get("text.long") == "yes", "max_length": most}
    first, last = _day(built, node, "date.earliest", _("最早哪天")), _day(built, node, "date.latest", _("最晚哪天"))
    return {"earliest": first, "latest": last}


def _day(built: Built, node: Node, key: str, label: str) -> str | None:
    text = node.get(key)
    if key == "date.latest" and text in (_("今天"), "今天", "today"):
        return "today"
    found = day(text) if text else None
    if text and found is None:
        built.refuse(_input(node, key), "value.type", label, value=text, expected=EXPECTED["date"])
    return found.isoformat() if found else None


def _threshold(built: Built, node: Node) -> dict[str, Any]:
    decimals = _whole(built, node, "threshold.decimals", _("小数位数"), 0, 6, optional=True) or 0
    if not node.get("threshold.unit"):
        built.refuse(f"{node.name}.threshold.unit", "value.required", _("单位"))
    bound = node.get("threshold.bound") if node.get("threshold.bound") in ("at_most", "none") else "at_least"
    if bound == "none" and node.get("threshold.limit"):
        built.refuse(f"{node.name}.threshold.limit", "checklist.threshold", _("标准值"), item=node.title)
    limit = {} if bound == "none" else {bound: _numeral(built, node, "threshold.limit", _("标准值"), 6)}
    return {
        "unit": node.get("threshold.unit"),
        **limit,
        "minimum": _bound(built, node, "threshold.minimum", _("最小能填多少"), decimals),
        "maximum": _bound(built, node, "threshold.maximum", _("最大能填多少"), decimals),
        "decimals": decimals,
        "below": node.get("threshold.below") or "zero",
    }


def _bound(built: Built, node: Node, key: str, label: str, decimals: int) -> int | str | None:
    """What may be entered at least or at most, which can be below zero."""
    return _numeral(built, node, key, label, decimals, optional=True, below_zero=True)


def _adjustment(built: Built, node: Node, used: UsedCodes) -> dict[str, Any]:
    return {
        "code": _code(built, node, "adjustment", used.adjustments, "adjustments"),
        "name": _text(built, node, "name", _("名称")),
        "kind": node.get("kind"),
        "maximum": _points(built, node, "maximum", _("至多几分")),
    }


# --- single inputs ------------------------------------------------------------------


def _code(built: Built, node: Node, kind: str, taken: set[str], at: str) -> str:
    code = node.key if node.published else make_code(node.get("name.zh"), kind, taken)
    built.names[f"{at}.{code}"] = node.name
    return code


def _input(node: Node, key: str) -> str:
    return f"{node.name}.{key}" if node.name else key


def _has(node: Node, key: str) -> bool:
    return bool(node.get(f"{key}.zh") or node.get(f"{key}.en"))


def _text(built: Built, node: Node, key: str, label: str) -> dict[str, str]:
    """Both languages; without an English text the Chinese one stands for it."""
    zh, en = node.get(f"{key}.zh"), node.get(f"{key}.en")
    if not zh:
        built.refuse(_input(node, f"{key}.zh"), "value.required", label)
    return {"zh": zh, "en": en or zh}


def _points(built: Built, node: Node, key: str, label: str, *, optional: bool = False) -> int | str | None:
    return _numeral(built, node, key, label, 3, optional=optional)


def _whole(
    built: Built, node: Node, key: str, label: str, low: int, high: int, *, optional: bool = False
) -> int | None:
    value = _numeral(built, node, key, label, 0, optional=optional)
    if value is None:
        return None
    number = int(value)
    if not low <= number <= high:
        built.refuse(_input(node, key), "value.range", label, value=number, low=low, high=high)
        return None
    return number


def _numeral(
    built: Built, node: Node, key: str, label: str, decimals: int, *, optional: bool = False, below_zero: bool = False
) -> int | str | None:
    """A numeral with at most so many decimals; None when it is none, or left empty."""
    text = half_width(node.get(key))
    if not text:
        if not optional:
            built.refuse(_input(node, key), "value.required", label)
        return None
    try:
        value = scaled(text, 10**decimals)
    except ValueError:
        value = LARGEST
    if not (-(LARGEST // 1000) if below_zero else 0) <= value <= LARGEST // 1000:
        expected = _("不多于 %(count)s 位小数的数字") % {"count": decimals} if decimals else _("整数")
        built.refuse(_input(node, key), "value.type", label, value=node.get(key), expected=expected)
        return None
    numeral = shown(value, 10**decimals) if decimals else str(value)
    return int(numeral) if numeral.isdigit() else numeral
