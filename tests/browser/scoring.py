"""Scoring: one sheet as a judge does it on the phone, and many sheets over the public API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import APIRequestContext, FilePayload, Locator, Page, expect

GOOD: dict[str, str] = {
    "three_meetings": "0",
    "theme_day": "good",
    "volunteer_service": "regular",
    "organisation_life": "yes",
    "record_book": "1",
    "members_handbook": "0",
    "one_stop": "all",
    "agents": "on_duty",
    "service_guide": "yes",
    "service_ledger": "1",
    "floor_area": "320",
    "plaza_area": "1600",
    "plaza": "yes",
    "service_station": "yes",
    "activity_room": "yes",
    "reading_room": "yes",
    "clinic": "yes",
    "distance_education": "yes",
    "rooms_in_use": "lively",
    "openness": "0",
    "opening_rules": "yes",
    "facilities": "1",
    "cleanliness": "2",
    "greening": "3.5",
    "brand": "strong",
    "cadre_test": "86",
    "overall": "3.5",
}
"""A good village by the checklist hub_review; nothing in it fails."""


def answers_for(judge: int, village: int, failing: Mapping[str, str]) -> dict[str, str]:
    """What a judge finds in a village: good, with differences in degree, and what fails there."""
    degrees = {
        "record_book": str((judge + village) % 4),
        "cleanliness": str((2 * judge + 3 * village) % 6),
        "overall": ("4", "3.5", "3")[(judge + 2 * village) % 3],
        "brand": ("strong", "budding")[village % 2],
    }
    return {**GOOD, **degrees, **failing}


def post(api: APIRequestContext, path: str, body: Any = None, method: str = "POST") -> Any:
    """One call of the API that must succeed; its answer."""
    answer = api.fetch(f"/api/v1{path}", method=method, data=body)
    assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
    return answer.json()


def hand_in(api: APIRequestContext, round_id: str, village: str, answers: Mapping[str, str], **texts: str) -> None:
    """One whole sheet over the API."""
    sheet = post(api, f"/rounds/{round_id}/places/{village}/sheet")
    body = {"answers": dict(answers), "seen_version": sheet["version"], **texts}
    post(api, f"/sheets/{sheet['id']}", body, "PATCH")
    post(api, f"/sheets/{sheet['id']}/submit")


def item(page: Page, code: str) -> Locator:
    """The screen of one item of an open sheet."""
    return page.locator(f"#i-{code}")


def go_to(page: Page, code: str) -> Locator:
    """Turn to an item by the list of all items."""
    page.get_by_role("button", name="全部条目").click()
    page.locator(f"#sheet-list a[href='#i-{code}']").click()
    expect(item(page, code)).to_be_visible()
    return item(page, code)


def answer(shown: Locator, value: str) -> None:
    """Answer the item on the screen by its buttons, its keys or its number."""
    choice = shown.locator(f".choices label:has(input[value='{value}'])")
    findings = shown.locator(".score")
    if choice.count():
        choice.click()
    elif findings.count() and value == "0":
        shown.get_by_role("button", name="没有发现问题").click()
    elif findings.count():
        for _ in range(int(value)):
            findings.get_by_role("button", name="加").click()
    else:
        shown.locator("input[type=number]").fill(value)


def photograph(shown: Locator, photo: FilePayload) -> None:
    """Take a photo at the item on the screen."""
    shown.locator("input[type=file]").set_input_files(photo)


def expect_all_sent(page: Page) -> None:
    expect(page.locator("[data-unsent]")).to_have_text("已全部上传")
    expect(page.locator("[data-unsent]")).to_have_attribute("data-count", "0")


def current_item(page: Page) -> str:
    """The code of the item on the screen; "end" on the last one."""
    shown = page.locator("form[data-leafed] [data-page]:not([hidden])")
    expect(shown).to_have_count(1)
    return shown.get_attribute("data-page") or ""


def score_by_hand(page: Page, answers: Mapping[str, str], photo_at: str, photo: FilePayload) -> None:
    """Every item of an open sheet one after another, as the judge meets them; what the register knows is confirmed
    where it says the same."""
    seen: list[str] = []
    while (code := current_item(page)) != "end":
        seen.append(code)
        shown = item(page, code)
        expect(shown).to_be_visible()
        if code == photo_at:
            photograph(shown, photo)
            expect(shown.locator(".shoot__item")).to_have_count(1)
        register = shown.locator("[data-confirm]")
        if register.count() and shown.locator(f"input[value='{answers[code]}']:checked").count():
            register.click()
            expect(register).to_be_hidden()
        else:
            answer(shown, answers[code])
        page.get_by_role("button", name="下一项").click()
    assert seen == list(answers), "the sheet shows every item once, in the checklist's order"
    expect_all_sent(page)
