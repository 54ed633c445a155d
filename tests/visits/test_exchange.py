"""A checklist out to Excel and in again: nothing lost, nothing overwritten, every cell that is wrong named."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from huoshui.kernel.errors import Refusal
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current
from huoshui.visits import actions
from huoshui.visits.exchange.export import checklist_workbook
from huoshui.visits.exchange.importing import ChecklistImport, import_checklist
from huoshui.visits.exchange.layout import TABLES
from huoshui.visits.queries import checklist_source
from huoshui.visits.schema import Checklist
from tests.visits.staging import Stage

Edit = Callable[[Any], None]


def exported() -> bytes:
    version = current("trial")
    return checklist_workbook(version, version.section("checklists")["trial"])


def edited(data: bytes, *edits: Edit) -> bytes:
    book = load_workbook(io.BytesIO(data))
    for edit in edits:
        edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def column(sheet: str, heading: str) -> int:
    return [c.heading for c in TABLES[sheet]].index(heading) + 1


def cell(sheet: str, row: int, heading: str, value: Any) -> Edit:
    def write(book: Any) -> None:
        book[sheet].cell(row, column(sheet, heading)).value = value

    return write


def added(sheet: str, **values: Any) -> Edit:
    def write(book: Any) -> None:
        headings = [c.heading for c in TABLES[sheet]]
        assert set(values) <= set(headings)
        book[sheet].append([values.get(heading) for heading in headings])

    return write


def bring(stage: Stage, data: bytes, **more: Any) -> ChecklistImport:
    given = {"by": stage.lead, "pack": "trial", "code": "trial", "name": "细则.xlsx", "data": data}
    return import_checklist(**{**given, **more})


def codes(report: ChecklistImport) -> list[str]:
    return [problem.code for problem in report.problems]


def published() -> Checklist:
    checklist: Checklist = current("trial").section("checklists")["trial"]
    return checklist


def test_what_goes_out_comes_back_as_nothing_changed(stage: Stage) -> None:
    report = bring(stage, exported())
    assert (report.ok, report.number) == (True, "")
    assert current("trial").number == "1.0.0"


def test_the_workbook_reads_well(stage: Stage) -> None:
    book = load_workbook(io.BytesIO(exported()))
    assert [s.title for s in book if s.sheet_state == "visible"] == [
        "细则",
        "部分",
        "条目",
        "档次",
        "加减分",
        "填写说明",
    ]
    items = book["条目"]
    row = {c.value: items.cell(4, at).value for at, c in enumerate(items[1], start=1)}
    assert row["看什么"] == "面积"
    assert (row["标准值"], row["达标是"], row["不达标时"]) == (300, "不少于", "按比例得分")
    assert row["登记值预填"] == "阵地：村部建筑面积"
    assert row["不合格立事项"] == "整改事项（较重）"
    assert items.freeze_panes == "D2"
    assert {v.formula1 for v in items.data_validations.dataValidation} >= {"list_methods", "list_how", "list_opens"}
    assert book["档次"]["A2"].value == "党日"


def test_an_edit_is_tried_and_published_once(stage: Stage) -> None:
    file = edited(
        exported(),
        cell("条目", 2, "看什么", "会议记录"),
        cell("档次", 3, "得分", "１"),
        added("条目", 部分="全部", 看什么="公厕整洁", 方法="看", 分值=2, 怎么计分="分档"),
        added("档次", 条目="公厕整洁", 档次="干净", 得分=2),
        lambda book: book["加减分"].delete_rows(3),
        lambda book: setattr(book["细则"]["B5"], "value", 22),
    )
    tried = bring(stage, file, dry_run=True)
    assert (tried.problems, tried.number, current("trial").number) == ([], "1.0.1", "1.0.0")
    done = bring(stage, file, agreed=tried.plan)
    assert done.number == "1.0.1"
    now = published()
    assert now.items["meetings"].name.zh == "会议记录"
    assert now.items["gczj"].scoring.options[0].points == 2000  # type: ignore[union-attr]
    assert [entry.code for entry in now.adjustments] == ["honour"]
    assert now.ranking is not None
    assert bring(stage, file).problems == []
    assert PackVersion.objects.filter(pack="trial").count() == 2


def test_who_may_not_edit_may_not_import(stage: Stage) -> None:
    with pytest.raises(Refusal) as refused:
        bring(stage, exported(), by=stage.cast.secretary)
    assert refused.value.code == "access.denied"


def test_wrong_cells_are_named_and_nothing_is_written(stage: Stage) -> None:
    file = edited(
        exported(),
        cell("条目", 2, "方法", "闻"),
        cell("条目", 3, "分值", "四"),
        cell("条目", 4, "部分", "没有的"),
        cell("条目", 5, "每处扣分", 1),
        cell("档次", 2, "档次", None),
        lambda book: setattr(book["细则"]["B4"], "value", "行政村、寺庙"),
    )
    report = bring(stage, file)
    said = [(p.row, p.where, p.code) for p in report.problems]
    assert (2, "“条目”表，方法（G 列）", "value.choice") in said
    assert (3, "“条目”表，分值（H 列）", "value.type") in said
    assert (4, "“条目”表，部分（B 列）", "value.choice") in said
    assert (5, "“条目”表，每处扣分（K 列）", "checklist_file.not_for") in said
    assert (2, "“档次”表，档次（C 列）", "value.required") in said
    assert (4, "“细则”表，用于哪种地点（B 列）", "value.choice") in said
    assert current("trial").number == "1.0.0"


def test_what_the_pack_finds_is_shown_in_its_cell(stage: Stage) -> None:
    file = edited(exported(), cell("条目", 4, "单位", "亩"), cell("条目", 2, "每处扣分", 9))
    report = bring(stage, file)
    assert {(p.row, p.where, p.code) for p in report.problems} == {
        (4, "“条目”表，单位（N 列）", "checklist.meaning_changed"),
        (2, "“条目”表，每处扣分（K 列）", "checklist.per_finding"),
    }


def test_what_others_changed_meanwhile_is_kept_or_named(stage: Stage) -> None:
    file = edited(exported(), cell("条目", 2, "怎么看", "翻记录"), cell("条目", 6, "看什么", "总体评价"))
    definition = copy.deepcopy(checklist_source(current("trial"), "trial"))
    assert definition
    definition["sections"][0]["items"][4]["name"] = {"zh": "综合", "en": "Overall"}
    definition["sections"][0]["items"][3]["guidance"] = {"zh": "看广场", "en": "Look"}
    actions.edit_checklist(by=stage.lead, pack="trial", definition=definition, seen_number="1.0.0")
    report = bring(stage, file)
    (problem,) = report.problems
    assert (problem.code, problem.row) == ("checklist_file.conflict", 6)
    assert "现在是“综合”，您的表里是“总体评价”" in problem.message()
    agreed = edited(file, cell("条目", 6, "看什么", "综合"))
    assert bring(stage, agreed).number == "1.0.2"
    items = published().items
    assert str(items["meetings"].guidance) == "翻记录"
    assert str(items["plaza"].guidance) == "看广场"


def test_a_renamed_part_is_still_found_by_its_old_name(stage: Stage) -> None:
    rename = [cell("部分", 2, "名称", "总"), cell("条目", 3, "看什么", "主题党日")]
    assert bring(stage, edited(exported(), *rename)).number == "1.0.1"
    assert published().items["theme"].scoring.options[1].points == 1500  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda book: book.remove(book["档次"]), "checklist_file.sheet_missing"),
        (lambda book: book.remove(book["版本"]), "checklist_file.no_marks"),
        (lambda book: setattr(book["版本"]["B4"], "value", "other"), "checklist_file.other"),
        (lambda book: setattr(book["版本"]["B3"], "value", "9.9.9"), "checklist_file.version_gone"),
        (lambda book: setattr(book["条目"]["H1"], "value", "分"), "import.columns_missing"),
        (lambda book: setattr(book["条目"]["AZ3"], "value", "旁注"), "import.cells_extra"),
        (lambda book: setattr(book["条目"]["H3"], "value", "=2+2"), "file.formula_unread"),
        (lambda book: book["细则"].delete_rows(6), "checklist_file.head_missing"),
        (lambda book: setattr(book["条目"]["A3"], "value", "meetings"), "import.code_twice"),
        (lambda book: book["部分"].append([None, "空"]), "checklist.empty_section"),
        (lambda book: book["档次"].delete_rows(2, 2), "checklist_file.no_grades"),
        (lambda book: setattr(book["细则"]["B22"], "value", "另有"), "checklist_file.fixed"),
    ],
)
def test_files_that_were_spoilt(stage: Stage, edit: Edit, code: str) -> None:
    assert code in codes(bring(stage, edited(exported(), edit)))
    assert current("trial").number == "1.0.0"


WORDS = st.text("会议=+-@<&\n \"'ab、〔〕", min_size=1, max_size=8).filter(lambda text: bool(text.strip()))
TEXTS = st.builds(lambda zh, en: {"zh": zh, "en": en}, WORDS, WORDS)
POINTS = st.integers(1, 20_000).map(lambda n: f"{n / 1000:.3f}".rstrip("0").rstrip("."))
SCORINGS = st.one_of(
    st.builds(lambda names: ("graded", names), st.lists(TEXTS, min_size=1, max_size=3)),
    st.just(("steps", None)),
    st.builds(lambda most: ("deduction", most), st.booleans()),
    st.builds(lambda fails: ("yes_no", fails), st.sampled_from([None, "no"])),
    st.builds(lambda *of: ("threshold", of), WORDS, st.integers(1, 10**9), st.integers(0, 3), st.booleans()),
)


def scoring(kind: str, of: Any, points: str) -> dict[str, Any]:
    match kind:
        case "graded":
            options = [{"code": f"g{n}", "name": name, "points": points} for n, name in enumerate(of)]
            return {"type": "graded", "options": options}
        case "steps":
            return {"type": "graded", "step": points}
        case "deduction":
            return {"type": "deduction", "per_finding": points, **({"maximum": points} if of else {})}
        case "yes_no":
            return {"type": "yes_no", **({"fails_when": of} if of else {})}
    unit, limit, decimals, least = of
    bound = {"at_least" if least else "at_most": str(limit)}
    return {"type": "threshold", "unit": unit, "decimals": decimals, "below": "proportional", **bound}


NAMED = st.lists(TEXTS, min_size=2, max_size=3)
QUESTIONS = st.one_of(
    st.builds(
        lambda long, most: {"type": "text", "long": long, "max_length": most}, st.booleans(), st.integers(1, 2000)
    ),
    st.builds(
        lambda first, last: {"type": "date", **({"earliest": str(first)} if first else {}), "latest": last},
        st.none() | st.dates(),
        st.just("today") | st.dates().map(str),
    ),
    st.builds(
        lambda names, most: {
            "type": "choices",
            "options": [{"code": f"o{n}", "name": name} for n, name in enumerate(names)],
            **({"at_most": most} if most else {}),
        },
        NAMED,
        st.none() | st.integers(1, 3),
    ),
    st.builds(
        lambda low, high: {"type": "threshold", "unit": "度", "minimum": str(low), "maximum": str(high), "decimals": 0},
        st.integers(-50, 0),
        st.integers(1, 50),
    ),
)


@st.composite
def questions(draw: st.DrawFn, code: str, before: list[str]) -> dict[str, Any]:
    """What is only asked, of everybody or under a condition."""
    item: dict[str, Any] = {"code": code, "name": draw(TEXTS), "points": "0", "method": "hear"}
    item |= {"scoring": draw(QUESTIONS), "constraint_message": draw(TEXTS)}
    if before and draw(st.booleans()):
        item["relevant"] = f"{draw(st.sampled_from(before))} is not null"
    return item


@st.composite
def items(draw: st.DrawFn, code: str) -> dict[str, Any]:
    points = draw(POINTS)
    item: dict[str, Any] = {"code": code, "name": draw(TEXTS), "points": points}
    item["method"] = draw(st.sampled_from(["see", "hear", "test"]))
    item["scoring"] = scoring(*draw(SCORINGS), points)
    if draw(st.booleans()):
        item["guidance"] = draw(TEXTS)
    if draw(st.booleans()):
        item |= {
            "fails_below": draw(st.integers(1, 100)),
            "opens": {"kind": "rectification.item", "severity": "serious"},
        }
    if draw(st.booleans()):
        item["evidence"] = {"photos": draw(st.integers(1, 20)), "when": draw(st.sampled_from(["failing", "always"]))}
    return item


@st.composite
def checklists(draw: st.DrawFn) -> dict[str, Any]:
    sections: list[dict[str, Any]] = []
    for s in range(draw(st.integers(1, 2))):
        within = [draw(items(f"i{s}_{n}")) for n in range(draw(st.integers(1, 2)))]
        before = [item["code"] for item in within]
        within.append(draw(questions(f"q{s}", before)))
        sections.append({"code": f"s{s}", "name": draw(TEXTS), "items": within})
    return {
        "code": "made",
        "name": draw(TEXTS),
        "place_kinds": draw(st.sampled_from([["village"], ["village", "community"]])),
        "method_names": draw(st.dictionaries(st.sampled_from(["see", "test"]), TEXTS, max_size=2)),
        "decimals": draw(st.integers(0, 3)),
        "rules": {"minimum_judges": 2, "missing": "rescale", "quorum": draw(st.sampled_from(["majority", 3]))},
        "sections": sections,
        "adjustments": [{"code": "a", "name": draw(TEXTS), "kind": "bonus", "maximum": draw(POINTS)}],
    }


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(definition=checklists())
def test_any_checklist_comes_back_as_it_went(stage: Stage, definition: dict[str, Any]) -> None:
    version = current("trial")
    PackVersion.objects.filter(pk=version.pk).update(content={"checklists": [definition]}, digest=repr(definition)[:60])
    version = PackVersion.objects.get(pk=version.pk)
    data = checklist_workbook(version, version.section("checklists")["made"])
    report = bring(stage, data, code="made")
    assert (codes(report), report.number) == ([], "")
