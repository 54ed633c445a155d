"""A service from the guide to the corrected rating, on the screens of those who ask for it, do it and supervise it."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.axe import grave_findings
from tests.browser.desk import PHONE, Desk

pytestmark = pytest.mark.browser

ITEM = "城乡居民基本养老保险参保登记"
NAME = "浏览器申请人"


def taken_on_a_phone(desk: Desk) -> Page:
    """The agent takes a request at the hub; first without the household book, which is refused by name."""
    page = desk.open("agent", "/services/", PHONE)
    page.get_by_role("link", name="受理申请").click()
    page.get_by_role("link", name=ITEM).click()
    page.get_by_label("本人办理").check()
    page.get_by_label("居民身份证").check()
    page.get_by_label("申请人姓名").fill(NAME)
    page.get_by_label("申请人电话").fill("示范电话00")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert grave_findings(page) == []
    desk.expected.append("422")
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_text("还缺材料：户口簿")).to_be_visible()
    expect(page.get_by_label("申请人姓名")).to_have_value(NAME)
    page.get_by_label("户口簿").check()
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_text("已受理，请打印受理单")).to_be_visible()
    assert NAME not in page.content()
    return page


def code_on_the_slip(page: Page) -> str:
    """The code that is printed on the slip, nowhere else."""
    with page.expect_download() as download:
        page.get_by_role("button", name="打印受理单").click()
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(download.value.path().read_bytes())).pages)
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}", text)
    assert found, text
    assert NAME not in text
    assert found.group() not in page.content()
    return found.group()


def corrected_with_a_call_back(desk: Desk, number: str) -> str:
    """The supervisor looks into the low rating of a request and calls back; the address of the correction."""
    supervisor = desk.open("services", "/services/ratings/?low=1")
    row = supervisor.get_by_role("row", name=number)
    expect(row).to_contain_text("跑了两趟")
    supervisor.goto(row.get_by_role("link").last.get_attribute("href") or "")
    correction = supervisor.url
    supervisor.goto(f"{correction}?step=look_into")
    supervisor.get_by_label("核实情况").fill("没有一次告知")
    supervisor.get_by_label("整改措施").fill("贴出清单")
    supervisor.get_by_role("button", name="核实").click()
    supervisor.goto(f"{correction}?step=call_back")
    supervisor.get_by_label("答复内容").fill("已说明")
    supervisor.get_by_role("button", name="回访并申请办结").click()
    expect(supervisor.get_by_text("回访日期").first).to_be_visible()  # no end without the call-back
    supervisor.get_by_label("回访日期").fill(supervisor.evaluate("new Date().toISOString().slice(0, 10)"))
    supervisor.get_by_label("回访结果").select_option(label="本人认可")
    supervisor.get_by_label("答复内容").fill("已说明")
    supervisor.get_by_role("button", name="回访并申请办结").click()
    expect(supervisor.get_by_text("已回访待核验").first).to_be_visible()
    return correction


def test_from_the_counter_to_the_corrected_rating(desk: Desk) -> None:
    agent = taken_on_a_phone(desk)
    code = code_on_the_slip(agent)
    number = agent.locator(".page__sub .num").first.inner_text()

    public = desk.window(PHONE).new_page()
    public.goto("/s/track/")
    desk.expected.append("422")
    public.get_by_label("查询码").fill(code[:-1])
    public.get_by_role("button", name="查询").click()
    expect(public.get_by_text("这不是查询码")).to_be_visible()
    public.get_by_label("查询码").fill(code.lower())
    public.get_by_role("button", name="查询").click()
    expect(public.get_by_text("办成后可以在这里评价。")).to_be_visible()
    assert NAME not in public.content()

    agent.get_by_label("本人银行账户复印件").check()
    agent.get_by_role("button", name="登记补交").click()
    expect(agent.get_by_text("已登记补交的材料")).to_be_visible()
    agent.get_by_role("link", name="去办理").click()
    agent.get_by_role("link", name="办成").first.click()
    agent.get_by_label("办理结果").fill("已登记")
    agent.get_by_role("button", name="办成").click()
    expect(agent.get_by_text("已办成待确认").first).to_be_visible()

    window = desk.open("window", f"/matters/{number}/?step=confirm")
    window.get_by_role("button", name="确认办结").click()
    expect(window.get_by_text("已办结").first).to_be_visible()

    public.reload()
    public.get_by_label("不满意", exact=True).check()
    public.get_by_label("服务态度").select_option(label="满意")
    public.get_by_label("意见").fill("跑了两趟")
    assert grave_findings(public) == []
    assert public.evaluate("document.documentElement.scrollWidth <= innerWidth")
    public.get_by_role("button", name="提交评价").click()
    expect(public.get_by_text("正在整改")).to_be_visible()

    # Who was rated sees no single rating.
    agent.goto("/services/requests/?item=services.pension_enrolment")
    agent.get_by_role("link", name=number).click()
    expect(agent.get_by_text("逐条评价只给监督的人看")).to_be_visible()

    correction = corrected_with_a_call_back(desk, number)
    verifier = desk.open("verifier", f"{correction}?step=verify")
    verifier.get_by_role("button", name="核验办结").click()
    expect(verifier.get_by_text("已办结").first).to_be_visible()
    public.reload()
    expect(public.get_by_text("整改办结。")).to_be_visible()


def test_a_bundle_is_taken_once_for_all(desk: Desk) -> None:
    page = desk.open("agent", "/services/bundles/services.startup/take")  # at the only place where it is offered
    for paper in ("居民身份证", "营业执照", "创业担保贷款申请表", "本人银行账户复印件"):
        page.get_by_label(paper).check()
    page.get_by_label("申请人姓名").fill(NAME)
    page.get_by_label("申请人电话").fill("示范电话00")
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_role("heading", name="各项")).to_be_visible()
    assert page.locator(".plain-list li > a").count() == 3
    assert grave_findings(page) == []


def test_what_is_offered_is_published_for_everybody(desk: Desk) -> None:
    window = desk.open("window", "/services/offers/new")
    window.locator("#f-item").select_option(label="残疾人证申请")
    window.locator("#f-place").select_option(label="寨卜昌村党群服务中心（寨卜昌村）")
    desk.expected.append("422")
    window.get_by_label("办理时间").fill("上午")
    window.get_by_role("button", name="公布", exact=True).click()
    expect(window.get_by_text("“上午”不是办理时间")).to_be_visible()
    window.get_by_label("办理时间").fill("9:00-11:30")
    window.get_by_role("button", name="公布", exact=True).click()
    expect(window.get_by_text("已公布")).to_be_visible()
    public = desk.window(PHONE).new_page()
    public.goto("/s/?q=寨卜昌")
    public.get_by_role("link", name="寨卜昌村党群服务中心").click()
    public.get_by_role("link", name="残疾人证申请").click()
    expect(public.get_by_text("09:00–11:30")).to_be_visible()
    assert public.evaluate("document.documentElement.scrollWidth <= innerWidth")
