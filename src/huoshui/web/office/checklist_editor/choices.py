"""What the editor offers by name where the pack holds codes: kinds of place, attributes, kinds of matter, methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel.wording import bracketed
from huoshui.packs.contract import Known
from huoshui.packs.schema import FieldDef
from huoshui.packs.units import unit_word
from huoshui.visits.schema import METHOD_NAMES
from huoshui.web.office.checklist_editor.draft import Draft, Node, read

Option = tuple[str, str]
ANSWERED_BY = {
    "yes_no": ("yes_no",),
    "threshold": ("integer", "decimal"),
    "text": ("text", "long_text"),
    "date": ("date",),
}
"""The types of attributes that can answer an item, by how it is scored."""


@dataclass(frozen=True)
class Group:
    """Options under a heading; without one when it is empty."""

    label: str
    options: list[Option]


class Choices:
    """The choices of one form: from what the pack may refer to, and from the kinds of place chosen in the form."""

    def __init__(self, known: Known, place_kinds: list[str]) -> None:
        definitions = known.definitions.get("place_kinds", {})
        self._kinds: dict[str, Any] = {code: kind for code, kind in definitions.items() if "." not in code}
        self._chosen = [code for code in place_kinds if code in self._kinds]
        self._matters: dict[str, Any] = known.definitions.get("matters", {})

    def place_kinds(self) -> list[Option]:
        """Every kind of place, by name."""
        return [(code, str(kind.name)) for code, kind in self._kinds.items()]

    def methods(self, draft: Draft) -> list[Option]:
        """The five methods, by the checklist's own names where it has them."""
        return [(code, read(draft.head, f"method_names.{code}") or str(name)) for code, name in METHOD_NAMES.items()]

    def matters(self, node: Node) -> list[Group]:
        """Every kind of matter with its severities, or none."""
        groups = [Group("", [("", _("不立事项"))])]
        for code, kind in self._matters.items():
            options = [
                (f"{code}/{severity.code}", f"{kind.name}{bracketed(severity.name)}") for severity in kind.severities
            ]
            groups.append(Group(str(kind.name), options))
        return _with_present(groups, node.get("opens"))

    def attributes(self, node: Node, scoring: str) -> list[Group]:
        """Attributes that can answer such an item: of the places themselves, and of the sites in them."""
        groups = [Group("", [("", _("不预填"))])]
        own = [(field.code, _attribute_name(field)) for field in self._common_attributes() if _answers(field, scoring)]
        if own:
            groups.append(Group(_("本处"), own))
        for code, kind in self._kinds.items():
            if kind.category != "site" or not set(kind.parents) & set(self._chosen):
                continue
            options = [
                (f"{code}.{field.code}", _("%(kind)s：%(attribute)s") % {"kind": kind.name, "attribute": name})
                for field in kind.attributes
                if _answers(field, scoring) and (name := _attribute_name(field))
            ]
            if options:
                groups.append(Group(str(kind.name), options))
        return _with_present(groups, node.get(f"{scoring}.prefill"))

    def _common_attributes(self) -> list[FieldDef]:
        """Attributes that every chosen kind of place has: the check asks it of each."""
        kinds = [self._kinds[code] for code in self._chosen]
        if not kinds:
            return []
        codes = set.intersection(*({field.code for field in kind.attributes} for kind in kinds))
        return [field for field in kinds[0].attributes if field.code in codes]


def _answers(field: FieldDef, scoring: str) -> bool:
    return field.type in ANSWERED_BY.get(scoring, ())


def _attribute_name(field: FieldDef) -> str:
    """村部建筑面积（平方米，2 位小数）."""
    notes = [unit_word(field.unit)] if field.unit else []
    if field.type == "decimal" and field.decimals:
        notes.append(_("%(count)s 位小数") % {"count": field.decimals})
    return f"{field.name}{bracketed(_('，').join(notes))}" if notes else str(field.name)


def _with_present(groups: list[Group], value: str) -> list[Group]:
    """With the present value among the options, even when what it names is not there any more."""
    offered = {option for group in groups for option, _label in group.options}
    if value and value not in offered:
        groups.append(Group(_("已不在机制中"), [(value, value)]))
    return groups
