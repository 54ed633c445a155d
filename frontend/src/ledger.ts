// The ledger's keyboard: j/k or arrows move, Enter opens beside the list, x chooses,
// b goes on with the chosen rows, ? tells the keys, e changes a cell (a[data-change]) in its place, Esc leaves it or closes the detail.
// table[data-ledger]; a row's own link is a[data-drawer]; its checkbox sits in .ledger__pick.
// [data-bulk] shows while rows are chosen, [data-bulk-count] says how many.

import { all, isTyping, one } from "./dom";
import { openInDrawer } from "./drawer";
import { words } from "./words";

function rows(table: HTMLElement): HTMLTableRowElement[] {
  return all<HTMLTableRowElement>("tbody tr", table);
}

function pick(row: HTMLElement): HTMLInputElement | null {
  return one<HTMLInputElement>(".ledger__pick input[type=checkbox]", row);
}

function activate(table: HTMLElement, row: HTMLElement): void {
  for (const other of rows(table)) {
    other.toggleAttribute("data-active", other === row);
    other.tabIndex = other === row ? 0 : -1;
  }
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(table: HTMLElement, by: number): void {
  const list = rows(table);
  const now = list.findIndex((row) => row.hasAttribute("data-active"));
  const next = list[Math.max(0, Math.min(list.length - 1, now < 0 ? 0 : now + by))];
  if (!next) return;
  activate(table, next);
  // With the drawer open, moving reads on.
  if (one("#drawer")?.hasChildNodes()) open(next);
}

function open(row: HTMLElement): void {
  const link = one<HTMLAnchorElement>("a[data-drawer]", row);
  if (link) openInDrawer(link.dataset["drawer"] || link.href, row);
}

function refreshBulk(table: HTMLElement): void {
  const chosen = rows(table).filter((row) => pick(row)?.checked);
  for (const row of rows(table)) row.setAttribute("aria-selected", String(pick(row)?.checked ?? false));
  const every = one<HTMLInputElement>("thead .ledger__pick input", table);
  if (every) {
    every.checked = chosen.length > 0 && chosen.length === rows(table).length;
    every.indeterminate = chosen.length > 0 && !every.checked;
  }
  for (const bar of all("[data-bulk]")) bar.hidden = chosen.length === 0;
  for (const label of all("[data-bulk-count]")) label.textContent = words.chosen(chosen.length);
}

function choose(table: HTMLElement, row: HTMLElement): void {
  const box = pick(row);
  if (!box) return;
  box.checked = !box.checked;
  refreshBulk(table);
}

/** Goes on with the ticked rows, when there are any. */
function sendChosen(table: HTMLElement): void {
  if (rows(table).some((row) => pick(row)?.checked)) one<HTMLFormElement>("form#bulk")?.requestSubmit();
}

/** The first cell of the row that the reader may change, or that in which the focus lies. */
function change(row: HTMLElement): void {
  const here = document.activeElement?.closest<HTMLElement>("td");
  const link = (here && one("a[data-change]", here)) || one("a[data-change]", row);
  link?.click();
}

/** Escape leaves a cell's form: the row comes back as it is stored. */
function leaveCell(event: KeyboardEvent): void {
  const form = event.target instanceof Element ? event.target.closest<HTMLElement>("form[data-cell]") : null;
  if (event.key !== "Escape" || !form) return;
  one("a[data-cancel]", form)?.click();
  event.preventDefault();
}

/** A row that was put in takes the place of the old one under the reader's hand. */
function rowSwapped(event: Event): void {
  const row = event.target instanceof HTMLTableRowElement ? event.target : null;
  const table = row?.closest<HTMLElement>("table[data-ledger]");
  if (row && table) activate(table, row);
}

function key(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (one("dialog[open]")) return;
  const table = one("table[data-ledger]");
  if (!table) return;
  const active = one<HTMLTableRowElement>("tr[data-active]", table);
  const inTable = event.target instanceof Element && table.contains(event.target);
  if (event.key === "j" || (event.key === "ArrowDown" && inTable)) move(table, 1);
  else if (event.key === "k" || (event.key === "ArrowUp" && inTable)) move(table, -1);
  else if (event.key === "Enter" && active && event.target === active) open(active);
  else if (event.key === "x" && active) choose(table, active);
  else if (event.key === "e" && active) change(active);
  else if (event.key === "b") sendChosen(table);
  else if (event.key === "?") one<HTMLDialogElement>("dialog#keys")?.showModal();
  else return;
  event.preventDefault();
}

/** Filters that are left empty stay out of the address. */
function dropEmpty(event: Event): void {
  const { elt, parameters } = (event as CustomEvent<{ elt: HTMLElement; parameters: Record<string, unknown> }>).detail;
  if (!elt.matches("form.filters")) return;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
}

/** The menu of columns stays open over the ledger that a choice in it brings: several are chosen one after the other. */
let choosing = false;

function beforeSwap(): void {
  choosing = one<HTMLDetailsElement>("details[data-stays]")?.open ?? false;
}

function stayOpen(): void {
  const menu = choosing ? one<HTMLDetailsElement>("details[data-stays]") : null;
  if (!menu) return;
  menu.open = true;
  one("summary", menu)?.focus();
}

export function startLedger(): void {
  document.addEventListener("htmx:beforeSwap", beforeSwap);
  document.addEventListener("htmx:afterSwap", stayOpen);
  document.addEventListener("htmx:configRequest", dropEmpty);
  document.addEventListener("keydown", leaveCell);
  document.addEventListener("keydown", key);
  document.addEventListener("htmx:load", rowSwapped);
  document.addEventListener("change", (event) => {
    const box = event.target instanceof HTMLInputElement ? event.target : null;
    const table = box?.closest<HTMLElement>("table[data-ledger]");
    if (!box || !table || !box.closest(".ledger__pick")) return;
    if (box.closest("thead")) for (const each of rows(table).map(pick)) if (each) each.checked = box.checked;
    refreshBulk(table);
  });
  document.addEventListener("click", (event) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("table[data-ledger] tbody tr") : null;
    const table = row?.closest<HTMLElement>("table");
    if (row && table && !isTyping(event.target)) {
      for (const other of rows(table)) other.toggleAttribute("data-active", other === row);
    }
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const table of all("table[data-ledger]")) refreshBulk(table);
  });
  for (const table of all("table[data-ledger]")) {
    refreshBulk(table);
    const first = rows(table)[0];
    if (first) first.tabIndex = 0;
    for (const row of rows(table).slice(1)) row.tabIndex = -1;
  }
}
