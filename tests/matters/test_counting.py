"""The kept counts of matters say what counting them would, whichever way a matter is written."""

from __future__ import annotations

from types import SimpleNamespace

from django.db.models import Count, Q, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoshui.kernel.ids import new_id
from huoshui.matters import counting
from huoshui.matters.actions import tick
from huoshui.matters.models import Matter, MatterCount
from huoshui.matters.queries import LedgerFilter, ledger, light_counts
from huoshui.matters.queries.ledger import ledger_page
from tests.matters.conftest import Opener, claim, close

CODES = ("place_id", "pack", "kind", "severity", "state", "phase", "close_reason")


def counted() -> dict[tuple[object, ...], int]:
    rows = Matter.objects.order_by().values_list(*CODES, Q(verifier__isnull=False))
    return {tuple(row[:-1]): row[-1] for row in rows.annotate(matters=Count("pk"))}


def kept() -> dict[tuple[object, ...], int]:
    rows = MatterCount.objects.order_by().values_list(*CODES, "verified").annotate(total=Sum("matters"))
    return {tuple(row[:-1]): row[-1] for row in rows if row[-1]}


def test_a_ledger_says_how_many_there_are(open_item: Opener, cast: SimpleNamespace) -> None:
    claim(open_item(), cast.secretary)
    close(open_item(title="牌子未挂"), cast.secretary, cast.verifier)
    open_item(cast.land.other_village, severity="urgent")
    assert kept() == counted()
    for actor in (cast.district_office, cast.town_office, cast.secretary, cast.other_secretary, cast.stranger):
        for asked in (
            {}, {"state": "rectifying"}, {"phase": "closed"}, {"severity": "urgent"}, {"light": "green"},
            {"place": cast.land.village.path}, {"kind": "rectification.item", "light": "green"}, {"text": "牌子"},
        ):  # fmt: skip
            wanted = LedgerFilter(**asked)  # type: ignore[arg-type]
            assert ledger_page(actor, wanted, "due", 1, 50).total == len(ledger(actor, wanted)), (actor, asked)
            assert sum(light_counts(actor, wanted).values()) == len(
                ledger(actor, LedgerFilter(**asked | {"light": ""}))
            )  # type: ignore[arg-type]


changes = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["severity", "state", "kind", "place", "verifier", "gone", "fold", "anew"]),
        st.integers(0, 1),
    ),
    max_size=8,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=changes)
def test_counts_follow_every_row(open_item: Opener, cast: SimpleNamespace, changes: list[tuple[int, str, int]]) -> None:
    matters = [open_item(title=f"第{number}件") for number in range(4)]
    many, counting.MANY = counting.MANY, 1
    try:
        for at, what, which in changes:
            _change(cast, matters[at], what, which)
            assert kept() == counted(), what
    finally:
        counting.MANY = many


def _change(cast: SimpleNamespace, matter: Matter, what: str, which: int) -> None:
    rows = Matter.objects.filter(pk=matter.pk)
    match what:
        case "place":
            rows.update(place=[cast.land.village, cast.land.village2][which])
        case "verifier":
            rows.update(verifier=[None, cast.verifier][which])
        case "gone":
            _another_for_a_while(matter)
        case "fold":
            counting.fold()
        case "anew":
            counting.count_anew()
        case _:
            rows.update(**{what: ["x", "y"][which]})


def _another_for_a_while(matter: Matter) -> None:
    other = Matter.objects.get(pk=matter.pk)
    other.pk, other.number = new_id(), "ZG-0000-0001"
    other.save(force_insert=True)
    assert kept() == counted()
    rows = Matter.objects.filter(pk=other.pk)
    rows._raw_delete(rows.db)


def test_many_rows_are_folded_by_the_timer(open_item: Opener, cast: SimpleNamespace) -> None:
    close(open_item(), cast.secretary, cast.verifier)
    before = MatterCount.objects.count()
    many, counting.MANY = counting.MANY, 1
    try:
        tick()
    finally:
        counting.MANY = many
    assert MatterCount.objects.count() == 1 < before
    assert kept() == counted()
