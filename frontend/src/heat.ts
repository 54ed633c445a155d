// Sorting a heat map: a village's head sorts the items by it, an item's head sorts the villages.
// Pressing the same head turns the order, a third time returns to the original.

import { all, one } from "./dom";

type Order = "ascending" | "descending" | "none";

const NEXT: Record<Order, Order> = { none: "ascending", ascending: "descending", descending: "none" };

function value(cell: Element | undefined): number | null {
  const text = cell instanceof HTMLElement ? cell.dataset["value"] : undefined;
  return text === undefined || text === "" ? null : Number(text);
}

/** Indices in the wished order; what has no value goes last in either order. */
function sorted(values: (number | null)[], order: Order): number[] {
  const indices = values.map((_, index) => index);
  const sign = order === "descending" ? -1 : 1;
  return indices.sort((a, b) => {
    const [left, right] = [values[a] ?? null, values[b] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || a - b;
    return sign * (left - right) || a - b;
  });
}

class Heat {
  private readonly bodies: { body: HTMLTableSectionElement; rows: HTMLTableRowElement[] }[];
  private readonly lines: { row: HTMLTableRowElement; cells: Element[] }[];

  constructor(private readonly table: HTMLTableElement) {
    this.bodies = [...table.tBodies].map((body) => ({ body, rows: [...body.rows].filter((row) => row.cells.length > 1) }));
    this.lines = [...table.rows].filter((row) => row.cells.length > 1).map((row) => ({ row, cells: [...row.cells].slice(1) }));
    table.addEventListener("click", (event) => {
      const head = event.target instanceof Element ? event.target.closest("button")?.closest("th") : null;
      if (head) this.press(head);
    });
  }

  private press(head: HTMLTableCellElement): void {
    const order = NEXT[(head.getAttribute("aria-sort") as Order | null) ?? "none"];
    const down = head.closest("thead") !== null;
    for (const other of all("th[aria-sort]", this.table)) {
      if ((other.closest("thead") !== null) === down) other.removeAttribute("aria-sort");
    }
    if (order !== "none") head.setAttribute("aria-sort", order);
    if (down) this.sortItems(head.cellIndex, order);
    else this.sortVillages(head.parentElement as HTMLTableRowElement, order);
  }

  private sortItems(column: number, order: Order): void {
    for (const { body, rows } of this.bodies) {
      const indices = order === "none" ? rows.map((_, i) => i) : sorted(rows.map((row) => value(row.cells[column])), order);
      body.append(...indices.map((index) => rows[index]).filter((row) => row !== undefined));
    }
  }

  private sortVillages(row: HTMLTableRowElement, order: Order): void {
    const line = this.lines.find((each) => each.row === row);
    if (!line) return;
    const movable = line.cells.map((cell) => !cell.classList.contains("heat__sum"));
    const values = line.cells.map((cell, index) => (movable[index] ? value(cell) : null));
    const fixed = values.map((_, index) => index);
    const indices = order === "none" ? fixed : sorted(values, order);
    const wanted = [...indices.filter((index) => movable[index]), ...indices.filter((index) => !movable[index])];
    for (const { row: each, cells } of this.lines) {
      each.append(...wanted.map((index) => cells[index]).filter((cell) => cell !== undefined));
    }
  }
}

export function startHeat(root: ParentNode = document): void {
  for (const table of all<HTMLTableElement>("table[data-heat]:not([data-ready])", root)) {
    table.dataset["ready"] = "true";
    new Heat(table);
  }
  one("[data-heat-hint]", root)?.removeAttribute("hidden");
}
