// htmx for our pages: the CSRF and idempotency headers, errors into #alerts, and a network failure
// that keeps what was filled in and tries again.

import htmx from "htmx.org";
import { clear, notice, show, showAnswer } from "./alerts";
import { csrfToken, newKey } from "./dom";
import { words } from "./words";

interface Failed {
  verb: string;
  path: string;
  source: HTMLElement;
  target: HTMLElement;
}

interface Detail {
  elt: HTMLElement;
  target: HTMLElement;
  xhr: XMLHttpRequest;
  verb: string;
  parameters: unknown;
  headers: Record<string, string>;
  shouldSwap: boolean;
  isError: boolean;
  successful: boolean;
  requestConfig: { verb: string; path: string; elt: HTMLElement };
}

const failed = new Map<HTMLElement, Failed>();
const keys = new WeakMap<HTMLElement, { key: string; body: string }>();
let wait = 4_000;
let timer = 0;

function detail(event: Event): Detail {
  return (event as CustomEvent<Detail>).detail;
}

function headers(event: Event): void {
  const { elt, verb, parameters, headers: sent } = detail(event);
  if (verb === "get") return;
  sent["X-CSRFToken"] = csrfToken();
  // The same act sent again after a network failure carries the same key and counts once;
  // with other words in the form it is another act.
  const body = JSON.stringify(parameters);
  const known = keys.get(elt);
  const act = known?.body === body ? known : { key: newKey(), body };
  keys.set(elt, act);
  sent["Idempotency-Key"] = act.key;
}

function retry(): void {
  window.clearTimeout(timer);
  const waiting = [...failed.values()];
  failed.clear();
  for (const { verb, path, source, target } of waiting) {
    if (source.isConnected) void htmx.ajax(verb as "get", path, { source, target });
  }
}

function networkFailed(event: Event): void {
  const { requestConfig, target } = detail(event);
  const source = requestConfig.elt;
  failed.set(source, { verb: requestConfig.verb, path: requestConfig.path, source, target });
  show(notice("offline", words.offline, words.offlineWhy));
  window.clearTimeout(timer);
  timer = window.setTimeout(retry, wait);
  wait = Math.min(wait * 2, 60_000);
}

function answered(event: Event): void {
  const { elt, xhr } = detail(event);
  if (xhr.status === 0) return;
  keys.delete(elt);
  wait = 4_000;
  clear("offline");
}

/** A page that names where its error belongs (HX-Retarget) gets it there; all others go to #alerts. */
function beforeSwap(event: Event): void {
  const info = detail(event);
  if (info.xhr.status >= 400 && info.xhr.getResponseHeader("HX-Retarget")) {
    info.shouldSwap = true;
    info.isError = false;
  }
}

function refused(event: Event): void {
  const { xhr } = detail(event);
  showAnswer(xhr.status, xhr.getResponseHeader("Content-Type") ?? "", xhr.responseText);
}

export function startHtmx(): void {
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    includeIndicatorStyles: false,
    historyCacheSize: 0,
    selfRequestsOnly: true,
    timeout: 20_000,
    scrollIntoViewOnBoost: false,
  });
  document.addEventListener("htmx:configRequest", headers);
  document.addEventListener("htmx:beforeSwap", beforeSwap);
  document.addEventListener("htmx:afterRequest", answered);
  document.addEventListener("htmx:responseError", refused);
  document.addEventListener("htmx:sendError", networkFailed);
  document.addEventListener("htmx:timeout", networkFailed);
  window.addEventListener("online", retry);
}
