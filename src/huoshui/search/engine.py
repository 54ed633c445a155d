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
"""Of a kind, so many of the newest are looked at before the index is asked, where enough of them should answer."""
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
    """What many records have is found among the newest of a kind, or span by span; what few have, at once.

    The function (migration 0003) plans its statements once a connection; written out for twenty questions, planning
    took longer than finding.
    """
    common = cache.get_or_set(f"{TABLE}-common", _common_tokens, SECONDS_KNOWN) or {}
    listed = [(ask.low, ask.high, *_asked_of_gin(ask), *_way(ask, common), ask.most) for ask in asks]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at - 1, held FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::int[], "
            "%s::bool[], %s::int[]) WITH ORDINALITY AS asked (low, high, query, of_kind, walked, by_spans, most, at), "
            f"LATERAL {TABLE}_held(low, high, query::tsquery, of_kind::tsquery, walked, by_spans, most) AS held",
            [list(column) for column in zip(*listed, strict=True)],
        )
        return list(cursor.fetchall())


def _asked_of_gin(ask: Ask) -> tuple[str, str]:
    """A question as PostgreSQL reads it: by itself, and of its kind alone."""
    kind, _span = _marks(ask.low)
    return for_tsquery(ask.term), for_tsquery(every((ask.term, Has(kind))))


def _way(ask: Ask, common: dict[str, float]) -> tuple[int, bool]:
    """How many of the newest are looked at first, and whether the older ones are gathered span by span.

    Where nothing was counted yet, the newest are looked at and the others gathered at once.
    """
    held = share(ask.term, common)
    return WALKED if not common or held * WALKED >= ask.most else 0, held > COMMON


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
