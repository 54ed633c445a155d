// Remarks at the head of the page (#alerts): what, why, what next. Built as elements, so nothing
// the server or a person wrote is ever read as HTML, except a fragment the server itself rendered.

import { all, el, one } from "./dom";
import { words } from "./words";

export interface Problem {
  code: string;
  message: string;
  next?: string;
  field?: string;
  row?: number | null;
}

function place(): HTMLElement {
  const found = one("#alerts");
  if (found) return found;
  const made = el("div", { id: "alerts", class: "alerts", "aria-live": "polite" });
  document.body.prepend(made);
  return made;
}

function closeButton(): HTMLElement {
  return el("button", { type: "button", class: "btn btn--quiet btn--small notice__close", "data-dismiss": true, "aria-label": words.close }, "×");
}

export function notice(kind: string, title: string, why = "", next = ""): HTMLElement {
  return el(
    "div",
    { class: `notice notice--${kind}`, role: kind === "refused" ? "alert" : "status", "data-kind": kind },
    el("p", { class: "notice__title" }, title),
    why ? el("p", { class: "notice__why" }, why) : null,
    next ? el("p", { class: "notice__next" }, next) : null,
    closeButton(),
  );
}

export function problemNotice(problem: Problem): HTMLElement {
  const card = notice("refused", problem.message, "", problem.next ?? "");
  const facts = el("p", { class: "notice__facts" }, `${problem.code}`);
  if (problem.field) facts.append(` · ${problem.field}`);
  card.querySelector(".notice__title")?.after(facts);
  return card;
}

export function show(...cards: Node[]): void {
  const alerts = place();
  alerts.replaceChildren(...cards);
  const box = alerts.getBoundingClientRect();
  if (box.top < 0 || box.bottom > window.innerHeight) alerts.scrollIntoView({ block: "nearest" });
}

export function clear(kind?: string): void {
  const alerts = one("#alerts");
  if (!alerts) return;
  if (kind) alerts.querySelectorAll(`[data-kind="${kind}"]`).forEach((card) => card.remove());
  else alerts.replaceChildren();
}

/** The problems of a JSON answer, or none. */
export function problemsOf(body: unknown): Problem[] {
  if (typeof body !== "object" || body === null || !("problems" in body)) return [];
  const problems = (body as { problems: unknown }).problems;
  return Array.isArray(problems) ? (problems as Problem[]).filter((p) => typeof p?.message === "string") : [];
}

/** Shows a failed answer: a fragment of ours, the core of a whole error page, JSON problems, or a plain remark. */
export function showAnswer(status: number, type: string, text: string): void {
  if (type.includes("json")) {
    try {
      const problems = problemsOf(JSON.parse(text));
      if (problems.length) return show(...problems.map(problemNotice));
    } catch {
      // Not JSON after all: fall through to the plain remark.
    }
  }
  if (type.includes("html") && text.trim()) {
    const parsed = new DOMParser().parseFromString(text, "text/html");
    const parts = parsed.querySelectorAll(".notice, [data-alert]");
    if (parts.length) return show(...[...parts].map((part) => document.importNode(part, true)));
  }
  show(notice("refused", words.failed, `${status}`, words.failedNext));
}

/** A form that was refused opens at the first input that is wrong, for whoever types as for whoever listens. */
function openAtRefused(): void {
  if (document.activeElement !== document.body && document.activeElement?.id !== "main") return;
  const wrong = all<HTMLElement>("main .field--wrong :is(input, select, textarea), main [aria-invalid='true']");
  const target = wrong.find((input) => input.checkVisibility()) ?? one("main #task .notice--refused");
  if (!target) return;
  if (target.matches(".notice")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "center" });
}

export function startAlerts(): void {
  // Once all has loaded: a fragment in the address (of the link to the content) takes the focus before that.
  window.addEventListener("load", () => window.setTimeout(openAtRefused));
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-dismiss]") : null;
    button?.closest(".notice, .undo")?.remove();
  });
  window.setInterval(() => {
    for (const bar of document.querySelectorAll<HTMLElement>("[data-undo-until]")) {
      if (Date.now() > Date.parse(bar.dataset["undoUntil"] ?? "")) bar.remove();
    }
  }, 1000);
}
