"""A question to the index: tokens that have to be there, with and, or, not; written for each engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Has:
    """The token is there."""

    token: str


@dataclass(frozen=True)
class Every:
    """All of these are so."""

    parts: tuple[Term, ...]


@dataclass(frozen=True)
class Some:
    """Any of these is so."""

    parts: tuple[Term, ...]


@dataclass(frozen=True)
class But:
    """The first is so, and the second is not."""

    this: Term
    without: Term


Term = Has | Every | Some | But


def every(parts: Iterable[Term]) -> Term:
    """All of the parts, of which there is at least one."""
    told = tuple(parts)
    return told[0] if len(told) == 1 else Every(told)


def some(parts: Iterable[Term]) -> Term:
    """Any of the parts, of which there is at least one."""
    told = tuple(parts)
    return told[0] if len(told) == 1 else Some(told)


def for_fts5(term: Term) -> str:
    """As SQLite's FTS5 reads it."""
    match term:
        case Has(token):
            return '"' + token.replace('"', '""') + '"'
        case Every(parts):
            return "(" + " AND ".join(map(for_fts5, parts)) + ")"
        case Some(parts):
            return "(" + " OR ".join(map(for_fts5, parts)) + ")"
        case But(this, without):
            return f"({for_fts5(this)} NOT {for_fts5(without)})"


def for_tsquery(term: Term) -> str:
    """As PostgreSQL reads a tsquery."""
    match term:
        case Has(token):
            return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
        case Every(parts):
            return "(" + " & ".join(map(for_tsquery, parts)) + ")"
        case Some(parts):
            return "(" + " | ".join(map(for_tsquery, parts)) + ")"
        case But(this, without):
            return f"({for_tsquery(this)} & !{for_tsquery(without)})"


def share(term: Term, common: Mapping[str, float]) -> float:
    """The share of all rows that answer a question, at the most; ``common``: of the tokens that many rows have."""
    match term:
        case Has(token):
            return common.get(token, 0.0)
        case Every(parts):
            return min(share(part, common) for part in parts)
        case Some(parts):
            return min(sum(share(part, common) for part in parts), 1.0)
        case But(this, _without):
            return share(this, common)
