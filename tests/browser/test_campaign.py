"""A campaign that the product does not have, made by a district in the browser: spring checks of flood gates.

From an Excel list to a draft; a field, a deadline, a checklist and a kind of place in forms; a mistake that the check
names; the workflow tried out with nothing left behind; published, used by a township, changed while a matter runs,
taken back, and given on as an archive.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from huoshui.kernel.spreadsheets import XLSX
from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk

pytestmark = pytest.mark.browser

NAME = "春季水闸检查"
HEADINGS = ("序号", "水闸", "河道", "闸门数", "启闭正常", "上次检修")
ROWS = ((1, "北闸", "大沙河", 2, "是", "2017-03-01"), (2, "南闸", "大沙河", 1, "否", "2016-11-20"))


def gate_list() -> bytes:
    """The list that the water office keeps."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADINGS, *ROWS):
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def save(page: Page) -> None:
    """Keep the form in the draft."""
    page.get_by_role("button", name="保存到草稿").click()


def deadline(page: Page) -> str:
    """The deadline that a matter's page shows."""
    found = re.search(r"(?:时限|期限)\D{0,20}(\d{4}-\d{2}-\d{2})", page.locator("main").inner_text())
    assert found is not None
    return found[1]


def sound(page: Page) -> None:
    """Nothing grave, and on a phone nothing that runs out of the page."""
    assert grave_findings(page) == []
    width = page.viewport_size["width"] if page.viewport_size else 1440
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": width, "height": 900})


def begin(page: Page) -> None:
    """From the list to a draft."""
    page.get_by_role("link", name="新建机制").click()
    sound(page)
    form = page.locator("form", has=page.get_by_text("从一份 Excel 清单做"))
    form.get_by_label("清单").set_input_files({"name": "水闸.xlsx", "mimeType": XLSX, "buffer": gate_list()})
    form.get_by_label("名称", exact=True).fill(NAME)
    form.get_by_label("代码").fill("gates")
    form.get_by_role("button", name="建草稿").click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    expect(page.get_by_text("检查通过，可以发布")).to_be_visible()


def write_matter(page: Page) -> None:
    """A field more, another deadline, and a mistake that is named and mended."""
    page.locator("#matters").get_by_role("link", name=NAME).click()
    for field, kind in (("水闸", "文字"), ("闸门数", "整数"), ("启闭正常", "是或否")):
        expect(page.locator("#fields .rows__row", has_text=field)).to_contain_text(kind)
    expect(page.locator("[data-workflow] svg")).to_be_visible()
    sound(page)
    page.locator("#fields").get_by_role("link", name="添加").click()
    page.get_by_label("名称", exact=True).fill("闸前淤积")
    page.get_by_label("填什么").select_option("decimal")
    page.get_by_label("单位").fill("米")
    page.get_by_label("几位小数").fill("1")
    sound(page)
    save(page)
    field = page.locator("#fields .rows__row", has_text="闸前淤积")
    expect(field).to_contain_text("数字（米）、还没有哪一步填它")
    page.locator("#transitions").get_by_role("link", name="认领", exact=True).click()
    page.get_by_role("group", name="还可以填的栏目").get_by_label("闸前淤积").check()
    save(page)
    expect(field).not_to_contain_text("还没有哪一步填它")
    page.locator("#clocks .rows__name").first.click()
    page.get_by_label("“一般”的几天").fill("五")
    save(page)
    expect(page.get_by_text("处要改，才能发布")).to_be_visible()
    page.locator("#clocks .rows__name").first.click()
    page.get_by_label("“一般”的几天").fill("5")
    save(page)
    expect(page.get_by_text("这一项检查通过")).to_be_visible()


def write_checklist(page: Page) -> None:
    """A kind of place, and a checklist whose failing answer opens a matter."""
    page.goto("/packs/-drafts/gates/place_kinds/new")
    page.get_by_label("名称", exact=True).fill("水闸")
    page.get_by_role("checkbox", name="行政村").check()
    save(page)
    page.goto("/packs/-drafts/gates/checklists/new")
    page.get_by_label("名称", exact=True).fill("水闸检查表")
    page.get_by_role("checkbox", name="水闸", exact=True).check()
    save(page)
    expect(page.get_by_text("处要改，才能发布")).to_be_visible()
    page.locator("#sections").get_by_role("link", name="添加").click()
    page.get_by_label("名称", exact=True).fill("闸门")
    save(page)
    page.get_by_role("link", name="添加条目").click()
    page.get_by_label("看什么", exact=True).fill("启闭灵活")
    page.get_by_label("方法").select_option("check")
    page.get_by_label("分值", exact=True).fill("10")
    page.get_by_label("答什么算不合格").select_option("no")
    page.get_by_label("不合格立什么事项").select_option(label=NAME)
    page.get_by_label("立的事项多严重").select_option("ordinary")
    sound(page)
    save(page)
    expect(page.get_by_role("link", name="启闭灵活", exact=True)).to_be_visible()
    expect(page.get_by_text("这一项检查通过")).to_be_visible()


def try_out(page: Page) -> None:
    """Through to its end, and left lying until it is late; nothing of it is in the ledger afterwards."""
    page.goto("/packs/-drafts/gates/matters/item/")
    page.get_by_role("button", name="试用").click()
    page.get_by_role("button", name="由乡镇党建办登记").click()
    page.get_by_role("button", name="过 15 天").click()
    expect(page.locator(".panel", has_text="待认领")).to_contain_text("逾期")
    sound(page)
    page.get_by_role("button", name="退一步").click()
    for step in ("由村党支部书记办", "由村党支部书记办", "由核验员办"):
        page.locator(".btn--primary", has_text=step).click()
    expect(page.locator(".panel", has_text="重新打开")).to_contain_text("已销号")
    expect(page.locator("section", has_text="会通知")).to_contain_text("核验员")
    sound(page)


def test_from_a_list_to_a_mechanism_that_others_take_over(desk: Desk, tmp_path: Path) -> None:
    page = desk.open("admin", "/packs/")
    begin(page)
    write_matter(page)
    write_checklist(page)
    try_out(page)
    assert NAME not in desk.open("office", "/matters/").content()
    page.goto("/packs/-drafts/gates/")
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布 1.0.0 版")).to_be_visible()

    town = desk.open("town-sujiazuo", "/matters/new?place=410871203201&kind=gates.item")
    town.locator("#f-title").fill("北闸闸前淤积")
    town.get_by_role("button", name="登记").click()
    number = re.compile(r"GATES-\d{4}-0001").search(town.content())
    assert number is not None
    due = deadline(town)

    page.get_by_role("button", name="修改").click()
    page.locator("#matters").get_by_role("link", name=NAME).click()
    page.locator("#clocks .rows__name").first.click()
    page.get_by_label("“一般”的几天").fill("2")
    save(page)
    page.goto("/packs/-drafts/gates/")
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布 1.1.0 版")).to_be_visible()
    town.reload()
    assert deadline(town) == due
    page.get_by_role("link", name="1.0.0").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出").click()
    archive = tmp_path / download.value.suggested_filename
    download.value.save_as(archive)
    assert {"gates/pack.yaml", "gates/matters.yaml", "gates/checklists.yaml"} <= set(
        zipfile.ZipFile(archive).namelist()
    )
    page.get_by_role("button", name="恢复 1.0.0 版").click()
    expect(page.get_by_text("现行的又是 1.0.0 版")).to_be_visible()

    page.get_by_role("button", name="修改").click()
    page.locator("#matters").get_by_role("link", name=NAME).click()
    page.get_by_text("去掉这一项").click()
    page.get_by_role("button", name="从草稿里去掉").click()
    expect(page.get_by_text(re.compile(f"还有 1 件没有办结：{number[0]}"))).to_be_visible()
    page.get_by_text("放弃草稿").click()
    page.get_by_role("button", name="放弃这份草稿").click()

    desk.expected.append("status of 409")
    page.goto("/packs/-new/")
    page.get_by_label("机制的压缩包").set_input_files(archive)
    page.locator("form", has=page.get_by_text("用别处导出的")).get_by_role("button", name="建草稿").click()
    expect(page.get_by_text("机制 gates 的 1.0.0 版已经发布。")).to_be_visible()
    sound(page)
