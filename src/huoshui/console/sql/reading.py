"""Reading a question: one SELECT, names that are names, and nothing beside what the grammar knows."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from huoshui.console.sql.shapes import HIDDEN, Refused
from huoshui.packs.expressions import READ

LONGEST, MOST_NODES, MOST_SOURCES = 8_000, 800, 8
"""Characters of a question, parts of its tree, and sources that one select joins."""
ASKING = (exp.Subquery, exp.Exists)
"""A question within a question; one in FROM or JOIN is a source."""
NAME = re.compile(r"[^\W\d]\w{0,59}")


def read(text: str) -> exp.Select:
    """The one SELECT of a question. Raises Refused."""
    if len(text) > LONGEST:
        raise Refused("console.too_long", str(len(text)))
    trees = [tree for tree in _parsed(text) if tree is not None]
    if len(trees) > 1:
        raise Refused("console.several")
    if not trees or not isinstance(trees[0], exp.Select):
        raise Refused("console.no_select", type(trees[0]).__name__.upper() if trees else "")
    for number, node in enumerate(trees[0].walk()):
        if number >= MOST_NODES:
            raise Refused("console.too_long", text[:40])
        if isinstance(node, exp.Identifier):
            named(node)
        if isinstance(node, ASKING) and not isinstance(node.parent, exp.From | exp.Join):
            raise Refused("console.subquery", said(node))
    return trees[0]


def _parsed(text: str) -> list[Any]:
    if "\0" in text:
        raise Refused("console.not_sql", "\\0")
    # What sqlglot does not know it takes as a command and warns; here that is a refusal, and no news for the log.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        return list(sqlglot.parse(text, read=READ))
    except SqlglotError as error:
        raise Refused("console.not_sql", _plain(str(error))) from None
    except RecursionError:
        raise Refused("console.too_long", text[:40]) from None


def _plain(message: str) -> str:
    """The first line of the parser's message, without the marks of a terminal."""
    first = re.sub(r"\x1b\[[0-9;]*m", "", message.partition("\n")[0])
    return re.sub(r"<Token [^>]*?text: ([^,>]*),[^>]*>", r"\1", first)


def named(node: Any) -> str:
    """The name that an identifier says, in small letters. Raises Refused for one that is none, or that is ours."""
    if isinstance(node, exp.TableAlias):
        if node.args.get("columns") or node.this is None:
            raise Refused("console.not_allowed", node.sql(READ))
        node = node.this
    if not isinstance(node, exp.Identifier):
        raise Refused("console.not_allowed", said(node))
    name = node.name.lower()
    if not NAME.fullmatch(name) or name.startswith(HIDDEN):
        raise Refused("console.name", node.name)
    return name


def only(node: exp.Expr, allowed: Iterable[str]) -> None:
    """Raise Refused when a node has a part that the grammar does not know."""
    for key, value in node.args.items():
        if value and key not in allowed:
            raise Refused("console.not_allowed", clause(key, value))


def clause(key: str, value: Any) -> str:
    """A part of a select, as one would type it."""
    first = value[0] if isinstance(value, list) else value
    text = said(first) if isinstance(first, exp.Expr) else key.strip("_").upper()
    return text[:60]


def said(node: Any) -> str:
    """A node in the words of the question, shortened."""
    try:
        text = node.sql(READ, comments=False) if isinstance(node, exp.Expr) else str(node)
    except (SqlglotError, ValueError, RecursionError):
        text = ""
    return (text or type(node).__name__)[:60]
