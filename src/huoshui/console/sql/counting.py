"""Aggregates and windows, and how many records stand behind each of their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from huoshui.console.sql.reading import only, said
from huoshui.console.sql.scalars import REAL, Scalars
from huoshui.console.sql.shapes import FEWEST, NONE, Evidence, Refused, Source, Term, counted

AGGREGATES = (exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max)
RANKS = {exp.RowNumber: "ROW_NUMBER", exp.Rank: "RANK", exp.DenseRank: "DENSE_RANK"}
NEIGHBOURS = {exp.Lag: "LAG", exp.Lead: "LEAD", exp.FirstValue: "FIRST_VALUE", exp.LastValue: "LAST_VALUE"}
NAMES = {exp.Count: "COUNT", exp.Sum: "SUM", exp.Avg: "AVG", exp.Min: "MIN", exp.Max: "MAX"}


def aggregates_of(node: Any) -> bool:
    """Whether an expression counts over groups; a window's own function does not."""
    return any(not _of_window(found) for found in node.find_all(*AGGREGATES))


def _of_window(node: Any) -> bool:
    parent = node.parent.parent if isinstance(node.parent, exp.Filter) else node.parent
    return isinstance(parent, exp.Window) and parent.this in (node, node.parent)


class Counted(Scalars):
    """Writes the expressions of a select that may count. ``keys``: what it is grouped by, as written."""

    def __init__(self, vendor: str, sources: Sequence[Source], *, grouped: bool = False) -> None:
        super().__init__(vendor, sources)
        self.evidence = [one for source in sources for one in source.evidence]
        self.joined, self.grouped = len(sources) > 1, grouped
        self.keys: dict[str, Term] = {}
        self._within = not grouped

    @property
    def group(self) -> tuple[str, ...]:
        """How many records of each source stand behind a group."""
        return tuple(counted(one, joined=self.joined) for one in self.evidence) if self.grouped else ()

    def term(self, node: Any) -> Term:
        if isinstance(node, exp.Window):
            return self._window(node)
        if isinstance(node, (*AGGREGATES, exp.Filter)):
            return self._aggregate(node)
        if self._within or node.find(*AGGREGATES, exp.Window):
            return super().term(node)
        found = self.keys.get(self.plain(node).sql)
        if found is not None:
            return found
        if isinstance(node, exp.Column):
            raise Refused("console.not_grouped", said(node))
        return super().term(node)

    def plain(self, node: Any) -> Term:
        """An expression over the rows themselves, as stands inside of an aggregate."""
        was, self._within = self._within, True
        try:
            return self.term(node)
        finally:
            self._within = was

    def key(self, node: Any) -> Term:
        """Group by an expression; of one that was itself counted the whole group is behind it."""
        if node.find(*AGGREGATES, exp.Window):
            raise Refused("console.nested", said(node))
        term = self.plain(node)
        self.keys[term.sql] = replace(term, held=self.group if term.counted else ())
        return term

    def _aggregate(self, node: Any) -> Term:
        if self._within:
            raise Refused("console.nested", said(node))
        sql, kind, argument, condition = self._called(node)
        held = list(self.group)
        for one in self.evidence if condition else ():
            held.append(counted(one, condition, joined=self.joined))
            if self._adds_up(node):  # what the group has besides could be told by subtraction
                held.append(f"({counted(one, joined=self.joined)} - {held[-1]})")
        held += [f"COALESCE(SUM(CASE WHEN {condition} THEN {_cap(one)} ELSE 0 END), 0)" for one in argument.held]
        return Term(sql, kind, tuple(held), aggregate=True)

    def _adds_up(self, node: Any) -> bool:
        return isinstance(node.this if isinstance(node, exp.Filter) else node, exp.Count | exp.Sum)

    def _called(self, node: Any, *, plain: bool = True) -> tuple[str, str, Term, str]:
        """An aggregate as written, its type, what it is of, and which rows it takes."""
        function, where = (node.this, node.expression.this) if isinstance(node, exp.Filter) else (node, None)
        if not isinstance(function, AGGREGATES):
            raise Refused("console.not_allowed", said(node))
        only(function, ("this", "big_int"))
        kept = self._condition(where, plain=plain) if where is not None else ""
        said_, argument, taken = self._argument(function, plain=plain)
        kind = self._kind(function, argument)
        filtered = f" FILTER (WHERE {kept})" if kept else ""
        condition = " AND ".join(f"({part})" for part in (kept, taken) if part)
        return f"{NAMES[type(function)]}({said_}){filtered}", kind, argument, condition

    def _condition(self, where: Any, *, plain: bool) -> str:
        term = self.plain(where) if plain else self.term(where)
        if term.type != "yes_no":
            raise Refused("console.type", said(where))
        return term.sql

    def _argument(self, function: Any, *, plain: bool) -> tuple[str, Term, str]:
        """What stands inside of an aggregate, and the condition that a row adds something to it."""
        inner = function.this
        if isinstance(function, exp.Count) and isinstance(inner, exp.Star):
            only(inner, ())
            return "*", Term("*", "integer"), ""
        distinct = isinstance(inner, exp.Distinct)
        if distinct:
            only(inner, ("expressions",))
            if not isinstance(function, exp.Count) or len(inner.expressions) != 1:
                raise Refused("console.not_allowed", said(function))
            inner = inner.expressions[0]
        term = self.plain(inner) if plain else self.term(inner)
        sums = isinstance(function, exp.Sum)
        condition = f"({term.sql}) <> 0" if sums else f"({term.sql}) IS NOT NULL"
        sql = self.ordered(term.sql, term.type) if isinstance(function, exp.Min | exp.Max) else term.sql
        if isinstance(function, exp.Avg):
            sql = f"CAST({term.sql} AS {REAL[self.vendor]})"
        return (f"DISTINCT {sql}" if distinct else sql), term, condition if self._is_number(function, term) else ""

    def _is_number(self, function: Any, term: Term) -> bool:
        """Whether it goes: sums and means are of numbers, and yes or no is neither most nor least."""
        if isinstance(function, exp.Sum | exp.Avg):
            self.number(function, term)
        elif isinstance(function, exp.Min | exp.Max) and term.type == "yes_no":
            raise Refused("console.type", said(function))
        return True

    def _kind(self, function: Any, argument: Term) -> str:
        if isinstance(function, exp.Count):
            return "integer"
        if isinstance(function, exp.Avg):
            return "number"
        return "integer" if isinstance(function, exp.Sum) and argument.type == NONE else argument.type

    def _window(self, node: exp.Window) -> Term:
        if node.find_ancestor(exp.Window, *AGGREGATES, exp.Where):
            raise Refused("console.nested", said(node))
        only(node, ("this", "partition_by", "order", "spec", "over"))
        function = node.this
        by = [self.term(part) for part in node.args.get("partition_by") or []]
        order, frame = node.args.get("order"), self._frame(node.args.get("spec"))
        ranks = [(self.term(one.this), one) for one in order.expressions] if order else []
        sorts = [self.sorted_by(term, one) for term, one in ranks]
        parts = f"PARTITION BY {', '.join(term.sql for term in by)}" if by else ""
        over = " ".join(part for part in (parts, f"ORDER BY {', '.join(sorts)}" if sorts else "", frame) if part)
        if type(function) in RANKS:
            only(function, ())
            found = Term(f"{RANKS[type(function)]}() OVER ({over})", "integer", aggregate=self.grouped, window=True)
        elif type(function) in NEIGHBOURS:
            found = self._neighbour(function, over)
        else:
            found = self._total(function, over, parts, running=bool(sorts))
        # Where a row stands among others, or with which, tells of what it was sorted by.
        told = [count for term in (*by, *(term for term, _node in ranks)) for count in term.held]
        return replace(found, held=tuple(dict.fromkeys([*found.held, *told])))

    def _neighbour(self, function: Any, over: str) -> Term:
        only(function, ("this", "offset"))
        term = self.term(function.this)
        away = f", {self.whole(function.args['offset'], 0, 1000)}" if function.args.get("offset") else ""
        name = NEIGHBOURS[type(function)]
        held = tuple(f"{name}({one}{away}) OVER ({over})" for one in term.held)
        return Term(f"{name}({term.sql}{away}) OVER ({over})", term.type, held, aggregate=self.grouped, window=True)

    def _total(self, node: Any, over: str, parts: str, *, running: bool) -> Term:
        """A sum or the like over a window. A running one of what was counted would tell each by its steps."""
        sql, kind, argument, condition = self._called(node, plain=False)
        whole = self.group if self.grouped else tuple(self._marks())
        if running and (self.grouped or argument.counted) and whole:
            raise Refused("console.running_total", said(node))
        held = [f"SUM({one}) OVER ({parts})" for one in (argument.held or whole)]
        if condition and not self.grouped:
            held += [f"SUM(CASE WHEN {condition} THEN {one} ELSE 0 END) OVER ({parts})" for one in whole]
        return Term(f"{sql} OVER ({over})", kind, tuple(held), aggregate=self.grouped, window=True)

    def _marks(self) -> Sequence[str]:
        """Of each source how many records a row stands for."""
        return [_cap(one.count) if one.count else _one(one) for one in self.evidence]

    def _frame(self, spec: Any) -> str:
        """Rows before and after that a window takes."""
        if spec is None:
            return ""
        if str(spec.args.get("kind", "")).upper() != "ROWS" or spec.args.get("exclude"):
            raise Refused("console.not_allowed", said(spec))
        ends = [self._end(spec, "start"), self._end(spec, "end") if spec.args.get("end") else "CURRENT ROW"]
        return f"ROWS BETWEEN {ends[0]} AND {ends[1]}"

    def _end(self, spec: Any, which: str) -> str:
        value, side = spec.args.get(which), str(spec.args.get(f"{which}_side") or "").upper()
        if value == "CURRENT ROW":
            return "CURRENT ROW"
        many = value if value == "UNBOUNDED" else self.whole(value, 0, 1000)
        if side not in ("PRECEDING", "FOLLOWING"):
            raise Refused("console.not_allowed", said(spec))
        return f"{many} {side}"

    def sorted_by(self, term: Term, node: Any) -> str:
        """A term of an order, empty values where PostgreSQL puts them."""
        down, first = bool(node.args.get("desc")), bool(node.args.get("nulls_first"))
        way = "DESC" if down else "ASC"
        return f"{self.ordered(term.sql, term.type)} {way} NULLS {'FIRST' if first else 'LAST'}"


def _cap(count: str) -> str:
    return f"CASE WHEN {count} > {FEWEST} THEN {FEWEST} ELSE {count} END"


def _one(evidence: Evidence) -> str:
    return f"CASE WHEN {evidence.row} IS NULL THEN 0 ELSE 1 END"
