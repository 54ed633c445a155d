"""Imports that are killed: what the scripts of ``test_killed`` bring in, and what is there of it afterwards."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import load_workbook

from huoshui.duties.models import Account, Duty, Unit
from huoshui.duties.people_import import import_people
from huoshui.kernel import clock
from huoshui.kernel.journal import seal_pending, verify
from huoshui.kernel.models import Entry
from huoshui.kernel.spreadsheets import set_value
from huoshui.matters.actions import open_matter
from huoshui.matters.ledger_export import ledger_workbook
from huoshui.matters.ledger_import import import_ledger
from huoshui.matters.models import Matter
from tests.conftest import NOON, hire_cast, open_land
from tests.matters.conftest import claim

HEAD, FIRST = 2, 3
"""Rows of an exported ledger: its heading, and the first matter."""
PEOPLE = """用户名,职务称谓,单位,单位所在地,角色,地点,机制,开始日期,结束日期
clerk1,寨卜昌村文书,新的单位,寨卜昌村,网格员,410871203201,,2018-04-02,
clerk2,苏家作村文书,新的单位,苏家作村,网格员,410871203202,,2018-04-02,
"""


def edited_ledger() -> bytes:
    """Two claimed matters, and their exported ledger with the progress of both written in; all is sealed."""
    with clock.set_to(NOON):
        cast = hire_cast(open_land())
        given: dict[str, Any] = {"kind": "rectification.item", "title": "三会一课记录不全"}
        for _time in range(2):
            claim(open_matter(by=cast.district_office, place=cast.land.village, **given), cast.secretary)
        book = load_workbook(io.BytesIO(ledger_workbook(actor=cast.town_office)))
    sheet: Any = book.active
    column = [known.value for known in sheet[HEAD]].index("进展") + 1
    for row in (FIRST, FIRST + 1):
        set_value(sheet.cell(row, column), "已补齐")
    stream = io.BytesIO()
    book.save(stream)
    seal_pending()
    return stream.getvalue()


def bring_in_ledger(data: bytes) -> list[int]:
    """Import it as the secretary: how many rows changed a matter, and how many were as they stand."""
    with clock.set_to(NOON):
        report = import_ledger(by=Account.objects.get(username="secretary"), data=data, name="台账.xlsx")
    assert report.ok
    return [len(report.changed), report.unchanged]


def bring_in_people() -> list[int]:
    """Open two accounts with duties in units that are new: how many rows were written, and how many were there."""
    with clock.set_to(NOON):
        by = Account.objects.get(username="administrator")
        report = import_people(by=by, data=PEOPLE.encode(), name="人员.csv", open_units=True)
    assert not report.problems
    return [len(report.trial.possible), len(report.trial.unchanged)]


def found() -> dict[str, Any]:
    """What is there of either import, how many journal entries tell of it, and whether the journal is whole."""
    seal_pending()
    report, told = verify(), Entry.objects.get_queryset()
    return {
        "written": Matter.objects.filter(values__code="progress", values__text="已补齐").count(),
        "edits": told.filter(action="matters.edit").count(),
        "people": [
            Account.objects.get_queryset().filter(username__startswith="clerk").count(),
            Unit.objects.filter(name="新的单位").count(),
            Duty.objects.filter(account__username__startswith="clerk").count(),
        ],
        "opened": told.filter(action="duties.open_account", subject_label__contains="文书").count(),
        "whole": report.ok and not report.unsealed,
    }
