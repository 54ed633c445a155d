"""A voucher as PDF: from the form to its preview, its words, its print; shown again elsewhere; and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, SCREEN, Desk
from tests.browser.pictures import jpeg
from tests.media import papers

pytestmark = pytest.mark.browser


def pdf_file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": data}


def send(page: Page, file: FilePayload) -> None:
    """Choose a file in the form and send it."""
    page.locator("input[type=file]").set_input_files(file)
    page.locator("#task-form button[type=submit]").click()


@pytest.fixture
def invoice() -> bytes:
    """A PDF of its own, so that no other test has sent it."""
    return papers.pdf(2, "示范发票")


@pytest.mark.parametrize("width", [PHONE, SCREEN])
def test_from_upload_to_print(desk: Desk, records: dict[str, str], width: int, tmp_path: Path) -> None:
    invoice = papers.pdf(2, f"示范发票 {width}")
    page = desk.open("office", f"/matters/{records['subsidised']}/money?do=line&type=budget", width)
    page.get_by_label("金额").fill("1200")
    number = f"发票-{width}"
    page.get_by_label("凭证号").fill(number)
    send(page, pdf_file(f"水泥发票{width}.pdf", invoice))
    row = page.locator("tr", has_text=number)
    row.get_by_role("link", name=f"PDF 水泥发票{width}.pdf").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"水泥发票{width}.pdf")
    picture = page.get_by_role("img", name="第 1 页，共 2 页")
    expect(picture).to_be_visible(timeout=60_000)  # the worker makes it, and the page asks for it
    assert picture.evaluate("image => image.decode().then(() => image.naturalHeight)") == 1600
    assert grave_findings(page) == []

    page.get_by_label("这是什么").fill("水泥、黄沙")
    page.get_by_role("button", name="保存说明").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("水泥、黄沙")

    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == f"水泥发票{width}.pdf"
    assert Path(download.value.path()).read_bytes() == invoice

    page.emulate_media(media="print")
    expect(page.get_by_role("img", name="第 1 页，共 2 页")).to_be_visible()
    expect(page.get_by_role("button", name="保存说明")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_shown_again_on_another_line(desk: Desk, records: dict[str, str], invoice: bytes) -> None:
    address = f"/matters/{records['subsidised']}/money"
    page = desk.open("office", f"{address}?do=line&type=budget")
    page.get_by_label("金额").fill("100")
    page.get_by_label("凭证号").fill("发票-甲")
    send(page, pdf_file("两笔共用.pdf", invoice))
    page.goto(f"{address}?do=line&type=budget")
    page.get_by_label("金额").fill("200")
    page.get_by_label("凭证号").fill("发票-乙")
    page.locator("#task-form button[type=submit]").click()
    page.locator("tr", has_text="发票-乙").get_by_role("link", name="传凭证").click()
    page.get_by_text("引用同一地点已有的").click()
    known = page.locator(".known__one", has_text="两笔共用.pdf").get_by_role("checkbox")
    known.focus()
    page.keyboard.press("Space")
    expect(known).to_be_checked()
    assert grave_findings(page) == []
    page.locator("#task-form button[type=submit]").click()
    page.locator("tr", has_text="发票-乙").get_by_role("link", name="PDF").click()
    expect(page.get_by_role("heading", name="同一份还用于")).to_be_visible()


def test_refused_beside_its_input(desk: Desk, records: dict[str, str]) -> None:
    desk.expected.append("status of 422")
    page = desk.open("office", f"/matters/{records['subsidised']}/money?do=line&type=budget", PHONE)
    page.get_by_label("金额").fill("99")
    send(page, pdf_file("带程序.pdf", papers.rewritten("script")))
    expect(page.locator(".field--wrong .field__error")).to_contain_text("里有打开时会运行的程序（JavaScript），不收")
    send(page, pdf_file("发票.ofd", papers.zip_of("OFD.xml", b"<x/>")))
    expect(page.locator(".field--wrong .field__error")).to_contain_text("另存为 PDF")
    send(page, jpeg("票.jpg"))
    expect(page.get_by_text("已记一笔")).to_be_visible()
