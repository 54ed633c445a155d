// Charts as files: PNG and SVG, always in the light colours, with a title, whatever the page's scheme.

import { init } from "echarts/core";
import { colour, drawnRows, heightOf, partsOf, textStyle, type Option } from "./board-charts";
import { legendOf, mapOf, type Places } from "./board-map-picture";
import { all, el, one } from "./dom";

const WIDTH = 960;
const MARGIN = 24;
const HEAD = 56;
const GAP = 16;
const COLUMNS = 3;
const SMALL = 150;
const NAME = 44;
const NOTE = 12;
/** Height of a map. */
const MAP = 560;
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

/** A picture of a width of WIDTH is put together from the top; ``titles`` are all words outside of charts. */
interface Page {
  titles: object[];
  top: number;
}

/** The name of what is shown, with its unit. */
function headed(root: HTMLElement): Page {
  const { title, unit } = one("[data-title]", root)?.dataset ?? {};
  return { titles: [titled(named(title ?? "", unit), MARGIN, MARGIN, 18)], top: HEAD + GAP };
}

function named(title: string, unit: string | undefined): string {
  return unit ? `${title} (${unit})` : title;
}

/** What a reader has to know of the numbers goes along with the picture: period, source, that it is a demonstration. */
function noted(page: Page, root: HTMLElement): void {
  const notes = [
    ...all("[data-about]", root).map((about) => about.dataset["about"]),
    ...all("[data-note]", root).map((note) => note.textContent?.trim()),
    one(".demonstration")?.textContent?.trim(),
  ];
  for (const line of notes.flatMap((note) => wrapped(note ?? "", WIDTH - 2 * MARGIN))) {
    page.titles.push(titled(line, MARGIN, page.top, NOTE, false));
    page.top += GAP + 4;
  }
  page.top += MARGIN;
}

/** A text in lines of so many pixels, as NOTE letters run. */
function wrapped(text: string, width: number): string[] {
  const lines = [];
  let line = "", long = 0;
  for (const letter of text) {
    const wide = letter > "\u2e7f" ? NOTE : NOTE * 0.6;
    if (long + wide > width) {
      lines.push(line);
      [line, long] = ["", 0];
    }
    line += letter;
    long += wide;
  }
  return line ? [...lines, line] : lines;
}

/** One chart over the whole width, or small ones in columns, under one title. */
function pictureOf(root: HTMLElement): Picture {
  const figures = all("[data-board-chart]", root);
  const small = figures.every((figure) => figure.dataset["boardChart"] === "trend");
  const page = headed(root);
  const parts = [];
  const columns = small ? Math.min(COLUMNS, figures.length) : 1;
  const width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns;
  for (const [at, figure] of figures.entries()) {
    const left = MARGIN + (at % columns) * (width + GAP);
    const height = small ? SMALL : heightOf(figure, drawnRows(figure).length);
    if (small) page.titles.push(titled(named(figure.dataset["title"] ?? "", figure.dataset["unit"]), left, page.top, 13));
    parts.push(partsOf(figure, { left, top: page.top + (small ? NAME / 2 : 0), width, height }, at));
    if ((at + 1) % columns === 0 || at === figures.length - 1) page.top += height + (small ? NAME : GAP);
  }
  noted(page, root);
  const option = {
    animation: false,
    backgroundColor: colour("--sheet"),
    title: page.titles,
    grid: parts.map((one) => one.grid),
    xAxis: parts.map((one) => one.xAxis),
    yAxis: parts.map((one) => one.yAxis),
    series: parts.flatMap((one) => one.series),
  } as Option;
  return { option, height: page.top };
}

/** The map as it is classed, with its legend. */
function mapPicture(root: HTMLElement, data: Places): Picture {
  const page = headed(root);
  const elements = mapOf(data, { left: MARGIN, top: page.top, width: WIDTH - 2 * MARGIN, height: MAP });
  page.top += MAP + GAP;
  const keys = legendOf(root, { left: MARGIN, top: page.top, width: WIDTH - 2 * MARGIN, height: 0 });
  page.top += keys.height + GAP;
  noted(page, root);
  const option = { animation: false, backgroundColor: colour("--sheet"), title: page.titles, graphic: { elements: [...elements, ...keys.elements] } } as Option;
  return { option, height: page.top };
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
  const address = one("[data-board-map]", root.hasAttribute("data-map-picture") ? root : el("div"))?.dataset["boardMap"];
  const places = address ? await placesAt(address) : null;
  const picture = inLight(() => (places ? mapPicture(root, places) : pictureOf(root)));
  const blob = kind === "svg" ? inLight(() => svgOf(picture)) : await inLight(() => pngOf(picture));
  const url = URL.createObjectURL(blob);
  const name = (one("[data-title]", root)?.dataset["title"] ?? root.id).replaceAll(/[\\/:*?"<>|\s]+/g, "-");
  el("a", { href: url, download: `${name}.${kind}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  button.closest("details")?.removeAttribute("open");
}

async function placesAt(address: string): Promise<Places> {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`the places were not told: ${answer.status}`);
  return (await answer.json()) as Places;
}

/** Buttons that a script alone can serve show only with it, and only where a chart is drawn. */
export function showSaving(root: ParentNode = document): void {
  for (const button of all<HTMLButtonElement>("[data-save]", root)) {
    const of = document.getElementById(button.dataset["saveOf"] ?? "");
    button.hidden = !of || !(of.hasAttribute("data-map-picture") || all("[data-board-chart]", of).some((figure) => drawnRows(figure).length));
  }
}

export function startSaving(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-save]") : null;
    if (button) void save(button);
  });
}
