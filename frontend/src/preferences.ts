// Scheme and text size: kept in localStorage, and in a cookie so that the server writes them into
// <html> and no page flashes. [data-set-theme=auto|light|dark|next], [data-set-size=normal|large|next].

import { all, el } from "./dom";
import { words } from "./words";

const YEAR = 31_536_000;
const THEMES = ["auto", "light", "dark"] as const;
const SIZES = ["normal", "large"] as const;

function read(name: string): string | null {
  try {
    return localStorage.getItem(`huoshui.${name}`);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`huoshui.${name}`, value);
  } catch {
    // Private windows may refuse; the cookie still holds for the session.
  }
  document.cookie = `huoshui_${name}=${value};path=/;max-age=${YEAR};samesite=lax`;
}

function apply(name: "theme" | "size", value: string): void {
  document.documentElement.dataset[name] = value;
  for (const button of all(`[data-set-${name}]`)) {
    const wanted = button.getAttribute(`data-set-${name}`);
    if (wanted !== "next") button.setAttribute("aria-pressed", String(wanted === value));
    else if (name === "size") button.setAttribute("aria-pressed", String(value === "large"));
  }
}

function following(values: readonly string[], now: string): string {
  return values[(values.indexOf(now) + 1) % values.length] ?? values[0] ?? "";
}

function choose(name: "theme" | "size", values: readonly string[], wanted: string): void {
  const value = wanted === "next" ? following(values, document.documentElement.dataset[name] ?? "") : wanted;
  if (!values.includes(value)) return;
  write(name, value);
  apply(name, value);
  say(name, value);
}

function say(name: "theme" | "size", value: string): void {
  if (name !== "theme") return;
  const text = { auto: words.themeAuto, light: words.themeLight, dark: words.themeDark }[value] ?? value;
  document.querySelector("#said")?.replaceChildren(el("span", {}, text));
}

export function startPreferences(): void {
  const root = document.documentElement.dataset;
  apply("theme", read("theme") ?? root["theme"] ?? "auto");
  apply("size", read("size") ?? root["size"] ?? "normal");
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const theme = target?.closest("[data-set-theme]")?.getAttribute("data-set-theme");
    const size = target?.closest("[data-set-size]")?.getAttribute("data-set-size");
    if (theme) choose("theme", THEMES, theme);
    if (size) choose("size", SIZES, size);
  });
}
