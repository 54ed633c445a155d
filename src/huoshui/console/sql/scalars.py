"""Expressions over the columns of a row, written so that both engines read them alike; what is not here is refused.

Nothing of the text that was typed is passed on: each part is written anew, texts and numbers as literals.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from sqlglot import exp

from huoshui.console.sql.reading import named, only, said
from huoshui.console.sql.shapes import DAY, NONE, Refused, Source, Term
from huoshui.kernel import clock

NUMERAL = re.compile(r"\d{1,15}(\.\d{1,6})?", re.ASCII)
REAL = {"sqlite": "REAL", "postgresql": "DOUBLE PRECISION"}
PARTS = {
    "YEAR": ("strftime('%Y', {0})", "{0}"),
    "MONTH": ("strftime('%m', {0})", "{0}"),
    "DAY": ("strftime('%d', {0})", "{0}"),
    "QUARTER": ("strftime('%m', {0})", "({0} + 2) / 3"),
}
"""Parts of a date on SQLite: the numeral, and what is reckoned of it."""
NUMBERS = ("integer", "number")
Writer = Callable[[Any, Any], Term]


class Scalars:
    """Writes the expressions of one select."""

    def __init__(self, vendor: str, sources: Sequence[Source]) -> None:
        self.vendor = vendor
        self.sources = {source.alias: source for source in sources}

    def term(self, node: Any) -> Term:
        """An expression as written. Raises Refused."""
        writer = self.WRITERS.get(type(node))
        if writer is None:
            raise Refused("console.not_allowed", said(node))
        return writer(self, node)

    def _column(self, node: exp.Column) -> Term:
        only(node, ("this", "table"))
        name = named(node.this)
        asked = [self._source(node.args["table"])] if node.args.get("table") else list(self.sources.values())
        found = [source for source in asked if name in source.columns]
        if not found:
            known = sorted({column for source in asked for column in source.columns})
            raise Refused("console.column", said(node), "、".join(known))
        if len(found) > 1:
            raise Refused("console.ambiguous", name)
        column = found[0].columns[name]
        return Term(found[0].of(name), column.type, (found[0].of(column.held),) if column.held else ())

    def _source(self, node: Any) -> Source:
        name = named(node)
        if name not in self.sources:
            raise Refused("console.source", name, "、".join(self.sources))
        return self.sources[name]

    def _literal(self, node: exp.Literal) -> Term:
        if not node.is_string:
            if not NUMERAL.fullmatch(node.name):
                raise Refused("console.number", node.name)
            return Term(node.name, "number" if "." in node.name else "integer", literal=node.name)
        text = "'" + node.name.replace("'", "''") + "'"
        return Term(text, DAY if _is_day(node.name) else "text", literal=node.name)

    def _null(self, node: exp.Null) -> Term:
        return Term("NULL", NONE)

    def _boolean(self, node: exp.Boolean) -> Term:
        return Term("TRUE" if node.this else "FALSE", "yes_no")

    def _today(self, node: exp.CurrentDate) -> Term:
        only(node, ())
        return self._date(clock.today().isoformat())

    def _date(self, text: str) -> Term:
        return Term(f"'{text}'" if self.vendor == "sqlite" else f"DATE '{text}'", "date", literal=text)

    def _paren(self, node: exp.Paren) -> Term:
        inner = self.term(node.this)
        return self.made(f"({inner.sql})", inner.type, inner)

    def _both(self, node: Any) -> Term:
        word = "AND" if isinstance(node, exp.And) else "OR"
        left, right = self.of(node, node.left, "yes_no"), self.of(node, node.right, "yes_no")
        return self.made(f"({left.sql} {word} {right.sql})", "yes_no", left, right)

    def _not(self, node: exp.Not) -> Term:
        inner = self.of(node, node.this, "yes_no")
        return self.made(f"NOT ({inner.sql})", "yes_no", inner)

    def _compared(self, node: Any) -> Term:
        terms, kind = self.alike(node, [node.left, node.right])
        left, right = (self.ordered(term.sql, kind) for term in terms)
        return self.made(f"({left} {COMPARED[type(node)]} {right})", "yes_no", *terms)

    def ordered(self, sql: str, kind: str) -> str:
        """Text is put in order by its bytes, on every engine."""
        return f'({sql}) COLLATE "C"' if kind == "text" and self.vendor == "postgresql" else f"({sql})"

    def _is(self, node: exp.Is) -> Term:
        left, right = self.term(node.this), node.expression
        if isinstance(right, exp.Boolean):
            left = self.of(node, node.this, "yes_no")
        elif not isinstance(right, exp.Null):
            raise Refused("console.not_allowed", said(node))
        return self.made(f"({left.sql}) IS {self.term(right).sql}", "yes_no", left)

    def _between(self, node: exp.Between) -> Term:
        only(node, ("this", "low", "high"))
        terms, kind = self.alike(node, [node.this, node.args["low"], node.args["high"]])
        value, low, high = (self.ordered(term.sql, kind) for term in terms)
        return self.made(f"({value} BETWEEN {low} AND {high})", "yes_no", *terms)

    def _in(self, node: exp.In) -> Term:
        if node.args.get("query") or node.args.get("unnest") or node.args.get("field") or not node.expressions:
            raise Refused("console.subquery", said(node))
        terms, _kind = self.alike(node, [node.this, *node.expressions])
        listed = ", ".join(term.sql for term in terms[1:])
        return self.made(f"({terms[0].sql} IN ({listed}))", "yes_no", *terms)

    def _like(self, node: exp.Like) -> Term:
        only(node, ("this", "expression"))
        value, pattern = self.of(node, node.this, "text"), self.of(node, node.expression, "text")
        if pattern.literal is None or "\\" in pattern.literal:
            raise Refused("console.pattern", said(node))
        if self.vendor != "sqlite":
            return self.made(f"({value.sql} LIKE {pattern.sql})", "yes_no", value)
        marks = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}
        glob = "".join(marks.get(sign, sign) for sign in pattern.literal).replace("'", "''")
        return self.made(f"({value.sql} GLOB '{glob}')", "yes_no", value)

    def _reckoned(self, node: Any) -> Term:
        only(node, ("this", "expression"))
        left, right = self.term(node.left), self.term(node.right)
        sign = "+" if isinstance(node, exp.Add) else "-" if isinstance(node, exp.Sub) else "*"
        if "date" in (left.type, right.type) and sign != "*":
            return self._days(node, left, right, sign)
        kind = self.number(node, left, right)
        return self.made(f"({left.sql} {sign} {right.sql})", kind, left, right)

    def _days(self, node: Any, left: Term, right: Term, sign: str) -> Term:
        """Days between two dates, or a date so many days on."""
        sides = [self._date(str(side.literal)) if side.type == DAY else side for side in (left, right)]
        first, second = (side.sql for side in sides)
        kinds = (sides[0].type, sides[1].type)
        if kinds == ("date", "date") and sign == "-":
            days = f"CAST(julianday({first}) - julianday({second}) AS INTEGER)"
            return self.made(days if self.vendor == "sqlite" else f"({first} - {second})", "integer", left, right)
        if kinds == ("date", "integer"):
            moved = f"date({first}, ({sign}({second})) || ' days')"
            return self.made(moved if self.vendor == "sqlite" else f"({first} {sign} ({second})::integer)", "date",
                             left, right)  # fmt: skip
        raise Refused("console.type", said(node))

    def _divided(self, node: exp.Div) -> Term:
        left, right = self.term(node.left), self.term(node.right)
        self.number(node, left, right)
        over, under = (f"CAST({side.sql} AS {REAL[self.vendor]})" for side in (left, right))
        return self.made(f"({over} / NULLIF({under}, 0))", "number", left, right)

    def _rest(self, node: exp.Mod) -> Term:
        left, right = self.of(node, node.left, "integer"), self.of(node, node.right, "integer")
        return self.made(f"(({left.sql}) % NULLIF({right.sql}, 0))", "integer", left, right)

    def _minus(self, node: exp.Neg) -> Term:
        inner = self.term(node.this)
        return self.made(f"(- ({inner.sql}))", self.number(node, inner), inner)

    def _case(self, node: exp.Case) -> Term:
        if node.this is not None:
            raise Refused("console.not_allowed", said(node))
        branches, default = node.args["ifs"], node.args.get("default")
        when = [self.of(node, branch.this, "yes_no") for branch in branches]
        values, kind = self.alike(node, [branch.args["true"] for branch in branches] + ([default] if default else []))
        said_ = " ".join(f"WHEN {test.sql} THEN {value.sql}" for test, value in zip(when, values, strict=False))
        other = f" ELSE {values[-1].sql}" if default else ""
        return self.made(f"CASE {said_}{other} END", kind, *when, *values)

    def _first(self, node: exp.Coalesce) -> Term:
        only(node, ("this", "expressions"))
        terms, kind = self.alike(node, [node.this, *node.expressions])
        if len(terms) == 1:
            return terms[0]
        return self.made(f"COALESCE({', '.join(term.sql for term in terms)})", kind, *terms)

    def _unless(self, node: exp.Nullif) -> Term:
        terms, kind = self.alike(node, [node.this, node.expression])
        return self.made(f"NULLIF({terms[0].sql}, {terms[1].sql})", kind, *terms)

    def _cast(self, node: exp.Cast) -> Term:
        only(node, ("this", "to"))
        inner, to = self.term(node.this), str(getattr(node.to.this, "value", ""))
        if to == "DATE" and inner.type in (DAY, "date"):
            return self._date(str(inner.literal)) if inner.type == DAY else inner
        if to in ("DECIMAL", "DOUBLE", "FLOAT") and inner.type in NUMBERS:
            return self.made(f"CAST({inner.sql} AS {REAL[self.vendor]})", "number", inner)
        raise Refused("console.cast", said(node))

    def _abs(self, node: exp.Abs) -> Term:
        inner = self.term(node.this)
        return self.made(f"ABS({inner.sql})", self.number(node, inner), inner)

    def _round(self, node: exp.Round) -> Term:
        only(node, ("this", "decimals"))
        inner = self.term(node.this)
        self.number(node, inner)
        places = self.whole(node.args.get("decimals"), 0, 6)
        value = inner.sql if self.vendor == "sqlite" else f"CAST({inner.sql} AS NUMERIC)"
        return self.made(f"ROUND({value}, {places})", "number", inner)

    def _of_text(self, node: Any) -> Term:
        only(node, ("this",))
        inner = self.of(node, node.this, "text")
        return self.made(f"{TEXT_FUNCTIONS[type(node)]}({inner.sql})", "text", inner)

    def _length(self, node: exp.Length) -> Term:
        inner = self.of(node, node.this, "text")
        return self.made(f"LENGTH({inner.sql})", "integer", inner)

    def _part(self, node: Any) -> Term:
        """A part of a text: from a place on, so many characters."""
        inner = self.of(node, node.this, "text")
        if isinstance(node, exp.Left):
            first, many = 1, node.expression
        else:
            first, many = self.whole(node.args.get("start"), 1, 10_000), node.args.get("length")
        length = f", {self.whole(many, 0, 10_000)}" if many is not None else ""
        return self.made(f"SUBSTR({inner.sql}, {first}{length})", "text", inner)

    def _position(self, node: exp.StrPosition) -> Term:
        only(node, ("this", "substr"))
        where, what = self.of(node, node.this, "text"), self.of(node, node.args["substr"], "text")
        find = "INSTR" if self.vendor == "sqlite" else "STRPOS"
        return self.made(f"{find}({where.sql}, {what.sql})", "integer", where, what)

    def _joined(self, node: exp.DPipe) -> Term:
        left, right = self.of(node, node.left, "text"), self.of(node, node.right, "text")
        return self.made(f"({left.sql} || {right.sql})", "text", left, right)

    def _extract(self, node: exp.Extract) -> Term:
        part, value = str(node.this.name).upper(), self.of(node, node.expression, "date")
        if part not in PARTS:
            raise Refused("console.not_allowed", said(node))
        if self.vendor == "sqlite":
            numeral, reckoned = PARTS[part]
            sql = reckoned.format(f"CAST({numeral.format(value.sql)} AS INTEGER)")
        else:
            sql = f"CAST(EXTRACT({part} FROM {value.sql}) AS INTEGER)"
        return self.made(f"({sql})", "integer", value)

    def made(self, sql: str, kind: str, *parts: Term) -> Term:
        """A term made of others: what is behind them is behind it."""
        held = tuple(dict.fromkeys(count for part in parts for count in part.held))
        counted = [part for part in parts if part.held or part.aggregate]
        # A total beside a group's own count, as in its share of it, is of that group.
        window = bool(counted) and all(part.window for part in counted)
        return Term(sql, kind, held, any(part.aggregate for part in parts), window)

    def of(self, node: Any, part: Any, kind: str) -> Term:
        """A part that has to be of a type."""
        term = self.term(part)
        if term.type not in (kind, NONE) and not (term.type == DAY and kind in ("text", "date")):
            raise Refused("console.type", said(node))
        if term.type == DAY and kind == "date":
            return self._date(str(term.literal))
        return term

    def alike(self, node: Any, parts: Sequence[Any]) -> tuple[list[Term], str]:
        """Parts that share a type, with it; a text that is a date is one beside a date."""
        terms = [self.term(part) for part in parts]
        kinds = {term.type for term in terms} - {NONE}
        if "date" in kinds:
            kinds.discard(DAY)
            terms = [self._date(str(term.literal)) if term.type == DAY else term for term in terms]
        if kinds == {DAY}:
            return terms, "text"
        kinds.discard(DAY)
        if kinds == set(NUMBERS):
            return terms, "number"
        if len(kinds) > 1 or (not kinds and not terms):
            raise Refused("console.type", said(node))
        kind = kinds.pop() if kinds else NONE
        if kind != "text" and any(term.type == DAY for term in terms):
            raise Refused("console.type", said(node))
        return terms, kind

    def number(self, node: Any, *terms: Term) -> str:
        """The type of what is reckoned of numbers."""
        if any(term.type not in (*NUMBERS, NONE) for term in terms):
            raise Refused("console.type", said(node))
        return "number" if any(term.type == "number" for term in terms) else "integer"

    def whole(self, node: Any, least: int, most: int) -> int:
        """A whole number that was written as such. Absent: the least."""
        if node is None:
            return least
        if not isinstance(node, exp.Literal) or node.is_string or not node.name.isdigit():
            raise Refused("console.number", said(node))
        if len(node.name) > 9 or not least <= int(node.name) <= most:
            raise Refused("console.number", said(node))
        return int(node.name)

    WRITERS: ClassVar[dict[type[Any], Writer]] = {
        exp.Column: _column, exp.Literal: _literal, exp.Null: _null, exp.Boolean: _boolean, exp.CurrentDate: _today,
        exp.Paren: _paren, exp.And: _both, exp.Or: _both, exp.Not: _not, exp.Is: _is, exp.Between: _between,
        exp.In: _in, exp.Like: _like, exp.Add: _reckoned, exp.Sub: _reckoned, exp.Mul: _reckoned, exp.Div: _divided,
        exp.Mod: _rest, exp.Neg: _minus, exp.Case: _case, exp.Coalesce: _first, exp.Nullif: _unless, exp.Cast: _cast,
        exp.Abs: _abs, exp.Round: _round, exp.Upper: _of_text, exp.Lower: _of_text, exp.Trim: _of_text,
        exp.Length: _length, exp.Substring: _part, exp.Left: _part, exp.StrPosition: _position, exp.DPipe: _joined,
        exp.Extract: _extract, exp.EQ: _compared, exp.NEQ: _compared, exp.GT: _compared, exp.GTE: _compared,
        exp.LT: _compared, exp.LTE: _compared,
    }  # fmt: skip


COMPARED = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
TEXT_FUNCTIONS = {exp.Upper: "UPPER", exp.Lower: "LOWER", exp.Trim: "TRIM"}


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
