"""Pages of a PDF: a sentence goes on over the page, heads and page numbers are told apart, each number has its page."""

from __future__ import annotations

import pytest
import typst

from huoshui.publications.files import read_publication
from huoshui.publications.pdf_text import pages_read
from huoshui.reports.fonts import FOLDER

LINES = ("全乡今年春天在南坡和北坡两处林地", "栽下松树，又在东边的河岸上栽下柳树", "和杨树，各村的护林员每天上山巡护，")
FIRST = "\n".join((*LINES, "没有发生一次火情，秋天还要再栽栎树"))
REST = "\n".join(("三百六十棵，比计划多出了二十棵，成", "活率也高出三个百分点。"))
WHOLE = (FIRST + REST).replace("\n", "")


def told(*pages: str) -> list[tuple[str, str]]:
    return [(block.text, block.where) for block in pages_read(pages)]


def test_heads_and_page_numbers_do_not_part_a_sentence() -> None:
    pages = [f"林业简报 第12期\n{FIRST}\n— {n} —" for n in (1, 2)]
    pages[1] = f"林业简报 第12期\n{REST}\n— 2 —"
    assert told(*pages) == [(WHOLE, ""), ("林业简报 第12期", "head")]


@pytest.mark.parametrize("foot", ["{}", "第{}页", "- {} -", "{}/2", "第 {} 页 共 2 页"])
def test_page_numbers_in_their_usual_shapes(foot: str) -> None:
    assert told(f"{FIRST}\n{foot.format(1)}", f"{REST}\n{foot.format(2)}") == [(WHOLE, "")]


def test_a_number_that_is_no_pages_number_stays() -> None:
    """The last lines of a table, a number alone on the only page, numbers that do not run on."""
    assert "36" in "".join(text for text, _where in told("植树（棵）\n36", "栎树（棵）\n12"))
    assert told("植树（棵）\n36")[-1][0].endswith("36")


def test_each_character_knows_its_page() -> None:
    (block,) = pages_read([FIRST, REST])
    over = len(FIRST.replace("\n", ""))
    assert block.pages == ((0, 1), (over, 2))
    assert [block.page_at(at) for at in (0, over - 1, over, len(block.text) - 1)] == [1, 1, 2, 2]
    assert [one.page_at(0) for one in pages_read(["甲村植树。", "", "乙村植树。"])] == [1, 3]


def test_a_real_pdf_with_heads_feet_and_columns() -> None:
    source = (
        '#set page(paper: "a5", columns: 2, header: [林业简报 第3期], '
        "footer: context [— #counter(page).get().first() —])\n"
        '#set text(font: "Noto Serif SC", size: 14pt, lang: "zh")\n'
        "#set par(first-line-indent: (amount: 2em, all: true), justify: true)\n"
    )
    village = "村今年栽下松树 12 棵、栎树 30 棵，修剪果树，护林员巡山，没有发生火情，比去年的情况要好上不少。\n\n"
    text = "".join(f"第{n}林场的甲{village}" for n in "一二三四五六七八九十甲乙丙丁戊己庚辛")
    data = typst.compile((source + text).encode(), font_paths=[str(FOLDER)])
    blocks = read_publication(data, "稿.pdf").blocks
    body = [block for block in blocks if not block.where]
    assert "".join("".join(block.text.split()) for block in body) == "".join(text.split())
    assert ["".join(block.text.split()) for block in blocks if block.where] == ["林业简报第3期"]
    assert body[0].page_at(0) == 1
    assert body[-1].page_at(0) == max(page for block in body for _at, page in block.pages) > 1
