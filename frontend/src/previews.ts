// Photos chosen in an ordinary form: .shoot[data-preview] shows them before they are sent.
// They go with the form; taking pictures without a network is capture.ts.

import { all, el, one } from "./dom";
import { words } from "./words";

const PREVIEW = 320;

async function picture(file: File): Promise<HTMLElement> {
  try {
    const bitmap = await createImageBitmap(file, { resizeWidth: PREVIEW, resizeQuality: "medium" });
    const canvas = el("canvas", { width: bitmap.width, height: bitmap.height, role: "img", "aria-label": file.name });
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas;
  } catch {
    return el("span", { class: "muted small" }, file.name || words.photo);
  }
}

async function refresh(place: HTMLElement, input: HTMLInputElement): Promise<void> {
  const pictures = await Promise.all([...(input.files ?? [])].map(picture));
  for (const old of all("[data-chosen]", place)) old.remove();
  for (const made of pictures) {
    const state = el("span", { class: "shoot__state" }, words.photoPending);
    one(".shoot__button", place)?.before(el("div", { class: "shoot__item", "data-chosen": true }, made, state));
  }
}

export function startPreviews(): void {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
    const place = input.closest<HTMLElement>(".shoot[data-preview]");
    if (place) void refresh(place, input);
  });
}
