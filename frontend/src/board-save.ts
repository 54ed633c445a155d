// Charts as files: PNG and SVG, always in the light colours, with a title, whatever the page's scheme.

import { init } from "echarts/core";
import { colour, drawnRows, heightOf, partsOf, textStyle, type Option } from "./board-charts";
import { all, el, one } from "./dom";

const WIDTH = 960;
const MARGIN = 24;
const HEAD = 56;
const GAP = 16;
const COLUMNS = 3;
const SMALL = 150;
const NAME = 44;
/** Pixels of a PNG for each of the picture. */
const RATIO = 2;

/** Calls with the light scheme's colours, which are those of paper, and letters of the usual size. */
export function inLight<T>(call: () => T): T {
  const { dataset } = document.documentElement;
  const { theme, size } = dataset;
  Object.assign(dataset, { theme: "light", size: "normal" });
  try {
    return call();
  } finally {
    Object.assign(dataset, { theme: theme ?? "auto", size: size ?? "normal" });
  }
}

interface Picture {
  option: Option;
  height: number;
}

function titled(text: string, left: number, top: number, size: number, bold = true): object {
  return { text, left, top, padding: 0, textStyle: { ...textStyle(size), color: colour("--ink"), fontWeight: bold ? 600 : 400 } };
}

/** One chart over the whole width, or small ones in columns, under one title. */
function pictureOf(root: HTMLElement): Picture {
  const figures = all("[data-board-chart]", root);
  const small = figures.every((figure) => figure.dataset["boardChart"] === "trend");
  const heading = one("[data-title]", root)?.dataset["title"] ?? "";
  const titles = [titled(heading, MARGIN, MARGIN, 18)];
  const parts = [];
  let top = HEAD + GAP;
  const columns = small ? Math.min(COLUMNS, figures.length) : 1;
  const width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns;
  for (const [at, figure] of figures.entries()) {
    const left = MARGIN + (at % columns) * (width + GAP);
    const height = small ? SMALL : heightOf(figure, drawnRows(figure).length);
    if (small) {
      const unit = figure.dataset["unit"] ?? "";
      titles.push(titled(`${figure.dataset["title"] ?? ""}${unit ? ` (${unit})` : ""}`, left, top, 13));
    }
    parts.push(partsOf(figure, { left, top: top + (small ? NAME / 2 : 0), width, height }, at));
    if ((at + 1) % columns === 0 || at === figures.length - 1) top += height + (small ? NAME : GAP);
  }
  // What a reader has to know of the numbers goes along with the picture.
  const notes = [one("[data-about]", root)?.dataset["about"], one(".demonstration")?.textContent?.trim()];
  for (const note of notes) {
    if (!note) continue;
    titles.push(titled(note, MARGIN, top, 12, false));
    top += GAP + 4;
  }
  const option = {
    animation: false,
    backgroundColor: colour("--sheet"),
    title: titles,
    grid: parts.map((one) => one.grid),
    xAxis: parts.map((one) => one.xAxis),
    yAxis: parts.map((one) => one.yAxis),
    series: parts.flatMap((one) => one.series),
  } as Option;
  return { option, height: top + MARGIN };
}

function svgOf({ option, height }: Picture): Blob {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  chart.setOption(option);
  const text = chart.renderToSVGString();
  chart.dispose();
  return new Blob([text], { type: "image/svg+xml" });
}

async function pngOf({ option, height }: Picture): Promise<Blob> {
  const chart = init(el("div"), null, { renderer: "canvas", width: WIDTH, height, devicePixelRatio: RATIO });
  chart.setOption(option);
  const canvas = chart.renderToCanvas({ pixelRatio: RATIO });
  const blob = await new Promise<Blob | null>((resolve) => void canvas.toBlob(resolve, "image/png"));
  chart.dispose();
  if (!blob) throw new Error("the browser made no picture");
  return blob;
}

async function save(button: HTMLElement): Promise<void> {
  const root = document.getElementById(button.dataset["saveOf"] ?? "");
  if (!root) return;
  const kind = button.dataset["save"] === "svg" ? "svg" : "png";
  const picture = inLight(() => pictureOf(root));
  const blob = kind === "svg" ? inLight(() => svgOf(picture)) : await inLight(() => pngOf(picture));
  const url = URL.createObjectURL(blob);
  const name = (one("[data-title]", root)?.dataset["title"] ?? root.id).replaceAll(/[\\/:*?"<>|\s]+/g, "-");
  el("a", { href: url, download: `${name}.${kind}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  button.closest("details")?.removeAttribute("open");
}

/** Buttons that a script alone can serve show only with it, and only where a chart is drawn. */
export function showSaving(root: ParentNode = document): void {
  for (const button of all<HTMLButtonElement>("[data-save]", root)) {
    const of = document.getElementById(button.dataset["saveOf"] ?? "");
    button.hidden = !of || !all("[data-board-chart]", of).some((figure) => drawnRows(figure).length);
  }
}

export function startSaving(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-save]") : null;
    if (button) void save(button);
  });
}
