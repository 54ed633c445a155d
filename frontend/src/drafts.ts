// A form that was sent after the session had ended comes back filled in. When a form is sent, its fields are kept in
// this tab; the server leads somebody who has to sign in again back to the form's page with #unsent at the end of its
// address, and there they are put back. Any other page of somebody signed in means that the form was answered, and
// what was kept is wiped; so it is on signing out, and with the tab. Passwords, files and [data-private] (personal
// values) are never kept. A form that grows on the server (form[data-editor]) is sent there once more to come back.

import { notice, show } from "./alerts";
import { all, csrfToken, el, one } from "./dom";
import { owner } from "./queue";
import { words } from "./words";

const KEY = "huoshui.unsent";
const MARK = "#unsent";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

interface Draft {
  owner: string;
  address: string;
  entries: [name: string, value: string][];
  files: boolean;
}

function addressOf(form: HTMLFormElement): string {
  return new URL(form.getAttribute("action") ?? "", window.location.href).pathname;
}

function isBox(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type);
}

/** What of a form may be kept: neither passwords nor files, and nothing personal. */
function keepable(form: HTMLFormElement): Control[] {
  return all<Control>("input, select, textarea", form).filter(
    (control) =>
      control.name &&
      control.name !== "csrfmiddlewaretoken" &&
      !control.disabled &&
      !control.closest("[data-private]") &&
      control.autocomplete !== "one-time-code" &&
      !["password", "file", "submit", "button"].includes(control.type),
  );
}

function forget(): void {
  try {
    window.sessionStorage.removeItem(KEY);
  } catch {
    // Without storage nothing was kept.
  }
}

function keep(form: HTMLFormElement): void {
  const controls = keepable(form);
  if (!owner() || form.method !== "post" || form.matches("[data-autosave]") || controls.every((control) => control.type === "hidden")) return;
  const draft: Draft = {
    owner: owner(),
    address: addressOf(form),
    entries: controls.filter((control) => !isBox(control) || control.checked).map((control) => [control.name, control.value]),
    files: all<HTMLInputElement>("input[type=file]", form).some((input) => (input.files?.length ?? 0) > 0),
  };
  try {
    window.sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // A form that finds no room is sent all the same.
  }
}

function kept(): Draft | null {
  try {
    return JSON.parse(window.sessionStorage.getItem(KEY) ?? "null") as Draft | null;
  } catch {
    return null;
  }
}

function fill(form: HTMLFormElement, draft: Draft): void {
  const values = new Map<string, string[]>();
  for (const [name, value] of draft.entries) values.set(name, [...(values.get(name) ?? []), value]);
  for (const control of keepable(form)) {
    if (isBox(control)) control.checked = values.get(control.name)?.includes(control.value) ?? false;
    // The version that was open then: what another wrote meanwhile is not overwritten unseen.
    else if (control.type !== "hidden" || control.name === "version") control.value = values.get(control.name)?.shift() ?? control.value;
    control.dispatchEvent(new Event(isBox(control) ? "change" : "input", { bubbles: true }));
  }
  for (let fold = form.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null) fold.open = true;
  show(notice("unsent", words.unsentForm, draft.files ? words.unsentFiles : "", words.unsentNext));
}

/** Sends the fields to their address, which answers with the form as it stood. */
function fetchBack(draft: Draft): void {
  const form = el("form", { method: "post", action: draft.address, hidden: true });
  for (const [name, value] of [...draft.entries, ["csrfmiddlewaretoken", csrfToken()]] as const) form.append(el("input", { type: "hidden", name, value }));
  document.body.append(form);
  form.submit();
}

function offer(draft: Draft): void {
  const card = notice("unsent", words.unsentForm, "", words.unsentFetch);
  const button = el("button", { type: "button", class: "btn btn--primary" }, words.fetchBack);
  button.addEventListener("click", () => fetchBack(draft));
  card.append(button);
  show(card);
}

function restore(): void {
  const draft = kept();
  const unsent = window.location.hash === MARK;
  if (unsent) window.history.replaceState(null, "", window.location.pathname + window.location.search);
  if (!owner()) return; // On the way through the sign-in pages.
  forget();
  if (!unsent || draft?.owner !== owner()) return;
  const names = draft.entries.map(([name]) => name);
  const forms = all<HTMLFormElement>("form[method=post]").filter((form) => addressOf(form) === draft.address);
  const form = forms.find((candidate) => names.every((name) => candidate.elements.namedItem(name) !== null));
  if (forms[0]?.matches("[data-editor]")) offer(draft);
  else if (form) fill(form, draft);
}

export function startDrafts(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement)) return;
      // Signing in again in another tab has changed the token since this page was made.
      const token = one<HTMLInputElement>("input[name=csrfmiddlewaretoken]", form);
      if (token && csrfToken()) token.value = csrfToken();
      if (form.matches("[data-sign-out]")) forget();
      else keep(form);
    },
    true,
  );
  restore();
}
