// The drawer (aside#drawer): the detail beside the list. Links with [data-drawer] are fetched into it;
// without script they are ordinary links to the detail's page. Esc or [data-close-drawer] closes.

import htmx from "htmx.org";
import { one } from "./dom";

let cameFrom: HTMLElement | null = null;

export function openInDrawer(url: string, from: HTMLElement | null): void {
  const drawer = one("#drawer");
  if (!drawer) {
    window.location.assign(url);
    return;
  }
  cameFrom = from;
  void htmx.ajax("get", url, { target: "#drawer", swap: "innerHTML" }).then(() => {
    drawer.hidden = false;
    drawer.scrollTop = 0;
  });
}

export function closeDrawer(): boolean {
  const drawer = one("#drawer");
  if (!drawer?.hasChildNodes()) return false;
  drawer.replaceChildren();
  cameFrom?.focus();
  cameFrom = null;
  return true;
}

export function startDrawer(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-close-drawer]")) {
      event.preventDefault();
      closeDrawer();
      return;
    }
    const link = target?.closest<HTMLAnchorElement>("a[data-drawer]");
    if (!link || !one("#drawer")) return;
    event.preventDefault();
    openInDrawer(link.dataset["drawer"] || link.href, link.closest<HTMLElement>("tr") ?? link);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !one("dialog[open]") && closeDrawer()) event.preventDefault();
  });
}
