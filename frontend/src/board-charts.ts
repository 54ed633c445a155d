// The options of a dashboard's charts, made of the rows of the tables that hold the same numbers.
// One box each, so that several can be put on one picture.

import type { BarSeriesOption, LineSeriesOption } from "echarts/charts";
import type { GraphicComponentOption, GridComponentOption, TitleComponentOption } from "echarts/components";
import type { ComposeOption } from "echarts/core";
import { all } from "./dom";
import { words } from "./words";

export type Option = ComposeOption<BarSeriesOption | LineSeriesOption | GraphicComponentOption | GridComponentOption | TitleComponentOption>;

export interface Row {
  label: string;
  /** NaN where there is none. */
  value: number;
  told: string;
  url: string;
  met: string;
}

/** Where on a picture, in pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The parts of an option that a chart takes; ``at`` is the index of its grid and axes. */
interface Parts {
  grid: unknown;
  xAxis: unknown;
  yAxis: unknown;
  series: unknown;
}

const LINE = 30;
/** A bar of more than this many percent of its target is cut; its label says the rest. */
const LONGEST = 150;
const WHOLE = 100;
const LETTERS = 12;
/** Letters of a wall's charts in parts of its height: they are read from afar. */
const OF_WALL = 0.021;

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function textStyle(size = LETTERS): { color: string; fontFamily: string; fontSize: number } {
  // ECharts writes it into an attribute of an SVG as it is, where quotation marks would end the attribute.
  const fontFamily = getComputedStyle(document.body).fontFamily.replaceAll('"', "'");
  return { color: colour("--ink-2"), fontFamily, fontSize: size };
}

/** Letters of a chart grow with the page's. */
export function scale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

export function rowsOf(figure: HTMLElement): Row[] {
  const table = document.getElementById(figure.dataset["rows"] ?? "");
  return table ? all("[data-label]", table).filter((row) => row.dataset["value"] !== undefined).map((row) => ({
    label: row.dataset["label"] ?? "",
    value: row.dataset["value"] ? Number(row.dataset["value"]) : Number.NaN,
    told: row.dataset["told"] ?? "",
    url: row.dataset["url"] ?? "",
    met: row.dataset["met"] ?? "",
  })) : [];
}

/** Rows that a chart draws: of the targets those that can be told in percent of them. */
export function drawnRows(figure: HTMLElement): Row[] {
  const rows = rowsOf(figure);
  return figure.dataset["boardChart"] === "targets" ? rows.filter((row) => !Number.isNaN(row.value)) : rows;
}

export function heightOf(figure: HTMLElement, rows: number): number {
  if (figure.dataset["boardChart"] === "trend") return figure.clientHeight || 96;
  return rows * LINE * scale() + 32;
}

export function partsOf(figure: HTMLElement, box: Box, at: number): Parts {
  const rows = drawnRows(figure);
  switch (figure.dataset["boardChart"]) {
    case "trend":
      return trend(figure, rows, box, at);
    case "targets":
      return bullets(rows, box, at);
    default:
      return bars(rows, box, at);
  }
}

function number(value: number): number | string {
  return Number.isNaN(value) ? "-" : value;
}

/** Five years: bars of what comes in a year, a line of what is there; the target as a broken line. */
function trend(figure: HTMLElement, rows: Row[], box: Box, at: number): Parts {
  const large = box.height > 120;
  const wall = Boolean(figure.closest("[data-wall]"));
  const size = wall ? Math.max(LETTERS, Math.round(innerHeight * OF_WALL)) : Math.round((large ? 13 : LETTERS) * scale());
  const text = textStyle(size);
  const aim = Number(figure.dataset["aim"] || Number.NaN);
  const values = rows.map((row) => row.value).filter((value) => !Number.isNaN(value));
  const most = Math.max(...values, Number.isNaN(aim) ? 0 : aim);
  const least = Math.min(...values, Number.isNaN(aim) ? most : aim);
  const line = figure.dataset["kind"] === "line";
  // A line may begin above zero, a bar may not: its length is what is read.
  const floor = line && least > most / 2 ? Math.max(0, least - (most - least || most * 0.1)) : Math.min(0, least);
  const last = rows.length - 1;
  const top = wall ? 18 : 10;
  const gaps = values.length < rows.length;
  const label = {
    show: true,
    position: "top",
    ...text,
    color: colour("--ink"),
    formatter: ({ dataIndex }: { dataIndex: number }) => (large || dataIndex === last || rows[dataIndex + 1]?.told === "" ? (rows[dataIndex]?.told ?? "") : ""),
  };
  const mark = Number.isNaN(aim) ? {} : {
    markLine: {
      silent: true,
      symbol: "none",
      animation: false,
      lineStyle: { color: colour("--chart-2"), type: "dashed", width: 1.5 },
      label: { show: large, position: "insideStartTop", ...text, formatter: `${words.board.target} ${figure.dataset["aimTold"] ?? ""}` },
      data: [{ yAxis: aim }],
    },
  };
  return {
    grid: { left: box.left + 6, top: box.top + size + top, width: box.width - 12, height: box.height - size * (gaps ? 3 : 2) - top - (gaps ? 16 : 10) },
    xAxis: {
      gridIndex: at, type: "category", data: rows.map((row) => row.label), axisTick: { show: false },
      axisLine: { lineStyle: { color: colour("--edge") } },
      // A year without a value says so, lest it be taken for a zero.
      axisLabel: { ...text, interval: 0, lineHeight: size + 3, formatter: (_name: string, index: number) => `${rows[index]?.label ?? ""}${Number.isNaN(rows[index]?.value) ? `\n${words.board.none}` : ""}` },
    },
    yAxis: { gridIndex: at, type: "value", show: false, min: floor, max: most > floor ? most : floor + 1 },
    series: line
      ? {
        type: "line", xAxisIndex: at, yAxisIndex: at, data: rows.map((row) => number(row.value)), symbol: "circle", symbolSize: wall ? 12 : 7, animation: false,
        lineStyle: { color: colour("--chart-1"), width: wall ? 4 : 2 }, itemStyle: { color: colour("--chart-1") }, label, cursor: "pointer", ...mark,
        emphasis: { itemStyle: { borderColor: colour("--ink"), borderWidth: 2 } },
      }
      : {
        type: "bar", xAxisIndex: at, yAxisIndex: at, data: rows.map((row) => number(row.value)), barMaxWidth: wall ? 90 : 44, animation: false,
        itemStyle: { color: colour("--chart-1") }, label, cursor: "pointer", ...mark,
        emphasis: { itemStyle: { borderColor: colour("--ink"), borderWidth: 2 } },
      },
  };
}

function names(rows: Row[], at: number, width: number, text: object): unknown {
  return {
    gridIndex: at, type: "category", inverse: true, data: rows.map((row) => row.label), axisTick: { show: false }, axisLine: { show: false },
    axisLabel: { ...text, color: colour("--ink"), interval: 0, width, overflow: "truncate" },
  };
}

/** Bullets: the figure in percent of its target, over a band as long as the target, with a mark at its end. */
function bullets(rows: Row[], box: Box, at: number): Parts {
  const text = textStyle(Math.round(LETTERS * scale()));
  const left = Math.min(box.width * 0.4, 190 * scale());
  const right = Math.min(box.width * 0.3, 150 * scale());
  return {
    grid: { left: box.left + left, top: box.top + 24, width: box.width - left - right, height: box.height - 28 },
    xAxis: {
      gridIndex: at, type: "value", min: 0, max: LONGEST, interval: 50, position: "top", splitLine: { show: false },
      axisLabel: { ...text, formatter: (value: number) => (value === WHOLE ? words.board.target : value ? "" : "0") },
    },
    yAxis: names(rows, at, left - 10, text),
    series: [
      {
        type: "bar", xAxisIndex: at, yAxisIndex: at, barWidth: "46%", barGap: "-100%", animation: false, cursor: "pointer", z: 3,
        data: rows.map((row) => ({
          value: Math.min(row.value, LONGEST),
          itemStyle: row.met === "0"
            ? { color: colour("--sheet"), borderColor: colour("--chart-2"), borderWidth: 2 }
            : { color: colour("--chart-1") },
        })),
        emphasis: { itemStyle: { borderColor: colour("--ink"), borderWidth: 2 } },
        markArea: { silent: true, animation: false, itemStyle: { color: colour("--sheet-3") }, data: [[{ xAxis: 0 }, { xAxis: WHOLE }]] },
        markLine: {
          silent: true, symbol: "none", animation: false, label: { show: false },
          lineStyle: { color: colour("--ink"), type: "solid", width: 2 }, data: [{ xAxis: WHOLE }],
        },
      },
      {
        type: "bar", xAxisIndex: at, yAxisIndex: at, silent: true, barWidth: "46%", barGap: "-100%", animation: false, z: 4,
        data: rows.map(() => LONGEST), itemStyle: { color: "transparent" },
        label: {
          show: true, position: "right", ...text, color: colour("--ink"), width: right, overflow: "truncate",
          formatter: ({ dataIndex }: { dataIndex: number }) => rows[dataIndex]?.told ?? "",
        },
      },
    ],
  };
}

/** The places below: a bar each, its value beside it; what has none says so. */
function bars(rows: Row[], box: Box, at: number): Parts {
  const text = textStyle(Math.round(LETTERS * scale()));
  const left = Math.min(box.width * 0.36, 130 * scale());
  const right = Math.min(box.width * 0.26, 110 * scale());
  const values = rows.map((row) => row.value).filter((value) => !Number.isNaN(value));
  return {
    grid: { left: box.left + left, top: box.top + 4, width: box.width - left - right, height: box.height - 12 },
    xAxis: { gridIndex: at, type: "value", show: false, min: Math.min(0, ...values), max: Math.max(1e-9, ...values) },
    yAxis: names(rows, at, left - 10, text),
    series: {
      type: "bar", xAxisIndex: at, yAxisIndex: at, animation: false, cursor: "pointer", barMaxWidth: 20,
      data: rows.map((row) => (Number.isNaN(row.value) ? 0 : row.value)),
      itemStyle: { color: colour("--chart-1") },
      emphasis: { itemStyle: { borderColor: colour("--ink"), borderWidth: 2 } },
      label: { show: true, position: "right", ...text, color: colour("--ink"), formatter: ({ dataIndex }: { dataIndex: number }) => rows[dataIndex]?.told ?? "" },
    },
  };
}

