"""Accounts and duties from a workbook: tried, written whole, and written once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from huoshui.duties.models import Account, Duty
from huoshui.duties.people_file import template
from huoshui.duties.people_import import PeopleImport, import_people
from huoshui.kernel import fill_in
from huoshui.kernel.models import Entry
from huoshui.kernel.tables import Row, read_rows
from huoshui.kernel.trials import MOST_AT_ONCE
from huoshui.kernel.workbooks import MAX_BYTES, MAX_UNPACKED_BYTES
from tests.places.helpers import refused

HEAD = "用户名,职务称谓,单位,单位所在地,角色,地点,机制,开始日期,结束日期\n"
CLERK = "clerk1,寨卜昌村文书,村委会,寨卜昌村,网格员,410871203201,,2018-04-02,2019/4/2\n"
HELD = "village_lead,寨卜昌村包村干部,乡党建办包村,寨卜昌村,网格员,寨卜昌村,整改台账,,\n"


def run(cast: SimpleNamespace, rows: str, **how: object) -> PeopleImport:
    given = {"by": cast.administrator, "data": (HEAD + rows).encode(), "name": "人员.csv"} | how
    return import_people(**given)  # type: ignore[arg-type]


def codes(report: PeopleImport) -> list[tuple[str, int | None, str]]:
    return [(problem.code, problem.row, problem.column) for problem in report.problems]


def test_tried_then_written_and_the_same_again_changes_nothing(cast: SimpleNamespace) -> None:
    before = Entry.objects.count()
    trial = run(cast, CLERK + HELD, dry_run=True)
    assert [len(trial.opened), len(trial.trial.possible), trial.problems] == [1, 2, []]
    assert Entry.objects.count() == before
    assert run(cast, CLERK + HELD, agreed=trial.plan).written
    clerk = Account.objects.get(username="clerk1")
    assert not clerk.has_usable_password()
    assert str(clerk.duties.get().until) == "2019-04-02"
    assert Duty.objects.get(account=cast.village_lead, role="grid_worker").pack == "rectification"
    written = Entry.objects.count()
    again = run(cast, CLERK + HELD)
    assert (again.written, len(again.trial.unchanged)) == (False, 2)
    assert Entry.objects.count() == written


def test_each_bad_row_is_named_and_nothing_is_written(cast: SimpleNamespace) -> None:
    rows = (
        CLERK
        + "a b,甲,村委会,寨卜昌村,,,,,\n"
        + "c2,乙,没有的单位,寨卜昌村,,,,,\n"
        + "c3,丙,村委会,无此村,,,,,\n"
        + "c4,丁,村委会,寨卜昌村,没有的角色,寨卜昌村,,,\n"
        + "c5,戊,村委会,寨卜昌村,区党建办,寨卜昌村,,,\n"
        + "secretary,别的称谓,村委会,寨卜昌村,,,,,\n"
        + "c6,己,村委会,寨卜昌村,网格员,,,明天,\n"
    )
    report = run(cast, rows)
    assert codes(report) == [
        ("account.username", 3, "用户名（A 列）"),
        ("unit.unknown", 4, "单位（C 列）"),
        ("people.place", 5, "单位所在地（D 列）"),
        ("duty.role", 6, "角色（E 列）"),
        ("duty.place_kind", 7, "地点（F 列）"),
        ("account.differs", 8, "职务称谓（B 列）"),
        ("people.date", 9, "开始日期（H 列）"),
        ("people.incomplete", 9, "地点（F 列）"),
    ]
    assert not Account.objects.get_queryset().filter(username="clerk1").exists()


def test_missing_units_are_registered_when_it_is_said(cast: SimpleNamespace) -> None:
    row = "c2,乙,村监委会,寨卜昌村,,,,,\nc3,丙,村监委会,寨卜昌村,,,,,\n"
    assert run(cast, row, open_units=True).written
    assert Account.objects.get(username="c2").unit == Account.objects.get(username="c3").unit


def test_each_row_is_asked_for_its_permission(cast: SimpleNamespace) -> None:
    with refused("access.denied"):
        run(cast, CLERK, by=cast.town_office)
    Duty.objects.filter(account=cast.administrator).update(place=cast.land.town)
    other = "c9,庚,村委会,410871100201,,,,,\n"
    administrator = Account.objects.get(pk=cast.administrator.pk)
    assert [code for code, _row, _column in codes(run(cast, CLERK + other, by=administrator))] == ["people.place"]


def test_something_else_than_was_agreed_is_not_written(cast: SimpleNamespace) -> None:
    with refused("import.plan_changed"):
        run(cast, CLERK, agreed="0" * 64)


def test_the_template_has_the_columns_and_no_rows(cast: SimpleNamespace) -> None:
    sheet = load_workbook(io.BytesIO(template())).worksheets[0]
    assert [cell.value for cell in sheet[1]][:4] == ["用户名", "职务称谓", "单位", "单位所在地"]
    report = import_people(by=cast.administrator, data=template(), name="模板.xlsx", dry_run=True)
    assert [problem.code for problem in report.problems] == ["import.no_rows"]


def test_a_year_beyond_all_calendars_is_a_bad_date(cast: SimpleNamespace) -> None:
    report = run(cast, "c7,庚,村委会,寨卜昌村,网格员,寨卜昌村,,99999999999-1-1,\n")
    assert codes(report) == [("people.date", 2, "开始日期（H 列）")]


def test_a_long_file_is_not_read_to_its_end(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []

    def rows(data: bytes, name: str) -> Iterator[Row]:
        for row in read_rows(data, name):
            taken.append(row.number)
            yield row

    monkeypatch.setattr(fill_in, "read_rows", rows)
    hints = "※登录用\n" * 20
    with refused("people.too_many_rows"):
        run(cast, hints + "a b,,,,,,,,\n" * 5000)
    assert len(taken) < MOST_AT_ONCE + 40
    assert len(run(cast, hints + "a b,,,,,,,,\n" * MOST_AT_ONCE, dry_run=True).problems) >= MOST_AT_ONCE


def test_a_file_larger_than_somebody_writes_by_hand_is_not_opened(cast: SimpleNamespace) -> None:
    with refused("file.too_large"):
        run(cast, "", data=b"x" * (MAX_BYTES + 1))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/big.xml", "w") as part:
        for _megabyte in range(MAX_UNPACKED_BYTES // 2**20 + 1):
            part.write(bytes(2**20))
    with refused("file.zip_bomb"):
        run(cast, "", data=packed.getvalue())
