"""Selects: where they read from, what they show, and the hidden columns that say how many records are behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from huoshui.console.sql.counting import AGGREGATES, Counted, aggregates_of
from huoshui.console.sql.reading import MOST_SOURCES, clause, named, only, said
from huoshui.console.sql.shapes import (
    FEWEST,
    Column,
    Evidence,
    Refused,
    Source,
    Term,
    capped,
    counted,
    quoted,
    small,
)

PARTS = ("with_", "kind", "expressions", "from_", "joins", "where", "group", "having", "order", "limit", "offset",
         "distinct", "operation_modifiers")  # fmt: skip
"""What a select may have; ``kind`` and the modifiers are held to be empty by their own values."""
MOST_COLUMNS, MOST_OFFSET = 60, 1_000_000


@dataclass(frozen=True)
class Table:
    """What can be selected from by a name: a fact view or a select before."""

    name: str
    columns: Mapping[str, Column]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Output:
    """A column of the answer. ``counted``: its values are of several records, so small ones are hidden."""

    title: str
    type: str
    counted: bool
    total: bool = False


@dataclass
class Written:
    """A select as written, with what reads it: the columns of the answer, or those of a source for the next select."""

    sql: str
    outputs: list[Output] = field(default_factory=list)
    evidence: tuple[Evidence, ...] = ()
    columns: dict[str, Column] = field(default_factory=dict)
    ranked: bool = False
    """Whether what was counted decides the order."""


class Question:
    """One question, written piece by piece: the selects it begins WITH, those inside of FROM, and the last."""

    def __init__(self, vendor: str, views: Mapping[str, Table]) -> None:
        self.vendor, self.views = vendor, views
        self.used: list[str] = []
        """Names of the fact views that it reads."""
        self.steps: list[str] = []
        """The selects that come first, each as an entry of WITH."""
        self._known: dict[str, Table] = {}

    def written(self, tree: exp.Select, most: int) -> Written:
        """The whole question; ``most``: rows that it returns at the most."""
        for step in self._begun(tree):
            name = named(step.args["alias"])
            if name in self.views or name in self._known:
                raise Refused("console.shadow", name)
            only(step, ("this", "alias"))
            self._known[name] = self._step(step.this)
        return self._select(tree, last=True, most=most)

    def _begun(self, tree: exp.Select) -> list[Any]:
        begun = tree.args.get("with_")
        if begun is None:
            return []
        if begun.args.get("recursive"):
            raise Refused("console.recursive")
        only(begun, ("expressions",))
        return list(begun.expressions)

    def _step(self, tree: Any) -> Table:
        """A select that another one reads, as a table with hidden columns."""
        if not isinstance(tree, exp.Select):
            raise Refused("console.no_select", said(tree))
        for key, code in (("with_", "console.with_inside"), ("limit", "console.limit_inside"),
                          ("offset", "console.limit_inside"), ("distinct", "console.distinct")):  # fmt: skip
            if tree.args.get(key):
                raise Refused(code, clause(key, tree.args[key]))
        inner = self._select(tree, last=False, most=0)
        name = f"hs_step_{len(self.steps)}"
        self.steps.append(f"{quoted(name)} AS ({inner.sql})")
        return Table(name, inner.columns, inner.evidence)

    def _source(self, node: Any) -> Source:
        """A table of a FROM or JOIN, under the name it has here."""
        alias = named(node.args["alias"]) if node.args.get("alias") else ""
        if isinstance(node, exp.Subquery):
            only(node, ("this", "alias"))
            if not alias:
                raise Refused("console.alias", said(node))
            table = self._step(node.this)
        elif isinstance(node, exp.Table):
            only(node, ("this", "alias"))
            name = named(node.this)
            alias, table = alias or name, self._table(name)
        else:
            raise Refused("console.not_allowed", said(node))
        of = f'"{alias}".'
        evidence = tuple(
            Evidence(of + quoted(one.row), of + quoted(one.count) if one.count else "") for one in table.evidence
        )
        return Source(alias, table.name, table.columns, evidence)

    def _table(self, name: str) -> Table:
        if name in self._known:
            return self._known[name]
        if name not in self.views:
            raise Refused("console.table", name, "、".join(self.views))
        if name not in self.used:
            self.used.append(name)
        return self.views[name]

    def _sources(self, tree: exp.Select) -> list[Source]:
        begin = tree.args.get("from_")
        if begin is None:
            raise Refused("console.no_from")
        only(begin, ("this",))
        joins = tree.args.get("joins") or []
        if len(joins) >= MOST_SOURCES:
            raise Refused("console.too_long", said(tree))
        found = [self._source(begin.this), *(self._source(join.this) for join in joins)]
        names = [source.alias for source in found]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise Refused("console.ambiguous", twice)
        return found

    def _select(self, tree: exp.Select, *, last: bool, most: int) -> Written:
        only(tree, PARTS)
        if tree.args.get("kind") or tree.args.get("operation_modifiers"):
            raise Refused("console.not_allowed", said(tree))
        sources = self._sources(tree)
        grouped = bool(tree.args.get("group")) or any(
            aggregates_of(part) for key in ("expressions", "having", "order") for part in _parts(tree, key)
        )
        return _Select(self, tree, sources, Counted(self.vendor, sources, grouped=grouped)).written(last, most)


def _parts(tree: exp.Select, key: str) -> list[Any]:
    found = tree.args.get(key)
    return found if isinstance(found, list) else [found] if found is not None else []


class _Select:
    """One select of a question, while it is written."""

    def __init__(self, question: Question, tree: exp.Select, sources: list[Source], writer: Counted) -> None:
        self.question, self.tree, self.sources, self.writer = question, tree, sources, writer
        self.ranked = False
        self.outputs = self._outputs()
        self.keys = self._group()

    def written(self, last: bool, most: int) -> Written:
        terms = [(title, self.writer.term(node)) for title, node in self.outputs]
        if any(term.type == "none" for _title, term in terms):
            raise Refused("console.type", "NULL")
        return self._last(terms, most) if last else self._step(terms)

    def _outputs(self) -> list[tuple[str, Any]]:
        """Titles and expressions of the columns; a star is spelled out."""
        found: list[tuple[str, Any]] = []
        for node in self.tree.expressions:
            star = node if isinstance(node, exp.Star) else node.this if isinstance(node, exp.Column) else None
            if isinstance(star, exp.Star):
                only(star, ())
                found += self._starred(node)
            elif isinstance(node, exp.Alias):
                named(node.args["alias"])
                found.append((node.alias, node.this))
            else:
                found.append((node.name if isinstance(node, exp.Column) else said(node), node))
        if not 1 <= len(found) <= MOST_COLUMNS:
            raise Refused("console.columns", str(len(found)))
        return found

    def _starred(self, node: Any) -> list[tuple[str, Any]]:
        wanted = named(node.args["table"]) if isinstance(node, exp.Column) and node.args.get("table") else ""
        known = [source for source in self.sources if wanted in ("", source.alias)]
        if not known:
            raise Refused("console.source", wanted, "、".join(source.alias for source in self.sources))
        return [(name, exp.column(name, source.alias)) for source in known for name in source.columns]

    def _group(self) -> list[Term]:
        group = self.tree.args.get("group")
        if group is None:
            return []
        only(group, ("expressions",))
        return [self.writer.key(self._named_output(node)) for node in group.expressions]

    def _named_output(self, node: Any) -> Any:
        """What a number or an alias of the select list stands for in GROUP BY and ORDER BY."""
        at = self._output_at(node)
        return node if at is None else self.outputs[at][1]

    def _output_at(self, node: Any) -> int | None:
        if isinstance(node, exp.Literal) and not node.is_string:
            return self.writer.whole(node, 1, len(self.outputs)) - 1
        if isinstance(node, exp.Column) and not node.args.get("table"):
            name = node.name.lower()
            if any(name in source.columns for source in self.sources):
                return None
            titles = [title.lower() for title, _node in self.outputs]
            return titles.index(name) if name in titles else None
        return None

    def _from(self) -> str:
        said_ = [f"FROM {_table(self.sources[0])}"]
        for join, source in zip(self.tree.args.get("joins") or [], self.sources[1:], strict=True):
            said_.append(self._join(join, source))
        if where := self.tree.args.get("where"):
            said_.append(f"WHERE {self._where(where)}")
        return " ".join(said_)

    def _join(self, join: exp.Join, source: Source) -> str:
        only(join, ("this", "on", "side", "kind"))
        side, kind = str(join.args.get("side") or ""), str(join.args.get("kind") or "")
        on = join.args.get("on")
        if side not in ("", "LEFT") or kind not in ("", "INNER", "OUTER", "CROSS") or (side and on is None):
            raise Refused("console.join", f"{side} {kind} JOIN".strip())
        if on is None:
            return f"CROSS JOIN {_table(source)}"
        term = self._condition(on)
        if term.counted:
            raise Refused("console.join_counted", said(on))
        return f"{'LEFT' if side else 'INNER'} JOIN {_table(source)} ON {term.sql}"

    def _condition(self, node: Any) -> Term:
        """A condition over rows."""
        if node.find(*AGGREGATES, exp.Window):
            raise Refused("console.nested", said(node))
        term = self.writer.plain(node)
        if term.type != "yes_no":
            raise Refused("console.type", said(node))
        return term

    def _where(self, where: exp.Where) -> str:
        """What is counted may only decide over rows of which it could be shown."""
        term = self._condition(where.this)
        return f"({term.sql}) AND NOT {small(term.held)}" if term.counted else term.sql

    def _grouped(self) -> str:
        said_ = [f"GROUP BY {', '.join(term.sql for term in self.keys)}"] if self.keys else []
        if having := self.tree.args.get("having"):
            term = self.writer.term(having.this)
            if term.type != "yes_no" or having.find(exp.Window):
                raise Refused("console.type", said(having))
            held = small([*term.held, *self.writer.group])
            said_.append(f"HAVING ({term.sql}) AND NOT {held}")
        return " ".join(said_)

    def _step(self, terms: list[tuple[str, Term]]) -> Written:
        """As a source: its columns by their names, how many records are behind the counted ones, and its evidence."""
        if self.tree.args.get("order"):
            raise Refused("console.limit_inside", "ORDER BY")
        columns: dict[str, Column] = {}
        listed: list[str] = []
        for at, (title, term) in enumerate(terms):
            name = title.lower()
            if name in columns:
                raise Refused("console.ambiguous", title)
            named(exp.to_identifier(name, quoted=True))
            hidden = f"hs_n{at}" if term.counted else ""
            columns[name] = Column("text" if term.type == "day" else term.type, hidden)
            listed.append(f"{term.sql} AS {quoted(name)}")
            if hidden:
                listed.append(f"{capped(term.held)} AS {quoted(hidden)}")
        evidence, more = self._evidence()
        sql = f"SELECT {', '.join([*listed, *more])} {self._from()} {self._grouped()}"
        return Written(sql, evidence=evidence, columns=columns)

    def _evidence(self) -> tuple[tuple[Evidence, ...], list[str]]:
        """The hidden columns that tell the records of this select's rows apart."""
        found, listed = [], []
        if not self.writer.grouped:
            for at, one in enumerate(self.writer.evidence):
                row, count = f"hs_r{at}", f"hs_c{at}" if one.count else ""
                listed.append(f"{one.row} AS {quoted(row)}")
                if count:
                    listed.append(f"{one.count} AS {quoted(count)}")
                found.append(Evidence(row, count))
            return tuple(found), listed
        for at, group in enumerate(self.writer.group):
            found.append(Evidence("hs_row", f"hs_c{at}"))
            listed.append(f"CASE WHEN {group} > {FEWEST} THEN {FEWEST} ELSE {group} END AS {quoted(f'hs_c{at}')}")
        if found:
            listed.append("ROW_NUMBER() OVER () AS hs_row")
        return tuple(found), listed

    def _last(self, terms: list[tuple[str, Term]], most: int) -> Written:
        """As the answer: its columns by number, then the hidden ones (see ``answers``)."""
        outputs = [
            Output(title, "text" if term.type == "day" else term.type, term.counted, term.window)
            for title, term in terms
        ]
        listed = [f"{term.sql} AS o{at}" for at, (_title, term) in enumerate(terms)]
        listed += [f"{capped(term.held)} AS n{at}" for at, (_title, term) in enumerate(terms) if term.counted]
        some = any(output.counted for output in outputs)
        if some:
            listed.append(f"{self._size()} AS hs_size")
        distinct = self._distinct(some)
        order = self._order(terms, distinct=bool(distinct))
        parts = [f"SELECT {distinct}{', '.join(listed)}", self._from(), self._grouped(), order, self._limit(most)]
        return Written(" ".join(part for part in parts if part), outputs, ranked=self.ranked)

    def _size(self) -> str:
        """How many records a row stands for, the fewest of its sources: decides which row is hidden beside another."""
        if self.writer.grouped:
            counts = [counted(one, joined=self.writer.joined) for one in self.writer.evidence]
        else:
            counts = [one.count for one in self.writer.evidence if one.count]
        if not counts:
            return "0"
        least = "MIN" if self.question.vendor == "sqlite" else "LEAST"
        return counts[0] if len(counts) == 1 else f"{least}({', '.join(counts)})"

    def _distinct(self, some: bool) -> str:
        distinct = self.tree.args.get("distinct")
        if distinct is None:
            return ""
        only(distinct, ())
        if some or self.writer.grouped:
            raise Refused("console.distinct", "DISTINCT")
        return "DISTINCT "

    def _order(self, terms: list[tuple[str, Term]], *, distinct: bool) -> str:
        order = self.tree.args.get("order")
        if order is None:
            return ""
        sorts: list[str] = []
        held: list[str] = []
        for node in order.expressions:
            only(node, ("this", "desc", "nulls_first"))
            at = self._output_at(node.this)
            term = terms[at][1] if at is not None else self.writer.term(node.this)
            if distinct and term.sql not in [shown.sql for _title, shown in terms]:
                raise Refused("console.distinct", said(node.this))
            held += term.held
            sorts.append(self.writer.sorted_by(term, node))
        if held:  # what is hidden comes last, so that its place tells nothing
            self.ranked = True
            sorts.insert(0, f"CASE WHEN {small(held)} THEN 1 ELSE 0 END")
        return f"ORDER BY {', '.join(sorts)}"

    def _limit(self, most: int) -> str:
        limit, offset = self.tree.args.get("limit"), self.tree.args.get("offset")
        if limit is not None:
            only(limit, ("expression",))
            most = min(most, self.writer.whole(limit.expression, 0, MOST_OFFSET))
        start = self.writer.whole(offset.expression, 0, MOST_OFFSET) if offset is not None else 0
        return f"LIMIT {most} OFFSET {start}" if start else f"LIMIT {most}"


def _table(source: Source) -> str:
    return f"{quoted(source.table)} AS {quoted(source.alias)}"
