// Judge sheets: every change inside [data-autosave] goes into the queue at once and to data-autosave-url
// soon after. On load, what is still in the queue is put back into the form. A stale version shows both
// versions and overwrites nothing.
//   form  data-autosave data-sheet=ID data-version=N data-autosave-url=URL
//   a field may carry its own data-version; then versions are compared per field.

import { notice, show } from "./alerts";
import { all, el, newKey, one } from "./dom";
import * as queue from "./queue";
import type { Queued } from "./queue";
import { flush, onOutcome, refreshCount, showCount, type Outcome } from "./sender";
import { words } from "./words";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const DEBOUNCE = 800;
const LONGEST_WAIT = 5000;
let timer = 0;
let since = 0;

function controls(form: HTMLElement, field: string): Control[] {
  return all<Control>("input, select, textarea", form).filter((control) => control.name === field);
}

function read(form: HTMLElement, field: string): string {
  const found = controls(form, field);
  const [first] = found;
  if (!first) return "";
  if (!(first instanceof HTMLInputElement) || !["radio", "checkbox"].includes(first.type)) return first.value;
  return found.filter((box) => (box as HTMLInputElement).checked).map((box) => box.value).join("\n");
}

function write(form: HTMLElement, field: string, value: string): void {
  const chosen = value.split("\n");
  for (const control of controls(form, field)) {
    if (control instanceof HTMLInputElement && ["radio", "checkbox"].includes(control.type)) {
      control.checked = chosen.includes(control.value);
    } else if (!(control instanceof HTMLInputElement && control.type === "file")) control.value = value;
  }
  // What is asked next may hang on it: see sheet.ts.
  form.dispatchEvent(new Event("written"));
}

function versioned(form: HTMLElement, field: string): HTMLElement {
  return controls(form, field)[0]?.closest<HTMLElement>("[data-version]") ?? form;
}

function box(form: HTMLElement, field: string): HTMLElement | null {
  return controls(form, field)[0]?.closest<HTMLElement>(".field") ?? null;
}

function mark(form: HTMLElement, field: string, state: string, text: string): void {
  const place = box(form, field);
  if (!place) return;
  place.dataset["state"] = state;
  let line = one(".field__state", place);
  if (!line) {
    line = el("p", { class: "field__state", "aria-live": "polite" });
    place.append(line);
  }
  line.textContent = text;
}

async function changed(form: HTMLElement, field: string): Promise<void> {
  const holder = versioned(form, field);
  let kept: Queued;
  try {
    const keeping = queue.keep({
      key: newKey(),
      owner: queue.owner(),
      sheet: form.dataset["sheet"] ?? "",
      scope: holder === form ? "" : field,
      url: form.dataset["autosaveUrl"] ?? "",
      kind: "answer",
      field,
      value: read(form, field),
      multiple: (controls(form, field)[0] as HTMLInputElement | undefined)?.type === "checkbox",
      base: holder.dataset["version"] ?? "",
      at: new Date().toISOString(),
      attempts: 0,
      state: "pending",
    });
    showCount();
    kept = await keeping;
  } catch {
    void refreshCount();
    mark(form, field, "refused", words.noStorage);
    show(notice("refused", words.noStorage, "", words.noStorageNext));
    return;
  }
  if (kept.state === "conflict") return showConflict(form, kept);
  mark(form, field, "pending", words.pending);
  await refreshCount();
  flushSoon();
}

/** Send after a pause in the answering, and within LONGEST_WAIT of the first answer where there is none. */
function flushSoon(): void {
  const now = performance.now();
  since ||= now;
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    since = 0;
    flush();
  }, Math.max(0, Math.min(DEBOUNCE, since + LONGEST_WAIT - now)));
}

/** The words of a choice rather than its code, for the two versions. */
function spoken(form: HTMLElement, field: string, value: string): string {
  const labels = controls(form, field)
    .filter((control) => value.split("\n").includes(control.value) && control instanceof HTMLInputElement && control.type !== "text")
    .map((control) => control.closest("label")?.textContent?.trim().replace(/\s+/g, " ") ?? "");
  return labels.filter(Boolean).join(words.list) || value || words.empty;
}

/** As the server writes the other version's time: month-day hour:minute, in the district's time. */
function moment(at: string): string {
  const parts = { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  return new Date(at).toLocaleString("sv-SE", { ...parts, timeZone: "Asia/Shanghai" });
}

function side(title: string, value: string, meta: string, button: HTMLElement): HTMLElement {
  return el("div", { class: "conflict__side" }, el("p", { class: "muted small" }, title), el("p", { class: "conflict__value" }, value), meta ? el("p", { class: "muted small" }, meta) : null, button);
}

function showConflict(form: HTMLElement, record: Queued): void {
  const place = box(form, record.field);
  const theirs = record.theirs;
  if (!place || !theirs) return;
  one(".conflict", place)?.remove();
  one(".field__state", place)?.remove();
  place.dataset["state"] = "conflict";
  const keepTheirs = el("button", { type: "button", class: "btn" }, words.keepTheirs);
  const keepMine = el("button", { type: "button", class: "btn" }, words.keepMine);
  const card = el(
    "div",
    { class: "conflict", role: "alert" },
    el("p", { class: "conflict__title" }, words.conflict),
    el(
      "div",
      { class: "conflict__sides" },
      side(words.theirs, spoken(form, record.field, theirs.value), [theirs.by, theirs.at].filter(Boolean).join(" · "), keepTheirs),
      side(words.mine, spoken(form, record.field, record.value), moment(record.at), keepMine),
    ),
  );
  const decide = async (mine: boolean): Promise<void> => {
    versioned(form, record.field).dataset["version"] = theirs.version;
    const value = (await queue.get(record.seq))?.value ?? record.value;
    await queue.settle(record, theirs.version);
    write(form, record.field, mine ? value : theirs.value);
    card.remove();
    if (mine) await changed(form, record.field);
    else mark(form, record.field, "saved", words.saved);
    await refreshCount();
    flush();
  };
  keepTheirs.addEventListener("click", () => void decide(false));
  keepMine.addEventListener("click", () => void decide(true));
  place.append(card);
}

function outcome(form: HTMLElement, record: Queued, what: Outcome, version?: string): void {
  if (record.kind !== "answer" || record.sheet !== form.dataset["sheet"]) return;
  if (what === "conflict") return showConflict(form, record);
  if (what === "refused") return mark(form, record.field, "refused", record.message ?? words.refused);
  if (what === "saved" && version !== undefined) versioned(form, record.field).dataset["version"] = version;
  // A newer answer may have been given while this one was under way; then it is not "saved" yet.
  if (what === "saved" && read(form, record.field) !== record.value) return;
  const text = { sending: words.sending, saved: words.saved, waiting: words.pending }[what];
  mark(form, record.field, what === "saved" ? "saved" : "pending", text);
}

async function restore(form: HTMLElement): Promise<void> {
  for (const record of await queue.ofSheet(form.dataset["sheet"] ?? "")) {
    if (record.kind !== "answer") continue;
    write(form, record.field, record.value);
    if (record.state === "conflict") showConflict(form, record);
    else mark(form, record.field, record.state, record.state === "refused" ? (record.message ?? words.refused) : words.pending);
  }
}

function step(button: HTMLElement): void {
  const input = one<HTMLInputElement>("input", button.closest(".score") ?? document);
  if (!input) return;
  if (button.dataset["step"] === "down") input.stepDown();
  else input.stepUp();
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

export function startAutosave(root: ParentNode = document): void {
  for (const form of all("[data-autosave]:not([data-ready])", root)) {
    form.dataset["ready"] = "true";
    const take = (event: Event): void => {
      const control = event.target as Control;
      if (control.name && control.type !== "file" && control.type !== "hidden") void changed(form, control.name);
    };
    form.addEventListener("input", take);
    form.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-step]") : null;
      if (button) step(button);
    });
    onOutcome((record, what, version) => {
      if (form.isConnected) outcome(form, record, what, version);
    });
    void restore(form).catch(() => undefined);
    void navigator.storage?.persist?.();
  }
}
