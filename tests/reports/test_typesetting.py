"""Papers: typefaces inside, text that can be taken out again, nothing of a user read as markup, rows kept together."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal import seal_pending
from huoshui.kernel.journal.checkpoints import latest
from huoshui.reports import fonts
from huoshui.reports.papers import Cell, Column, Heading, Signer, TablePaper
from huoshui.reports.typesetting import typeset
from tests.reports.reading import pages

HEADS = ["名次", "村", "总分"]
SIGNERS = [Signer("领导", "分管领导", "2018-04-02 12:00"), Signer("监督员"), Signer("计分员")]


def table(villages: list[str]) -> TablePaper:
    return TablePaper(
        Heading("焦作城乡一体化示范区", "逐村观摩成绩表", ["考核细则", "已封存"]),
        [Column(HEADS[0], 1, "right"), Column(HEADS[1], 3), Column(HEADS[2], 1, "right")],
        [[str(n), village, Cell("88.50", strong=True)] for n, village in enumerate(villages, start=1)],
        ["同分同名次。"],
        SIGNERS,
    )


def embedded(pdf: bytes) -> dict[str, bool]:
    """Whether each typeface of a PDF is inside it, by name."""
    found: dict[str, bool] = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            for descendant in font.get_object()["/DescendantFonts"]:
                descriptor = descendant.get_object()["/FontDescriptor"]
                found[str(descriptor["/FontName"])] = "/FontFile2" in descriptor or "/FontFile3" in descriptor
    return found


def test_typefaces_are_inside_and_the_text_is_chinese(cast: Any) -> None:
    pdf = typeset("table", table(["寨卜昌村"]), title="成绩表", by=cast.review_lead)
    found = embedded(pdf)
    assert found
    assert all(found.values())
    assert {name.partition("+")[2].partition("-")[0] for name in found} == {"NotoSansSC", "NotoSerifSC"}
    (page,) = pages(pdf)
    assert "逐村观摩成绩表" in page
    assert "寨卜昌村" in page
    assert "监督员" in page


def test_what_the_paper_says_of_itself(cast: Any) -> None:
    seal_pending()
    checkpoint = latest()
    assert checkpoint
    pdf = typeset("table", table(["寨卜昌村"]), title="成绩表", by=cast.review_lead)
    (page,) = pages(pdf)
    assert "考核组组长" in page
    assert "2018-04-0212:00" in page
    assert "第1页共1页" in page
    assert f"{checkpoint.position}{checkpoint.hash[:16]}" in page
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.metadata
    assert reader.metadata.title == "成绩表"
    assert reader.metadata.creation_date == dt.datetime(2018, 4, 2, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("zh")


def test_the_same_at_the_same_time_is_the_same_to_the_byte(cast: Any) -> None:
    first, again = (typeset("table", table(["甲村"]), title="表", by=cast.review_lead) for _ in range(2))
    assert first == again
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        assert typeset("table", table(["甲村"]), title="表", by=cast.review_lead) != first


def test_text_of_users_is_never_markup(cast: Any) -> None:
    hostile = '#panic("x") *b* $a$ #import "/etc/passwd" \\u{1F600} @a <b> {page}'
    (page,) = pages(typeset("table", table([hostile]), title=hostile, by=cast.review_lead))
    assert "".join(hostile.split()) in page


def test_heads_stand_on_every_page_and_signatures_with_the_last_rows(cast: Any) -> None:
    for rows in range(36, 44):
        found = pages(typeset("table", table([f"第{n:03}村" for n in range(rows)]), title="表", by=cast.review_lead))
        assert all("".join(HEADS) in page for page in found)
        for kept in (f"第{rows - 2:03}村", f"第{rows - 1:03}村", "监督员"):
            assert kept in found[-1], rows


def test_a_character_that_no_typeface_has_is_named(cast: Any) -> None:
    (page,) = pages(typeset("table", table(["\U00020bb7村\u200d\ufe0f"]), title="表", by=cast.review_lead))
    assert "〔U+20BB7〕村" in page
    assert "字库里没有的字以编号代替：U+20BB7" in page
    missing: set[str] = set()
    assert fonts.printable("寨卜昌村 ABC ①〔2018〕", missing) == "寨卜昌村 ABC ①〔2018〕"
    assert not missing


def test_without_built_typefaces_it_is_said(cast: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    fonts.typefaces.cache_clear()
    try:
        with pytest.raises(Refusal) as refused:
            typeset("table", table(["甲村"]), title="表", by=cast.review_lead)
    finally:
        fonts.typefaces.cache_clear()
    assert refused.value.code == "report.fonts_missing"
    assert "NotoSansSC_400Regular.ttf" in str(refused.value)
