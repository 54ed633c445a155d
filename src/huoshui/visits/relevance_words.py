"""When an item is asked, in words: “村里有公厕吗”是“是”，且“蹲位”不小于 2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from huoshui.packs.schema import Choice
from huoshui.visits.question_types import Choices
from huoshui.visits.relevance import Tree, conditions_of
from huoshui.visits.schema import Checklist, Graded, GradedOption, Item


def relevance_words(checklist: Checklist) -> dict[str, str]:
    """The condition of each item that has one, by its code."""
    return {code: _told(tree, checklist.items) for code, tree in conditions_of(checklist).items()}


def _told(tree: Tree, items: Mapping[str, Item], *, inner: bool = False) -> str:
    match tree:
        case ["and" | "or" as word, *parts]:
            link = _("，且") if word == "and" else _("，或")
            said = link.join(_told(part, items, inner=True) for part in parts)
            return _("（%(said)s）") % {"said": said} if inner else said
        case ["not", [("missing" | "yes" | "has") as word, item, *option]]:
            return _answered(f"not {word}", items, item, *option)
        case ["not", part]:
            return _("不是（%(said)s）") % {"said": _told(part, items)}
        case ["constant", value]:
            return _("总是") if value else _("从不")
        case ["is", item, "choice" | "text", operator, literal]:
            return _answered("is" if operator == "=" else "not is", items, item, literal)
        case ["is", item, _type, operator, literal]:
            return _compared(operator) % {"name": items[item].name, "value": literal}
    word, item, *option = tree
    return _answered(word, items, item, *option)


def _answered(word: str, items: Mapping[str, Item], code: str, option: str = "") -> str:
    """What is said of an answer: whether there is one, which it is, or what it includes."""
    words = {
        "missing": _("“%(name)s”没有作答"),
        "not missing": _("“%(name)s”已作答"),
        "yes": _("“%(name)s”答“是”"),
        "not yes": _("“%(name)s”答“否”"),
        "has": _("“%(name)s”选了“%(option)s”"),
        "not has": _("“%(name)s”没有选“%(option)s”"),
        "is": _("“%(name)s”是“%(option)s”"),
        "not is": _("“%(name)s”不是“%(option)s”"),
    }
    scoring = items[code].scoring
    listed: Sequence[GradedOption | Choice] = scoring.options if isinstance(scoring, Graded | Choices) else []
    named: object = next((found.name for found in listed if found.code == option), option)
    return words[word] % {"name": items[code].name, "option": named}


def _compared(operator: str) -> str:
    return {
        "=": _("“%(name)s”等于 %(value)s"),
        "<>": _("“%(name)s”不等于 %(value)s"),
        "<": _("“%(name)s”小于 %(value)s"),
        "<=": _("“%(name)s”不大于 %(value)s"),
        ">": _("“%(name)s”大于 %(value)s"),
        ">=": _("“%(name)s”不小于 %(value)s"),
    }[operator]
