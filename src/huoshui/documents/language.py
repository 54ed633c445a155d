"""The names that a document's template may use, and what each of them is.

docs/documents.md explains them to those who edit templates; whatever is not here is refused when a template comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from huoshui.documents.schema import DocumentKind
from huoshui.kernel.periods import period
from huoshui.kernel.word_templates import TEXT, Call, Shape

BEFORE, YEAR_BEFORE = "before", "year_before"
"""The period before, and the same one of the year before."""
CHART_OF = ("periods", "parts")


def _of(*names: str, **more: Shape) -> Shape:
    return Shape(parts={**dict.fromkeys(names, TEXT), **more})


def _each(one: Shape) -> Shape:
    return Shape(item=one)


PERIOD = _of("name", "code", "first", "last", "year")
PLACE = _of("name", "official", "code", "kind", "town")
FIGURE = _of(
    "name", "label", "value", "number", "unit", "definition", "known", "zero", "said", "compared", "change", "counted",
    "why", "at", place=PLACE, period=PERIOD,
)  # fmt: skip
SAID = _of("text", "judges")
NAMES: dict[str, Shape] = {
    **dict.fromkeys(("title", "code", "address", "status", "date", "edition", "organ", "demonstration", "qr"), TEXT),
    "place": PLACE,
    "period": PERIOD,
    "children": _each(PLACE),
    "groups": _each(_of("name", "code", figures=_each(FIGURE), some=_each(FIGURE), unknown=_each(FIGURE))),
    "zeros": _each(FIGURE),
    "honours": _each(_of("name", "level", "year", "place")),
    "rounds": _each(
        _of("name", "first", "last", "villages", "mean", "best",
            results=_each(_of("rank", "place", "town", "total", "judges")))
    ),
    "funds": _each(_of("name", "year", "amount", "approved", "left")),
    "facts": _each(_of("name", "value")),
    "sites": _each(_of("name", "kind", facts=_each(_of("name", "value")), has=_each(TEXT), lacks=_each(TEXT))),
    "subsidies": _each(_of("name", "year", "number", "title", "state", "cost", "applied", "approved")),
    "reviews": _each(
        _of("name", "day", "rank", "total", "judges", strengths=_each(SAID), shortcomings=_each(SAID),
            direction=_each(SAID), failing=_each(_of("name", "failed", "answered")))
    ),
    "matters": _each(
        _of("at", "number", "title", "place", "measures", "due", "owner", "unit", "state", "opened", "closed", "kind")
    ),
    "changes": _each(_of("name", "place", "period", "then", "now")),
    "sources": _each(_of("at", "name", "place", "period", "value", "counted", "source")),
}  # fmt: skip
FUNCTIONS: dict[str, tuple[tuple[str, ...], Shape]] = {
    "figure": (("code", "period", "place"), FIGURE),
    "say": (("code", "period", "place"), TEXT),
    "compare": (("code", "period", "place"), TEXT),
    "parts": (("code", "period"), _each(FIGURE)),
    "chart": (("code", "of"), TEXT),
    "ledger": (("kind",), NAMES["matters"]),
}


def names_of(kind: DocumentKind, knows: Mapping[str, Callable[[str], bool]] | None = None) -> dict[str, Shape]:
    """Every name of a kind's templates.

    ``knows``: how to tell whether an indicator (``code``), a place or a kind of matter (``kind``) is there; of what is
    not told, any is held for known.
    """
    told = knows or {}

    def unknown(name: str, value: str) -> str:
        if name == "period":
            return "" if value in (BEFORE, YEAR_BEFORE) or _is_period(value) else value
        if name == "of":
            return "" if value in CHART_OF else value
        return "" if name not in told or told[name](value) else value

    functions = {name: Shape(call=Call(takes, gives, unknown)) for name, (takes, gives) in FUNCTIONS.items()}
    own = {one.code: _each(TEXT) if one.long else TEXT for one in kind.all_inputs}
    return {**NAMES, **functions, **own}


def _is_period(code: str) -> bool:
    try:
        period(code)
    except ValueError:
        return False
    return True


def taken(names: Iterable[str]) -> list[str]:
    """Those names that inputs may not have, because they mean something already."""
    return sorted({*names} & {*NAMES, *FUNCTIONS, "loop"})
