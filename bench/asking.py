"""Who looks at which page of the grown register, and how long each takes."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client

from bench.crowd import BACKEND
from bench.growing import sealed_round
from bench.measuring import AS_OF
from bench.timing import percentiles, timed
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.kernel.memory import collect_seldom
from huoshui.matters.models import Matter
from huoshui.matters.queries.order import SORT_KEYS
from huoshui.visits.models import Round

TIMES = 20
WARM_UP = 2
VILLAGE = "/places/410871203201/"

PAGES: dict[str, tuple[str, str]] = {
    "outcome of a round": ("leader", "/rounds/{sealed}/?tab=outcome"),
    "money": ("leader", "/money/"),
    "lines of money": ("leader", "/money/lines"),
    "letters": ("office", "/letters/"),
    "notices": ("secretary", "/notices/"),
    "people": ("admin", "/people/"),
    "today": ("secretary", "/"),
    "today of the district": ("leader", "/"),
    "ledger": ("office", "/matters/"),
    "ledger, late": ("office", "/matters/?light=red"),
    "matter": ("secretary", "/matters/{matter}/"),
    "rounds": ("review", "/rounds/"),
    "round, plan": ("review", "/rounds/{open}/plan"),
    "round, progress": ("review", "/rounds/{open}/"),
    "round, heat map": ("leader", "/rounds/{sealed}/?tab=heat"),
    "round, ranking": ("leader", "/rounds/{sealed}/?tab=ranking"),
    "round, a village": ("leader", "/rounds/{sealed}" + VILLAGE),
    "places": ("office", "/places/"),
    "village": ("secretary", VILLAGE),
    "district": ("leader", "/places/410871/"),
    "village, journal": ("auditor", f"{VILLAGE}?tab=journal"),
    "search": ("office", "/search?q=寨卜昌"),
    "search, page of results": ("office", "/find?q=寨卜昌"),
    "calendar, month": ("leader", "/calendar/"),
    "activities": ("leader", "/activities/"),
    "what comes round": ("town-sujiazuo", "/cadence/"),
    "services": ("services", "/services/requests/"),
    "journal": ("auditor", "/journal/"),
    "figures of the district": ("leader", "/figures/?year=2017"),
    "dashboard of the district": ("leader", "/figures/boards/?place=410871&year=2026"),
    "figure, sheet": ("leader", "/figures/rectification.opened/?place=410871&period=2017"),
    "figure, sheet of this year": ("leader", "/figures/rectification.opened/?place=410871&period=2026"),
    "burden of forms": ("leader", "/forms/burden/"),
    "map": ("leader", "/map/?layer=matters"),
    "map, points of matters": ("leader", "/map/matters.geojson"),
    "map of activities": ("leader", "/map/?layer=activities"),
}
"""Who looks at which page."""


def asked() -> dict[str, dict[str, Any]]:
    """Of each page, and of the ledger in each of its orders: milliseconds, queries, size."""
    with clock.set_to(clock.local_moment(AS_OF, 12)):
        records = _records()
        _page("office", "/matters/", records, 1)  # what is loaded at the first use
        collect_seldom()  # as a server does
        found = {name: _page(*page, records) for name, page in PAGES.items()}
        sorts = {f"ledger by {key}": _page("office", f"/matters/?sort={key}", records) for key in SORT_KEYS}
    return found | sorts


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
    samples = [timed(lambda: client.get(url))[1:] for _time in range(times)]
    size = round(len(answer.content) / 1024)
    return {"requests": times, "queries": len(asked), "kilobytes": size, **percentiles(samples)}
