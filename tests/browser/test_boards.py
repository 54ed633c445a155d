"""Dashboards in a browser: charts drawn from their tables, led through by keys and clicks, saved as files; the wall."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk

pytestmark = pytest.mark.browser

PACK = "/figures/boards/rectification/?place=410871&year=2017&indicator=rectification.opened"
WALL = {"width": 1920, "height": 1080}


def drawn(page: Page, kind: str) -> None:
    page.locator(f'[data-board-chart="{kind}"][data-state=drawn] canvas').first.wait_for()


def test_keys_lead_from_a_bar_to_its_place_and_the_address_back(desk: Desk) -> None:
    page = desk.open("leader", PACK)
    drawn(page, "parts")
    page.locator("[data-map][data-state=drawn][data-points='6']").wait_for()
    chart = page.locator('[data-board-chart="parts"]')
    first = page.locator("#parts-rows [data-label]").first
    chart.focus()
    page.keyboard.press("ArrowDown")
    name, told = first.get_attribute("data-label"), first.get_attribute("data-told")
    expect(page.locator("#said")).to_have_text(f"{name} {told}")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"place=410871\d{3}&year=2017&indicator=rectification\.opened"))
    expect(page.locator("h1")).to_contain_text(f"{name}2017年")
    page.locator(".crumbs").get_by_role("link", name="焦作城乡一体化示范区").click()
    expect(page).to_have_url(re.compile(r"place=410871&year=2017"))
    findings = grave_findings(page)
    assert not findings, "\n".join(findings)


def test_a_click_on_a_bar_leads_on(desk: Desk) -> None:
    page = desk.open("leader", PACK)
    drawn(page, "parts")
    chart = page.locator('[data-board-chart="parts"]')
    box = chart.bounding_box()
    assert box is not None
    left = min(box["width"] * 0.36, 130)
    chart.click(position={"x": left + 4, "y": 20})
    expect(page).to_have_url(re.compile(r"place=410871\d{3}&"))


def test_pictures_are_saved_and_hold_the_numbers(desk: Desk, tmp_path: Path) -> None:
    page = desk.open("leader", PACK)
    drawn(page, "parts")
    rows = page.locator("#parts-rows [data-label]").all()
    told = [(row.get_attribute("data-label"), row.get_attribute("data-told")) for row in rows]
    for of, name in (("parts-bars", "列入整改台账数"), ("parts-map", "列入整改台账数：地图")):
        svg, png = (saved(page, tmp_path, of, kind) for kind in ("svg", "png"))
        assert png.read_bytes().startswith(b"\x89PNG")
        assert svg.stem == png.stem == f"焦作城乡一体化示范区-2017年-{name}"
        words = words_of(svg)
        assert f"焦作城乡一体化示范区 2017年 {name} (件)" in words
        assert any(line.startswith("期间：2017-01-01 至 2017-12-31。来源：由记录算出：") for line in words)
        for label, value in told:
            assert label in words
            assert {value, f"{value} 件"} & set(words)
    menu = page.locator("#chosen .board-save")
    menu.locator("summary").click()
    with page.expect_download() as waiting:
        menu.get_by_role("link", name="Excel").click()
    assert waiting.value.suggested_filename == "rectification.opened-410871-2017.xlsx"


def test_small_charts_are_saved_with_their_units_and_sources(desk: Desk, tmp_path: Path) -> None:
    page = desk.open("leader", "/figures/boards/?place=410871&year=2018")
    drawn(page, "trend")
    words = words_of(saved(page, tmp_path, "board-rectification", "svg"))
    assert {"焦作城乡一体化示范区 2018年 整改台账：五年走势", "整改销号数 (件)", "86"} <= set(words)
    assert any(line.startswith("来源：由记录算出：") for line in words)


def saved(page: Page, folder: Path, of: str, kind: str) -> Path:
    """What a menu of a chart saves."""
    button = page.locator(f"[data-save={kind}][data-save-of={of}]")
    page.locator("details.board-save", has=button).locator("summary").click()
    with page.expect_download() as waiting:
        button.click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def words_of(svg: Path) -> list[str]:
    """The texts of a picture, read as any program reads it: it has to be well-formed."""
    root = ElementTree.fromstring(svg.read_text("utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]


def test_on_a_phone(desk: Desk) -> None:
    page = desk.open("leader", "/figures/boards/?place=410871&year=2018", PHONE)
    drawn(page, "trend")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    findings = grave_findings(page)
    assert not findings, "\n".join(findings)


def test_the_wall_goes_on_by_itself_and_keeps_quiet_without_a_network(desk: Desk) -> None:
    page = desk.open("leader", "/figures/wall/?place=410871&year=2017&seconds=5")
    page.set_viewport_size({"width": WALL["width"], "height": WALL["height"]})
    shown = page.locator("[data-slide]:visible")
    expect(shown).to_have_count(1)
    before = shown.get_attribute("aria-label"), shown.locator(".wall__count").inner_text()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    findings = grave_findings(page)
    assert not findings, "\n".join(findings)
    expect(page.locator("[data-slide]:visible .wall__count")).not_to_have_text(before[1], timeout=9_000)
    page.get_by_role("button", name="停在这一屏").click()

    desk.expected += ["ERR_FAILED", "htmx:(afterRequest|sendError)"]
    count, at = page.locator("[data-slide]").count(), page.locator(".wall__at time").get_attribute("datetime")
    for answer in (signed_out, unreachable):
        page.route("**/figures/wall/**", answer)
        refresh(page)
        page.unroute("**/figures/wall/**")
        expect(page.locator("[data-slide]")).to_have_count(count)
        expect(page.locator("#alerts")).to_be_hidden()
        expect(page.locator(".wall__at time")).to_have_attribute("datetime", str(at))
    refresh(page)
    expect(page.locator(".wall__at time")).not_to_have_attribute("datetime", str(at))
    expect(page.locator("[data-slide]:visible")).to_have_count(1)


def refresh(page: Page) -> None:
    """What the wall does every minute, and when the network is back."""
    with page.expect_event("request", lambda request: "/figures/wall/" in request.url) as asked:
        page.evaluate("window.dispatchEvent(new Event('online'))")
    asked.value.response()


def signed_out(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<main>登录</main>")


def unreachable(route: Route) -> None:
    route.abort()
