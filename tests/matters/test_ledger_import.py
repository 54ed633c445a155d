"""The exported ledger, edited and brought back: changed cells become actions, conflicts are listed, all or none."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from huoshui.duties.models import Account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.kernel.spreadsheets import set_value
from huoshui.kernel.streamed_tables import StreamedTable
from huoshui.kernel.tables import read_rows
from huoshui.matters.actions import edit_fields
from huoshui.matters.columns import STATE, columns_for, with_columns
from huoshui.matters.ledger_export import ledger_workbook
from huoshui.matters.ledger_import import LedgerImport, import_ledger
from huoshui.matters.ledger_marks import Marker, plain
from huoshui.matters.models import Matter
from tests.matters.conftest import Opener, claim

HEAD, FIRST = 2, 3
"""Rows of the export: its heading, and the first matter."""
Edit = Callable[[Any], None]


def exported(cast: SimpleNamespace) -> bytes:
    """The ledger as the town's office exports it; whoever edits it need not be the one who exported it."""
    return ledger_workbook(actor=cast.town_office, chosen=with_columns(columns_for(None), STATE))


def edited(data: bytes, *edits: Edit) -> bytes:
    """The file opened, edited and saved: as Excel and WPS do, all strings shared and every style written anew."""
    book = load_workbook(io.BytesIO(data))
    for edit in edits:
        edit(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cell(heading: str, value: Any, row: int = FIRST) -> Edit:
    def edit(sheet: Any) -> None:
        at = [known.value for known in sheet[HEAD]].index(heading) + 1
        set_value(sheet.cell(row, at), value)

    return edit


def bring(by: Account, data: bytes, **options: Any) -> LedgerImport:
    return import_ledger(by=by, data=data, name="台账.xlsx", **options)


def rules(report: LedgerImport) -> list[tuple[str, int | None, str]]:
    return [(problem.code, problem.row, problem.column) for problem in report.problems]


@pytest.fixture
def claimed(open_item: Opener, cast: SimpleNamespace) -> Matter:
    return claim(open_item(), cast.secretary)


def test_changed_cells_are_tried_written_once_and_journalled(
    claimed: Matter, open_item: Opener, cast: SimpleNamespace
) -> None:
    open_item()
    file = edited(
        exported(cast),
        cell("整改措施", "换锁\n装灯"),
        cell("时限", dt.date(2018, 4, 18)),
        cell("责任人", cast.village_lead.title),
    )
    before = Entry.objects.count()
    trial = bring(cast.secretary, file, dry_run=True)
    assert (trial.rows, len(trial.changed), trial.unchanged, rules(trial)) == (2, 1, 1, [])
    changes = {change.code: change.after for change in trial.changed[0].changes}
    assert changes["measures"] == "换锁\n装灯"
    assert (changes["deadline"], changes["owner"]) == ("2018-04-18", cast.village_lead.title)
    assert Entry.objects.count() == before
    bring(cast.secretary, file, agreed=trial.plan)
    written = Entry.objects.order_by("seq")[before:]
    assert [(e.action, e.actor_id) for e in written] == [
        ("matters.edit", cast.secretary.pk), ("matters.assign", cast.secretary.pk)
    ]  # fmt: skip
    again = bring(cast.secretary, file)
    assert (again.ok, again.changed, again.unchanged) == (True, [], 2)
    assert Entry.objects.count() == before + 2


def test_an_untouched_file_changes_nothing_whatever_happened_meanwhile(claimed: Matter, cast: SimpleNamespace) -> None:
    file = edited(exported(cast))
    edit_fields(by=cast.secretary, matter=claimed, values={"progress": "别人写的"})
    assert (bring(cast.secretary, file).unchanged, bring(cast.leader, file).ok) == (1, True)


def test_a_row_changed_meanwhile_is_a_conflict_with_both_values(
    claimed: Matter, open_item: Opener, cast: SimpleNamespace
) -> None:
    other = claim(open_item(), cast.secretary)
    file = edited(exported(cast), cell("进展", "我写的"), cell("进展", "也是我写的", FIRST + 1))
    edit_fields(by=cast.secretary, matter=claimed, values={"progress": "别人写的"})
    report = bring(cast.secretary, file)
    assert rules(report) == [("ledger_file.conflict", FIRST, "进展（J 列）")]
    assert "“进展”现在是“别人写的”，您的表里是“我写的”" in report.problems[0].message()
    assert not Matter.objects.get(pk=other.pk).values.filter(code="progress").exists()


@pytest.mark.parametrize(
    ("edit", "rule", "column"),
    [
        (cell("时限", "下周"), "value.type", "时限（F 列）"),
        (cell("时限", dt.date(2019, 1, 1)), "matter.deadline_beyond_limit", "时限（F 列）"),
        (cell("责任人", "没有这个人"), "matter.person_unknown", "责任人（I 列）"),
        (cell("问题", "换一个问题"), "matter.not_editable", "问题（D 列）"),
        (cell("所在村", "别的村"), "ledger_file.column_fixed", "所在村（C 列）"),
        (cell("编号", "ZG-2018-0009"), "ledger_file.row_mixed", "编号（A 列）"),
        (lambda sheet: sheet.append(["新的一行"]), "ledger_file.row_added", ""),
        (lambda sheet: sheet.append([c.value for c in sheet[FIRST]]), "ledger_file.number_twice", ""),
        (lambda sheet: sheet.cell(FIRST, 15, "1"), "ledger_file.marks_broken", ""),
    ],
)
def test_rows_are_refused_by_row_column_and_rule(
    claimed: Matter, cast: SimpleNamespace, edit: Edit, rule: str, column: str
) -> None:
    report = bring(cast.secretary, edited(exported(cast), cell("进展", "好的一格"), edit))
    row = FIRST + 1 if rule in ("ledger_file.row_added", "ledger_file.number_twice") else FIRST
    assert rules(report) == [(rule, row, column)]
    assert Matter.objects.get(pk=claimed.pk).version == claimed.version


def test_columns_are_refused_by_name_and_letter(claimed: Matter, cast: SimpleNamespace) -> None:
    def refused(*edits: Edit) -> list[tuple[str, int | None, str]]:
        return rules(bring(cast.secretary, edited(exported(cast), *edits)))

    def head(at: int, text: str) -> Edit:
        return lambda sheet: sheet.cell(HEAD, at, text)

    moved = refused(head(5, "进展"), head(10, "整改措施"))
    assert moved == [
        ("ledger_file.column_moved", HEAD, "进展（E 列）"),
        ("ledger_file.column_moved", HEAD, "整改措施（J 列）"),
    ]
    assert refused(head(5, "措施")) == [("ledger_file.column_renamed", HEAD, "措施（E 列）")]
    assert refused(lambda sheet: sheet.delete_cols(5)) == [("import.columns_missing", HEAD, "")]
    assert refused(lambda sheet: sheet.insert_cols(5), head(5, "备注")) == [
        ("import.columns_unknown", HEAD, "备注（E 列）")
    ]
    assert refused(lambda sheet: sheet.delete_cols(14, 2)) == [("ledger_file.no_marks", None, "")]


def test_who_may_not_change_a_matter_is_refused_and_the_hidden_are_unknown(
    claimed: Matter, cast: SimpleNamespace
) -> None:
    file = edited(exported(cast), cell("进展", "领导写的"))
    assert rules(bring(cast.leader, file)) == [("matter.edit_role", FIRST, "进展（J 列）")]
    assert rules(bring(cast.other_secretary, file)) == [("ledger_file.number_unknown", FIRST, "")]


def test_what_was_agreed_to_is_written_and_nothing_else(claimed: Matter, cast: SimpleNamespace) -> None:
    file = edited(exported(cast), cell("进展", "开工"))
    with pytest.raises(Refusal, match=r"import\.plan_changed"):
        bring(cast.secretary, file, agreed="0" * 64)
    assert Matter.objects.get(pk=claimed.pk).version == claimed.version


@given(
    st.text(max_size=60),
    st.one_of(st.none(), st.dates(dt.date(1990, 1, 1), dt.date(2050, 1, 1)), st.integers(-9999, 9999)),
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_marks_survive_saving(text: str, other: Any) -> None:
    table = StreamedTable("a", "b", [("x", 9), ("text", 9), ("other", 9)])
    table.row(["x", text, other])
    *_heads, row = read_rows(edited(table.file()), "a.xlsx")
    cells = [*row.cells, "", ""][1:3]
    marker = Marker(["text", "other"])
    assert marker.of("k", cells) == marker.of("k", [text, other]), (cells, [plain(text), plain(other)])
