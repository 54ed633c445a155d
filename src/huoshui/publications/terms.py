"""What a number can be compared with: an indicator of the packs, the threshold of a checklist, a year's fund."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from huoshui.figures.queries import indicators
from huoshui.figures.succession import counted_instead
from huoshui.kernel.wording import listed
from huoshui.packs.queries import all_current
from huoshui.publications.units import factor_of
from huoshui.visits.schema import ChecklistSection, Item, Standard, Threshold

_SUFFIX = re.compile(r"(?:总数量|总数|数量|个数|数|标准)$")
_NOISE = re.compile(r"[\s，。、：；（）()“”\"《》·—\-/%]+")
_EITHER = re.compile(r"[（(][^（）()]*[)）]")


class TermKind(StrEnum):
    """What kind of thing in the register."""

    INDICATOR = "indicator"
    STANDARD = "standard"
    FUND = "fund"


@dataclass(frozen=True)
class Term:
    """Something the register can tell a number of. ``names``: its name first, then words that mean the same.

    ``least``/``most``: of a threshold, in the unit's quantity's own.
    """

    kind: TermKind
    code: str
    names: tuple[str, ...]
    unit: str
    about: str = ""
    periods: tuple[str, ...] = ()
    stock: bool = False
    least: Fraction | None = None
    most: Fraction | None = None
    cores: tuple[str, ...] = field(default=())
    counted_as: str = ""
    """Of a reported indicator: the one that counts the same by now."""

    @property
    def name(self) -> str:
        return self.names[0]


def core(name: str) -> str:
    """A name without what nobody prints: 新建村级党建阵地数 is 新建村级党建阵地."""
    plain = _NOISE.sub("", _EITHER.sub("", name))
    short = _SUFFIX.sub("", plain)
    return short if len(short) > 1 else plain


def term(kind: TermKind, code: str, names: Iterable[str], unit: str, **more: object) -> Term:
    """A term with the cores of its names worked out."""
    known = tuple(dict.fromkeys(name for name in names if name))
    return Term(kind, code, known, unit, cores=tuple(dict.fromkeys(core(name) for name in known)), **more)  # type: ignore[arg-type]


def register_terms() -> list[Term]:
    """Everything the register can tell, of all current packs."""
    return [*_indicator_terms(), *_standard_terms(), *_fund_terms()]


def _indicator_terms() -> list[Term]:
    instead = counted_instead()
    found = [
        term(
            TermKind.INDICATOR, code, [one.name.zh, *one.also], one.unit,
            about=one.definition.zh, periods=tuple(one.periods), stock=one.is_stock, counted_as=instead.get(code, ""),
        )
        for code, one in indicators().items()
    ]  # fmt: skip
    # Of two that are as near the first is taken: the one that is counted.
    return sorted(found, key=lambda one: bool(one.counted_as))


def _standard_terms() -> list[Term]:
    """What checklists measure against a threshold, and how many items a standard has; the same of several is one."""
    found: dict[object, Term] = {}
    for code, checklist in all_current("checklists").items():
        for item in checklist.items.values():
            if isinstance(item.scoring, Threshold) and item.scoring.bounded:
                one = _standard(f"{code}/{item.code}", item, item.scoring)
                found.setdefault((one.names, one.unit, one.least, one.most), one)
        for section in checklist.sections:
            if section.standard:
                one = _counted(f"{code}/{section.code}", section, section.standard)
                found.setdefault((one.names, one.unit, one.least, one.most), one)
    return list(found.values())


def _standard(code: str, item: Item, scoring: Threshold) -> Term:
    factor = factor_of(scoring.unit)
    least, most = (None if bound is None else Fraction(bound) * factor for bound in (scoring.at_least, scoring.at_most))
    about = item.guidance.zh if item.guidance else ""
    return term(TermKind.STANDARD, code, [item.name.zh], scoring.unit, about=about, least=least, most=most)


def _counted(code: str, section: ChecklistSection, standard: Standard) -> Term:
    """A standard by the number of its items, which are told as what it is about."""
    many = Fraction(len(section.items))
    about = listed(item.name.zh for item in section.items)
    return term(TermKind.STANDARD, code, [standard.name.zh], standard.unit, about=about, least=many, most=many)


def _fund_terms() -> list[Term]:
    """The pot of each subsidy scheme, which is that of a year."""
    return [
        term(TermKind.FUND, code, [f"{scheme.name.zh}专项资金", scheme.name.zh], "万元", periods=("year",))
        for code, scheme in all_current("subsidies").items()
    ]
