"""What is measured: the demo's load; in a register grown from it, pages, files, a crowd and the journal's proof."""

from __future__ import annotations

import datetime as dt
import os
import platform
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.test import Client

from bench.crowd import BACKEND, mixed_load
from bench.documents import documents
from bench.exporting import export
from bench.figuring import figuring
from bench.forms import large_form
from bench.growing import grow, sealed_round
from bench.largest import ITEMS, JUDGES, PLACES, largest_round
from huoshui import __version__
from huoshui.commands.memory import collect_seldom
from huoshui.commands.prepare import prepare
from huoshui.demo.load import load_demo
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.journal import seal_pending, verify
from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from huoshui.matters.queries.order import SORT_KEYS
from huoshui.visits.actions import compute_round
from huoshui.visits.fairness.findings import findings_of
from huoshui.visits.models import Answer, Round
from huoshui.visits.scoring import ranked
from huoshui.visits.tally import points_that_count, score_places, sheets_that_count

AS_OF = dt.date(2026, 6, 1)
"""A fixed day: every run measures the same records."""
TIMES = 20
WARM_UP = 2
FEW = 5
VILLAGE = "/places/410871203201/"

PAGES: dict[str, tuple[str, str]] = {
    "outcome of a round": ("leader", "/rounds/{sealed}/?tab=outcome"),
    "money": ("leader", "/money/"),
    "letters": ("office", "/letters/"),
    "notices": ("secretary", "/notices/"),
    "people": ("admin", "/people/"),
    "today": ("secretary", "/"),
    "today of the district": ("leader", "/"),
    "ledger": ("office", "/matters/"),
    "ledger, late": ("office", "/matters/?light=red"),
    "matter": ("secretary", "/matters/{matter}/"),
    "rounds": ("review", "/rounds/"),
    "round, progress": ("review", "/rounds/{open}/"),
    "round, heat map": ("leader", "/rounds/{sealed}/?tab=heat"),
    "round, ranking": ("leader", "/rounds/{sealed}/?tab=ranking"),
    "round, a village": ("leader", "/rounds/{sealed}" + VILLAGE),
    "places": ("office", "/places/"),
    "village": ("secretary", VILLAGE),
    "village, journal": ("auditor", f"{VILLAGE}?tab=journal"),
    "search": ("office", "/search?q=寨卜昌"),
    "journal": ("auditor", "/journal/"),
    "figures of the district": ("leader", "/figures/?year=2017"),
    "figure, sheet": ("leader", "/figures/rectification.opened/?place=410871&period=2017"),
}
"""Who looks at which page."""


def measured() -> Iterator[tuple[str, Any]]:
    """Everything, in one run: each figure by its name, as soon as it is there."""
    yield "version", __version__
    yield "engine", connection.vendor
    yield "python", platform.python_version()
    yield "cores", os.cpu_count()
    yield "load_average", round(os.getloadavg()[0], 2)
    yield "machine_ms", _machine()
    prepare()
    demo, wall, cpu = _timed(lambda: load_demo(as_of=AS_OF))
    collect_seldom()  # as a server does; and what the load left behind is no server's
    yield "demo", {"seconds": round(wall, 2), "cpu_seconds": round(cpu, 2), "records": demo.counts}
    with clock.set_to(clock.local_moment(AS_OF, 12)):
        yield "documents", documents()
        yield "ranking", _ranking()
        yield from zip(("largest", "fairness"), _largest(), strict=True)
        records = _records()
        _made, growing, _cpu_seconds = _timed(grow)
        counts = {"matters": Matter.objects.count(), "rounds": Round.objects.count(), "entries": Entry.objects.count()}
        yield "grown", {"seconds": round(growing, 1), **counts}
        yield "figures", figuring()
        collect_seldom()  # what the growing left behind is no server's
        pages = {name: _page(*page, records) for name, page in PAGES.items()}
        sorts = {f"ledger by {key}": _page("office", f"/matters/?sort={key}", records, FEW) for key in SORT_KEYS}
        yield "pages", pages | sorts
        yield "machine_ms_after_pages", _machine()
        yield "form", large_form()
        yield "journal", _journal()
    yield "export", export()
    yield "crowd", mixed_load()


def _machine() -> float:
    """Milliseconds that this machine takes now for a fixed piece of Python, the best of 50.

    The same machine may be half as fast an hour later: figures of two runs are compared by it.
    """
    return round(
        min(_timed(lambda: sum(number * number % 7 for number in range(50_000)))[1] for _time in range(50)) * 1000, 2
    )


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What the work returns, the seconds it took, and those of them in which this process computed."""
    cpu, began = _cpu(), time.perf_counter()
    outcome = work()
    return outcome, time.perf_counter() - began, _cpu() - cpu


def _cpu() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def _percentiles(samples: list[tuple[float, float]]) -> dict[str, float]:
    """Of (wall, cpu) in seconds: in milliseconds, the half and 95 of 100 that are no slower."""
    walls, cpus = (sorted(column) for column in zip(*samples, strict=True))
    ranks = {"p50_ms": walls[len(walls) // 2], "p95_ms": walls[-(-len(walls) * 95 // 100) - 1]}
    return {name: round(value * 1000, 1) for name, value in (*ranks.items(), ("cpu_p50_ms", cpus[len(cpus) // 2]))}


def _records() -> dict[str, str]:
    rounds = Round.objects.in_bulk()
    by_state = {row.state: str(pk) for pk, row in rounds.items()} | {"sealed": str(sealed_round().pk)}
    matter = Matter.objects.going().filter(place__path__contains="410871203201/").first()
    return {**by_state, "matter": matter.number if matter else ""}


def _page(username: str, address: str, records: dict[str, str], times: int = TIMES) -> dict[str, Any]:
    client = Client(headers={"host": "localhost"})
    client.force_login(Account.objects.get(username=username), backend=BACKEND)
    url = address.format(**records)
    for _time in range(WARM_UP):
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
    asked: list[str] = []
    with connection.execute_wrapper(lambda run, sql, *rest: (asked.append(sql), run(sql, *rest))[1]):
        client.get(url)
    samples = [_timed(lambda: client.get(url))[1:] for _time in range(times)]
    size = round(len(answer.content) / 1024)
    return {"requests": times, "queries": len(asked), "kilobytes": size, **_percentiles(samples)}


def _ranking() -> dict[str, Any]:
    """From the sheets to the scores of a whole round, without writing them."""
    round = sealed_round()
    sheets = sheets_that_count(round)
    samples = [_timed(lambda: score_places(round, points_that_count(round)))[1:] for _time in range(TIMES)]
    visits = sum(len(place.visits) for place in sheets)
    answers = sum(len(given) for place in sheets for given in place.answers.values())
    return {"places": len(sheets), "sheets": visits, "answers": answers, **_percentiles(samples)}


def _largest() -> tuple[dict[str, Any], dict[str, Any]]:
    """Scores and ranks, and the fairness analysis, of a round of 104 villages x 54 items x 11 judges; rolled back."""
    with transaction.atomic():
        round = largest_round()
        ranked_in = [_timed(lambda: _rank(round))[1:] for _time in range(FEW)]
        compute_round(by=system_account(), round=round)
        analysed_in = [_timed(lambda: findings_of(round))[1:] for _time in range(FEW)]
        answers = Answer.objects.filter(visit__round=round).count()
        transaction.set_rollback(True)
    size = {"places": PLACES, "items": ITEMS, "judges": JUDGES, "answers": answers}
    return {**size, **_percentiles(ranked_in)}, {**size, **_percentiles(analysed_in)}


def _rank(round: Round) -> list[int]:
    scores = score_places(round, points_that_count(round))
    return ranked(score.mean for score in scores.values())


def _journal() -> dict[str, Any]:
    """Sealing and proving the grown register's entries."""
    sealed, sealing, _ = _timed(seal_pending)
    report, wall, cpu = _timed(verify)
    assert report.ok, report.findings
    return {
        "entries": report.sealed,
        "sealed_per_second": int(sealed / sealing),
        "seconds": round(wall, 3),
        "entries_per_second": int(report.sealed / wall),
        "entries_per_cpu_second": int(report.sealed / cpu),
    }
