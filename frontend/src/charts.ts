// Pictures of values with their intervals, drawn from the rows of a table that holds the same numbers.
// Canvas, no tooltip: nothing that a strict content security policy would have to allow.

import { CustomChart, ScatterChart, type CustomSeriesOption, type ScatterSeriesOption } from "echarts/charts";
import { GridComponent, LegendComponent, type GridComponentOption } from "echarts/components";
import { init, use, type ComposeOption, type ECharts } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { all } from "./dom";

use([CanvasRenderer, CustomChart, GridComponent, LegendComponent, ScatterChart]);

type Option = ComposeOption<CustomSeriesOption | ScatterSeriesOption | GridComponentOption>;

interface Row {
  label: string;
  value: number;
  low: number;
  high: number;
  official: number;
}

const LINE = 22;
const MARGINS = 72;
/** Points are kept in thousandths. */
const POINTS = 1000;
const drawn = new Map<HTMLElement, ECharts>();

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function rowsOf(figure: HTMLElement): Row[] {
  const scale = figure.dataset["chart"] === "ranks" || figure.dataset["chart"] === "burden" ? 1 : POINTS;
  const table = document.getElementById(figure.dataset["rows"] ?? "");
  return table ? all("tr[data-label]", table).map((row) => ({
    label: row.dataset["label"] ?? "",
    value: Number(row.dataset["value"]) / scale,
    low: Number(row.dataset["low"]) / scale,
    high: Number(row.dataset["high"]) / scale,
    official: Number(row.dataset["official"] ?? Number.NaN) / scale,
  })) : [];
}

/** A line from low to high for each row. */
function intervals(rows: Row[]): CustomSeriesOption {
  return {
    type: "custom",
    silent: true,
    data: rows.map((row, at) => [row.low, row.high, at]),
    encode: { x: [0, 1], y: 2 },
    renderItem: (_parameters, api) => {
      const [from, height] = api.coord([api.value(0), api.value(2)]);
      const [to] = api.coord([api.value(1), api.value(2)]);
      const shape = { x1: from ?? 0, x2: to ?? 0, y1: height ?? 0, y2: height ?? 0 };
      return { type: "line", shape, style: { stroke: colour("--rule-2"), lineWidth: 4, lineCap: "round" } };
    },
  };
}

function marks(name: string, symbol: string, values: number[], solid: boolean): ScatterSeriesOption {
  const ink = colour(solid ? "--ink" : "--accent");
  return {
    type: "scatter",
    name,
    silent: true,
    symbol,
    symbolSize: solid ? 8 : 11,
    itemStyle: solid ? { color: ink } : { color: "transparent", borderColor: ink, borderWidth: 1.5 },
    data: values.map((value, at) => [value, at]),
  };
}

function option(figure: HTMLElement, rows: Row[]): Option {
  const ranks = figure.dataset["chart"] === "ranks";
  const places = figure.dataset["chart"] !== "severity";
  const text = { color: colour("--ink-2"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 };
  const names = [figure.dataset["valueName"] ?? "", figure.dataset["officialName"] ?? ""];
  const official = marks(names[1] ?? "", "rect", rows.map((row) => row.official), false);
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 16, top: places ? 52 : 24, bottom: 8, containLabel: true },
    ...(places ? { legend: { data: names, left: 0, top: 0, textStyle: text, selectedMode: false, itemWidth: 12, itemHeight: 10 } } : {}),
    xAxis: {
      type: "value",
      position: "top",
      ...(ranks ? { min: 1, max: rows.length, minInterval: 1 } : { scale: places && figure.dataset["chart"] !== "burden" }),
      axisLabel: text,
      splitLine: { lineStyle: { color: colour("--rule") } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map((row) => row.label),
      axisLabel: { ...text, interval: 0, width: 110, overflow: "truncate" },
      axisTick: { show: false },
      axisLine: places ? { show: false } : { onZero: true, lineStyle: { color: colour("--edge") } },
    },
    series: [intervals(rows), marks(names[0] ?? "", "circle", rows.map((row) => row.value), true), ...(places ? [official] : [])],
  } as Option;
}

function draw(figure: HTMLElement): void {
  const rows = rowsOf(figure);
  if (!rows.length) return;
  figure.style.height = `${rows.length * LINE + MARGINS}px`;
  const chart = drawn.get(figure) ?? init(figure);
  drawn.set(figure, chart);
  chart.resize();
  chart.setOption(option(figure, rows), true);
}

function drawAll(): void {
  for (const [figure, chart] of drawn) {
    if (figure.isConnected) continue;
    chart.dispose();
    drawn.delete(figure);
  }
  for (const figure of all("[data-chart]")) draw(figure);
}

drawAll();
document.addEventListener("htmx:load", drawAll);
window.addEventListener("resize", drawAll);
window.addEventListener("beforeprint", () => {
  for (const folded of all<HTMLDetailsElement>(".fair__numbers")) folded.open = true;
  drawAll();
});
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme", "data-size"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
