// A judge's sheet: one item a screen out of one form. [data-pages] holds [data-page=CODE] sections; the whole
// list is a dialog of links (#i-CODE); a swipe or [data-turn=back|on] leafs. Without script all items stand
// below each other. Handing in waits until everything captured was sent. A page with data-relevant (a condition, as
// JSON) is leafed over and not counted while it is not asked; what was answered there stays until the sheet is handed in.

import { notice, show } from "./alerts";
import { all, el, one } from "./dom";
import { unsentCount, type Queued } from "./queue";
import { asked, type Tree } from "./relevance";
import { blockedCount, flush, onOutcome } from "./sender";
import { words } from "./words";

const SWIPE = 70;

class Sheet {
  /** Those that are asked, as the answers stand, and the end. */
  private pages: HTMLElement[];
  private readonly every: HTMLElement[];
  private at = 0;
  private sending = false;

  constructor(private readonly form: HTMLFormElement) {
    this.every = all("[data-page]", form);
    this.pages = this.every;
    this.sift();
    for (const button of all("[data-without-script]")) button.remove();
    for (const button of all<HTMLButtonElement>("[data-turn]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.turn(button.dataset["turn"] === "on" ? 1 : -1));
    }
    window.addEventListener("hashchange", () => this.showHash());
    form.addEventListener("input", (event) => this.answered(event));
    form.addEventListener("photos", () => this.count());
    form.addEventListener("written", () => {
      this.sift();
      this.count();
    });
    onOutcome((record, what, _version, answer) => {
      if (what === "saved") this.needs(record, answer?.["needs"]);
    });
    form.addEventListener("click", (event) => this.confirm(event));
    form.addEventListener("click", (event) => this.preset(event));
    for (const button of all<HTMLButtonElement>("[data-set]", form)) button.hidden = false;
    form.addEventListener("keydown", (event) => this.enter(event));
    form.addEventListener("submit", (event) => void this.handIn(event));
    this.swipes();
    this.begin();
    window.setTimeout(() => this.count(), 600);
  }

  /** The answer that counts on a page, as one text; what the register filled in counts once it is confirmed. */
  private answer(page: HTMLElement): string {
    if (page.hasAttribute("data-unconfirmed")) return "";
    const inputs = all<HTMLInputElement | HTMLTextAreaElement>("[name^='item-']", page);
    const ticked = inputs.filter((input) => input instanceof HTMLInputElement && ["radio", "checkbox"].includes(input.type));
    if (!ticked.length) return inputs[0]?.value.trim() ?? "";
    const chosen = ticked.filter((input) => (input as HTMLInputElement).checked).map((input) => input.value);
    return chosen.length < Number(one("[data-least]", page)?.dataset["least"] ?? 0) ? "" : chosen.join("\n");
  }

  /** Takes the pages that are not asked out of the way; the one on show stays on show. */
  private sift(): void {
    const items = this.every.map((page) => ({
      code: page.dataset["page"] ?? "",
      relevant: page.dataset["relevant"] ? (JSON.parse(page.dataset["relevant"]) as Tree) : undefined,
    }));
    const answers = new Map(this.every.map((page) => [page.dataset["page"] ?? "", this.answer(page)]));
    const wanted = asked(items, answers);
    const shown = this.pages[this.at];
    this.pages = this.every.filter((page) => wanted.has(page.dataset["page"] ?? ""));
    this.at = Math.max(shown ? this.pages.indexOf(shown) : 0, 0);
    for (const page of this.every) page.toggleAttribute("data-not-asked", !this.pages.includes(page));
  }

  private begin(): void {
    if (this.showHash()) return;
    const open = this.pages.findIndex((page) => page.dataset["page"] !== "end" && !this.done(page));
    this.go(this.form.dataset["start"] === "end" || open < 0 ? this.pages.length - 1 : open);
  }

  private showHash(): boolean {
    const index = this.pages.findIndex((page) => `#${page.id}` === window.location.hash);
    if (index >= 0) this.go(index);
    return index >= 0;
  }

  private turn(by: number): void {
    this.go(Math.min(Math.max(this.at + by, 0), this.pages.length - 1));
  }

  private go(index: number): void {
    this.at = index;
    for (const page of this.every) page.hidden = page !== this.pages[index];
    const last = index === this.pages.length - 1;
    const [back, on] = [one<HTMLButtonElement>("[data-turn=back]"), one<HTMLButtonElement>("[data-turn=on]")];
    if (back) back.disabled = index === 0;
    if (on) on.hidden = last;
    for (const button of all<HTMLButtonElement>("[data-hand-in]")) button.hidden = !last;
    const id = this.pages[index]?.id;
    if (id && window.location.hash !== `#${id}`) window.history.replaceState(null, "", `#${id}`);
    window.scrollTo(0, 0);
    this.count();
  }

  private done(page: HTMLElement): boolean {
    return this.answer(page) !== "";
  }

  private answered(event: Event): void {
    const input = event.target;
    if (!(input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement) || !input.name.startsWith("item-")) return;
    input.closest("[data-page]")?.removeAttribute("data-unconfirmed");
    this.sift();
    this.count();
  }

  private preset(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-set]") : null;
    const input = button && one<HTMLInputElement>("input", button.closest("fieldset") ?? this.form);
    if (!button || !input) return;
    input.value = button.dataset["set"] ?? "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private confirm(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-confirm]") : null;
    if (!button) return;
    event.preventDefault();
    const name = button.dataset["confirm"] ?? "";
    const inputs = all<HTMLInputElement | HTMLTextAreaElement>("input, textarea", this.form).filter((input) => input.name === name);
    (inputs.find((input) => "checked" in input && input.checked) ?? inputs[0])?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The server says how many photos an answer needs: whether it fails is for the checklist to decide. */
  private needs(record: Queued, needs: unknown): void {
    if (record.sheet !== this.form.dataset["sheet"] || typeof needs !== "number") return;
    const page = this.pages.find((candidate) => `item-${candidate.dataset["page"]}` === record.field);
    if (page) page.dataset["needs"] = String(needs);
    this.count();
  }

  /** Marks in a list on the last page the items of which something holds; true when there are any. */
  private list(block: string, line: string, holds: (page: HTMLElement) => boolean): boolean {
    const marked = new Set(this.pages.filter(holds).map((page) => page.dataset["page"] ?? ""));
    for (const entry of all(`[data-${line}]`, this.form)) entry.hidden = !marked.has(entry.dataset[line] ?? "");
    one(`[data-${block}]`, this.form)?.toggleAttribute("hidden", marked.size === 0);
    return marked.size > 0;
  }

  private count(): void {
    const items = this.pages.filter((page) => page.dataset["page"] !== "end");
    const wanted = new Set(items.map((page) => page.dataset["page"] ?? ""));
    const done = new Set(items.filter((page) => this.done(page)).map((page) => page.dataset["page"] ?? ""));
    for (const line of all("[data-for]")) {
      const is = done.has(line.dataset["for"] ?? "");
      const out = !wanted.has(line.dataset["for"] ?? "");
      if (line.matches("li")) line.hidden = is || out;
      else if (line.parentElement) line.parentElement.hidden = out;
      if (line.matches("li")) continue;
      if (is) line.dataset["state"] = "done";
      else if (line.dataset["state"] === "done") line.dataset["state"] = "todo";
      line.toggleAttribute("aria-current", line.dataset["for"] === this.pages[this.at]?.dataset["page"]);
    }
    one("[data-missing]")?.toggleAttribute("hidden", done.size === items.length);
    const refused = ".shoot__item[data-state=refused]";
    const photos = (page: HTMLElement): number => all(".shoot__item", page).length - all(refused, page).length;
    const lacking = this.list("lacking", "lacks", (page) => this.done(page) && photos(page) < Number(page.dataset["needs"] ?? 0));
    const refusals = this.list("refusals", "refuses", (page) => all(refused, page).length > 0);
    one("[data-missing-none]")?.toggleAttribute("hidden", done.size !== items.length || lacking || refusals);
    const [bar, number] = [one<HTMLProgressElement>(".progress progress"), one(".progress .num")];
    if (bar) [bar.max, bar.value] = [items.length, done.size];
    if (number) number.textContent = `${done.size} / ${items.length}`;
    items.forEach((page, n) => this.renumber(page, n + 1, items.length));
    for (const label of all("[data-asked-count]")) label.textContent = String(items.length);
  }

  private renumber(page: HTMLElement, number: number, of: number): void {
    one(".sheet-item__part .num", page)?.replaceChildren(`${number} / ${of}`);
    const code = CSS.escape(page.dataset["page"] ?? "");
    for (const line of all(`[data-for="${code}"] .num, [data-lacks="${code}"] .num, [data-refuses="${code}"] .num`)) line.replaceChildren(String(number));
  }

  private enter(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    this.turn(1);
  }

  private async handIn(event: SubmitEvent): Promise<void> {
    const version = one<HTMLInputElement>("input[name=version]", this.form);
    if (version) version.value = this.form.dataset["version"] ?? version.value;
    if (this.sending) return;
    const submitter = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    event.preventDefault();
    for (let tries = 0; tries < 20; tries += 1) {
      const left = await unsentCount().catch(() => 0);
      if (left === 0) {
        this.sending = true;
        this.form.requestSubmit(submitter);
        return;
      }
      if (blockedCount() > 0) return show(notice("refused", words.blocked(blockedCount()), "", words.decideFirst));
      if (tries === 0) flush();
      await new Promise((done) => window.setTimeout(done, 250));
    }
    show(notice("offline", words.unsent(await unsentCount()), words.offlineWhy, words.sendFirst));
  }

  private swipes(): void {
    let from: Touch | null = null;
    this.form.addEventListener("touchstart", (event) => {
      const target = event.target instanceof Element ? event.target : null;
      from = target?.closest("textarea, input[type=number], .conflict") ? null : (event.touches[0] ?? null);
    }, { passive: true });
    this.form.addEventListener("touchend", (event) => {
      const to = event.changedTouches[0];
      if (!from || !to) return;
      const [dx, dy] = [to.clientX - from.clientX, to.clientY - from.clientY];
      if (Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) this.turn(dx < 0 ? 1 : -1);
    }, { passive: true });
  }
}

/** "All of them" over a group of checkboxes: [data-checks] with [data-checks-all] and [data-checks-count]. */
function startChecks(group: HTMLElement): void {
  const whole = one<HTMLInputElement>("[data-checks-all]", group);
  const boxes = all<HTMLInputElement>("input[type=checkbox][name]", group);
  group.addEventListener("change", (event) => {
    if (event.target === whole && whole) for (const box of boxes) box.checked = whole.checked;
    const chosen = boxes.filter((box) => box.checked).length;
    if (whole) whole.checked = chosen === boxes.length;
    one("[data-checks-count]", group)?.replaceChildren(el("span", {}, `${chosen} / ${boxes.length}`));
  });
}

export function startSheet(root: ParentNode = document): void {
  for (const form of all<HTMLFormElement>("form[data-pages]:not([data-leafed])", root)) {
    form.dataset["leafed"] = "true";
    new Sheet(form);
  }
  for (const group of all("[data-checks]:not([data-ready])", root)) {
    group.dataset["ready"] = "true";
    startChecks(group);
  }
}
