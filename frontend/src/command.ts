// The command bar (Ctrl K or /): dialog#command holds the input and the list; the server's answer at
// data-url?q= is a fragment of li[role=option][data-url]. Arrow keys choose, Enter goes.

import { all, el, isTyping, one } from "./dom";
import { words } from "./words";

const DELAY = 150;

function options(list: HTMLElement): HTMLElement[] {
  return all("[role=option]", list);
}

function mark(list: HTMLElement, input: HTMLInputElement, index: number): void {
  const found = options(list);
  found.forEach((option, at) => {
    option.id ||= `command-option-${at}`;
    option.setAttribute("aria-selected", String(at === index));
  });
  const chosen = found[index];
  if (chosen) {
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
}

function go(option: HTMLElement | undefined): void {
  const url = option?.dataset["url"];
  if (url) window.location.assign(url);
}

class CommandBar {
  private timer = 0;
  private running: AbortController | null = null;

  constructor(
    private readonly dialog: HTMLDialogElement,
    private readonly input: HTMLInputElement,
    private readonly list: HTMLElement,
  ) {
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
      if (option) go(option);
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }

  open(): void {
    if (!this.dialog.open) this.dialog.showModal();
    this.input.select();
    if (!this.list.hasChildNodes()) void this.fetch();
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.fetch(), DELAY);
  }

  private async fetch(): Promise<void> {
    this.running?.abort();
    const mine = (this.running = new AbortController());
    const url = `${this.dialog.dataset["url"] ?? "/search"}?q=${encodeURIComponent(this.input.value.trim())}`;
    try {
      const answer = await fetch(url, { signal: mine.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.fill(await answer.text());
    } catch {
      if (!mine.signal.aborted) this.list.replaceChildren(el("li", { class: "command__none" }, words.offline));
    }
  }

  private fill(fragment: string): void {
    const parsed = new DOMParser().parseFromString(fragment, "text/html");
    const found = [...parsed.querySelectorAll("li")].map((item) => document.importNode(item, true));
    const none = el("li", { class: "command__none" }, words.nothing);
    this.list.replaceChildren(...(found.length || !this.input.value.trim() ? found : [none]));
    mark(this.list, this.input, 0);
  }

  private key(event: KeyboardEvent): void {
    const found = options(this.list);
    const now = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
    // While an input method composes (pinyin), Enter and the arrows belong to it.
    if (event.isComposing) return;
    if (event.key === "ArrowDown") mark(this.list, this.input, Math.min(now + 1, found.length - 1));
    else if (event.key === "ArrowUp") mark(this.list, this.input, Math.max(now - 1, 0));
    else if (event.key === "Enter") go(found[Math.max(now, 0)]);
    else return;
    event.preventDefault();
  }
}

export function startCommandBar(): void {
  const dialog = one<HTMLDialogElement>("dialog#command");
  const input = dialog && one<HTMLInputElement>("input", dialog);
  const list = dialog && one("[role=listbox]", dialog);
  if (!dialog || !input || !list) return;
  const bar = new CommandBar(dialog, input, list);
  document.addEventListener("keydown", (event) => {
    const control = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (!control && !(event.key === "/" && !isTyping(event.target))) return;
    event.preventDefault();
    bar.open();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target instanceof Element ? event.target.closest("[data-open-command]") : null;
    if (!opener) return;
    event.preventDefault();
    bar.open();
  });
}
