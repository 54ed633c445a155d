"""places.import"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from huoshui.duties.actions import grant_duty, open_account
from huoshui.duties.queries import system_account
from huoshui.kernel.models import Entry
from huoshui.places import actions
from huoshui.places.imports import ImportReport, import_places
from huoshui.places.models import Place, PlaceImport
from huoshui.places.queries import attributes_on, place_on, present_attributes
from tests.places.helpers import last_entry, refused, relieved

DEMO = Path(settings.PACKAGE_DIR) / "demo" / "data" / "places_410871.csv"
HEAD = "代码,上级,名称,种类,纬度,经度,设立日期,户数,一村一品牌"


def load(text: str, **options: object) -> ImportReport:
    """Import CSV text as the system."""
    return import_places(by=options.pop("by", None) or system_account(), data=text.encode(), name="地点.csv", **options)


def found(report: ImportReport) -> list[tuple[int | None, str, str]]:
    """Row, field and code of each problem; the texts must format."""
    assert all(p.message("zh") and p.message("en") and p.what_next("zh") for p in report.problems)
    return [(p.row, p.field, p.code) for p in report.problems]


def state() -> list[tuple[object, ...]]:
    """Everything that an import could have written."""
    return [
        *Place.objects.order_by("code").values_list("code", "path", "name", "kind", "version"),
        (Entry.objects.count(), PlaceImport.objects.count()),
    ]


def villages(count: int) -> list[str]:
    """Rows of new villages of 苏家作乡."""
    row = "410871203{n},410871203,第{n}村村民委员会,行政村,35.2,113.2,2001-05-06,{n},品牌{n}"
    return [row.format(n=n) for n in range(300, 300 + count)]


def test_the_demo_district_into_an_empty_register(packs: None) -> None:
    report = import_places(by=system_account(), data=DEMO.read_bytes(), name=DEMO.name)
    assert report.ok
    assert (report.rows, report.created, report.changed, report.unchanged) == (117, 117, 0, 0)
    assert Place.objects.filter(kind="village").count() == 104
    assert Place.objects.get(code="410871203201").path.startswith("/41/4108/410871/410871203/")
    assert Entry.objects.filter(action="places.import").count() == 118
    before = state()
    again = import_places(by=system_account(), data=DEMO.read_bytes(), name=DEMO.name)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 117)
    assert state() == before


def test_rows_and_columns_in_any_order_give_the_same_places(packs: None) -> None:
    rows = list(csv.DictReader(io.StringIO(DEMO.read_text("utf-8"))))
    random.Random(7).shuffle(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, ["kind", "name", "parent", "code"])
    writer.writeheader()
    writer.writerows(rows)
    assert load(text.getvalue()).created == 117
    assert import_places(by=system_account(), data=DEMO.read_bytes(), name=DEMO.name).unchanged == 117


def test_values_are_typed_and_journalled(land: SimpleNamespace) -> None:
    report = load(f'{HEAD}\n410871203299,410871203,新村村民委员会,行政村,35.2417001,113.2,2017/5/1,"1,200",=红色')
    assert report.ok, found(report)
    place = Place.objects.get(code="410871203299")
    assert (place.latitude, place.longitude, place.opened_on) == (35_241_700, 113_200_000, dt.date(2017, 5, 1))
    assert present_attributes(place) == {"households": 1200, "brand": "=红色"}
    assert place.parents_over_time.get().parent == land.town
    run = PlaceImport.objects.get()
    assert (run.name, run.rows, run.created, run.path) == ("地点.csv", 1, 1, place.path)
    assert last_entry()[1]["after"]["created"] == 1


def test_changed_rows_amend_and_empty_cells_leave(land: SimpleNamespace) -> None:
    load(f"{HEAD}\n410871203201,410871203,寨卜昌村村民委员会,village,35.1,113.1,,300,红色")
    report = load(f"{HEAD}\n410871203201,410871203,卜昌村村民委员会,village,,,,310,")
    assert (report.changed, report.created) == (1, 0)
    place = Place.objects.get(code="410871203201")
    assert (place.short_name, place.latitude) == ("卜昌村", 35_100_000)
    assert present_attributes(place) == {"households": 310, "brand": "红色"}
    assert place_on(place, dt.date(2018, 4, 1)).short_name == "寨卜昌村"
    entry = Entry.objects.filter(action="places.import", subject_id=place.pk).order_by("-seq")[0]
    assert '"before":{"households":300,"name":"寨卜昌村村民委员会"}' in entry.data


def test_values_changed_later_keep_their_dates(land: SimpleNamespace) -> None:
    actions.amend_attributes(
        by=system_account(), place=land.village, attributes={"households": 5}, since=dt.date(2017, 1, 1)
    )
    load(f"{HEAD}\n410871203201,410871203,寨卜昌村村民委员会,village,,,,6,")
    assert attributes_on(land.village, dt.date(2018, 4, 1)) == {"households": 5}
    actions.amend_attributes(
        by=system_account(), place=land.village, attributes={"households": 7}, since=dt.date(2018, 12, 1)
    )
    report = load(f"{HEAD}\n410871203201,410871203,寨卜昌村村民委员会,village,,,,8,")
    assert found(report) == [(2, "households", "place.since")]


def test_a_moved_place_takes_what_is_below_along(land: SimpleNamespace) -> None:
    by = system_account()
    area = actions.open_place(by=by, kind="management_area", code="area1", name="东区", parent=land.town)
    grid = actions.open_place(by=by, kind="grid", code="g1", name="一网格", parent=land.village)
    rows = [
        "代码,上级,名称,种类",
        "410871203201,area2,寨卜昌村村民委员会,village",
        "g2,410871203201,二网格,网格",
        "area2,410871203,西区,管理区",
        "area1,410871100,东区,管理区",
    ]
    report = load("\n".join(rows))
    assert (report.created, report.changed) == (2, 2)
    for place, path in ((area, "410871100/area1/"), (grid, "410871203/area2/410871203201/g1/")):
        place.refresh_from_db()
        assert place.path == f"{land.district.path}{path}"
    assert Place.objects.get(code="g2").path == f"{land.district.path}410871203/area2/410871203201/g2/"
    assert place_on(land.village, dt.date(2018, 4, 1)).parent == land.town
    assert load("\n".join(rows)).unchanged == 4


def test_a_kind_changes_when_its_surroundings_allow(land: SimpleNamespace) -> None:
    report = load("代码,上级,名称,种类\n410871203201,410871203,寨卜昌社区,社区\n410871203,410871,苏家作镇,镇")
    assert (report.changed, found(report)) == (2, [])
    assert place_on(land.village, dt.date(2018, 4, 1)).kind == "village"
    actions.open_place(by=system_account(), kind="management_area", code="a1", name="东区", parent=land.other_town)
    refused_kind = load("代码,上级,名称,种类\n410871100,4108,阳庙镇,县区")
    assert found(refused_kind)[0] == (2, "code", "place.code")
    assert (2, "kind", "place.parent") in found(refused_kind)  # its villages cannot lie under a district


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",410871203,新村,village", ("code", "value.required")),
        ("410871203299,410871203,,village", ("name", "value.required")),
        ("410871203299,410871203,新村,", ("kind", "value.required")),
        ("410871203299,410871203,新村,城堡", ("kind", "place.kind")),
        ("4.10871E+11,410871203,新村,village", ("code", "import.code_rounded")),
        ("410871203299,999999999,新村,village", ("parent", "import.parent_unknown")),
        ("410871203299,4108,新村,village", ("parent", "place.parent")),
        ("410871203299,,新村,village", ("parent", "place.parent")),
        ("410871203299,410871203,新村,village,95,190", ("latitude", "place.degrees")),
        ("410871203299,410871203,新村,village,113.2,35.2", ("latitude", "import.swapped")),
        ("410871203299,410871203,新村,village,35.2,", ("longitude", "place.degrees")),
        ("410871203299,410871203,新村,village,35.2,east", ("longitude", "place.degrees")),
        ("410871203299,410871203,新村,village,,,soon", ("opened_on", "value.type")),
        ("410871203299,410871203,新村,village,,,,many", ("households", "value.type")),
        ("410871203299,410871203,新村,village,,,,-4", ("households", "value.at_least")),
        ("410871203299,410871203,新村,village,,,,1,红,多余", ("", "import.cells_extra")),
        ("g7,410871203201,七网格,grid,,,,12", ("户数", "place.attribute")),
        (f"410871203299,410871203,{'村' * 121},village", ("name", "value.too_long")),
        ("寨卜昌村,410871203,410871203299,village", ("code", "import.swapped")),
    ],
)
def test_each_bad_cell_is_named(land: SimpleNamespace, row: str, problem: tuple[str, str]) -> None:
    before = state()
    report = load(f"{HEAD}\n410871203298,410871203,好村村民委员会,village\n\n{row}")
    assert found(report) == [(4, *problem)]
    assert state() == before


def test_one_bad_row_of_a_thousand_writes_nothing(land: SimpleNamespace) -> None:
    rows = villages(600) + [f"410871100{n},410871100,第{n}村,village" for n in range(300, 699)]
    rows.insert(500, "410871203901,410871203,坏村,village,,,,many")
    before = state()
    text = "\n".join([HEAD, *rows])
    dry, real = load(text, dry_run=True), load(text)
    assert found(dry) == found(real) == [(502, "households", "value.type")]
    assert real.rows == 1000
    assert dry.dry_run
    assert state() == before


def test_a_dry_run_counts_and_writes_nothing(land: SimpleNamespace) -> None:
    before = state()
    report = load("\n".join([HEAD, *villages(10)]), dry_run=True)
    assert (report.ok, report.created) == (True, 10)
    assert report.as_dict()["problems"] == []
    assert state() == before


def test_children_of_a_bad_parent_are_not_blamed(land: SimpleNamespace) -> None:
    report = load(f"{HEAD}\n410871204,410871,新镇,城堡\n410871204201,410871204,新村,village")
    assert found(report) == [(2, "kind", "place.kind")]


def test_the_same_code_twice_and_rings(land: SimpleNamespace) -> None:
    twice = load("代码,上级,名称,种类\ng1,410871203201,一,grid\ng1,410871203201,二,grid")
    assert found(twice) == [(3, "code", "import.code_twice")]
    ring = load("代码,上级,名称,种类\n" + "\n".join(f"a{n},a{(n + 1) % 3000},环{n},village" for n in range(3000)))
    assert len(ring.problems) == 3000


def test_a_place_is_not_moved_below_itself(land: SimpleNamespace) -> None:
    rows = ["410871203,area1,苏家作乡,乡", "area1,410871203,东区,管理区"]
    report = load("代码,上级,名称,种类\n" + "\n".join(rows))
    assert {problem.code for problem in report.problems} <= {"place.parent", "import.ring"}
    assert not report.ok


def test_closed_places_stay_as_they_are(land: SimpleNamespace) -> None:
    actions.close_place(by=system_account(), place=relieved(land.village))
    same = load("代码,上级,名称,种类\n410871203201,410871203,寨卜昌村村民委员会,village")
    assert (same.ok, same.unchanged) == (True, 1)
    report = load("代码,上级,名称,种类\n410871203201,410871203,新名,village\ng1,410871203201,一网格,grid")
    assert found(report) == [(2, "code", "place.closed"), (3, "code", "place.closed")]


def test_needs_the_permission_over_each_parent(cast: SimpleNamespace) -> None:
    with refused("access.denied"):
        load(HEAD, by=cast.district_office)
    own = open_account(by=system_account(), username="clerk", title="乡录入员", unit=cast.town_office.unit)
    grant_duty(by=system_account(), account=own, role="administrator", place=cast.land.town)
    rows = [
        "代码,上级,名称,种类",
        "41,,河南省,province",
        "410871203299,410871203,新村,village",
        "410871100299,410871100,邻镇新村,village",
        "410871100201,410871203,阳庙村村民委员会,village",
    ]
    report = load("\n".join(rows), by=own)
    assert found(report) == [(4, "parent", "access.denied"), (5, "parent", "access.denied")]
    assert load("\n".join(rows[:3]), by=own).created == 1


def test_progress_is_told(land: SimpleNamespace) -> None:
    steps: list[int] = []
    load("\n".join([HEAD, *villages(10)]), progress=steps.append)
    assert sum(steps) == 10


def test_one_bad_row_of_a_thousand_is_named_and_nothing_written(land: SimpleNamespace) -> None:
    rows = [f"410871203{n},410871203,第{n}村村民委员会,行政村" for n in range(300, 999)]
    rows += [f"410871100{n},410871100,阳庙第{n}村村民委员会,行政村" for n in range(300, 601)]
    rows[700] = "410871100301,41087,阳庙第301村村民委员会,行政村"
    before = state()
    report = load("\n".join(["代码,上级代码,名称,种类", *rows]))
    assert (report.rows, report.wrong, report.created) == (1000, 1, 0)
    assert [(p.row, p.column, p.code) for p in report.problems] == [(702, "上级代码（B 列）", "import.parent_unknown")]
    assert state() == before
    rows[700] = "410871100301,410871100,阳庙第301村村民委员会,行政村"
    assert load("\n".join(["代码,上级代码,名称,种类", *rows])).created == 1000


def test_what_was_agreed_to_is_written_and_nothing_else(land: SimpleNamespace) -> None:
    text = "\n".join(["代码,上级,名称,种类,户数", "410871203201,410871203,寨卜昌村村民委员会,行政村,310"])
    tried = load(text, dry_run=True)
    assert (tried.changed, tried.run, len(tried.plan)) == (1, None, 64)
    actions.amend_attributes(by=system_account(), place=land.village, attributes={"households": 300})
    before = state()
    with refused("import.plan_changed"):
        load(text, agreed=tried.plan)
    with refused("import.plan_changed"):
        load(text, agreed="")
    assert state() == before
    again = load(text, dry_run=True)
    assert again.plan != tried.plan
    assert load(text, agreed=again.plan).run == PlaceImport.objects.get()
    assert present_attributes(land.village) == {"households": 310}


def test_a_new_place_is_agreed_to_with_all_its_values(land: SimpleNamespace) -> None:
    plans = {load(f"{HEAD}\n410871203299,410871203,新村村民委员会,行政村,{rest}", dry_run=True).plan for rest in (
        "35.2,113.2,,,", "35.3,113.2,,,", "35.2,113.2,2001-01-01,,", "35.2,113.2,,5,"
    )}  # fmt: skip
    assert len(plans) == 4


def test_a_row_may_say_that_its_point_is_schematic(land: SimpleNamespace) -> None:
    row = "410871203201,410871203,寨卜昌村村民委员会,village"
    head = "code,parent,name,kind,纬度,经度,坐标系"

    def worth() -> str:
        return str(Place.objects.get(code="410871203201").precision)

    assert load(f"{head},位置精度\n{row},35.1,113.1,,示意").changed == 1
    assert worth() == "schematic"
    assert load(f"{head}\n{row},35.1,113.1,").unchanged == 1
    assert load(f"{head}\n{row},35.2,113.1,高德").changed == 1
    assert worth() == "exact"
    assert found(load(f"{head},位置精度\n{row},35.1,113.1,,大概")) == [(2, "precision", "value.choice")]
