// Sends the queue in order, one at a time, from one tab only, with backoff while the network is away.
// What the server refuses stays in the queue for the person to decide; nothing is dropped silently.

import { clear, notice, problemsOf, show } from "./alerts";
import { all, csrfToken } from "./dom";
import * as queue from "./queue";
import type { Queued, Theirs } from "./queue";
import { words } from "./words";

const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 120_000;

export type Outcome = "sending" | "saved" | "refused" | "conflict" | "waiting";
type Listener = (record: Queued, outcome: Outcome, version?: string, answer?: Record<string, unknown>) => void;

const listeners: Listener[] = [];
let wait = FIRST_WAIT;
let timer = 0;
let running = false;
let again = false;

export function onOutcome(listener: Listener): void {
  listeners.push(listener);
}

function tell(record: Queued, outcome: Outcome, version?: string, answer?: Record<string, unknown>): void {
  for (const listener of listeners) listener(record, outcome, version, answer);
}

let stored = 0;
let blocked = 0;

/** How many captured things wait for the person's decision. */
export function blockedCount(): number {
  return blocked;
}

/** Shows how much is unsent, what is only being written into the queue included. */
export function showCount(): void {
  const count = stored + queue.beingKept();
  for (const label of all("[data-unsent]")) {
    label.textContent = blocked ? words.blocked(blocked) : words.unsent(count);
    label.dataset["count"] = String(count);
    label.toggleAttribute("data-blocked", blocked > 0);
  }
}

export async function refreshCount(): Promise<void> {
  const records = await queue.ofOwner();
  stored = records.length;
  blocked = records.filter((record) => record.state !== "pending").length;
  showCount();
}

function bodyOf(record: Queued): FormData {
  const body = new FormData();
  body.set("field", record.field);
  body.set("version", record.base);
  body.set("recorded_at", record.at);
  if (record.blob) body.set("photo", record.blob, record.name ?? "photo.jpg");
  else if (record.multiple) for (const value of record.value.split("\n").filter(Boolean)) body.append("value", value);
  else body.set("value", record.value);
  return body;
}

async function json(answer: Response): Promise<Record<string, unknown>> {
  const body: unknown = await answer.json().catch(() => ({}));
  return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
}

async function blockRecord(record: Queued, state: "refused" | "conflict", change: Partial<Queued>): Promise<void> {
  const blocked = { ...record, ...change, state };
  await queue.put(blocked);
  tell(blocked, state);
}

/** True when the next record may follow, false when the network or the server is to be waited for. */
async function judge(record: Queued, answer: Response): Promise<boolean> {
  if (answer.redirected || answer.status === 401) {
    show(notice("offline", words.signIn));
    return false;
  }
  if (answer.ok) {
    const body = await json(answer);
    const version = body["version"] === undefined ? undefined : String(body["version"]);
    await queue.settle(record, version);
    tell(record, "saved", version, body);
    return true;
  }
  if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return false;
  const body = await json(answer);
  if (answer.status === 409 && body["theirs"]) {
    await blockRecord(record, "conflict", { theirs: body["theirs"] as Theirs });
    return true;
  }
  const problem = problemsOf(body)[0];
  if (answer.status === 403 && !problem) {
    // Not a refusal of ours but of the CSRF check: the page is older than the session.
    show(notice("offline", words.signIn));
    return false;
  }
  const message = problem ? `${problem.message} ${problem.next ?? ""}`.trim() : words.refused + words.bracketed(String(answer.status));
  await blockRecord(record, "refused", { message });
  return true;
}

async function sendOne(record: Queued): Promise<boolean> {
  const tried = { ...record, attempts: record.attempts + 1 };
  await queue.put(tried);
  tell(tried, "sending");
  try {
    const answer = await fetch(tried.url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRFToken": csrfToken(), "Idempotency-Key": tried.key, Accept: "application/json" },
      body: bodyOf(tried),
    });
    const done = await judge(tried, answer);
    if (!done) tell(tried, "waiting");
    return done;
  } catch {
    tell(tried, "waiting");
    return false;
  }
}

/** The first record that may go: pending, and no earlier one of its field or scope is blocked. */
async function nextRecord(): Promise<Queued | undefined> {
  const held = new Set<string>();
  for (const record of await queue.ofOwner()) {
    const place = `${record.sheet} ${record.scope}`;
    if (record.state === "conflict") held.add(place);
    else if (record.state === "pending" && !held.has(place)) return record;
  }
  return undefined;
}

async function drain(): Promise<void> {
  for (let record = await nextRecord(); record; record = await nextRecord()) {
    const done = await sendOne(record);
    await refreshCount();
    if (!done) {
      timer = window.setTimeout(flush, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
      return;
    }
    if (wait > FIRST_WAIT) clear("offline");
    wait = FIRST_WAIT;
  }
}

async function alone(work: () => Promise<void>): Promise<void> {
  if (!("locks" in navigator)) return work();
  await navigator.locks.request("huoshui-sender", { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    else timer = window.setTimeout(flush, FIRST_WAIT * 2);
  });
}

export function flush(): void {
  window.clearTimeout(timer);
  if (running) {
    again = true;
    return;
  }
  running = true;
  void alone(drain)
    .catch(() => undefined)
    .finally(() => {
      running = false;
      if (again) {
        again = false;
        flush();
      }
    });
}

export function startSender(): void {
  if (!queue.owner() || !("indexedDB" in window)) return;
  window.addEventListener("online", () => {
    wait = FIRST_WAIT;
    flush();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") flush();
  });
  void refreshCount().then(flush, () => undefined);
}
