"""What axe-core finds on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")
SCRIPT = Axe().axe_script
RULES = """async (colours) => (await axe.run(document, {
  rules: { "color-contrast": { enabled: colours } }, resultTypes: ["violations"] })).violations"""
"""Every rule that axe runs by itself, on every element; contrast of colours if wanted."""
COLOURS = """async () => {
  const styles = ["color", "backgroundColor", "backgroundImage", "opacity", "textShadow", "fontSize", "fontWeight",
    "display", "position", "mixBlendMode", "filter"];
  const numbers = new Map(), known = new Map();
  const look = (element) => {
    if (!element) return 0;
    if (!known.has(element)) {
      const style = getComputedStyle(element);
      const said = [look(element.parentElement), element.tagName, element.getAttribute("class"),
        ...styles.map((name) => style[name])].join("|");
      if (!numbers.has(said)) numbers.set(said, numbers.size + 1);
      known.set(element, numbers.get(said));
    }
    return known.get(element);
  };
  const first = new Map(), last = new Map();
  for (const element of document.querySelectorAll("body, body *")) {
    const read = element.matches("input, select, textarea")
      || [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!read || !element.checkVisibility()) continue;
    const own = look(element);
    if (!first.has(own)) first.set(own, element);
    last.set(own, element);
  }
  const include = [...new Set([...first.values(), ...last.values()])];
  const runOnly = { type: "rule", values: ["color-contrast"] };
  return (await axe.run({ include }, { runOnly, resultTypes: ["violations"] })).violations;
}"""
"""Contrast of colours: all that differs between light and dark. Of texts that look alike, with all that they lie in
(as in the rows of a table), the first and the last."""


def grave_findings(page: Page, *, seen: bool = False) -> list[str]:
    """What axe finds serious or critical, light and dark, with the elements that it names.

    In the light the contrast of every text is looked at, unless the page was ``seen`` in another width.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    page.emulate_media(color_scheme="light")
    found = [("light", violation) for violation in page.evaluate(RULES, not seen)]
    if seen:
        found += [("light", violation) for violation in page.evaluate(COLOURS)]
    page.emulate_media(color_scheme="dark")
    found += [("dark", violation) for violation in page.evaluate(COLOURS)]
    return [
        f"{scheme}: {violation['id']} ({violation['impact']}) {node['target']} {node['html'][:160]}"
        for scheme, violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"][:5]
    ]
