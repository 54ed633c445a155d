"""How documents look: GB/T 9704's page, typefaces inside the PDF and named in Word, one page for a profile."""

from __future__ import annotations

import io
import re
import zipfile
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from docx import Document as WordDocument
from docx.oxml.ns import qn
from PIL import ImageFont
from pypdf import PdfReader

from huoshui.documents.embedding import FILES, obfuscated
from huoshui.documents.preparing import prepare
from huoshui.reports.fonts import FOLDER
from tests.documents.conftest import NOTICE, PROFILE, REVIEW, words
from tests.matters.conftest import Opener, claim

TEXT = "整" * 28 * 70


def notice(cast: SimpleNamespace, body: str = TEXT) -> Any:
    texts = {"subject": "关于整改的通知", "body": body, "number": "示范〔2018〕1号"}
    texts |= {"addressee": "各乡镇", "copies": "区纪检组"}
    asked = {"by": cast.district_office, "kind": NOTICE, "place": cast.land.district, "period": "2018-04-02"}
    return prepare(**asked, texts=texts, address="https://huoshui.example")


def embedded(pdf: bytes) -> dict[str, bool]:
    """Every typeface of a PDF, and whether its file is inside."""
    found = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            for one in font.get_object().get("/DescendantFonts", [font]):
                described = one.get_object()["/FontDescriptor"]
                files = {"/FontFile", "/FontFile2", "/FontFile3"} & set(described)
                found[str(described["/FontName"])] = bool(files)
    return found


def test_an_official_document_has_22_lines_of_28_characters(cast: SimpleNamespace) -> None:
    reader = PdfReader(io.BytesIO(notice(cast).pdf()))
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [210, 297]
    lines = [line for line in reader.pages[1].extract_text().splitlines() if set(line.strip()) == {"整"}]
    assert [len(line.strip()) for line in lines] == [28] * 22
    first, last = reader.pages[0].extract_text(), reader.pages[-1].extract_text()
    for said in ("区党建办", "示范〔2018〕1号", "关于整改的通知", "各乡镇："):
        assert said in first.replace(" ", "")
    for said in ("2018年4月2日", "抄送：区纪检组", "印发", "文书编号"):
        assert said in last.replace(" ", "")
    for at, page in enumerate(reader.pages, 1):
        assert f"—{at}—" in page.extract_text().replace(" ", "")


def test_the_date_stands_four_characters_from_the_right(cast: SimpleNamespace) -> None:
    page, ends = PdfReader(io.BytesIO(notice(cast, "正文。").pdf())).pages[0], {}
    character = 156 / 28

    def visit(text: str, cm: Any, tm: Any, _font: Any, size: float) -> None:
        if text.strip():
            ends[text.strip()] = (cm[4] + tm[4]) / 72 * 25.4

    page.extract_text(visitor_text=visit)
    day = next(left for text, left in ends.items() if text.startswith("2018年4月2日") and "印发" not in text)
    # 2018年4月2日: six digits of a bit more than half a character, and three characters.
    assert 184 - 4 * character - 7 * character < day < 184 - 4 * character - 5.5 * character
    printed = next(left for text, left in ends.items() if "印发" in text)
    assert printed > 105, "when it was printed stands at the right"


def lines_of(page: Any) -> dict[str, tuple[float, float]]:
    """By its words, where each piece of a page begins: millimetres from the left and the upper edge."""
    found: dict[str, tuple[float, float]] = {}

    def visit(text: str, cm: Any, tm: Any, _font: Any, _size: float) -> None:
        if text.strip():
            found[text.strip()] = ((cm[4] + tm[4]) / 72 * 25.4, 297 - (cm[5] + tm[5]) / 72 * 25.4)

    page.extract_text(visitor_text=visit)
    return found


def test_there_is_room_for_a_seal(cast: SimpleNamespace) -> None:
    """GB/T 9704-2012, 7.3.5.1: over organ and date, its upper edge no more than a line below the text."""
    page = lines_of(PdfReader(io.BytesIO(notice(cast, "正文。").pdf())).pages[0])
    text, date = (next(at for words, at in page.items() if words.startswith(said)) for said in ("正文", "2018年4月2日"))
    pitch = 225 / 22
    assert abs((date[1] - text[1]) / pitch - 4) < 0.05, "two empty lines, the organ, the date"
    character = 156 / 28
    below = text[1] + 0.12 * character
    middle = date[1] - pitch / 2 - 0.38 * character  # of both lines; the seal's own is a little higher
    for across in (42, 45):
        upper = middle - 2 - across / 2
        assert below < upper < below + pitch, across


def test_who_prints_it_stands_on_one_line_with_the_date(cast: SimpleNamespace) -> None:
    organ = "焦作城乡一体化示范区党建工作领导小组办公室"
    texts = {"subject": "关于整改的通知", "body": "正文。"}
    asked = {"by": cast.district_office, "kind": NOTICE, "place": cast.land.district, "period": "2018-04-02"}
    reader = PdfReader(io.BytesIO(prepare(**asked, texts=texts, organ=organ).pdf()))
    lines = [line.replace(" ", "") for line in reader.pages[0].extract_text().splitlines()]
    at = lines_of(reader.pages[0])
    printed = next(found for words, found in at.items() if "印发" in words)
    beside = [words for words, found in at.items() if abs(found[1] - printed[1]) < 0.5 and words.startswith("焦作")]
    assert beside == [organ], lines


def test_the_number_of_a_note_never_begins_a_line(cast: SimpleNamespace) -> None:
    review = prepare(by=cast.district_office, kind=REVIEW, place=cast.land.district, period="2018")
    for page in PdfReader(io.BytesIO(review.pdf())).pages:
        lefts = [left for words, (left, _top) in lines_of(page).items() if re.fullmatch(r"\d{1,2}", words)]
        assert all(left > 26 for left in lefts)


def test_no_number_runs_into_the_next_column(open_item: Opener, cast: SimpleNamespace) -> None:
    claim(open_item(), cast.secretary)
    asked = {"by": cast.district_office, "kind": "documents.ledger", "place": cast.land.district, "period": "2018"}
    (table, *_sources) = [one for one in prepare(**asked, draft=True).page.blocks if one["kind"] == "table"]
    number, place, due = (table["widths"][at] / 10_000 * 160 for at in (0, 1, 4))
    assert number > 22, "ZG-2018-0001 in 9.2 points is 20 mm wide"
    assert due > 19
    assert place > 10


def test_the_text_area_is_that_of_the_standard(cast: SimpleNamespace) -> None:
    page = PdfReader(io.BytesIO(notice(cast).pdf())).pages[1]
    at: list[tuple[float, float]] = []
    page.extract_text(
        visitor_text=lambda text, cm, tm, _font, _size: (
            at.append((cm[4] + tm[4], cm[5] + tm[5])) if "整" in text else None
        )
    )
    left, top = min(x for x, _y in at) / 72 * 25.4, (841.89 - max(y for _x, y in at)) / 72 * 25.4
    assert abs(left - 28) < 0.5
    assert 37 < top < 44  # the first base line, below the upper edge of the text area


def test_every_typeface_of_the_pdf_is_inside(cast: SimpleNamespace) -> None:
    review = prepare(by=cast.district_office, kind=REVIEW, place=cast.land.district, period="2018")
    for pdf in (notice(cast).pdf(), review.pdf()):
        fonts = embedded(pdf)
        assert any("NotoSerifSC" in name for name in fonts)
        assert all(fonts.values()), fonts


def test_the_word_file_has_the_page_and_names_its_typefaces(cast: SimpleNamespace) -> None:
    document = WordDocument(io.BytesIO(notice(cast).word))
    section = document.sections[0]
    assert [round(edge.mm) for edge in (section.top_margin, section.bottom_margin, section.left_margin)] == [37, 35, 28]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("linesAndChars", "579")
    fonts = document.styles["正文段落"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "Noto Serif SC"
    signature = document.styles["落款"]
    assert signature.paragraph_format.space_before.pt == 57.9, "two lines for a seal"
    order = [child.tag for child in signature.element.pPr]
    assert order.index(qn("w:spacing")) < order.index(qn("w:contextualSpacing")) < order.index(qn("w:jc"))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles[:4] == ["发文机关标志", "发文字号", "Title", "主送机关"]
    assert document.settings.odd_and_even_pages_header_footer


def test_a_profile_stays_on_one_page_and_a_chart_has_its_words(item: Any, cast: SimpleNamespace) -> None:
    made = prepare(by=cast.district_office, kind=PROFILE, place=cast.land.village, period="2018")
    assert len(PdfReader(io.BytesIO(made.pdf())).pages) == 1
    assert item.number in words(made.word)
    review = prepare(by=cast.district_office, kind=REVIEW, place=cast.land.district, period="2018")
    (chart, *_more) = [block for block in review.blocks if block["kind"] == "chart"]
    assert chart["says"].startswith("规范提升村级党建阵地数（2018年，焦作城乡一体化示范区）（个）：")
    document = WordDocument(io.BytesIO(review.word))
    pictures = [one.get("descr") for one in document.element.body.iter(qn("wp:docPr"))]
    assert chart["says"] in pictures
    kept = [part.blob for part in document.part.package.iter_parts() if part.partname.startswith("/word/media/")]
    assert all(blob.startswith(b"\x89PNG") and len(blob) > 1000 for blob in kept)


def test_the_typefaces_are_inside_the_word_file(cast: SimpleNamespace) -> None:
    data = notice(cast, "整改𠮷").word
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        table = parts.read("word/fontTable.xml").decode()
        relations = parts.read("word/_rels/fontTable.xml.rels").decode()
        settings = parts.read("word/settings.xml").decode()
        fonts = {name: parts.read(name) for name in parts.namelist() if name.endswith(".odttf")}
    assert settings.index("<w:embedTrueTypeFonts/>") < settings.index("<w:saveSubsetFonts/>")
    assert len(fonts) >= 2
    checked = 0
    for face in re.findall(r'<w:font w:name="(Noto [^"]*)".*?</w:font>', table, re.S):
        block = re.search(rf'<w:font w:name="{face}".*?</w:font>', table, re.S)
        assert block
        found = re.findall(r'<w:embed(Regular|Bold) [^>]*r:id="(\w+)" w:fontKey="\{([^}]*)\}"', block.group())
        assert found
        for weight, relation, key in found:
            target = re.search(rf'Target="([^"]*)"[^>]*Id="{relation}"|Id="{relation}"[^>]*Target="([^"]*)"', relations)
            assert target
            font = obfuscated(fonts["word/" + (target.group(1) or target.group(2))], UUID(key))
            # FreeType reads it, by its own name, and finds in it what the document says and nothing else. Its hints
            # differ by a shade, because they are taken from letters that are not in there.
            read = ImageFont.truetype(io.BytesIO(font), 40)
            assert read.getname()[0].startswith("Noto")
            if (face, weight) == ("Noto Serif SC", "Regular"):
                drawn = bytes(read.getmask("整"))
                whole = bytes(ImageFont.truetype(str(FOLDER / FILES[face, False]), 40).getmask("整"))
                assert sum(abs(a - b) for a, b in zip(drawn, whole, strict=True)) < 3 * len(whole)
                assert drawn != bytes(read.getmask("龘")) == bytes(read.getmask("鑫"))
            checked += 1
    assert checked == len(fonts)
    assert len(data) < 400_000
