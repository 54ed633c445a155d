"""The drawn workflow can be read: nothing lies over a state or a step; on a phone the states are listed instead."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import PHONE, SCREEN, Desk

pytestmark = pytest.mark.browser

PAGES = ["rectification/matters/item", "hubs/matters/construction", "hubs/matters/upgrade"]
OVERLAPS = """(svg) => {
  const named = (kind) => [...svg.querySelectorAll(kind)].map((group) => {
    const rect = group.querySelector("rect"), of = (name) => Number(rect.getAttribute(name));
    const left = of("x"), top = of("y");
    return { name: group.textContent, left, top, right: left + of("width"), bottom: top + of("height") };
  });
  const states = named(".wf-state"), labels = named(".wf-label"), found = [];
  const boxes = [...states, ...labels];
  boxes.forEach((one, index) => boxes.slice(index + 1).forEach((other) => {
    if (one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom) {
      found.push(`${one.name} over ${other.name}`);
    }
  }));
  const size = svg.viewBox.baseVal;
  for (const box of boxes) {
    const beyond = box.right > size.width || box.bottom > size.height;
    if (box.left < 0 || box.top < 0 || beyond) found.push(`${box.name} cut`);
  }
  for (const line of svg.querySelectorAll(".wf-line")) {
    for (let at = 0, end = line.getTotalLength(); at <= end; at += 2) {
      const { x, y } = line.getPointAtLength(at);
      const within = (value, from, to) => value > from + 2 && value < to - 2;
      const through = states.find((box) => within(x, box.left, box.right) && within(y, box.top, box.bottom));
      if (through) {
        found.push(`a line through ${through.name}`);
        break;
      }
    }
  }
  return found;
}"""
"""What lies over what: boxes over boxes, boxes beyond the edge, lines through states."""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_lies_over_a_state_or_a_step(desk: Desk, path: str, language: str) -> None:
    page = desk.open("office", f"/packs/{path}/", SCREEN)
    if language == "en":
        page.get_by_role("button", name="English").first.click()
    picture = page.locator(".workflow svg")
    expect(picture).to_be_visible()
    assert picture.evaluate(OVERLAPS) == []
    closed = picture.locator(".wf-state--closed rect")
    middles = closed.evaluate_all("(all) => all.map((r) => Number(r.getAttribute('x')) + r.getAttribute('width') / 2)")
    assert max(middles) - min(middles) < 1, "closing states stand in one rank"
    told = picture.get_attribute("aria-describedby")
    expect(page.locator(f"#{told}")).to_be_visible()
    expect(page.locator(".flow")).to_be_hidden()


def test_a_step_from_several_states_has_one_label(desk: Desk) -> None:
    page = desk.open("office", "/packs/rectification/matters/item/", SCREEN)
    for name in ("重新打开", "申报无法整改", "退回"):
        expect(page.locator(".wf-step", has_text=name)).to_have_count(1)
    expect(page.locator(".wf-state .wf-own")).to_have_text("↻ 更新进展")


def test_on_a_phone_each_state_lists_its_steps(desk: Desk) -> None:
    page = desk.open("office", "/packs/rectification/matters/item/", PHONE)
    expect(page.locator(".workflow svg")).to_be_hidden()
    waiting = page.locator(".flow__state", has_text="待核验").filter(has_text="核验通过")
    expect(waiting).to_be_visible()
    expect(waiting).to_contain_text("退回 → 整改中")
