"""Looking for something among a million records: matters, and letters written in SQL until there are so many.

A letter is a row alone: title, text, place, unit and days are those of one of the demo's matters, its number and key
are its own, and it names no matter. What is looked for stands in few, some or very many of them.
"""

from __future__ import annotations

import os
from typing import Any

from django.db import connection
from django.test import Client

from bench.crowd import BACKEND
from bench.timing import percentiles, timed
from huoshui.duties.models import Account
from huoshui.kernel.memory import collect_seldom
from huoshui.matters.letters.models import Letter
from huoshui.matters.models import Matter
from huoshui.search.keeping import keep_up, rebuild
from huoshui.search.marking import put_triggers, take_triggers_down
from huoshui.search.models import Indexed

RECORDS = int(os.environ.get("BENCH_SEARCH_RECORDS", "1000000"))
TIMES = 20
WARM_UP = 2
READERS = {"district": "leader", "village": "secretary"}
DAYS_APART = 3
"""Days by which each copy lies further back."""
BACK = 1_200
"""Copies after which the days begin again: ten years."""
RARE = "琉璃"
"""A word that stands in no record of the demo; it is put into one of a hundred thousand."""


def searching() -> dict[str, Any]:
    """What indexing a million records took, and how long each question takes each reader."""
    _letters()
    made, wall, _cpu = timed(rebuild)
    matter = (
        Matter.objects.filter(place__path__contains="/410871203201/").order_by("-number").values_list("number")[0][0]
    )
    _followed, following, _cpu = timed(lambda: _touch(1_000))
    collect_seldom()
    questions = {
        "a rare word": RARE,
        "a common word": _common(),
        "two words": f"{_common()} 记录",
        "a word and a place": "寨卜昌 整改",
        "initials": "zbc",
        "a number": matter,
        "no hit": "珊瑚礁",
    }
    asked = {
        f"{name}, {reader}": _asked(username, text)
        for name, text in questions.items()
        for reader, username in READERS.items()
    }
    single = {name: text for name, text in questions.items() if " " not in text}
    held = {name: Indexed.objects.filter(title__contains=text).count() for name, text in single.items()}
    return {
        "records": made.records,
        "indexed_in_seconds": round(wall, 1),
        "thousand_changes_in_seconds": round(following, 2),
        "with_it_in_the_title": held,
        "asked": asked,
        "page": _asked("leader", _common(), "/find?q={}"),
    }


def _common() -> str:
    """The pair of characters that most titles of the demo share."""
    counts: dict[str, int] = {}
    for title in Matter.objects.order_by("pk").values_list("title", flat=True)[:2_000]:
        for pair in {title[at : at + 2] for at in range(len(title) - 1) if title[at : at + 2].isalpha()}:
            counts[pair] = counts.get(pair, 0) + 1
    return max(sorted(counts), key=lambda pair: counts[pair])


def _letters() -> None:
    """Write letters in SQL, without triggers."""
    take_triggers_down()
    missing = RECORDS - Matter.objects.count() - Letter.objects.count()
    # Of a grown register one of each matter and its copies, whose keys end alike.
    end = "substr(id, 7)" if connection.vendor == "sqlite" else "substr(id::text, 7)"
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE first_matters AS SELECT m.*, u.name AS addressee, "
            "row_number() OVER (ORDER BY m.id) AS position "
            f"FROM (SELECT *, row_number() OVER (PARTITION BY {end} ORDER BY id) AS copy FROM matters_matter) m "
            "JOIN duties_unit u ON u.id = m.unit_id WHERE m.copy = 1"
        )
        cursor.execute("SELECT count(*) FROM first_matters")
        first = cursor.fetchone()[0]
        for number in range(-(-missing // first)):
            _copy(cursor, number, min(first, missing - first * number))
    keys = list(Letter.objects.order_by("pk").values_list("pk", flat=True)[:10])
    Letter.objects.filter(pk__in=keys).update(title=f"关于{RARE}瓦屋顶漏水的函")
    put_triggers()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(cursor: Any, number: int, many: int) -> None:
    back, sqlite = number % BACK * DAYS_APART, connection.vendor == "sqlite"
    day = f"date(opened_on, '-{back} days')" if sqlite else f"opened_on - {back}"
    column = "id" if sqlite else "id::text"
    key = f"'{number:06x}' || substr({column}, 7)"
    values = {
        "id": key if sqlite else f"({key})::uuid",
        "created_at": "created_at",
        "version": "1",
        "number": f"'示范督〔' || year || '〕' || (position + {number} * 100000) || '号'",
        "year": "year",
        "sequence": f"position + {number} * 100000",
        "pack": "pack",
        "place_id": "place_id",
        "unit_id": "unit_id",
        "organ": "'区党建办'",
        "addressee": "addressee",
        "title": "'关于' || title || '的函'",
        "lines": "'[]'",
        "demand": "detail",
        "until": day,
        "signer": "'主任'",
        "copies": "''",
        "issued_by_id": "opened_by_id",
        "issued_on": day,
        "reply": "''",
    }
    cursor.execute(
        f"INSERT INTO matters_letter ({', '.join(values)}) SELECT {', '.join(values.values())} FROM first_matters "
        f"WHERE position <= {many}"
    )


def _touch(many: int) -> None:
    """Change so many letters and have them indexed."""
    keys = list(Letter.objects.order_by("-pk").values_list("pk", flat=True)[:many])
    Letter.objects.filter(pk__in=keys).update(organ="已转办")
    keep_up()
    assert Indexed.objects.filter(kind="letters", text__contains="已转办").count() >= len(keys)


def _asked(username: str, text: str, address: str = "/search?q={}") -> dict[str, Any]:
    client = Client(headers={"host": "localhost"})
    client.force_login(Account.objects.get(username=username), backend=BACKEND)
    url = address.format(text)
    for _time in range(WARM_UP):
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
    queries: list[str] = []
    with connection.execute_wrapper(lambda run, sql, *rest: (queries.append(sql), run(sql, *rest))[1]):
        client.get(url)
    samples = [timed(lambda: client.get(url))[1:] for _time in range(TIMES)]
    lines = answer.content.decode().count("<li")
    return {"requests": TIMES, "queries": len(queries), "lines": lines, **percentiles(samples)}
