// Opening a photo large: buttons with [data-photo=url] and [data-caption]; arrows leaf through the strip.

import { all, el } from "./dom";
import { words } from "./words";

let dialog: HTMLDialogElement | null = null;
let strip: HTMLElement[] = [];
let at = 0;

const image = el("img", { alt: "" });
const caption = el("p", { class: "lightbox__caption" });

function build(): HTMLDialogElement {
  const close = el("button", { type: "button", class: "btn", "data-close-dialog": true }, words.close);
  const made = el("dialog", { class: "lightbox", "aria-label": words.photo }, image, el("div", { class: "lightbox__bar" }, caption, close));
  made.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") turn(1);
    else if (event.key === "ArrowLeft") turn(-1);
  });
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  document.body.append(made);
  return made;
}

function turn(by: number): void {
  if (!strip.length) return;
  at = (at + by + strip.length) % strip.length;
  const button = strip[at];
  image.src = button?.dataset["photo"] ?? "";
  image.alt = button?.dataset["caption"] ?? "";
  caption.textContent = `${button?.dataset["caption"] ?? ""}　${at + 1} / ${strip.length}`;
}

export function startPhotos(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-photo]") : null;
    if (!button) return;
    event.preventDefault();
    strip = all("[data-photo]", button.closest(".photos, .before-after, .timeline__body") ?? document);
    at = Math.max(strip.indexOf(button), 0);
    dialog ??= build();
    turn(0);
    dialog.showModal();
  });
}
