// Finding one of hundreds of options: select[data-search] gets an input above it that narrows the options to those
// whose words hold what is typed. Options are taken out rather than hidden: not every phone hides them.

import { all, el } from "./dom";
import { words } from "./words";

const FEW = 20;

function startPicker(select: HTMLSelectElement): void {
  const options = [...select.options];
  if (options.length <= FEW) return;
  const input = el("input", { type: "search", class: "picker__search", placeholder: words.find, "aria-label": words.find, "aria-controls": select.id });
  const found = el("p", { class: "field__hint num", "aria-live": "polite" });
  input.addEventListener("input", () => {
    const text = input.value.trim().toLowerCase();
    const chosen = select.value;
    const fitting = options.filter((option) => !text || (option.value && option.text.toLowerCase().includes(text)));
    select.replaceChildren(...fitting);
    if (fitting.some((option) => option.value === chosen)) select.value = chosen;
    else select.selectedIndex = fitting.length ? 0 : -1;
    found.textContent = text ? words.found(fitting.length) : "";
  });
  // Enter chooses what is left; it does not send the form.
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    select.focus();
  });
  const control = select.closest(".field__control") ?? select;
  control.before(input);
  control.after(found);
}

export function startPickers(root: ParentNode = document): void {
  for (const select of all<HTMLSelectElement>("select[data-search]:not([data-ready])", root)) {
    select.dataset["ready"] = "true";
    startPicker(select);
  }
}
