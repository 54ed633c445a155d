// The wall: slide after slide by itself; what the server tells anew is taken over, what fails is kept quiet.

import { all, one } from "./dom";

/** Milliseconds without an answer after which the wall says since when it is old. */
const STALE = 150_000;

let shown = 0;
let answered = Date.now();
let paused = false;
let timer = 0;

function slides(): HTMLElement[] {
  return all("[data-slide]");
}

function show(): void {
  const every = slides();
  if (every.length) shown %= every.length;
  for (const [at, slide] of every.entries()) slide.hidden = at !== shown;
  const stale = one("[data-wall-stale]");
  if (stale) stale.hidden = Date.now() - answered < STALE;
}

function next(draw: () => void): void {
  window.clearTimeout(timer);
  const seconds = Number(one("[data-wall]")?.dataset["seconds"] ?? 20);
  timer = window.setTimeout(() => {
    if (!paused) shown += 1;
    show();
    draw();
    next(draw);
  }, seconds * 1000);
}

export function startWall(draw: () => void): void {
  if (!one("[data-wall]")) return;
  const pause = one<HTMLButtonElement>("[data-wall-pause]");
  if (pause) {
    pause.hidden = false;
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.setAttribute("aria-pressed", String(paused));
    });
  }
  // An answer that is no wall (signed out, under repair) leaves the last one standing.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = (event as CustomEvent<{ xhr: XMLHttpRequest; target: HTMLElement; shouldSwap: boolean }>).detail;
    if (target.id !== "wall") return;
    const whole = xhr.status === 200 && xhr.responseText.includes("data-wall ");
    if (whole) answered = Date.now();
    else (event as CustomEvent<{ shouldSwap: boolean }>).detail.shouldSwap = false;
  });
  document.addEventListener("htmx:load", show);
  show();
  draw();
  next(draw);
}
