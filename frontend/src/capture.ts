// Taking pictures: [data-photo-url] holds a file input and .shoot__list. A picture is kept in the queue
// before it is sent; the preview is drawn on the spot. The server judges type and size.
// What it refuses stays, with the reason, until it is taken again or removed.
//   div  data-photo-url=URL data-field=CODE; the sheet comes from the form around it. Whenever what it holds
//   changes, it says so with the event "photos".

import { notice, show } from "./alerts";
import { all, el, newKey, one } from "./dom";
import * as queue from "./queue";
import type { Queued } from "./queue";
import { flush, onOutcome, refreshCount, showCount, type Outcome } from "./sender";
import { words } from "./words";

const PREVIEW = 320;

async function preview(blob: Blob): Promise<HTMLElement | null> {
  try {
    const bitmap = await createImageBitmap(blob, { resizeWidth: PREVIEW, resizeQuality: "medium" });
    const canvas = el("canvas", { width: bitmap.width, height: bitmap.height, role: "img", "aria-label": words.photo });
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas;
  } catch {
    // Some phones cannot draw what their camera writes (HEIC): the picture is kept all the same.
    return null;
  }
}

function add(place: HTMLElement, record: Queued): void {
  if (!record.blob) return;
  const picture = el("span", { class: "muted small" }, words.photo);
  const state = el("span", { class: "shoot__state" }, record.message ?? words.photoPending);
  const item = el("div", { class: "shoot__item", "data-seq": record.seq, "data-state": record.state }, picture, state);
  if (record.state === "refused") addDecision(place, item, record.seq);
  one(".shoot__button", place)?.before(item);
  tellOf(place);
  void preview(record.blob).then((drawn) => drawn && picture.replaceWith(drawn));
}

function tellOf(place: HTMLElement): void {
  place.dispatchEvent(new Event("photos", { bubbles: true }));
}

async function drop(place: HTMLElement, item: HTMLElement, seq: number): Promise<void> {
  await queue.drop(seq);
  item.remove();
  tellOf(place);
  await refreshCount();
}

/** The two ways out of a refusal: another picture instead of this one, or none. */
function addDecision(place: HTMLElement, item: HTMLElement, seq: number): void {
  const again = el("label", { class: "btn btn--small shoot__again" }, words.retake);
  const input = el("input", { type: "file", accept: "image/*", capture: "environment", "data-instead": seq });
  again.append(input);
  const remove = el("button", { type: "button", class: "btn btn--small" }, words.remove);
  remove.addEventListener("click", () => void drop(place, item, seq));
  item.append(again, remove);
}

async function take(place: HTMLElement, file: File): Promise<void> {
  const form = place.closest<HTMLElement>("[data-sheet]");
  try {
    const record = await queue.keep({
      key: newKey(),
      owner: queue.owner(),
      sheet: form?.dataset["sheet"] ?? "",
      scope: `photo ${place.dataset["field"] ?? ""}`,
      url: place.dataset["photoUrl"] ?? "",
      kind: "photo",
      field: place.dataset["field"] ?? "",
      value: "",
      blob: file,
      name: file.name,
      base: "",
      at: new Date().toISOString(),
      attempts: 0,
      state: "pending",
    });
    add(place, record);
  } catch {
    show(notice("refused", words.noStorage, file.name, words.noStorageNext));
  }
}

function outcome(place: HTMLElement, record: Queued, what: Outcome): void {
  const item = one(`[data-seq="${record.seq}"]`, place);
  const state = item && one(".shoot__state", item);
  if (!item || !state) return;
  item.dataset["state"] = what;
  if (what === "refused") {
    state.textContent = record.message ?? words.refused;
    addDecision(place, item, record.seq);
  } else state.textContent = what === "saved" ? words.saved : what === "sending" ? words.sending : words.photoPending;
  tellOf(place);
}

async function restore(place: HTMLElement): Promise<void> {
  const sheet = place.closest<HTMLElement>("[data-sheet]")?.dataset["sheet"] ?? "";
  for (const record of await queue.ofSheet(sheet)) {
    if (record.kind === "photo" && record.field === place.dataset["field"]) add(place, record);
  }
}

export function startCapture(root: ParentNode = document): void {
  for (const place of all("[data-photo-url]:not([data-ready])", root)) {
    place.dataset["ready"] = "true";
    place.addEventListener("change", (event) => {
      const input = event.target;
      if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
      const files = [...(input.files ?? [])];
      const refused = input.dataset["instead"] && input.closest<HTMLElement>(".shoot__item");
      input.value = "";
      const taken = files.map((file) => take(place, file));
      showCount();
      if (refused && files.length) taken.push(drop(place, refused, Number(input.dataset["instead"])));
      void Promise.all(taken).then(refreshCount).then(flush);
    });
    onOutcome((record, what) => {
      if (place.isConnected) outcome(place, record, what);
    });
    void restore(place).catch(() => undefined);
  }
}
