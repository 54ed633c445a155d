"""The engine's own index of words, behind one interface: FTS5 on SQLite, a GIN index of tsvectors on PostgreSQL.

SQLite keeps no words beside its index (they are made anew from ``Indexed`` to take a row away); both find the highest
numbers first, so that a word of many records is as quick as a rare one.
"""
# ruff: noqa: S608 (every part of the statements stands in this file)

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection

from huoshui.search.models import ORDER_BITS, RUNNING_BITS, Indexed
from huoshui.search.terms import Has, Term, every, for_fts5, for_tsquery, share

TABLE = "search_words"
WALKED = 1_000
"""Of a kind, so many of the newest are looked at before the index is asked."""
KIND_AT = ORDER_BITS + RUNNING_BITS
SPAN_AT = RUNNING_BITS + 8
"""The bits of a number at which its kind begins, and its span: of a kind, 256 days that stand together, or ranks."""
KIND, SPAN = "^", "^^"
"""Signs of their tokens, by which PostgreSQL gathers of one alone."""
COMMON = 0.02
"""The share of all rows from which on a question is answered span by span."""
SECONDS_KNOWN = 300
MERGED_AT_ONCE = 1_000
"""Pages of FTS5 that one step of making its index one piece writes."""


@dataclass(frozen=True)
class Ask:
    """One question: the highest numbers from ``low`` up to and without ``high``, at most ``most``."""

    term: Term
    low: int
    high: int
    most: int


def answers(asks: Sequence[Ask]) -> list[list[Indexed]]:
    """What each question finds, the highest number first: one statement for the numbers, one for the rows."""
    if not asks:
        return []
    pairs = _on_sqlite(asks) if connection.vendor == "sqlite" else _on_postgresql(asks)
    rows = Indexed.objects.in_bulk({key for _at, key in pairs})
    found: list[list[Indexed]] = [[] for _ask in asks]
    for at, key in pairs:
        if key in rows:
            found[at].append(rows[key])
    return [sorted(each, key=lambda row: -row.pk) for each in found]


def _on_sqlite(asks: Sequence[Ask]) -> list[tuple[int, int]]:
    """FTS5 walks what it finds from the highest number down, and stops at the limit."""
    part = (
        f"SELECT * FROM (SELECT {{at}}, rowid FROM {TABLE} WHERE {TABLE} MATCH %s AND rowid >= %s AND rowid < %s "
        "ORDER BY rowid DESC LIMIT %s)"
    )
    params = [value for ask in asks for value in (for_fts5(ask.term), ask.low, ask.high, ask.most)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(part.format(at=at) for at in range(len(asks))), params)
        return list(cursor.fetchall())


def _on_postgresql(asks: Sequence[Ask]) -> list[tuple[int, int]]:
    """The newest WALKED are looked at one by one; only where these are not enough, GIN gathers the older ones.

    What has enough among the newest may have a third of all. What has not is rare, and gathered at once; or it was
    common at another time, and is gathered span by span, from the newest down, until there is enough. The planner would
    guess which, and walk all of a million where two common words stand nowhere together.
    """
    common = cache.get_or_set(f"{TABLE}-common", _common_tokens, SECONDS_KNOWN) or {}
    parts: list[str] = []
    params: list[str | int] = []
    for at, ask in enumerate(asks):
        kind, _span = _marks(ask.low)
        query, of_kind = for_tsquery(ask.term), for_tsquery(every((ask.term, Has(kind))))
        spanned = share(ask.term, common) > COMMON
        parts.append(_PART.format(at=at, walked=WALKED, older=_BY_SPANS if spanned else _AT_ONCE))
        params += [ask.low, ask.high, query, ask.most, ask.low, ask.most]
        params += [query, ask.most, ask.most] if spanned else [of_kind]
        params.append(ask.most)
    # Without sequential scans every plan looks dear, and a dear one PostgreSQL would compile (jit) before it runs.
    # Sent as one text, the settings cost no answer of their own; they end with the transaction, which is that text
    # where none is open.
    before = "SET LOCAL enable_seqscan TO off; SET LOCAL jit TO off"
    after = "SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL jit TO DEFAULT"
    with connection.cursor() as cursor:
        cursor.execute(f"{before}; {' UNION ALL '.join(parts)}; {after}", params)
        while cursor.description is None:  # a setting answers nothing
            cursor.nextset()
        return list(cursor.fetchall())


_PART = f"""
    (WITH newest AS MATERIALIZED (
        SELECT id, words FROM {TABLE} WHERE id >= %s AND id < %s ORDER BY id DESC LIMIT {{walked}}
    ), near AS MATERIALIZED (
        SELECT id FROM newest WHERE words @@ %s::tsquery ORDER BY id DESC LIMIT %s
    ), beyond AS MATERIALIZED (
        SELECT (SELECT min(id) FROM {TABLE} WHERE id >= %s) AS low, (SELECT min(id) FROM newest) AS high
        WHERE (SELECT count(*) FROM near) < %s AND (SELECT count(*) FROM newest) = {{walked}}
    )
    SELECT {{at}}, id FROM (SELECT id FROM near UNION ALL ({{older}})) AS both_of_them ORDER BY id DESC LIMIT %s)
"""
_AT_ONCE = f"""
    SELECT gathered.id FROM beyond, LATERAL (SELECT id FROM {TABLE} WHERE words @@ %s::tsquery OFFSET 0) AS gathered
    WHERE gathered.id >= low AND gathered.id < high
"""
_BY_SPANS = f"""
    SELECT older.id FROM beyond, generate_series(high >> {SPAN_AT}, low >> {SPAN_AT}, -1) AS span, LATERAL (
        SELECT id FROM (
            SELECT id FROM {TABLE} WHERE words @@ (%s::tsquery && format('%%L', '{SPAN}' || span)::tsquery) OFFSET 0
        ) AS gathered WHERE id >= low AND id < high ORDER BY id DESC LIMIT %s
    ) AS older LIMIT %s
"""


def _common_tokens() -> dict[str, float]:
    """The tokens that PostgreSQL knows to be the most common, with their shares of all rows, as it last counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats "
            "WHERE schemaname = current_schema() AND tablename = %s AND attname = 'words'",
            [TABLE],
        )
        tokens, shares = cursor.fetchone() or ((), ())
    return dict(zip(tokens or (), shares or (), strict=False))  # the shares end with the least and the most of them


def add(rows: Iterable[tuple[int, Iterable[str]]]) -> None:
    """Index the words of some numbers, that have none yet."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            told = [(key, " ".join(sorted(words))) for key, words in rows]
            cursor.executemany(f"INSERT INTO {TABLE} (rowid, words) VALUES (%s, %s)", told)
        else:
            listed = [(key, sorted({*words, *_marks(key)})) for key, words in rows]
            cursor.executemany(f"INSERT INTO {TABLE} (id, words) VALUES (%s, array_to_tsvector(%s::text[]))", listed)


def _marks(key: int) -> tuple[str, str]:
    """Tokens of the kind and of the span of a number."""
    return f"{KIND}{key >> KIND_AT}", f"{SPAN}{key >> SPAN_AT}"


def remove(rows: Iterable[tuple[int, Iterable[str]]]) -> None:
    """Take the words of some numbers away, which have to be those that they were added with."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            told = [(key, " ".join(sorted(words))) for key, words in rows]
            cursor.executemany(f"INSERT INTO {TABLE} ({TABLE}, rowid, words) VALUES ('delete', %s, %s)", told)
        else:
            cursor.execute(f"DELETE FROM {TABLE} WHERE id = ANY(%s)", [[key for key, _words in rows]])


def clear() -> None:
    """Take all words away, for very many that come: what PostgreSQL finds them by is made by ``settle``."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('delete-all')")
        else:
            cursor.execute(f"DROP INDEX IF EXISTS {TABLE}_gin")
            cursor.execute(f"TRUNCATE {TABLE}")


def settle(*, begin: bool) -> bool:
    """After very many rows were written: make the index one piece, in steps; whether that is done.

    ``begin``: the first step. No step holds the lock of a writer for longer than a second or so.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            before = _changes()
            pages = -MERGED_AT_ONCE if begin else MERGED_AT_ONCE
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('merge', %s)", [pages])
            return _changes() - before < 2
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(f"CREATE INDEX IF NOT EXISTS {TABLE}_gin ON {TABLE} USING gin (words) WITH (fastupdate = off)")
        cursor.execute(f"ALTER TABLE {TABLE} ALTER COLUMN words SET STATISTICS 1000")  # see _common_tokens
        cursor.execute(f"ANALYZE {TABLE}")
        return True


def _changes() -> int:
    """How many rows this connection of SQLite ever changed: a step of a merge that has nothing to do changes one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT total_changes()")
        return int(cursor.fetchone()[0])
