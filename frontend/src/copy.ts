// [data-copy=ID]: a button that copies the text of an element. Without a secure context the old command does it.

import { all } from "./dom";
import { words } from "./words";

async function copied(source: HTMLElement): Promise<boolean> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(source.textContent?.trim() ?? "").then(() => true, () => false);
  }
  window.getSelection()?.selectAllChildren(source);
  return document.execCommand("copy");
}

export function startCopy(): void {
  for (const button of all<HTMLButtonElement>("[data-copy]")) {
    const source = document.getElementById(button.dataset["copy"] ?? "");
    if (!source) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      void copied(source).then((done) => (button.textContent = done ? words.copied : words.copyFailed));
    });
  }
}
