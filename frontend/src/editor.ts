// Comfort for the editor of checklists (form[data-editor]), which works without it: sums while typing, a card's
// title as it is typed, cards that stay open when the server draws the form anew, and a question before leaving.

import { all, one } from "./dom";
import { words } from "./words";

const THOUSAND = 1000;
const openCards = new Set<string>();
let changed = false;

/** Points as typed, in thousandths; null when it is no number. */
function thousandths(text: string): number | null {
  const plain = text.normalize("NFKC").trim().replaceAll(",", "").replace("。", ".");
  return /^\d+(\.\d{1,3})?$/.test(plain) ? Math.round(Number(plain) * THOUSAND) : null;
}

function shown(value: number): string {
  return String(value / THOUSAND);
}

function isRemoved(input: HTMLElement): boolean {
  const cards = [input.closest("details"), one("details", input.closest("[data-section]") ?? input)];
  return cards.some((card) => card?.querySelector<HTMLInputElement>(":scope > * > .edit-remove [data-removed]")?.checked);
}

function sumOf(root: ParentNode): number {
  return all<HTMLInputElement>("[data-points]", root)
    .filter((input) => !isRemoved(input))
    .reduce((sum, input) => sum + (thousandths(input.value) ?? 0), 0);
}

function tell(tally: HTMLElement, sum: number): void {
  const input = document.getElementById(tally.dataset["stated"] ?? "");
  const stated = input instanceof HTMLInputElement ? thousandths(input.value) : null;
  const state = stated === null ? "" : stated === sum ? "same" : "differs";
  tally.dataset["state"] = state;
  one("[data-tally-sum]", tally)?.replaceChildren(shown(sum));
  const said = stated === null ? "" : stated === sum ? words.sumSame : words.sumDiffers(shown(stated), sum > stated, shown(Math.abs(sum - stated)));
  const mark = one("[data-tally-words]", tally);
  if (mark && mark.textContent !== said) mark.replaceChildren(said);
}

function addUp(form: HTMLElement): void {
  for (const tally of all("[data-tally]", form)) tell(tally, sumOf(tally.closest("[data-section]") ?? form));
}

function typedName(node: string, language: string): string {
  const input = document.getElementById(`${node}.name.${language}`);
  return input instanceof HTMLInputElement ? input.value.trim() : "";
}

/** The card's title follows its name, in the reader's language as far as it is filled in. */
function retitle(input: EventTarget | null): void {
  const node = input instanceof HTMLInputElement ? /^(.+)\.name\.(zh|en)$/.exec(input.name)?.[1] : undefined;
  if (!node || !(input instanceof HTMLInputElement)) return;
  const english = document.documentElement.lang.startsWith("en") ? typedName(node, "en") : "";
  const name = english || typedName(node, "zh");
  const title = one("[data-card-title]", input.closest("[data-card]") ?? input);
  if (title && name) title.replaceChildren(name);
}

function keepOpen(form: HTMLElement): void {
  for (const card of all<HTMLDetailsElement>("details[id]", form)) {
    if (openCards.has(card.id)) card.open = true;
    card.addEventListener("toggle", () => (card.open ? openCards.add(card.id) : openCards.delete(card.id)));
  }
}

export function startEditor(root: ParentNode): void {
  const form = root instanceof HTMLElement && root.matches("[data-editor]") ? root : one("[data-editor]", root);
  if (!form || form.dataset["started"]) return;
  form.dataset["started"] = "true";
  keepOpen(form);
  form.addEventListener("input", (event) => {
    changed = true;
    retitle(event.target);
    addUp(form);
  });
  form.addEventListener("change", () => addUp(form));
  form.addEventListener("submit", () => (changed = false));
  form.addEventListener("htmx:beforeRequest", () => (changed = true));
}

window.addEventListener("beforeunload", (event) => {
  if (changed && one("[data-editor]")) event.preventDefault();
});
