// Work that may take long: a form[data-slow] says that it is under way, and is not sent a second time meanwhile.

import { notice, show } from "./alerts";
import { all, el } from "./dom";
import { words } from "./words";

const PATIENCE = 300;

export function startSlow(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["slow"] === undefined || event.defaultPrevented) return;
    if (form.dataset["sent"] !== undefined) return event.preventDefault();
    form.dataset["sent"] = "";
    window.setTimeout(() => {
      const card = notice("slow", form.dataset["slow"] || words.slow, words.slowWhy);
      card.append(el("progress", { "aria-label": words.slow }));
      show(card);
      form.closest("dialog")?.close();
    }, PATIENCE);
  });
  // Coming back to the page by the browser's own button.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of all("form[data-sent]")) delete form.dataset["sent"];
  });
}
