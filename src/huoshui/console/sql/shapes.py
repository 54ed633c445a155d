"""What is known of a part of a question while it is written: its type, and how many records stand behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FEWEST = 5
"""A counted value of fewer records is not shown."""
HIDDEN = "hs_"
"""Names of what the product adds begin so; nobody else's may."""
NONE, DAY = "none", "day"
"""The types of NULL and of a text that is a date: the first goes with any other, the second with text and date."""


@dataclass(frozen=True)
class Refused(Exception):
    """Why a question is refused: the error code and what it names."""

    code: str
    name: str = ""
    known: str = ""


@dataclass(frozen=True)
class Term:
    """An expression as it is written for the engine.

    ``held``: SQL of how many records stand behind each counted part of it; none for what is not counted.
    ``aggregate``: whether an aggregate of this select stands in it; ``window``: whether all that is counted in it is
    counted over windows; ``literal``: what was written, of a literal.
    """

    sql: str
    type: str
    held: tuple[str, ...] = ()
    aggregate: bool = False
    window: bool = False
    literal: str | None = None

    @property
    def counted(self) -> bool:
        return bool(self.held)


@dataclass(frozen=True)
class Column:
    """A column of a source. ``held``: its hidden neighbour that says how many records are behind it, if counted."""

    type: str
    held: str = ""


@dataclass(frozen=True)
class Evidence:
    """What tells the records of a source apart: an id of each, or (``count``) a number of records for each row."""

    row: str
    count: str = ""


@dataclass(frozen=True)
class Source:
    """Something that is selected from: a fact view or a select before it, under its name here."""

    alias: str
    table: str
    columns: Mapping[str, Column]
    evidence: tuple[Evidence, ...]

    def of(self, column: str) -> str:
        return f'"{self.alias}"."{column}"'


def quoted(name: str) -> str:
    return f'"{name}"'


def small(held: Iterable[str]) -> str:
    """The condition that any of these counts is one that may not be shown."""
    parts = [f"({count}) BETWEEN 1 AND {FEWEST - 1}" for count in dict.fromkeys(held)]
    return f"({' OR '.join(parts)})" if parts else "(1 = 0)"


def capped(held: Iterable[str]) -> str:
    """One number for several counts: 1 where any is small, 0 where none has a record, FEWEST otherwise."""
    counts = list(dict.fromkeys(held))
    some = " OR ".join(f"({count}) >= {FEWEST}" for count in counts)
    return f"CASE WHEN {small(counts)} THEN 1 WHEN {some} THEN {FEWEST} ELSE 0 END"


def counted(evidence: Evidence, condition: str = "", *, joined: bool = True) -> str:
    """SQL of the number of records of a source in a group, of those rows alone that fulfil a condition.

    A join may show a row several times: each counts once. Of a row with a number of records only FEWEST count, which
    is all that is asked of it; so that the number of the row and its records fit into one that is made distinct.
    """
    if not evidence.count:
        return f"COUNT(DISTINCT {_when(condition, evidence.row)})"
    count = f"CASE WHEN {evidence.count} > {FEWEST} THEN {FEWEST} ELSE {evidence.count} END"
    if not joined:
        return f"COALESCE(SUM({_when(condition, count)}), 0)"
    both, row = _when(condition, f"{evidence.row} * 8 + ({count})"), _when(condition, evidence.row)
    return f"(COALESCE(SUM(DISTINCT {both}), 0) - 8 * COALESCE(SUM(DISTINCT {row}), 0))"


def _when(condition: str, value: str) -> str:
    return f"CASE WHEN {condition} THEN {value} END" if condition else value
