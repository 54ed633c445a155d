"""Checking a publication: what agrees, what differs, what is doubtful and what nobody can tell."""

from __future__ import annotations

import codecs
import datetime as dt
import io
from types import SimpleNamespace

import pytest
import typst
from pypdf import PdfWriter

from huoshui.figures.reporting.models import Target
from huoshui.kernel.errors import Refusal
from huoshui.publications.actions import keep_outcome
from huoshui.publications.checks import MOST_NUMBERS
from huoshui.publications.comparing import Status
from huoshui.publications.files import LIMITS, MOST_CHARACTERS
from huoshui.publications.markup import begun_at, marked_copy
from huoshui.publications.queries import outcome_of
from huoshui.publications.spotting import Kind
from huoshui.publications.terms import TermKind
from huoshui.reports.fonts import FOLDER
from huoshui.subsidies.actions import allocate
from tests.publications.conftest import TEXT, Check, by_number, encrypted, statuses, with_part, word

VILLAGES, MATCH, DIFFERING = "core.villages", Status.MATCH, Status.DIFFERING


def refused(check: Check, content: str | bytes, name: str) -> str:
    with pytest.raises(Refusal) as refusal:
        check(content, name)
    return refusal.value.problems[0].code


def test_a_text_with_everything(check: Check) -> None:
    found = by_number(check(TEXT))
    villages, hubs, floor, plaza = found["5个"], found["12个"], found["300平方米"], found["1200平方米"]
    assert (villages.status, villages.term, villages.held.shown, villages.held.period) == (MATCH, VILLAGES, "5", "2017")
    assert (hubs.status, hubs.term, hubs.why) == (Status.UNKNOWN, "hubs.built", "no_value")
    assert (floor.status, floor.term_kind) == (MATCH, TermKind.STANDARD)
    assert (plaza.status, plaza.held.shown) == (DIFFERING, "≥1500")
    assert (found["600万元"].status, found["600万元"].why) == (Status.UNKNOWN, "no_value")
    kinds = {one.kind for one in check(TEXT).findings if one.status is None}
    assert kinds == {Kind.PHONE, Kind.DOCUMENT}


def test_a_place_of_the_register_below_and_one_that_it_lacks(check: Check) -> None:
    found = [(one.printed, one.place_name, one.status) for one in check(TEXT).findings if one.printed.endswith("个")]
    assert ("3个", "苏家作乡", MATCH) in found
    assert ("3个", "", Status.UNKNOWN) in found


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("5个", MATCH),
        ("五个", MATCH),
        ("6个", DIFFERING),
        ("近6个", DIFFERING),
        ("约5个", MATCH),
        ("4个以上", MATCH),
        ("6个以上", DIFFERING),
        ("不超过5个", MATCH),
        ("超过5个", DIFFERING),
        ("4至6个", MATCH),
    ],
)
def test_bounds(check: Check, printed: str, status: Status) -> None:
    outcome = check(f"2017年，全区行政村总数为{printed}。")
    assert list(statuses(outcome).values()) == [status]


def test_the_fund_of_the_year(check: Check, cast: SimpleNamespace) -> None:
    allocate(
        by=cast.finance, scheme="hubs.hub_award", place=cast.land.district, year=2018, amount="6000000",
        day=dt.date(2018, 1, 5), document="区财〔2018〕1号", note="",
    )  # fmt: skip
    assert statuses(check(TEXT))["600万元"] == MATCH
    other = statuses(check(TEXT.replace("600万元", "500万元")))
    assert other["500万元"] == DIFFERING


def test_a_plan_is_compared_with_the_target(check: Check, cast: SimpleNamespace) -> None:
    text = "今年，全区计划新建村级党建阵地11个。"
    assert by_number(check(text))["11个"].why == "no_target"
    Target.objects.create(
        indicator="hubs.built", place=cast.land.district, period="2018", first=dt.date(2018, 1, 1),
        last=dt.date(2018, 12, 31), numerator=11, source="区发〔2018〕2号", set_by=cast.leader,
    )  # fmt: skip
    assert (by_number(check(text))["11个"].planned, statuses(check(text))) == (True, {"11个": MATCH})
    assert statuses(check(text.replace("11个", "20个"))) == {"20个": DIFFERING}


def test_a_percentage_is_no_count(check: Check) -> None:
    (one,) = by_number(check("2017年，行政村总数占比5%。")).values()
    assert (one.status, one.why) == (Status.UNKNOWN, "no_indicator")


def test_weak_words_are_doubtful_and_no_guess(check: Check) -> None:
    (one,) = by_number(check("这里的村有7个。")).values()
    assert one.status in (Status.DOUBTFUL, Status.UNKNOWN)


def test_a_word_document_with_a_table(check: Check) -> None:
    table = [
        ["指标", "单位", "2016年", "2017年"],
        ["行政村总数", "个", "4", "5"],
        ["新建村级党建阵地投入", "万元", "", "3"],
    ]
    outcome = check(word(["年报", "去年全区有五个行政村。"], table), "年报.docx")
    found = [(one.printed, one.term, one.held.period, one.status) for one in outcome.findings if one.status]
    assert found[0] == ("五个", VILLAGES, "2017", MATCH)
    assert found[1][:3] == ("4", VILLAGES, "2016")
    assert found[2] == ("5", VILLAGES, "2017", MATCH)
    assert found[3][1] == "hubs.built_cost"


def test_a_pdf(check: Check) -> None:
    page = '#set page(paper: "a4")\n2017年，全区有行政村 5 个，村部建筑面积不少于 300 平方米。'
    data = typst.compile(page.encode(), font_paths=["src/huoshui/reports/fonts"])
    assert isinstance(data, bytes)
    assert set(statuses(check(data, "稿.pdf")).values()) == {MATCH}
    assert refused(check, encrypted(data), "稿.pdf") == "file.encrypted"
    writer, blank = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(blank)
    strange = b"trailer\n<<\n/ID [<00> <00>]\n/Encrypt << /Filter /Unheard >>"
    broken = blank.getvalue().replace(b"trailer\n<<", strange)  # pypdf: NotImplementedError
    assert refused(check, broken, "坏.pdf") == "file.unreadable"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings(check: Check, encoding: str) -> None:
    data = "2017年，全区有行政村5个。".encode(encoding)
    assert statuses(check(data)) == {"5个": MATCH}


def test_a_table_of_facts(check: Check) -> None:
    rows = [
        "fact,indicator_zh,place,period,kind,op,value,unit",
        "A,行政村总数,示范区,2017,actual,=,5,个",
        "B,行政村总数,苏家作乡,2017,actual,=,4,个",
        "C,村部建筑面积标准,示范区,2018,standard,>=,300,平方米",
        "D,合唱团数,示范区,2017,actual,=,3,个",
        "E,行政村总数,某某镇,2017,actual,=,3,个",
        "F,行政村总数,示范区,第三期计划,actual,=,5,个",
        "G,开园日,示范区,2018,schedule,=,2018-04-06,date",
        "H,行政村总数,示范区,2017,actual,=,许多,个",
    ]
    outcome = check("\n".join(rows), "表.csv")
    found = {one.label: (one.status, one.why) for one in outcome.findings}
    unknown = Status.UNKNOWN
    assert found == {
        "A": (MATCH, ""), "B": (DIFFERING, ""), "C": (MATCH, ""), "D": (unknown, "no_indicator"),
        "E": (unknown, "no_place"), "F": (unknown, "no_period"), "G": (unknown, "schedule"),
        "H": (unknown, "no_number"),
    }  # fmt: skip
    assert outcome.unexplained == 1


def test_a_table_with_two_columns_is_enough(check: Check) -> None:
    assert [one.status for one in check("indicator_zh,value\n行政村总数,5\n", "表.csv").findings] == [MATCH]


def test_a_marked_copy_shows_text_as_text(check: Check) -> None:
    outcome = check("<script>alert(1)</script>2017年，全区有行政村6个。")
    copy = marked_copy(outcome, "https://a.example.cn")
    assert "<script>" not in copy
    sheet = "https://a.example.cn/figures/core.villages/?place=410871&amp;period=2017"
    assert copy.count(f'<a href="{sheet}">') == 2, "in the text, and among what differs"
    assert "<a " not in marked_copy(outcome, "")
    assert '<mark class="differing"' in copy
    assert "≠" in copy


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.txt", "file.empty"),
        (b"   \n", "a.txt", "file.empty"),
        (b"\xd0\xcf\x11\xe0 old", "a.doc", "file.old_office"),
        (b"<html>x</html>", "a.txt", "file.web_page"),
        (b"PK\x03\x04 broken", "a.docx", "file.unreadable"),
        (b"plain", "a.docx", "file.unreadable"),
        (b"%PDF-1.7 broken", "a.pdf", "file.unreadable"),
        (b"\xff\x00\x81\x00\x00\x81", "a.txt", "file.unreadable"),
        (b"name,unit\nx,y\n", "a.csv", "publication.no_columns"),
        ("村" * (MOST_CHARACTERS + 1), "a.txt", "publication.too_long"),
        (b"x" * (20 * 2**20 + 1), "a.txt", "file.too_large"),
        ("共3个村，" * (MOST_NUMBERS + 1), "a.txt", "publication.too_many_numbers"),
        ("indicator_zh,value\n" + "村数,3\n" * (MOST_NUMBERS + 1), "a.csv", "publication.too_many_numbers"),
    ],
)
def test_files_that_are_refused(check: Check, content: bytes | str, name: str, code: str) -> None:
    assert refused(check, content, name) == code


def test_word_documents_that_are_refused(check: Check) -> None:
    document = word(["题", "正文"])
    assert refused(check, with_part(document, "word/vbaProject.bin", b"x"), "a.docm") == "file.macros"
    bomb = with_part(document, "word/media/big.bin", bytes(LIMITS.unpacked))
    assert len(bomb) < 2**20
    assert refused(check, bomb, "a.docx") == "file.zip_bomb"


def test_a_pdf_without_text_is_refused(check: Check) -> None:
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(file)
    assert refused(check, file.getvalue(), "扫描.pdf") == "publication.no_text"


def test_a_byte_order_mark_is_no_text(check: Check) -> None:
    assert refused(check, codecs.BOM_UTF8, "a.txt") in ("file.empty", "publication.no_text")


def test_whoever_may_not_check_is_refused(check: Check, cast: SimpleNamespace) -> None:
    for actor in (cast.secretary, cast.stranger, cast.town_office):
        with pytest.raises(Refusal) as refusal:
            check(TEXT, by=actor)
        assert refusal.value.problems[0].code == "access.denied"
    assert check(TEXT, by=cast.town_office, place=cast.land.town).place == cast.land.town


def test_a_number_says_on_which_page_it_stands_also_when_it_is_kept(check: Check, cast: SimpleNamespace) -> None:
    source = "#set page(footer: context [第 #counter(page).get().first() 页])\n"
    source += "去年全区新建村级党建阵地12个。#pagebreak()去年全区规范提升村级党建阵地48个。"
    data = typst.compile(f'#set text(font: "Noto Serif SC")\n{source}'.encode(), font_paths=[str(FOLDER)])
    outcome = check(data, "稿.pdf")
    found = [(one.printed.replace(" ", ""), one.page) for one in outcome.findings if one.status]
    assert found == [("12个", 1), ("48个", 2)], "the numbers of the pages are none"
    kept = keep_outcome(by=cast.leader, outcome=outcome)
    again = outcome_of(cast.leader, kept)
    assert [one.page for one in again.findings if one.status] == [1, 2]
    assert begun_at(again.blocks) == ["第 1 页", "第 2 页"]
    copy = marked_copy(again, "")
    assert copy.index("第 1 页") < copy.index("12") < copy.index("第 2 页") < copy.index("48")
