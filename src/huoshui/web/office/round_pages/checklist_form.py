"""A checklist's YAML as a form, and the form back as YAML.

An input's name is where its value stands (``sections.service.items.one_stop.points``), which is also how the
pack's check names what it finds: so that every finding is shown beside its input.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.kernel.wording import bracketed
from huoshui.packs.units import unit_word
from huoshui.visits.schema import METHOD_NAMES

Node = dict[str, Any]
OPTIONAL = ("guidance", "evidence")
"""Parts of an item that go when they were emptied."""


@dataclass(frozen=True)
class EditField:
    """One input: its name, label, kind (text, long, number or choice), value and choices."""

    name: str
    label: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class EditOption:
    """One grade of a graded item."""

    name: str
    fields: list[EditField]


@dataclass(frozen=True)
class EditItem:
    """One item: what it is called, how it is scored, its grades."""

    name: str
    code: str
    title: str
    scoring: str
    points: str
    fields: list[EditField]
    options: list[EditOption] = field(default_factory=list)
    graded: bool = False


@dataclass(frozen=True)
class EditSection:
    """One section with its items."""

    name: str
    code: str
    title: str
    fields: list[EditField]
    items: list[EditItem]


@dataclass(frozen=True)
class EditForm:
    """The whole checklist."""

    head: list[EditField]
    sections: list[EditSection]

    def fields(self) -> Iterator[EditField]:
        """Every input, in order."""
        yield from self.head
        for section in self.sections:
            yield from section.fields
            for item in section.items:
                yield from item.fields
                for option in item.options:
                    yield from option.fields


def edit_form(source: Node) -> EditForm:
    """The form of a checklist as it stands in YAML."""
    head = [
        *_names(source, ""),
        _input(source, "", "points", _("总分"), "number"),
        _input(source, "rules.", "drop_highest", _("去掉最高分的个数"), "number"),
        _input(source, "rules.", "drop_lowest", _("去掉最低分的个数"), "number"),
        _input(source, "rules.", "minimum_judges", _("最少评委数"), "number"),
    ]
    return EditForm(head, [_section(section) for section in source["sections"]])


def _title(name: Node) -> str:
    """A name that is being edited, in the reader's language as far as it is filled in."""
    language = "en" if (get_language() or "zh").startswith("en") else "zh"
    return str(name.get(language) or name.get("zh") or "")


def _section(section: Node) -> EditSection:
    at = f"sections.{section['code']}"
    fields = [*_names(section, f"{at}."), _input(section, f"{at}.", "points", _("本部分分值"), "number")]
    items = [_item(item, f"{at}.items.{item['code']}") for item in section["items"]]
    return EditSection(at, section["code"], _title(section["name"]), fields, items)


def _item(item: Node, at: str) -> EditItem:
    scoring = item["scoring"]
    methods = tuple((code, str(name)) for code, name in METHOD_NAMES.items())
    guidance = item.get("guidance") or {}
    evidence = item.get("evidence") or {}
    when = (("failing", _("不合格时")), ("always", _("总是")))
    fields = [
        *_names(item, f"{at}."),
        EditField(f"{at}.guidance.zh", _("怎么看（中文）"), "long", guidance.get("zh", "")),
        EditField(f"{at}.guidance.en", _("怎么看（英文）"), "long", guidance.get("en", "")),
        EditField(f"{at}.method", _("方法"), "choice", item["method"], methods),
        _input(item, f"{at}.", "points", _("分值"), "number"),
        *_scoring(scoring, f"{at}.scoring."),
        _input(item, f"{at}.", "fails_below", _("低于分值的百分之几算不合格"), "number"),
        EditField(f"{at}.evidence.photos", _("照片至少几张"), "number", str(evidence.get("photos", ""))),
        EditField(f"{at}.evidence.when", _("何时要照片"), "choice", str(evidence.get("when", "")), (("", "—"), *when)),
    ]
    options = [_option(option, f"{at}.scoring.options.{option['code']}") for option in scoring.get("options", [])]
    return EditItem(
        name=at,
        code=item["code"],
        title=_title(item["name"]),
        scoring=scoring["type"],
        points=str(item["points"]),
        fields=fields,
        options=options,
        graded=bool(options),
    )


def _option(option: Node, at: str) -> EditOption:
    points = _input(option, f"{at}.", "points", _("得分"), "number")
    return EditOption(at, [*_names(option, f"{at}."), points])


def _scoring(scoring: Node, at: str) -> list[EditField]:
    match scoring["type"]:
        case "deduction":
            return [
                _input(scoring, at, "per_finding", _("每处扣分"), "number"),
                _input(scoring, at, "maximum", _("最多扣分"), "number"),
            ]
        case "yes_no":
            fails = scoring.get("fails_when")
            word = {True: "yes", False: "no"}.get(fails, fails) if isinstance(fails, bool) else fails or ""
            choices = (("", _("不论")), ("no", _("答“否”")), ("yes", _("答“是”")))
            return [EditField(f"{at}fails_when", _("何时算不合格"), "choice", str(word), choices)]
        case "threshold":
            bound = "at_most" if "at_most" in scoring else "at_least"
            label = _("不超过") if bound == "at_most" else _("不少于")
            below = (("zero", _("不得分")), ("proportional", _("按比例得分")))
            return [
                _input(scoring, at, bound, label + bracketed(unit_word(scoring["unit"])), "number"),
                EditField(f"{at}below", _("不达标"), "choice", str(scoring.get("below", "zero")), below),
            ]
    return [] if scoring.get("options") else [_input(scoring, at, "step", _("给分步长"), "number")]


def _names(node: Node, at: str) -> list[EditField]:
    name = node["name"]
    return [
        EditField(f"{at}name.zh", _("名称（中文）"), "text", name.get("zh", "")),
        EditField(f"{at}name.en", _("名称（英文）"), "text", name.get("en", "")),
    ]


def _input(node: Node, at: str, key: str, label: str, kind: str) -> EditField:
    holder: Any = node.get("rules", {}) if at == "rules." else node
    value = holder.get(key)
    return EditField(f"{at}{key}", label, kind, "" if value is None else str(value))


def edited(source: Node, values: Mapping[str, str]) -> Node:
    """The checklist as the form left it: texts and numbers changed, items retired, items and grades added."""
    made = copy.deepcopy(source)
    form = edit_form(source)
    for entry in form.fields():
        if entry.name in values and values[entry.name].strip() != entry.value.strip():
            _put(made, entry.name.split("."), values[entry.name].strip())
    for section in form.sections:
        for item in section.items:
            _edit_options(made, item, values)
            if values.get(f"retire:{item.name}"):
                holder = _at(made, section.name.split("."))["items"]
                holder[:] = [other for other in holder if other["code"] != item.code]
        added = _added(section, values)
        if added:
            _at(made, section.name.split("."))["items"].append(added)
    return made


def _edit_options(made: Node, item: EditItem, values: Mapping[str, str]) -> None:
    if not item.graded:
        return
    options = _at(made, [*item.name.split("."), "scoring"])["options"]
    options[:] = [o for o in options if not values.get(f"retire:{item.name}.scoring.options.{o['code']}")]
    at = f"new:{item.name}.scoring.options"
    code = values.get(f"{at}.code", "").strip()
    if code:
        name = {"zh": values.get(f"{at}.name.zh", "").strip(), "en": values.get(f"{at}.name.en", "").strip()}
        options.append({"code": code, "name": name, "points": _typed(values.get(f"{at}.points", "").strip())})


def _added(section: EditSection, values: Mapping[str, str]) -> Node | None:
    """The item that was added to a section; None when its code was left empty."""
    at = f"new:{section.name}"

    def given(key: str) -> str:
        return values.get(f"{at}.{key}", "").strip()

    if not given("code"):
        return None
    scorings: dict[str, Node] = {
        "graded": {"type": "graded", "step": _typed(given("amount") or "0.5")},
        "deduction": {"type": "deduction", "per_finding": _typed(given("amount") or "1")},
        "yes_no": {"type": "yes_no", "fails_when": "no"},
        "threshold": {"type": "threshold", "at_least": _typed(given("amount")), "unit": given("unit")},
    }
    return {
        "code": given("code"),
        "name": {"zh": given("name.zh"), "en": given("name.en")},
        "method": given("method"),
        "points": _typed(given("points")),
        "scoring": scorings.get(given("scoring"), {}),
    }


def _at(node: Any, path: list[str]) -> Any:
    """What stands at a path; a step into a list is the code of one of its entries."""
    for step in path:
        if isinstance(node, list):
            node = next(entry for entry in node if entry.get("code") == step)
        else:
            node = node.setdefault(step, {})
    return node


def _put(made: Node, path: list[str], text: str) -> None:
    holder = _at(made, path[:-1])
    if text:
        holder[path[-1]] = _typed(text)
    else:
        holder.pop(path[-1], None)
    above = _at(made, path[:-2]) if len(path) > 1 else {}
    emptied = path[-2] if len(path) > 1 else ""
    if emptied in OPTIONAL and (not holder or (emptied == "evidence" and "photos" not in holder)):
        above.pop(emptied, None)


def _typed(text: str) -> int | str:
    return int(text) if text.isdigit() else text
