"""What is measured: the demo's load; in a register grown from it, pages, files, a crowd and the journal's proof."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from bench.crowd import mixed_load
from bench.documents import documents
from bench.exporting import export
from bench.figuring import figuring
from bench.forms import large_form
from bench.growing import grow, sealed_round
from bench.largest import ITEMS, JUDGES, PLACES, largest_round
from bench.pages import pages
from bench.publishing import publishing
from bench.searching import searching
from bench.timing import percentiles, timed
from huoshui import __version__
from huoshui.commands.prepare import prepare
from huoshui.demo.load import load_demo
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.journal import seal_pending, verify
from huoshui.kernel.memory import collect_seldom
from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from huoshui.visits.actions import compute_round
from huoshui.visits.fairness.findings import findings_of
from huoshui.visits.models import Answer, Round
from huoshui.visits.scoring import ranked
from huoshui.visits.tally import points_that_count, score_places, sheets_that_count

AS_OF = dt.date(2026, 6, 1)
"""A fixed day: every run measures the same records."""
TIMES = 20
FEW = 5


def measured() -> Iterator[tuple[str, Any]]:
    """Everything, in one run: each figure by its name, as soon as it is there."""
    yield "version", __version__
    yield "engine", connection.vendor
    yield "python", platform.python_version()
    yield "cores", os.cpu_count()
    yield "load_average", round(os.getloadavg()[0], 2)
    yield "machine_ms", _machine()
    prepare()
    demo, wall, cpu = timed(lambda: load_demo(as_of=AS_OF))
    collect_seldom()  # as a server does; and what the load left behind is no server's
    yield "demo", {"seconds": round(wall, 2), "cpu_seconds": round(cpu, 2), "records": demo.counts}
    with clock.set_to(clock.local_moment(AS_OF, 12)):
        yield "documents", documents()
        yield "ranking", _ranking()
        yield from zip(("largest", "fairness"), _largest(), strict=True)
        _made, growing, _cpu_seconds = timed(grow)
        counts = {"matters": Matter.objects.count(), "rounds": Round.objects.count(), "entries": Entry.objects.count()}
        yield "grown", {"seconds": round(growing, 1), **counts}
        yield "figures", figuring()
        yield "pages", pages()
        yield "machine_ms_after_pages", _machine()
        yield "form", large_form()
        yield "publishing", publishing()
        yield "journal", _journal()
    yield "export", export()
    yield "crowd", mixed_load()
    with clock.set_to(clock.local_moment(AS_OF, 12)):
        yield "search", searching()


def search_alone() -> dict[str, Any]:
    """The search among a million records, without what is measured before it."""
    before = _machine()
    prepare()
    load_demo(as_of=AS_OF)
    with clock.set_to(clock.local_moment(AS_OF, 12)):
        found = searching()
    return {"engine": connection.vendor, "machine_ms": before, "machine_ms_after": _machine(), **found}


def _machine() -> float:
    """Milliseconds that this machine takes now for a fixed piece of Python, the best of 50.

    The same machine may be half as fast an hour later: figures of two runs are compared by it.
    """
    return round(
        min(timed(lambda: sum(number * number % 7 for number in range(50_000)))[1] for _time in range(50)) * 1000, 2
    )


def _ranking() -> dict[str, Any]:
    """From the sheets to the scores of a whole round, without writing them."""
    round = sealed_round()
    sheets = sheets_that_count(round)
    samples = [timed(lambda: score_places(round, points_that_count(round)))[1:] for _time in range(TIMES)]
    visits = sum(len(place.visits) for place in sheets)
    answers = sum(len(given) for place in sheets for given in place.answers.values())
    return {"places": len(sheets), "sheets": visits, "answers": answers, **percentiles(samples)}


def _largest() -> tuple[dict[str, Any], dict[str, Any]]:
    """Scores and ranks, and the fairness analysis, of a round of 104 villages x 54 items x 11 judges; rolled back."""
    with transaction.atomic():
        round = largest_round()
        ranked_in = [timed(lambda: _rank(round))[1:] for _time in range(FEW)]
        compute_round(by=system_account(), round=round)
        analysed_in = [timed(lambda: findings_of(round))[1:] for _time in range(FEW)]
        answers = Answer.objects.filter(visit__round=round).count()
        transaction.set_rollback(True)
    size = {"places": PLACES, "items": ITEMS, "judges": JUDGES, "answers": answers}
    return {**size, **percentiles(ranked_in)}, {**size, **percentiles(analysed_in)}


def _rank(round: Round) -> list[int]:
    scores = score_places(round, points_that_count(round))
    return ranked(score.mean for score in scores.values())


def _journal() -> dict[str, Any]:
    """Sealing and proving the grown register's entries."""
    sealed, sealing, _ = timed(seal_pending)
    report, wall, cpu = timed(verify)
    assert report.ok, report.findings
    return {
        "entries": report.sealed,
        "sealed_per_second": int(sealed / sealing),
        "seconds": round(wall, 3),
        "entries_per_second": int(report.sealed / wall),
        "entries_per_cpu_second": int(report.sealed / cpu),
    }
