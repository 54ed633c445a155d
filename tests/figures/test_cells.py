"""Kept cells: whatever is done, by whichever action, they say what the records say; and nobody reads an old one."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoshui.commands import huoshui
from huoshui.figures.cells.keeping import Keeper, keep_marked, keep_missing, rebuild, wanted
from huoshui.figures.cells.marking import WATCHED
from huoshui.figures.cells.models import Cell, Kept, Touch
from huoshui.figures.compiling import count
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.queries import (
    figure,
    figure_breakdown,
    figure_parts,
    figures_of,
    first_records,
    get_indicator,
    indicators,
)
from huoshui.kernel import reading as kernel_reading
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import period
from huoshui.kernel.reading import reading
from huoshui.matters.actions import open_matter
from huoshui.matters.models import Matter, MoneyLine
from huoshui.matters.money.actions import reverse_line, write_line
from huoshui.places.actions import amend_attributes, close_place, open_site
from huoshui.places.changes.actions import undo_change
from huoshui.places.changes.operations import NewPlace
from huoshui.places.honours import record_honour, withdraw_honour
from huoshui.places.models import Honour, Place, PlaceChange
from huoshui.subsidies.actions import allocate
from tests.matters.conftest import Opener, at
from tests.places.changing import DAY, divided, merged, moved

YEAR = period("2018")


def by_the_records() -> dict[tuple[str, str, Any], Any]:
    """What every kept cell has to be, counted without looking at any of them."""
    found = {}
    for measure, periods in wanted().items():
        for (place, when), one in count(measure, periods, None).items():
            found[measure.model_dump_json(), when.code, place] = (one.value, one.rows)
    return found


def as_kept() -> dict[tuple[str, str, Any], Any]:
    from huoshui.figures.cells.reading import digest_of

    names = {digest_of(measure): measure.model_dump_json() for measure in wanted()}
    rows = Cell.objects.select_related("kept")
    return {(names[one.kept.measure], one.kept.period, one.place_id): (one.value, one.rows) for one in rows}


def test_a_change_is_read_at_once_and_kept_soon_after(open_item: Opener, cast: SimpleNamespace) -> None:
    keeper, opened = Keeper(), get_indicator("rectification.opened")
    keeper.keep_up()
    assert (Touch.objects.count(), figure(cast.leader, opened, cast.land.district, YEAR).value) == (0, 0)
    open_item()
    assert Touch.objects.filter(source="matters").exists()
    assert figure(cast.leader, opened, cast.land.district, YEAR).value == 1  # counted, since it is marked
    keeper.keep_up()
    assert not Touch.objects.exists()
    with CaptureQueriesContext(connection) as asked:
        assert figure(cast.leader, opened, cast.land.district, YEAR).value == 1
    assert not [query for query in asked if "matters_matter" in query["sql"]]  # read from its cell
    assert as_kept() == by_the_records()


def told_of(actor: Any, place: Place) -> tuple[dict[str, int | None], list[str]]:
    """The breakdown of what was opened, and the numbers of the first records behind, as a page reads them."""
    opened = get_indicator("rectification.opened")
    with reading():
        shares = {one.values[0]: one.figure.numerator for one in figure_breakdown(actor, opened, place, YEAR)}
        return shares, [row.number for row in first_records(actor, opened, place, YEAR, count=5).rows]


def test_what_is_read_beside_a_cell_is_kept_while_the_cell_is_good(
    open_item: Opener, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_reading, "_uncommitted", lambda: False)  # as if what a test writes were committed
    keeper, item = Keeper(), open_item()
    keeper.keep_up()
    for _time in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert told_of(cast.leader, cast.land.district) == ({"ordinary": 1}, [item.number])
    assert not [query for query in asked if "WITH RECURSIVE line" in query["sql"]], "read before"
    # The count stays what it was, the breakdown does not.
    Matter.objects.filter(pk=item.pk).update(severity="urgent")
    assert told_of(cast.leader, cast.land.district) == ({"urgent": 1}, [item.number])
    keeper.keep_up()
    assert told_of(cast.leader, cast.land.district) == ({"urgent": 1}, [item.number])
    Matter.objects.filter(pk=item.pk).update(severity="serious")
    rebuild()
    assert told_of(cast.leader, cast.land.district) == ({"serious": 1}, [item.number])
    assert told_of(cast.secretary, cast.land.village) == ({"serious": 1}, [item.number])


def test_a_page_of_figures_is_a_few_queries(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item()
    Keeper().keep_up()
    years = [period(str(year)) for year in range(2014, 2019)]
    asked = [(one, when) for one in indicators().values() for when in years]
    with reading():
        figures_of(cast.leader, asked[:1], cast.land.town)  # duties, packs and who reads are known by then
        with CaptureQueriesContext(connection) as together:
            found = figures_of(cast.leader, asked, cast.land.district)
    # What is reported (2), when the register began, the marks, the periods that are kept, their cells.
    assert len(together) <= 6, [query["sql"][:120] for query in together]
    for (one, when), both in zip(asked, found, strict=True):
        assert both == figure(cast.leader, one, cast.land.district, when)


def test_what_is_rolled_back_marks_nothing(cast: SimpleNamespace) -> None:
    Keeper().keep_up()
    with pytest.raises(Refusal):
        open_matter(by=cast.stranger, kind="rectification.item", place=cast.land.village, title="无权")
    assert not Touch.objects.exists()


def test_only_what_a_view_reads_is_marked(open_item: Opener, cast: SimpleNamespace) -> None:
    item = open_item()
    Keeper().keep_up()
    Matter.objects.filter(pk=item.pk).update(title="另一个标题", version=9)
    assert not Touch.objects.exists()
    Matter.objects.filter(pk=item.pk).update(severity="grave")
    assert {row.source for row in Touch.objects.all()} == {"matters", "matter_values"} - (
        set() if item.values.exists() else {"matter_values"}
    )


def test_every_table_that_a_view_reads_is_watched() -> None:
    watched = {one.table for one in WATCHED}
    read: set[str] = set()
    for view in FACT_VIEWS.values():
        sql = str(view.facts(view.types()).query)
        read |= {model._meta.db_table for model in apps.get_models() if f'"{model._meta.db_table}"' in sql}
    assert read - watched == set()


def test_a_place_that_moved_counts_where_it_lay(open_item: Opener, cast: SimpleNamespace) -> None:
    land, leader, opened = cast.land, cast.leader, get_indicator("rectification.opened")
    with at("2018-01-10"):
        open_item(land.village)
    Keeper().keep_up()
    moved(cast.district_office, land.village, land.other_town)  # from 1 March on
    for _kept in range(2):
        told = {
            (place.code, code): figure(leader, opened, place, period(code)).value
            for place in (land.town, land.other_town, land.district)
            for code in ("2018-01", "2018-02", "2018-03", "2018")
        }
        assert [told[land.town.code, "2018-01"], told[land.other_town.code, "2018-01"]] == [1, 0]
        assert [told[land.town.code, "2018"], told[land.other_town.code, "2018"]] == [0, 1]
        assert [told[land.district.code, code] for code in ("2018-01", "2018")] == [1, 1]
        villages = get_indicator("core.villages")
        assert figure(leader, villages, land.town, period("2018-02")).value == 3
        assert figure(leader, villages, land.town, period("2018-03")).value == 2
        parts = figure_parts(leader, villages, land.town, period("2018-02"))
        assert [part.place for part in parts] == [land.village, land.village2, land.village3]
        Keeper().keep_up()
    assert as_kept() == by_the_records()


def test_a_kind_counts_as_it_was(cast: SimpleNamespace) -> None:
    """A village that became a community still was a village."""
    from huoshui.places.models import PlaceFormer

    village = cast.land.village
    PlaceFormer.objects.create(place=village, name=village.name, short_name="x", kind="village", until=DAY)
    Place.objects.filter(pk=village.pk).update(kind="community")
    villages = get_indicator("core.villages")
    told = [figure(cast.leader, villages, cast.land.town, period(code)).value for code in ("2018-02", "2018-03")]
    assert told == [3, 2]


def test_rebuilding_tells_what_was_wrong(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item()
    Keeper().keep_up()
    assert rebuild().differing == []
    wrong = Cell.objects.filter(kept__period="2018", kept__source="matters", place_id=cast.land.district.pk).first()
    Cell.objects.filter(pk=wrong.pk).update(value=77)
    said = CliRunner().invoke(huoshui, ["figures", "rebuild", "--json"])
    assert said.exit_code == 1
    assert '"kept": 77' in said.output
    assert CliRunner().invoke(huoshui, ["figures", "rebuild"]).output.strip().endswith("原来存的都对。")
    assert as_kept() == by_the_records()


def test_a_definition_that_is_gone_keeps_no_cells(open_item: Opener, cast: SimpleNamespace) -> None:
    Keeper().keep_up()
    Kept.objects.create(measure="0" * 32, source="matters", period="2018", first=YEAR.first, last=YEAR.last)
    keep_missing()
    assert not Kept.objects.filter(measure="0" * 32).exists()


# --- whatever is done -------------------------------------------------------------

NEW_CODES = [f"4108712032{n:02}" for n in range(50, 90)]


class Doings:
    """Things that people do, on whatever there is; what is refused, is refused."""

    def __init__(self, cast: SimpleNamespace) -> None:
        self.cast, self.by, self.day, self.made = cast, cast.district_office, dt.date(2018, 1, 5), 0

    def villages(self) -> list[Place]:
        return list(Place.objects.filter(kind="village", closed_on__isnull=True).order_by("code"))

    def village(self, n: int) -> Place:
        there = self.villages()
        return there[n % len(there)]

    def open_item(self, n: int) -> None:
        open_matter(by=self.by, kind="rectification.item", place=self.village(n), title="三会一课记录不全")

    def end_item(self, n: int) -> None:
        going = list(Matter.objects.filter(closed_on__isnull=True, kind="rectification.item").order_by("number"))
        Matter.objects.filter(pk=going[n % len(going)].pk).update(
            phase="closed", state="closed", close_reason="resolved", closed_on=self.day, due_on=None, limit_on=None
        )

    def spend(self, n: int) -> None:
        work = open_matter(by=self.by, kind="hubs.construction", place=self.village(n), title="新建阵地")
        write_line(by=self.by, matter=work, type="accepted", amount=str(1000 + n), day=self.day)

    def reverse(self, n: int) -> None:
        lines = list(MoneyLine.objects.filter(reverses__isnull=True).order_by("created_at"))
        reverse_line(by=self.by, line=lines[n % len(lines)], reason="记错")

    def merge_items(self, n: int) -> None:
        one, other = Matter.objects.filter(kind="rectification.item").order_by("number")[:2]
        Matter.objects.filter(pk=other.pk).update(duplicate_of=one)

    def honour(self, n: int) -> None:
        level = Honour.Level.values[n % 3]
        record_honour(by=self.by, place=self.village(n), name="文明村镇", level=level, year=2014 + n % 5)

    def withdraw(self, n: int) -> None:
        withdraw_honour(
            by=self.by, honour=Honour.objects.order_by("pk")[n % Honour.objects.count()], reason="复查不合格"
        )

    def fund(self, n: int) -> None:
        allocate(
            by=self.cast.finance, scheme="hubs.hub_award", place=self.cast.land.district, year=2017 + n % 2,
            amount=str(10_000 + n), day=self.day, document=f"{n}号", note="",
        )  # fmt: skip

    def move(self, n: int) -> None:
        towns = [self.cast.land.town, self.cast.land.other_town]
        moved(self.by, self.village(n), towns[n % 2], self.day)

    def merge(self, n: int) -> None:
        one, other = self.village(n), self.village(n + 1)
        merged(self.by, [one], other, self.day)

    def split(self, n: int) -> None:
        self.made += 1
        village = self.village(n)
        divided(self.by, village, village, NewPlace(NEW_CODES[self.made], f"新{self.made}村村民委员会"), since=self.day)

    def undo(self, n: int) -> None:
        done = list(PlaceChange.objects.filter(undone_at__isnull=True).order_by("-created_at"))
        undo_change(by=self.by, change=done[0], reason="文件撤销")

    def site(self, n: int) -> None:
        open_site(by=self.by, kind="hub", name=f"党群服务中心{n}", parent=self.village(n), opened_on=self.day)

    def shut(self, n: int) -> None:
        site = Place.objects.filter(kind="hub", closed_on__isnull=True).first()
        close_place(by=self.by, place=site, closed_on=self.day)

    def amend(self, n: int) -> None:
        amend_attributes(by=self.by, place=self.village(n), attributes={"households": 100 + n}, since=self.day)

    def keep(self, n: int) -> None:
        keep_marked()


DOINGS = [name for name in vars(Doings) if not name.startswith("_") and name not in ("villages", "village")]


@given(st.lists(st.tuples(st.sampled_from(DOINGS), st.integers(0, 9), st.integers(0, 12)), min_size=3, max_size=14))
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_kept_and_rebuilt_agree_whatever_is_done(cast: SimpleNamespace, done: list[tuple[str, int, int]]) -> None:
    from django.db import transaction

    from huoshui.kernel.reading import forget

    with transaction.atomic():
        keep_missing()
        keep_marked()
        doings = Doings(cast)
        happened = []
        for name, n, days in done:
            doings.day += dt.timedelta(days=days)
            try:
                with transaction.atomic(), at(doings.day.isoformat()):
                    getattr(doings, name)(n)
                happened.append(name)
            except (Refusal, IndexError, ValueError, ZeroDivisionError, AttributeError):
                continue
        with at("2018-12-20"):
            expected = read_live(cast)
            keep_missing()
            keep_marked()
            assert as_kept() == by_the_records(), happened
            assert read_live(cast) == expected, happened
            assert rebuild().differing == [], happened
        transaction.set_rollback(True)
    forget()


def read_live(cast: SimpleNamespace) -> list[Any]:
    """What a reader of the district and of both towns is told."""
    asked = [(one, period(code)) for one in indicators().values() for code in ("2017", "2018")]
    land = cast.land
    return [
        (one.place.code, one.indicator.code, one.period.code, one.numerator, one.denominator, one.records)
        for place in (land.district, land.town, land.other_town)
        for one in figures_of(cast.leader, asked, place)
    ]
