// Mapping a form: a clicked cell shows its panel beside the sheet, and the sheet stays where it was scrolled to.

import { all } from "./dom";

const NARROW = 960;

async function show(link: HTMLAnchorElement): Promise<void> {
  const panel = document.getElementById("cellpanel");
  if (!panel) return;
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("cellpanel");
  if (!fresh) {
    location.href = link.href;
    return;
  }
  panel.replaceWith(fresh);
  document.dispatchEvent(new CustomEvent("huoshui:content", { detail: fresh }));
  for (const other of all("[data-cell][aria-current]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  history.replaceState(null, "", link.href);
  if (innerWidth < NARROW) fresh.scrollIntoView({ block: "start" });
}

export function startCells(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-cell]") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !document.getElementById("cellpanel")) return;
    event.preventDefault();
    void show(link);
  });
  const chosen = document.querySelector<HTMLElement>("[data-cell][aria-current]");
  if (chosen) {
    chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
    chosen.focus({ preventScroll: true });
  }
}
