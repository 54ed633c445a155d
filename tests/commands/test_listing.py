"""The commands that list and show: tables for people, plain JSON for programs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from huoshui.commands import huoshui
from huoshui.commands.ledger import CODED
from huoshui.kernel.models import Entry
from huoshui.visits import actions
from tests.matters.conftest import Opener, open_item
from tests.visits.conftest import stage
from tests.visits.staging import Stage

__all__ = ["open_item", "stage"]
pytestmark = pytest.mark.django_db


def call(*arguments: object) -> Result:
    """A command in this process, over the test's database."""
    result = CliRunner().invoke(huoshui, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def read(*arguments: object) -> Any:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_places(land: SimpleNamespace) -> None:
    rows = read("places", "list", "--kind", "village", "--under", land.town.code)
    assert [row["code"] for row in rows] == ["410871203201", "410871203202", "410871203203"]
    assert rows[0] == {
        "code": "410871203201",
        "kind": "village",
        "name": "寨卜昌村村民委员会",
        "parent": "410871203",
        "closed_on": None,
    }
    table = call("places", "list").output
    assert "寨卜昌村村民委员会" in table
    assert "上级" in table


def test_an_unknown_place_is_refused(land: SimpleNamespace) -> None:
    result = call("places", "list", "--under", "999")
    assert result.exit_code == 1
    assert result.stderr.startswith("ops.unknown: 没有找到“999”。")
    assert "list" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "field", "known"),
    [
        (("places", "list", "--kind", "nope"), "kind", "village"),
        (("ledger", "list", "--kind", "nope"), "kind", "rectification.item"),
        (("ledger", "list", "--state", "nope"), "state", "to_claim"),
        (("ledger", "list", "--severity", "nope"), "severity", "serious"),
        (("ledger", "export", "nothing.xlsx", "--kind", "nope"), "kind", "rectification.item"),
        (("round", "list", "--state", "nope"), "state", "sealed"),
    ],
)
def test_an_unknown_code_in_a_filter_is_refused(
    land: SimpleNamespace, arguments: tuple[str, ...], field: str, known: str
) -> None:
    result = call(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"value.choice: “{field}”的值“nope”不在可选项中：")
    assert known in result.stderr


def test_nothing_is_said_for_people_and_an_empty_array_for_programs() -> None:
    assert call("places", "list").output == "没有记录。\n"
    assert read("places", "list") == []


def test_places_import(land: SimpleNamespace, tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text("代码,名称,种类,上级代码\n410871203204,新村村民委员会,village,410871203\n", encoding="utf-8")
    entries = Entry.objects.count()
    assert "检查通过，尚未写入：新增 1" in call("places", "import", file, "--dry-run").output
    assert Entry.objects.count() == entries
    assert "已导入：新增 1" in call("places", "import", file).output
    assert Entry.objects.latest("seq").channel == "cli"
    file.write_text("代码,名称,种类,上级代码\n1,坏行,village,410871203\n", encoding="utf-8")
    result = call("places", "import", file)
    assert result.exit_code == 1
    assert "place.code: 第 2 行，代码（A 列）：" in result.stderr
    result = call("places", "import", file, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["problems"]


def test_packs(packs: None) -> None:
    core = next(row for row in read("pack", "list") if row["pack"] == "core")
    assert (core["number"], core["current"]) == ("1.12.0", True)
    assert "整改台账" in call("pack", "list").output


def test_pack_check_names_file_and_line(packs: None, tmp_path: Path) -> None:
    text = "code: mine\nversion: 1.0.0\nname: {zh: 我的, en: Mine}\ndescription: {zh: 试, en: Try}\n"
    (tmp_path / "pack.yaml").write_text(text + "requires: [core]\n", encoding="utf-8")
    assert "检查通过：mine 1.0.0" in call("pack", "check", tmp_path).output
    assert read("pack", "check", tmp_path) == []
    (tmp_path / "pack.yaml").write_text(text + "requires: [nothing]\n", encoding="utf-8")
    result = call("pack", "check", tmp_path)
    assert result.exit_code == 1
    assert "pack.yaml:5: pack.requires" in result.output
    assert json.loads(call("pack", "check", tmp_path, "--json").stdout)[0]["line"] == 5
    result = call("pack", "load", tmp_path)
    assert result.exit_code == 1
    assert "pack.yaml:5: pack.requires" in result.stderr


def test_pack_load(packs: None, tmp_path: Path) -> None:
    text = "code: mine\nversion: 1.0.0\nname: {zh: 我的, en: Mine}\ndescription: {zh: 试, en: Try}\n"
    (tmp_path / "pack.yaml").write_text(text, encoding="utf-8")
    assert call("pack", "load", tmp_path).output == "已装载：mine 1.0.0\n"
    (tmp_path / "pack.yaml").write_text(text.replace("试", "改"), encoding="utf-8")
    assert "pack.version_exists" in call("pack", "load", tmp_path).stderr


def test_an_unknown_round_is_refused(cast: SimpleNamespace) -> None:
    assert read("round", "list") == []
    result = call("round", "result", "没有这一轮")
    assert result.exit_code == 1
    assert "ops.unknown" in result.stderr


def test_rounds_and_their_results(stage: Stage, tmp_path: Path) -> None:
    round = stage.opened()
    stage.submitted(round, 1, stage.land.village2, floor=100)
    signed = stage.signed(round)
    (listed,) = read("round", "list")
    assert (listed["id"], listed["state"], listed["opens_on"]) == (str(signed.pk), "computed", "2018-04-02")
    rows = read("round", "result", signed.pk)
    assert [row["rank"] for row in rows] == [1, 1, 3]
    assert (rows[2]["place"], rows[2]["mean"], rows[2]["total_thousandths"]) == ("苏家作村", "18.89", 18890)
    assert rows[0]["total"] == "20.00"
    assert "苏家作村" in call("round", "result", round.name).output
    file = tmp_path / "成绩.xlsx"
    assert "已写入" in call("round", "result", round.name, "--xlsx", file).output
    values = [cell.value for row in load_workbook(file).active.iter_rows() for cell in row]
    assert {"第二季度观摩", "名次", "苏家作村"} <= {str(value) for value in values}
    assert "ops.file_exists" in call("round", "result", round.name, "--xlsx", file).stderr


def test_a_corrected_result_keeps_the_one_it_was_sealed_with(stage: Stage) -> None:
    round = stage.sealed()
    assert "更正前总分" not in call("round", "result", round.pk).output
    actions.correct_result(by=stage.lead, result=round.results.first(), total="18.5", reason="登分有误")
    output = call("round", "result", round.pk).output
    for words in ("更正前总分", "18.50", "20.00"):
        assert words in output


def test_the_ledger(open_item: Opener, cast: SimpleNamespace, tmp_path: Path) -> None:
    matter = open_item()
    open_item(cast.land.other_village, title="广场灯不亮")
    (row,) = read("ledger", "list", "--kind", "rectification.item", "--under", cast.land.town.code)
    assert (row["id"], row["number"], row["title"]) == (str(matter.pk), matter.number, "三会一课记录不全")
    assert len(read("ledger", "list", "--text", "灯", "--sort", "place")) == 1
    assert "广场灯不亮" in call("ledger", "list").output
    file = tmp_path / "台账.xlsx"
    assert "已写入" in call("ledger", "export", file, "--under", cast.land.town.code).output
    values = [cell.value for row in load_workbook(file).active.iter_rows() for cell in row]
    assert matter.number in values
    assert "广场灯不亮" not in values


def test_codes_and_labels_of_the_ledger_have_keys_of_their_own(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item(kind="hubs.upgrade", title="牌子不规范")
    whole, (of_kind,) = read("ledger", "list"), read("ledger", "list", "--kind", "hubs.upgrade")
    always = ("id", "place_code", "town", *(key for code in CODED for key in (code, f"{code}_name")))
    assert {key: whole[0][key] for key in always} == {key: of_kind[key] for key in always}
    assert (of_kind["place_code"], of_kind["town"], of_kind["place"]) == ("410871203201", "苏家作乡", "寨卜昌村")
    assert (of_kind["kind"], of_kind["kind_name"]) == ("hubs.upgrade", "阵地规范提升")
    assert (of_kind["severity"], of_kind["light"], of_kind["light_name"]) == (of_kind["severity"], "", "在期")
    assert of_kind["state"].isascii()
    assert not of_kind["state_name"].isascii()
    table = call("ledger", "list", "--kind", "hubs.upgrade").output
    assert "乡镇" in table
    assert of_kind["state_name"] in table


def test_a_ledger_that_cannot_be_written_is_refused(cast: SimpleNamespace, tmp_path: Path) -> None:
    assert read("ledger", "list") == []
    assert call("ledger", "list", "--light", "pink").exit_code == 2
    assert call("ledger", "list", "--sort", "colour").exit_code == 2
    assert "ops.unknown" in call("ledger", "list", "--under", "1").stderr
    file = tmp_path / "台账.xlsx"
    file.write_bytes(b"precious")
    assert "ops.file_exists" in call("ledger", "export", file).stderr
    assert file.read_bytes() == b"precious"
    assert "ops.cannot_write" in call("ledger", "export", tmp_path / "nowhere" / "x.xlsx").stderr


def test_wrong_usage_exits_with_2() -> None:
    assert call("places", "list", "--colour").exit_code == 2
    assert call("nothing").exit_code == 2


def test_the_version() -> None:
    from huoshui import __version__

    assert call("--version").output == f"huoshui {__version__}\n"


def test_fairness_of_a_round(stage: Stage) -> None:
    refused = call("round", "fairness", stage.opened().pk)
    assert refused.stderr.startswith("round.state: ")
    round = stage.uneven()
    (group,) = read("round", "fairness", round.pk)
    assert (group["judges"], group["problem"]) == ([1, 2, 3], "")
    assert {row["judge"]: row["points"] for row in group["severities"]}[3] == "-1.333"
    assert [(row["place_name"], row["rank"]) for row in group["standings"]] == [
        ("寨卜昌村", 1),
        ("苏家作村", 2),
        ("阳庙村", 3),
    ]
    table = call("round", "fairness", round.pk).output
    assert "松紧" in table
    assert "去松紧得分" in table
    assert Entry.objects.filter(action="visits.keep_fairness").count() == 1
    equal = stage.computed()
    assert "合计都一样" in call("round", "fairness", equal.pk).output


def test_results_are_written_as_papers_and_compared(stage: Stage, tmp_path: Path) -> None:
    stage.sealed(stage.opened(day=dt.date(2018, 3, 5)))
    round = stage.sealed()
    sheet, pages = tmp_path / "sheet.pdf", tmp_path / "comments.pdf"
    assert "已写入" in call("round", "result", round.pk, "--pdf", sheet).output
    assert "已写入" in call("round", "comments", round.pk, "--pdf", pages, "--place", stage.land.town.code).output
    assert all(file.read_bytes().startswith(b"%PDF-") for file in (sheet, pages))
    assert "access.not_found" in call("round", "comments", round.pk, "--pdf", pages, "--place", "nowhere").stderr
    towns = {row["town"]: row["mean"] for row in read("round", "towns", round.pk)}
    assert towns == {"苏家作乡": "20.00", "阳庙镇": "20.00"}
    assert {row["change"] for row in read("round", "comparison", round.pk)} == {"0.00"}
    assert "比较了 5 项" in call("round", "comparison", round.pk).output
    assert {row["list"] for row in read("round", "lists", round.pk)} == {"red"}
    assert "access.not_found" in call("round", "lists", stage.computed().pk).stderr


def test_a_tour_is_planned_printed_and_adopted(stage: Stage, tmp_path: Path) -> None:
    round = stage.planned()
    assert call("round", "tour", round.pk, "--teams", "1").stderr.startswith("tour.no_points: ")
    round = stage.planned(places=stage.located())
    wish = (
        "--teams",
        "1",
        "--days",
        "2",
        "--hours",
        "4",
        "--stay",
        "60",
        "--begins",
        "苏家作乡",
        "--fixed",
        "2：阳庙村",
    )
    rows = read("round", "tour", round.pk, *wish)
    assert {row["place"]: row["day"] for row in rows}["阳庙村"] == "2018-04-03"
    assert len(rows) == 5
    table = call("round", "tour", round.pk, "--adopt").output
    assert "按代码顺序平分" in table
    assert round.places.filter(team=1).count() == 5
    sheets, workbook = tmp_path / "tour.pdf", tmp_path / "tour.xlsx"
    assert call("round", "tour", round.pk, "--pdf", sheets, "--xlsx", workbook).output.count("已写入") == 2
    assert sheets.read_bytes().startswith(b"%PDF")
    distances = tmp_path / "km.csv"
    distances.write_text("from,to,km\n寨卜昌村,苏家作村,-2", encoding="utf-8")
    assert call("round", "tour", round.pk, "--teams", "1", "--table", distances).stderr.startswith("tour.table_value: ")
