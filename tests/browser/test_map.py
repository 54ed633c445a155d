"""The map and the list beside it: what is chosen in one shows in the other; without WebGL there is the list alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk

pytestmark = pytest.mark.browser


def drawn(page: Page) -> None:
    """Wait until the map has its points."""
    page.locator("[data-map][data-state=drawn][data-points]").wait_for()


def test_the_list_and_the_map_say_the_same(desk: Desk) -> None:
    page = desk.open("office", "/map/")
    drawn(page)
    first, second = page.locator("[data-show]").nth(0), page.locator("[data-show]").nth(1)
    name = page.locator(".map-row__what > a").nth(0).inner_text()
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    popup = page.locator(".maplibregl-popup")
    expect(popup).to_contain_text(name)
    expect(popup).to_contain_text("示意位置")
    expect(page.locator("#said")).to_have_text(f"已在图上指出：{name}")
    first.press("ArrowDown")
    expect(second).to_be_focused()
    expect(popup).to_contain_text(page.locator(".map-row__what > a").nth(1).inner_text())
    expect(page).to_have_url(re.compile(r"#view=1[34]"))
    findings = grave_findings(page)
    assert not findings, "\n".join(findings)
    page.get_by_label("灯色").select_option("red")
    expect(page).to_have_url(re.compile("light=red"))
    expect(page.locator("#map-data")).not_to_contain_text("在期与其他")
    popup.wait_for(state="detached")
    shown = page.locator("[data-map]").get_attribute("data-points")
    page.reload()
    drawn(page)
    assert page.locator("[data-map]").get_attribute("data-points") == shown
    page.locator("[data-show]").nth(0).click()
    page.locator(".maplibregl-popup").get_by_role("link", name="看台账").click()
    expect(page).to_have_url(re.compile(r"/matters/\?light=red&place=\d+"))


def test_on_a_phone(desk: Desk) -> None:
    page = desk.open("town-sujiazuo", "/map/?layer=places", PHONE)
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[data-show]").last.click()
    popup = page.locator(".maplibregl-popup")
    expect(popup).to_be_visible()
    findings = grave_findings(page)
    assert not findings, "\n".join(findings)


def test_without_webgl_the_list_stands_alone(desk: Desk) -> None:
    context = desk.open("office", "/").context
    context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    page = context.pages[0]
    page.goto("/map/")
    expect(page.locator("[data-missing]")).to_have_text("这个浏览器画不出地图；同样的内容在列表里。")
    expect(page.locator("[data-missing]")).to_be_visible()
    expect(page.locator("[data-show]").first).to_be_hidden()
    expect(page.locator(".map-row__what > a").first).to_be_visible()


def test_a_point_is_picked(desk: Desk) -> None:
    page = desk.open("office", "/places/410871203202/upkeep")
    frame = page.locator("[data-map][data-state=drawn]")
    frame.wait_for()
    frame.scroll_into_view_if_needed()
    latitude = page.locator("#f-locate-latitude")
    before = latitude.input_value()
    page.locator("#f-locate-system").select_option("gcj02")
    frame.click(position={"x": 120, "y": 90})
    expect(latitude).not_to_have_value(before)
    expect(latitude).to_have_value(re.compile(r"35\.\d{6}"))
    expect(page.locator("#f-locate-system")).to_have_value("wgs84")
    expect(page.locator(".map-pin")).to_be_visible()
