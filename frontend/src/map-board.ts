// A dashboard's map: outlines filled, or points of growing size, in the shade of their value's class; the legend is the page's.

import { LngLatBounds, Popup, type Map as Chart, type MapLayerMouseEvent } from "maplibre-gl";
import type { FeatureCollection, Geometry, Position } from "geojson";
import { el } from "./dom";
import { FONTS, colour, groundOf, onTheme, onTiles, paintGround } from "./map-ground";

interface Told {
  code: string;
  name: string;
  shade: number;
  told: string;
  url: string;
}

/** Shades of a sequence from little to much, and colours of answers that have no order. */
const PALETTES: Record<string, number> = { seq: 5, cat: 7 };
const NOT_ASKED = 7;
const NO_DATA = -1;
const SIZES = [7, 10, 13, 16, 20];
const EVEN = 9;
const MARGIN = 48;
const DARK = "#211f1b", LIGHT = "#ffffff";
const LAYERS = ["areas", "points"];
const HATCH = 8;

/** An expression that picks by the shade; what has no value gets ``none``. */
function byShade<T>(values: T[], none: T): never {
  return ["match", ["get", "shade"], ...values.flatMap((value, at) => (value === undefined ? [] : [at, value])), none] as never;
}

/** Black or white, whichever is read better on a colour (#rgb or #rrggbb); after WCAG's relative luminance. */
function inkOn(hex: string): string {
  const shade = hex.length === 4 ? hex.replace(/[^#]/g, "$&$&") : hex;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => (parseInt(shade.slice(at, at + 2), 16) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.2 ? DARK : LIGHT;
}

/** Slanting lines: what has no data, told without a colour. */
function hatch(): ImageData | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = HATCH;
  const brush = canvas.getContext("2d");
  if (!brush) return null;
  brush.strokeStyle = colour("--edge");
  brush.beginPath();
  for (const from of [-HATCH, 0, HATCH]) {
    brush.moveTo(from, HATCH);
    brush.lineTo(from + HATCH, 0);
  }
  brush.stroke();
  return brush.getImageData(0, 0, HATCH, HATCH);
}

function addLayers(chart: Chart, data: FeatureCollection<Geometry, Told>, palette: string): void {
  chart.addSource("parts", { type: "geojson", data });
  const image = hatch();
  if (image) chart.addImage("hatch", image);
  chart.addLayer({ id: "areas", type: "fill", source: "parts", filter: ["all", ["!=", ["geometry-type"], "Point"], ["!=", ["get", "shade"], NO_DATA]] });
  chart.addLayer({ id: "blank", type: "fill", source: "parts", filter: ["all", ["!=", ["geometry-type"], "Point"], ["==", ["get", "shade"], NO_DATA]], paint: image ? { "fill-pattern": "hatch" } : {} });
  chart.addLayer({ id: "edges", type: "line", source: "parts", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-width": 1 } });
  chart.addLayer({
    id: "points", type: "circle", source: "parts", filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": palette === "seq" ? byShade(SIZES, 7) : EVEN, "circle-stroke-width": 1.5 },
  });
  chart.addLayer({
    id: "area-names", type: "symbol", source: "parts", filter: ["!=", ["geometry-type"], "Point"],
    layout: { "text-field": ["concat", ["get", "name"], "\n", ["get", "value"]], "text-font": FONTS, "text-size": 12, "text-max-width": 8 },
    paint: { "text-halo-width": 2 },
  });
  chart.addLayer({
    id: "names", type: "symbol", source: "parts", filter: ["==", ["geometry-type"], "Point"],
    layout: { "text-field": ["get", "told"], "text-font": FONTS, "text-size": 12, "text-variable-anchor": ["top", "bottom", "left", "right"], "text-radial-offset": byShade([1, 1.2, 1.5, 1.75, 2.1], 1), "text-max-width": 14 },
    paint: { "text-halo-width": 1.5 },
  });
  paint(chart, palette);
}

function paint(chart: Chart, palette: string): void {
  const shades = Array.from({ length: PALETTES[palette] ?? 0 }, (_none, at) => colour(`--${palette}-${at + 1}`));
  shades[NOT_ASKED] = colour("--cat-8");
  const tiles = onTiles(chart);
  chart.setPaintProperty("areas", "fill-color", byShade(shades, "transparent"));
  chart.setPaintProperty("areas", "fill-opacity", tiles ? 0.85 : 1); // as the legend shows them, where nothing lies below
  chart.setPaintProperty("edges", "line-color", colour("--edge"));
  chart.setPaintProperty("points", "circle-color", byShade(shades, "transparent"));
  chart.setPaintProperty("points", "circle-stroke-color", colour("--edge"));
  for (const layer of ["names", "area-names"]) {
    // The name of an area lies on its shade, that of a point beside it.
    const on = layer === "area-names";
    const ink = tiles ? DARK : colour("--ink"), ground = tiles ? LIGHT : colour("--sheet-2");
    chart.setPaintProperty(layer, "text-color", on ? byShade(shades.map(inkOn), ink) : ink);
    chart.setPaintProperty(layer, "text-halo-color", on ? byShade(shades, ground) : ground);
  }
}

function extend(bounds: LngLatBounds, at: unknown): void {
  if (!Array.isArray(at)) return;
  if (typeof at[0] === "number") bounds.extend(at as Position as [number, number]);
  else for (const one of at) extend(bounds, one);
}

function opened(chart: Chart, event: MapLayerMouseEvent): void {
  const told = event.features?.[0]?.properties as Told | undefined;
  if (!told) return;
  new Popup({ maxWidth: "18rem", offset: 12 }).setLngLat(event.lngLat).setDOMContent(
    el("div", { class: "map-popup" }, el("p", { class: "map-popup__name" }, el("a", { href: told.url }, told.name)), el("p", { class: "num" }, told.told)),
  ).addTo(chart);
}

export async function startBoardMap(frame: HTMLElement): Promise<void> {
  const [chart, answer] = await Promise.all([
    groundOf(frame, false),
    fetch(frame.dataset["boardMap"] ?? "", { headers: { Accept: "application/geo+json" } }),
  ]);
  if (!chart || !answer.ok) return;
  const data = (await answer.json()) as FeatureCollection<Geometry, Told>;
  const palette = frame.dataset["palette"] ?? "seq";
  addLayers(chart, data, palette);
  const bounds = new LngLatBounds();
  for (const { geometry } of data.features) if ("coordinates" in geometry) extend(bounds, geometry.coordinates);
  if (!bounds.isEmpty()) chart.fitBounds(bounds, { padding: MARGIN, maxZoom: 12, animate: false });
  for (const layer of [...LAYERS, "blank"]) {
    chart.on("click", layer, (event) => opened(chart, event));
    chart.on("mouseenter", layer, () => void (chart.getCanvas().style.cursor = "pointer"));
    chart.on("mouseleave", layer, () => void (chart.getCanvas().style.cursor = ""));
  }
  onTheme(() => {
    paintGround(chart);
    const image = hatch();
    if (image && chart.hasImage("hatch")) chart.updateImage("hatch", image);
    paint(chart, palette);
  });
  frame.dataset["points"] = String(data.features.length);
}
