// The map of a dashboard as shapes of a picture: the same outlines, points, shades and legend as on the page.

import type { FeatureCollection, Geometry, Position } from "geojson";
import { colour, textStyle, type Box } from "./board-charts";
import { all } from "./dom";

interface Told {
  name: string;
  shade: number;
  value: string;
  told: string;
}

export type Places = FeatureCollection<Geometry, Told>;
type Point = [number, number];
type Project = (at: Position) => Point;

const NO_DATA = -1;
const SIZES = [7, 10, 13, 16, 20];
const LETTERS = 12;
const DARK = 3;
const KEY = { width: 24, height: 14, gap: 8, after: 28, line: 24 };

/** All positions of a geometry, whatever its kind. */
function positions(geometry: Geometry): Position[] {
  const found: Position[] = [];
  const walk = (at: unknown): void => {
    if (!Array.isArray(at)) return;
    if (typeof at[0] === "number") found.push(at as Position);
    else for (const one of at) walk(one);
  };
  if ("coordinates" in geometry) walk(geometry.coordinates);
  return found;
}

/** Degrees to pixels: as wide as long at the places' latitude, all of them within the box. */
function projection(data: Places, box: Box): Project {
  const every = data.features.flatMap(({ geometry }) => positions(geometry));
  const [xs, ys] = [every.map(([x = 0]) => x), every.map(([, y = 0]) => y)];
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const room = { width: box.width - 160, height: box.height - 60 };
  const scale = Math.min(room.width / Math.max((east - west) * narrow, 1e-4), room.height / Math.max(north - south, 1e-4));
  const [x0, y0] = [box.left + box.width / 2, box.top + box.height / 2];
  return ([x = 0, y = 0]) => [x0 + (x - (west + east) / 2) * narrow * scale, y0 - (y - (south + north) / 2) * scale];
}

/** The outer rings of an outline; holes are left out, as places below have none that matters at this size. */
function rings(geometry: Geometry): Position[][] {
  if (geometry.type === "Polygon") return geometry.coordinates.slice(0, 1);
  return geometry.type === "MultiPolygon" ? geometry.coordinates.flatMap((one) => one.slice(0, 1)) : [];
}

/** Twice the area of a ring, and its centre of gravity. */
function weighed(ring: Point[]): { area: number; centre: Point } {
  let [area, x, y] = [0, 0, 0];
  for (const [at, [ax, ay]] of ring.entries()) {
    const [bx, by] = ring[(at + 1) % ring.length] as Point;
    const part = ax * by - bx * ay;
    [area, x, y] = [area + part, x + (ax + bx) * part, y + (ay + by) * part];
  }
  return { area: Math.abs(area), centre: area ? [x / (3 * area), y / (3 * area)] : (ring[0] ?? [0, 0]) };
}

function shadeOf(shade: number): string {
  return shade === NO_DATA ? "transparent" : colour(`--seq-${shade + 1}`);
}

function words(text: string, [x, y]: Point, align: string, fill: string): object {
  const { fontFamily } = textStyle();
  return { type: "text", silent: true, z: 3, style: { text, x, y, align, verticalAlign: "middle", fill, font: `${LETTERS}px ${fontFamily}`, lineHeight: LETTERS + 4 } };
}

interface Rect { left: number; top: number; right: number; bottom: number }

function wide(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? LETTERS : LETTERS * 0.6), 0);
}

/** Beside a point, on the first side where no other name or point is; none where all are taken. */
function beside([x, y]: Point, size: number, text: string, taken: Rect[]): { at: Point; align: string } | null {
  const [long, high, gap] = [wide(text), LETTERS + 2, size + 4];
  const sides: [Point, string, Rect][] = [
    [[x + gap, y], "left", { left: x + gap, right: x + gap + long, top: y - high / 2, bottom: y + high / 2 }],
    [[x - gap, y], "right", { left: x - gap - long, right: x - gap, top: y - high / 2, bottom: y + high / 2 }],
    [[x, y + gap + high / 2], "center", { left: x - long / 2, right: x + long / 2, top: y + gap, bottom: y + gap + high }],
    [[x, y - gap - high / 2], "center", { left: x - long / 2, right: x + long / 2, top: y - gap - high, bottom: y - gap }],
  ];
  for (const [at, align, rect] of sides) {
    if (taken.some((one) => one.left < rect.right && rect.left < one.right && one.top < rect.bottom && rect.top < one.bottom)) continue;
    taken.push(rect);
    return { at, align };
  }
  return null;
}

function outlined(rows: Places["features"], project: Project): object[] {
  const style = { stroke: colour("--edge"), lineWidth: 1 };
  const names = [], areas = [];
  for (const { geometry, properties } of rows) {
    const drawn = rings(geometry).map((ring) => ring.map(project));
    const dash = properties.shade === NO_DATA ? { lineDash: [4, 3] } : {};
    areas.push(...drawn.map((points) => ({ type: "polygon", silent: true, shape: { points }, style: { ...style, ...dash, fill: shadeOf(properties.shade) } })));
    const largest = drawn.map(weighed).sort((a, b) => b.area - a.area)[0];
    const fill = properties.shade >= DARK ? colour("--sheet") : colour("--ink");
    if (largest) names.push(words(`${properties.name}\n${properties.value}`, largest.centre, "center", fill));
  }
  return [...areas, ...names];
}

function pointed(rows: Places["features"], project: Project): object[] {
  const spots = rows.map(({ geometry, properties }) => ({
    at: project(positions(geometry)[0] ?? [0, 0]), size: SIZES[properties.shade] ?? SIZES[0] ?? 7, told: properties,
  }));
  const taken: Rect[] = spots.map(({ at: [x, y], size }) => ({ left: x - size, right: x + size, top: y - size, bottom: y + size }));
  const circles = spots.map(({ at: [cx, cy], size, told }) => ({
    type: "circle", silent: true, z: 2, shape: { cx, cy, r: size },
    style: { fill: shadeOf(told.shade), stroke: colour("--edge"), lineWidth: 1.5, ...(told.shade === NO_DATA ? { lineDash: [3, 2] } : {}) },
  }));
  const names = spots.flatMap(({ at, size, told }) => {
    const place = beside(at, size, told.told, taken);
    return place ? [words(told.told, place.at, place.align, colour("--ink"))] : [];
  });
  return [...circles, ...names];
}

/** The shapes of a map within a box. */
export function mapOf(data: Places, box: Box): object[] {
  if (!data.features.length) return [];
  const project = projection(data, box);
  const isPoint = ({ geometry }: Places["features"][number]): boolean => geometry.type === "Point";
  return [...outlined(data.features.filter((one) => !isPoint(one)), project), ...pointed(data.features.filter(isPoint), project)];
}

/** The page's legend, key after key, in as many lines as it needs. */
export function legendOf(root: HTMLElement, box: Box): { elements: object[]; height: number } {
  const elements: object[] = [];
  let [x, y] = [box.left, box.top];
  for (const item of all(".board-legend li", root)) {
    const count = item.querySelector(".muted")?.textContent?.trim() ?? "";
    const range = (item.textContent ?? "").replace(count, "").trim();
    const text = count ? `${range} (${count})` : range;
    const long = KEY.width + KEY.gap + wide(text);
    if (x > box.left && x + long > box.left + box.width) [x, y] = [box.left, y + KEY.line];
    const shade = Number(item.dataset["shade"] ?? NO_DATA);
    const dash = shade === NO_DATA ? { lineDash: [4, 3] } : {};
    elements.push(
      { type: "rect", silent: true, shape: { x, y, width: KEY.width, height: KEY.height }, style: { fill: shadeOf(shade), stroke: colour("--edge"), ...dash } },
      words(text, [x + KEY.width + KEY.gap, y + KEY.height / 2], "left", colour("--ink")),
    );
    x += long + KEY.after;
  }
  return { elements, height: y - box.top + KEY.height };
}
