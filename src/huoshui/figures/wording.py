"""What the codes in a breakdown are called, for those who read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from huoshui.figures.fact_types import FactView
from huoshui.kernel.reading import read_until_changed
from huoshui.matters.columns import CLOSE_REASONS
from huoshui.packs.queries import all_current, current_versions
from huoshui.packs.schema import Text
from huoshui.places.models import Honour
from huoshui.visits.question_types import Choices

Names = dict[tuple[str, str], Text]
"""By column and code."""


def column_name(view: FactView, column: str) -> str:
    """What a column says, in a word or two: 严重程度的代码 is told as 严重程度."""
    said = re.split("[，：]|, |: ", str(view.columns[column].about))[0]
    told = re.sub("^Code of (its |the )?", "", said).removesuffix("的代码")
    return told[:1].upper() + told[1:]


def value_name(view: FactView, column: str, value: Any) -> str:
    """What a value of a column is called; the value itself where nobody gives it a name."""
    if view.columns[column].type == "yes_no":
        return _("是") if value else _("否")
    if value in (None, ""):
        return _("（空）")
    if column == "level":
        return str(dict(Honour.Level.choices).get(value, value))
    known = _names().get((column.removeprefix("matter_").removeprefix("place_"), str(value)))
    return str(known) if known else str(value)


@read_until_changed
def _names() -> Names:
    """The names that the current packs give their codes."""
    found: Names = {}
    for column, code, name in (*_of_matters(), *_of_others()):
        found.setdefault((column, code), name)
    return found


def _of_matters() -> Iterator[tuple[str, str, Text]]:
    for code, kind in all_current("matters").items():
        yield "kind", code, kind.name
        yield from (("severity", one.code, one.name) for one in kind.severities)
        yield from (("state", one.code, one.name) for one in kind.states)
        yield from (("type", one.code, one.name) for one in kind.money)
        yield from (("field", one.code, one.name) for one in kind.fields)


def _of_others() -> Iterator[tuple[str, str, Text]]:
    yield from (("close_reason", code, name) for code, name in CLOSE_REASONS.items())
    yield from (("kind", code, kind.name) for code, kind in all_current("place_kinds").items())
    yield from (("scheme", code, scheme.name) for code, scheme in all_current("subsidies").items())
    for code, checklist in all_current("checklists").items():
        yield "checklist", code.partition(".")[2], checklist.name
        yield from (("item", one, item.name) for one, item in checklist.items.items())
        several = (item.scoring for item in checklist.items.values() if isinstance(item.scoring, Choices))
        yield from (("option", option.code, option.name) for scoring in several for option in scoring.options)
    yield from (("pack", code, version.name) for code, version in current_versions().items())
