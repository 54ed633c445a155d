"""Takes the pictures of README.md and docs/guide.md anew, from a served demo.

    huoshui serve --demo                                      # in a data folder that may be thrown away
    .venv/bin/python scripts/take_screenshots.py http://127.0.0.1:8000

Writes docs/images/*.png with a small palette. It organises one round (苏家作乡) when the demo has none in planning,
may begin one judge's sheet, and begins one plan of what comes round; nothing else is changed.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ensure_browser import find_browser

IMAGES = Path(__file__).parent.parent / "docs" / "images"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
DEMO_PASSWORD = "huoshui-demo-2018"  # noqa: S105 - printed by `serve --demo`
SHOWN_VILLAGE, BOTH_VILLAGE = "410871203201", "410871203202"
"""As in `huoshui.demo.accounts`, which needs the app to be set up."""
REGISTERED = "410871203207"
"""A village with several sites of the livelihood registers."""
ROUND, TOWN = "苏家作乡逐村观摩（示范数据）", "苏家作乡"
COLOURS, LIMIT = (256, 128, 64, 32), 200_000
PATIENCE = 30_000
"""Milliseconds: the demo may run on a busy machine."""

CHINESE_DATES = """
for (const input of document.querySelectorAll("input[type=date]")) {
  const day = input.value.replaceAll("-", "/") || "年/月/日";
  input.type = "text";
  input.value = day;
}
"""
"""Dates as a Chinese browser shows them; Debian's Chromium knows English ones alone."""


class Camera:
    """A browser that signs in as the demo's people and photographs their pages."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.signed: dict[str, Any] = {}

    def window(self, size: dict[str, int] = DESK, state: Any = None) -> BrowserContext:
        """A window of its own: Chinese, calm."""
        context = self.browser.new_context(
            base_url=self.base,
            viewport={"width": size["width"], "height": size["height"]},
            device_scale_factor=2 if size is PHONE else 1,
            has_touch=size is PHONE,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            storage_state=state,
        )
        context.set_default_timeout(PATIENCE)
        return context

    def open(self, username: str, path: str, size: dict[str, int] = DESK) -> Page:
        """A page of somebody's, signed in."""
        if username not in self.signed:
            context = self.window()
            page = context.new_page()
            page.goto("/accounts/login/")
            page.get_by_label("账号").fill(username)
            page.get_by_label("密码").fill(DEMO_PASSWORD)
            page.get_by_role("button", name="登录", exact=True).click()
            page.wait_for_url("**/")
            self.signed[username] = context.storage_state()
            context.close()
        page = self.window(size, self.signed[username]).new_page()
        page.goto(path)
        return page

    def take(self, page: Page, name: str) -> None:
        """Write the window's picture, and close the window."""
        page.wait_for_load_state("networkidle")
        page.mouse.move(1, 1)
        page.evaluate(CHINESE_DATES)
        save(page.screenshot(), name)
        page.context.close()


def save(shot: bytes, name: str) -> None:
    """A PNG with as many colours as fit into the limit."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    for colours in COLOURS:
        out = io.BytesIO()
        few = picture.quantize(colours, Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True)
        if out.tell() < LIMIT:
            break
    (IMAGES / f"{name}.png").write_bytes(out.getvalue())
    print(f"{name}.png {out.tell() // 1000} kB", flush=True)


def sign_in(camera: Camera) -> None:
    """登录."""
    page = camera.window().new_page()
    page.goto("/accounts/login/")
    page.get_by_label("账号").fill("secretary")
    camera.take(page, "login")


def today(camera: Camera) -> None:
    """今日, a village secretary's."""
    camera.take(camera.open("secretary", "/"), "today")


def place(camera: Camera) -> None:
    """A village's page."""
    camera.take(camera.open("town-sujiazuo", f"/places/{SHOWN_VILLAGE}/"), "place")


def people(camera: Camera) -> None:
    """职责, one person's."""
    camera.take(camera.open("admin", "/people/both/"), "people")


def planning(camera: Camera) -> None:
    """筹备: organise the round if need be, with its five judges."""
    page = camera.open("review", "/rounds/")
    if page.get_by_role("link", name=ROUND).count():
        page.get_by_role("link", name=ROUND).first.click()
        page.locator(".page__actions a[href$='/plan']").click()
    else:
        page.goto("/rounds/new")
        page.get_by_label("名称").fill(ROUND)
        page.get_by_label("考核细则").select_option("review.hub_review")
        page.get_by_label("范围").select_option(label=TOWN)
        page.get_by_role("button", name="下一步").click()
        team = page.locator("#judges .team").first
        team.get_by_text("添加评委").click()
        for number in range(1, 6):
            team.locator(f"input[value='judge{number}']").check()
        team.get_by_role("button", name="添加所选").click()
    page.wait_for_selector("#judges .team__judges")
    page.goto(page.url.partition("#")[0])
    camera.take(page, "round-plan")


def open_draft(camera: Camera) -> Page:
    """A judge's sheet that is being filled in, on the phone."""
    page = camera.open("judge5", "/sheets/", PHONE)
    draft = page.locator("a.sheet-row[data-state=draft]")
    (draft if draft.count() else page.locator("button.sheet-row[data-state=todo]")).first.click()
    page.wait_for_selector("form[data-leafed]")
    return page


def show_item(page: Page, code: str) -> None:
    """Turn to an item by the list of all items."""
    page.get_by_role("button", name="全部条目").click()
    page.locator(f"#sheet-list a[href='#i-{code}']").click()


def sheet(camera: Camera) -> None:
    """打分 on the phone."""
    page = open_draft(camera)
    show_item(page, "agents")
    camera.take(page, "sheet")


def sheet_offline(camera: Camera) -> None:
    """The same without a network: kept on the phone. The window is closed before anything is sent."""
    page = open_draft(camera)
    show_item(page, "agents")
    page.context.set_offline(True)
    page.locator("#i-agents .choices label").nth(1).click()
    page.wait_for_selector("[data-unsent]:not([data-count='0'])")
    camera.take(page, "sheet-offline")


def heat(camera: Camera) -> None:
    """热力图 of the running round."""
    page = camera.open("review", "/rounds/")
    page.get_by_role("link", name="2017年").first.click()
    page.goto(f"{page.url.partition('?')[0]}?tab=heat")
    camera.take(page, "heat")


def signatures(camera: Camera) -> None:
    """签字: the sealed round of 2017."""
    page = camera.open("review", "/rounds/")
    page.get_by_role("link", name="2017年").first.click()
    page.goto(f"{page.url.partition('?')[0]}?tab=signatures")
    camera.take(page, "signatures")


def ledger(camera: Camera) -> None:
    """台账 of the whole district."""
    camera.take(camera.open("office", "/matters/"), "ledger")


def drawn(camera: Camera, username: str, path: str, name: str) -> None:
    """The drawn workflow of a kind of matter."""
    page = camera.open(username, path)
    page.wait_for_selector("[data-workflow] svg")
    camera.take(page, name)


def first_matter(page: Page) -> None:
    """Open the first matter of the ledger."""
    page.goto(page.locator("table[data-ledger] a[data-drawer]").first.get_attribute("href") or "")


def matter(camera: Camera) -> None:
    """A matter that waits for the verifier, with its photos."""
    page = camera.open("verifier", f"/matters/?place={SHOWN_VILLAGE}&state=submitted")
    first_matter(page)
    camera.take(page, "matter")


def refusal(camera: Camera) -> None:
    """Nobody verifies their own work: a secretary who is a verifier too."""
    page = camera.open("both", f"/matters/?place={BOTH_VILLAGE}&state=submitted")
    first_matter(page)
    page.wait_for_selector(".next__barred")
    camera.take(page, "refusal")


def workflow(camera: Camera) -> None:
    """流程图 of the rectification items."""
    drawn(camera, "review", "/packs/rectification/matters/item/", "workflow")


def checklist_edit(camera: Camera) -> None:
    """编辑细则: one item unfolded."""
    page = camera.open("review", "/packs/review/checklists/hub_review/edit")
    item = page.locator("[id='card-items.floor_area']")
    item.locator("summary").click()
    item.locator(".how").evaluate("part => window.scrollTo(0, part.getBoundingClientRect().top + scrollY - 420)")
    camera.take(page, "checklist-edit")


def activity(camera: Camera) -> None:
    """活动: the form by which a theme day is recorded, on a phone."""
    page = camera.open("secretary", f"/activities/new?place={SHOWN_VILLAGE}&kind=activities.theme_day", PHONE)
    page.get_by_label("参加人数").fill("26")
    camera.take(page, "activity")


def calendar(camera: Camera) -> None:
    """日历: a month of a township."""
    camera.take(camera.open("town-sujiazuo", "/calendar/?month=2018-03"), "calendar")


def journal(camera: Camera) -> None:
    """日志: what was done in the ledger."""
    camera.take(camera.open("auditor", "/journal/?action=matters."), "journal")


PLAN = "每月三无摸底"


def filled_plan(camera: Camera) -> Page:
    """The form of a plan for this year, filled in."""
    page = camera.open("town-sujiazuo", "/cadence/plans/begin")
    page.get_by_label("要办什么").select_option(label="党建阵地“三无”摸底")
    page.get_by_label("名称").fill(PLAN)
    page.get_by_label("可补办天数").fill("40")
    year = page.get_by_label("启用日期").input_value()[:4]
    page.get_by_label("启用日期").fill(f"{year}-01-01")
    page.locator("#plan-preview").get_by_text("以前各期会补生成").wait_for()
    return page


def cadence(camera: Camera) -> None:
    """应办: a plan as it is begun, its table, and the list; it is begun once in a demo."""
    camera.take(filled_plan(camera), "cadence-begin")
    page = camera.open("town-sujiazuo", "/cadence/plans/")
    if not page.get_by_role("link", name=PLAN).count():
        page = filled_plan(camera)
        page.get_by_role("button", name="启用", exact=True).click()
    else:
        page.get_by_role("link", name=PLAN).click()
    page.get_by_role("heading", name=PLAN).wait_for()
    camera.take(page, "cadence-plan")
    camera.take(camera.open("town-sujiazuo", "/cadence/"), "cadence")


def service_workflow(camera: Camera) -> None:
    """便民服务: the way of a request that an agent takes on."""
    drawn(camera, "review", "/packs/services/matters/agency/", "service-workflow")


def service_ratings(camera: Camera) -> None:
    """便民服务: how ratings are spread, and what is corrected."""
    camera.take(camera.open("services", "/services/ratings/"), "service-ratings")


def register(camera: Camera) -> None:
    """阵地与场所 of a village: its kindergarten, its centre."""
    camera.take(camera.open("livelihood", f"/places/{REGISTERED}/?tab=sites"), "register")


def promise_workflow(camera: Camera) -> None:
    """流程图 of the year's promises."""
    drawn(camera, "leader", "/packs/livelihood/matters/promise/", "promise-workflow")


def survey_map(camera: Camera) -> None:
    """地图上看: the survey of public toilets."""
    page = camera.open("livelihood", "/packs/surveys/checklists/public_toilets/answers/?question=kind")
    page.wait_for_selector(".map[data-points]")
    page.evaluate("document.querySelector('#by-map').scrollIntoView()")
    camera.take(page, "survey-map")


def accreditation(camera: Camera) -> None:
    """创建: one whose review was handed in, with what has to be done first; and the drawn workflow."""
    page = camera.open("accreditation", "/matters/?kind=honours.liveable_village&state=reviewing")
    first_matter(page)
    page.wait_for_selector("#wanted")
    camera.take(page, "accreditation")
    drawn(camera, "accreditation", "/packs/honours/matters/beautiful_village/", "accreditation-workflow")


def supervision(camera: Camera) -> None:
    """督查: a unit's year, and the drawn workflow of a spot check."""
    page = camera.open("supervision", "/matters/?kind=supervision.spot_check&state=rectifying")
    first_matter(page)
    page.locator("dl.facts a[href^='/units/']").first.click()
    camera.take(page, "unit-year")
    drawn(camera, "supervision", "/packs/supervision/matters/spot_check/", "supervision-workflow")


def consultation(camera: Camera) -> None:
    """楼院协商: a topic that is talked over again, and the drawn workflow."""
    page = camera.open("convenor", "/matters/?kind=consultation.topic&state=consulting")
    first_matter(page)
    page.wait_for_selector("#wanted")
    camera.take(page, "consultation")
    drawn(camera, "consultation", "/packs/consultation/matters/topic/", "consultation-workflow")


def outreach(camera: Camera) -> None:
    """包村走访: a difficulty about a unit, and the drawn workflow of a dispute."""
    page = camera.open("petitions", "/matters/?kind=outreach.difficulty&state=doing&q=公开栏")
    first_matter(page)
    page.wait_for_selector("dl.facts")
    camera.take(page, "outreach")
    drawn(camera, "petitions", "/packs/outreach/matters/dispute/", "outreach-workflow")


def safety(camera: Camera) -> None:
    """安全生产: the ledger of hazards on site, and the drawn workflow of a major one."""
    page = camera.open("safety", "/matters/?kind=safety.hazard&hazard_ledger_is=site&phase=open")
    page.wait_for_selector("table[data-ledger]")
    camera.take(page, "safety-ledger")
    drawn(camera, "safety", "/packs/safety/matters/major_hazard/", "safety-workflow")


def rivers(camera: Camera) -> None:
    """河长制: a reach with its record, and the drawn workflow of a problem."""
    page = camera.open("rivers", f"/places/{SHOWN_VILLAGE}-hd1/")
    camera.take(page, "river-reach")
    drawn(camera, "rivers", "/packs/rivers/matters/litter/", "rivers-workflow")


PICTURES: list[Callable[[Camera], None]] = [
    sign_in, today, place, people, planning, sheet, sheet_offline, heat, signatures, ledger, matter, refusal,
    workflow, checklist_edit, journal, cadence, activity, calendar, service_workflow, service_ratings, register,
    promise_workflow, survey_map, accreditation, supervision, consultation,
    outreach, safety, rivers,
]  # fmt: skip


def main() -> int:
    """All pictures, or those named."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base", help="address of the served demo, such as http://127.0.0.1:8000")
    parser.add_argument("only", nargs="*", choices=[[], *(p.__name__ for p in PICTURES)], help="these alone")
    arguments = parser.parse_args()
    path = find_browser()
    if path is None:
        print("huoshui: no Chromium; run scripts/ensure_browser.py", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        launch = ["--no-sandbox", "--disable-gpu", "--lang=zh-CN"]
        with playwright.chromium.launch(executable_path=path, args=launch) as browser:
            camera = Camera(browser, arguments.base.rstrip("/"))
            for picture in PICTURES:
                if not arguments.only or picture.__name__ in arguments.only:
                    picture(camera)
    return 0


if __name__ == "__main__":
    sys.exit(main())
