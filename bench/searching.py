"""Looking for something among a million records: matters, copied in SQL until there are so many, and indexed anew.

A copy is a row of the matters alone, with a number, a key and a day of its own: its title, detail, place and unit are
those of the demo's matters. What is looked for stands in few, some or very many of them.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client

from bench.crowd import BACKEND
from bench.timing import percentiles, timed
from huoshui.duties.models import Account
from huoshui.figures.cells.marking import put_triggers as put_figures_up
from huoshui.figures.cells.marking import take_triggers_down as take_figures_down
from huoshui.kernel.memory import collect_seldom
from huoshui.matters.counting import put_triggers as put_counts_up
from huoshui.matters.counting import take_triggers_down as take_counts_down
from huoshui.matters.models import Matter
from huoshui.search.keeping import keep_up, rebuild
from huoshui.search.marking import put_triggers, take_triggers_down
from huoshui.search.models import Indexed

RECORDS = 1_000_000
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
    _matters()
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
    held = {
        name: Matter.objects.filter(title__contains=text).count() for name, text in questions.items() if " " not in text
    }
    return {
        "records": made.records,
        "indexed_in_seconds": round(wall, 1),
        "thousand_changes_in_seconds": round(following, 2),
        "matters_with_it_in_the_title": held,
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


def _matters() -> None:
    """Copy the matters in SQL, without triggers, and put what is kept of them right after."""
    for take_down in (take_triggers_down, take_figures_down, take_counts_down):
        take_down()
    columns = [each.column for each in Matter._meta.concrete_fields]
    first = Matter.objects.count()
    number = 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE first_matters AS SELECT * FROM matters_matter")
        while first * (number + 1) < RECORDS:
            number += 1
            shown = _copied(number)
            values = ", ".join(shown.get(column, f'"{column}"') for column in columns)
            names = ", ".join(f'"{column}"' for column in columns)
            limit = min(first, RECORDS - first * number)
            cursor.execute(
                f"INSERT INTO matters_matter ({names}) SELECT {values} FROM first_matters ORDER BY id LIMIT {limit}"
            )
    keys = list(Matter.objects.order_by("pk").values_list("pk", flat=True)[:10])
    Matter.objects.filter(pk__in=keys).update(title=f"{RARE}瓦屋顶漏水")
    for put in (put_counts_up, put_figures_up, put_triggers):
        put()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copied(number: int) -> dict[str, str]:
    back = number % BACK * DAYS_APART
    sqlite = connection.vendor == "sqlite"

    def earlier(column: str) -> str:
        return f"date(\"{column}\", '-{back} days')" if sqlite else f'("{column}" - {back})'

    key = (
        f"'{number:06x}' || substr(id, 7)" if sqlite else f"overlay(id::text placing '{number:06x}' from 1 for 6)::uuid"
    )
    days = {name: earlier(name) for name in ("opened_on", "limit_on", "due_on", "closed_on")}
    return days | {
        "id": key,
        "number": f"substr(number, 1, 3) || '{number:05d}' || substr(number, length(number) - 9)",
        "sequence": f"sequence + {number} * 100000",
        "source_id": "NULL",
        "parent_id": "NULL",
        "duplicate_of_id": "NULL",
        "split_from_id": "NULL",
    }


def _touch(many: int) -> None:
    """Change so many matters and have them indexed."""
    keys = list(Matter.objects.order_by("-pk").values_list("pk", flat=True)[:many])
    Matter.objects.filter(pk__in=keys).update(detail="已转办")
    keep_up()
    assert Indexed.objects.filter(kind="matters", text__startswith="已转办").count() >= many


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
