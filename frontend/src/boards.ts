// Dashboards, loaded only by their pages: charts drawn from the tables' rows, on canvas, as the policy admits.
// A click on a bar, or Enter on it after the arrow keys, leads to what it stands for.

import "./styles/boards.css";
import { BarChart, LineChart } from "echarts/charts";
import { GraphicComponent, GridComponent, MarkAreaComponent, MarkLineComponent, TitleComponent } from "echarts/components";
import { init, use, type ECharts } from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
import { drawnRows, heightOf, partsOf, textStyle, type Option } from "./board-charts";
import { inLight, showSaving, startSaving } from "./board-save";
import { startWall } from "./board-wall";
import { all, one } from "./dom";
import { words } from "./words";

use([BarChart, CanvasRenderer, GraphicComponent, GridComponent, LineChart, MarkAreaComponent, MarkLineComponent, SVGRenderer, TitleComponent]);

const drawn = new Map<HTMLElement, ECharts>();
let printing = false;

function draw(figure: HTMLElement): void {
  const rows = drawnRows(figure);
  if (!rows.length || !figure.clientWidth) return;
  if (figure.dataset["boardChart"] !== "trend") figure.style.height = `${heightOf(figure, rows.length)}px`;
  const chart = drawn.get(figure) ?? begun(figure);
  chart.resize();
  const box = { left: 0, top: 0, width: figure.clientWidth, height: figure.clientHeight };
  chart.setOption({ animation: false, textStyle: textStyle(), ...partsOf(figure, box, 0) } as Option, true);
  figure.dataset["state"] = "drawn";
}

function begun(figure: HTMLElement): ECharts {
  const chart = init(figure);
  drawn.set(figure, chart);
  chart.on("click", { seriesIndex: 0 }, ({ dataIndex }) => open(drawnRows(figure)[dataIndex]?.url));
  // Small ones repeat what their card says and leads to.
  if (figure.getAttribute("aria-hidden") !== "true") {
    figure.tabIndex = 0;
    figure.setAttribute("role", "application");
    figure.setAttribute("aria-label", `${figure.getAttribute("aria-label") ?? ""} ${words.board.keys}`);
    figure.addEventListener("keydown", (event) => walk(event, figure, chart));
    figure.addEventListener("blur", () => chart.dispatchAction({ type: "downplay" }));
  }
  return chart;
}

function open(url: string | undefined): void {
  if (url) location.assign(url);
}

function walk(event: KeyboardEvent, figure: HTMLElement, chart: ECharts): void {
  const rows = drawnRows(figure);
  const now = Number(figure.dataset["at"] ?? -1);
  if (event.key === "Enter" && rows[now]) return open(rows[now].url);
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = Math.min(rows.length - 1, Math.max(0, now + step));
  figure.dataset["at"] = String(at);
  chart.dispatchAction({ type: "downplay" });
  chart.dispatchAction({ type: "highlight", seriesIndex: 0, dataIndex: at });
  one("#said")?.replaceChildren(`${rows[at]?.label ?? ""} ${rows[at]?.told ?? ""}`);
}

function drawAll(): void {
  if (printing) inLight(drawEach);
  else drawEach();
}

function drawEach(): void {
  for (const [figure, chart] of drawn) {
    if (figure.isConnected) continue;
    chart.dispose();
    drawn.delete(figure);
  }
  for (const figure of all("[data-board-chart]")) draw(figure);
  showSaving();
}

startSaving();
drawAll();
startWall(drawAll);
document.addEventListener("htmx:load", drawAll);
window.addEventListener("resize", drawAll);
// On paper the numbers stand unfolded, and the colours are those of paper.
window.addEventListener("beforeprint", () => {
  for (const folded of all<HTMLDetailsElement>(".board-table")) folded.open = true;
  printing = true;
  drawAll();
});
window.addEventListener("afterprint", () => {
  printing = false;
  drawAll();
});
new MutationObserver(() => void (printing || drawAll())).observe(document.documentElement, { attributeFilter: ["data-theme", "data-size"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
