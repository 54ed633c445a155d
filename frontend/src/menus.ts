// Menus (details.menu) close on Escape and on a click elsewhere; dialogs open by [data-open-dialog=id]
// and close by [data-close-dialog]; [data-print] prints; [data-back] goes back; a sign-out with unsent things asks first.

import { all, one } from "./dom";
import { unsentCount } from "./queue";
import { words } from "./words";

function closeMenus(except: Element | null = null): void {
  for (const menu of all<HTMLDetailsElement>("details.menu[open], details.bottombar__menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

function clicked(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  closeMenus(target?.closest("details") ?? null);
  const opener = target?.closest<HTMLElement>("[data-open-dialog]");
  const dialog = opener ? document.getElementById(opener.dataset["openDialog"] ?? "") : null;
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    dialog.showModal();
  }
  if (target?.closest("[data-close-dialog]")) target.closest("dialog")?.close();
  if (target?.closest("[data-print]")) window.print();
}

async function signingOut(form: HTMLFormElement): Promise<void> {
  const count = await unsentCount().catch(() => 0);
  if (count === 0 || window.confirm(words.leaveUnsent(count))) form.submit();
}

export function startMenus(): void {
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = one<HTMLDetailsElement>("details.menu[open]");
    closeMenus();
    open?.querySelector("summary")?.focus();
  });
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.matches("[data-sign-out]")) return;
    event.preventDefault();
    void signingOut(event.target);
  });
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLElement && event.target.matches("[data-submit-on-change]")) {
      event.target.closest("form")?.requestSubmit();
    }
  });
}
