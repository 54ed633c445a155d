// What lies on the map: points, gathered where they are close; towns as a broken line around their villages.

import type { GeoJSONSource, Map as Chart, SymbolLayerSpecification } from "maplibre-gl";
import type { Feature, FeatureCollection, Point, Polygon, Position } from "geojson";
import { FONTS, colour, onTiles } from "./map-ground";
import { addMarks } from "./map-marks";
import { hullOf } from "./map-hull";

export interface Told {
  code: string;
  name: string;
  kind_name: string;
  site: boolean;
  town: string;
  town_name: string;
  precision: string;
  total?: number;
  red?: number;
  yellow?: number;
  blue?: number;
  green?: number;
  none?: number;
}
export type Spot = Feature<Point, Told>;
export interface Spots extends FeatureCollection<Point, Told> {
  cut: boolean;
}

export const LIGHTS = ["red", "yellow", "blue", "none", "green"] as const;
/** From this zoom on sites show beside their villages; before, they would hide them. */
const SITES_FROM = 12.5;
const NONE: FeatureCollection = { type: "FeatureCollection", features: [] };
type Text = NonNullable<SymbolLayerSpecification["layout"]>;
type Icon = NonNullable<Text["icon-image"]>;

const WORST = [
  "case",
  ...LIGHTS.slice(0, -1).flatMap((light) => [[">", ["get", light], 0], light]),
  "green",
] as unknown as Icon;
const PLACE = [
  "concat", ["case", ["get", "site"], "site", "unit"], ["case", ["==", ["get", "precision"], "schematic"], "-schematic", ""],
] as unknown as Icon;

const LABEL: Text = {
  "text-font": FONTS,
  "text-size": 12,
  "text-variable-anchor": ["left", "right", "top", "bottom"],
  "text-radial-offset": 0.9,
  "text-justify": "auto",
  "text-max-width": 12,
  "text-optional": true,
  "icon-allow-overlap": true,
  "icon-overlap": "always",
};

/** Sources and layers, empty; ``lit``: points show lights and numbers. */
export function addLayers(chart: Chart, lit: boolean): void {
  addMarks(chart);
  const sums = Object.fromEntries([...LIGHTS, "total"].map((name) => [name, ["+", ["get", name]]]));
  for (const id of ["hulls", "towns", "around", "sites", "chosen"]) chart.addSource(id, { type: "geojson", data: NONE });
  chart.addSource("spots", {
    type: "geojson",
    data: NONE,
    cluster: true,
    clusterRadius: 30,
    clusterMaxZoom: 12,
    ...(lit ? { clusterProperties: sums as Record<string, unknown> } : {}),
  });
  chart.addLayer({ id: "hulls-fill", type: "fill", source: "hulls", paint: { "fill-opacity": 0.5 } });
  chart.addLayer({ id: "hulls-line", type: "line", source: "hulls", paint: { "line-dasharray": [3, 2], "line-width": 1.2 } });
  chart.addLayer({
    id: "around", type: "symbol", source: "around",
    layout: { "icon-image": "around", "icon-allow-overlap": true, "icon-ignore-placement": true },
  });
  chart.addLayer({
    id: "towns", type: "symbol", source: "towns", maxzoom: 13,
    layout: { "text-field": ["get", "name"], "text-font": FONTS, "text-size": 15, "text-letter-spacing": 0.2, "text-anchor": "bottom", "text-offset": [0, -0.6] },
    paint: { "text-halo-width": 1.5 },
  });
  chart.addLayer({ id: "chosen", type: "circle", source: "chosen", paint: { "circle-radius": 14, "circle-opacity": 0, "circle-stroke-width": 3 } });
  chart.addLayer({
    id: "sites", type: "symbol", source: "sites", minzoom: SITES_FROM,
    layout: { ...LABEL, "icon-image": PLACE, "text-field": ["get", "name"] },
    paint: { "text-halo-width": 1.5 },
  });
  if (!lit) {
    chart.addLayer({
      id: "gathered", type: "circle", source: "spots", filter: ["has", "point_count"],
      paint: { "circle-radius": ["step", ["get", "point_count"], 12, 10, 15, 50, 19], "circle-stroke-width": 1.5 },
    });
    chart.addLayer({
      id: "gathered-count", type: "symbol", source: "spots", filter: ["has", "point_count"],
      layout: { "text-field": ["to-string", ["get", "point_count"]], "text-font": FONTS, "text-size": 12, "text-allow-overlap": true },
    });
  } else {
    chart.addLayer({
      id: "gathered", type: "symbol", source: "spots", filter: ["has", "point_count"],
      layout: {
        "icon-image": WORST, "icon-allow-overlap": true, "icon-size": ["step", ["get", "total"], 1.2, 10, 1.4, 100, 1.7],
        "text-field": ["to-string", ["get", "total"]], "text-font": FONTS, "text-size": 13, "text-anchor": "left",
        "text-offset": [0.9, 0], "text-allow-overlap": true,
      },
      paint: { "text-halo-width": 1.5 },
    });
  }
  chart.addLayer({
    id: "spots", type: "symbol", source: "spots", filter: ["!", ["has", "point_count"]],
    layout: {
      ...LABEL,
      "icon-image": lit ? WORST : PLACE,
      "text-field": lit ? ["concat", ["get", "name"], " ", ["to-string", ["get", "total"]]] : ["get", "name"],
    },
    paint: { "text-halo-width": 1.5 },
  });
  paint(chart, lit);
}

/** Every colour, from the page's; over tiles, which are light, those of the light scheme would vanish in the dark. */
export function paint(chart: Chart, lit: boolean): void {
  const tiles = onTiles(chart);
  const ink = tiles ? "#211f1b" : colour("--ink");
  const halo = tiles ? "#ffffff" : colour("--sheet-2");
  addMarks(chart);
  chart.setPaintProperty("hulls-fill", "fill-color", colour("--sheet"));
  chart.setPaintProperty("hulls-fill", "fill-opacity", tiles ? 0 : 0.6);
  chart.setPaintProperty("hulls-line", "line-color", colour("--rule-2"));
  chart.setPaintProperty("chosen", "circle-stroke-color", colour("--accent"));
  for (const layer of ["sites", "spots", ...(lit ? ["gathered"] : [])]) {
    chart.setPaintProperty(layer, "text-color", ink);
    chart.setPaintProperty(layer, "text-halo-color", halo);
  }
  chart.setPaintProperty("towns", "text-color", tiles ? "#544f46" : colour("--ink-3"));
  chart.setPaintProperty("towns", "text-halo-color", halo);
  if (lit) return;
  chart.setPaintProperty("gathered", "circle-color", colour("--sheet"));
  chart.setPaintProperty("gathered", "circle-stroke-color", colour("--ink-2"));
  chart.setPaintProperty("gathered-count", "text-color", colour("--ink"));
}

function fill(chart: Chart, id: string, data: FeatureCollection): void {
  chart.getSource<GeoJSONSource>(id)?.setData(data);
}

/** Shows points. Sites lie apart unless they are all that there is; units whose town has three or more make its hull. */
export function show(chart: Chart, spots: Spots, around: Spots | null, lit: boolean): void {
  const apart = !lit && spots.features.some((spot) => !spot.properties.site);
  const sites = apart ? spots.features.filter((spot) => spot.properties.site) : [];
  const units = apart ? spots.features.filter((spot) => !spot.properties.site) : spots.features;
  fill(chart, "spots", { type: "FeatureCollection", features: units });
  fill(chart, "sites", { type: "FeatureCollection", features: sites });
  const known = new Set(units.map((spot) => spot.properties.code));
  const villages = (around ?? spots).features.filter((spot) => !spot.properties.site);
  const rest = lit ? villages.filter((spot) => !known.has(spot.properties.code)) : [];
  fill(chart, "around", { type: "FeatureCollection", features: rest });
  const towns = townsOf(villages);
  fill(chart, "hulls", { type: "FeatureCollection", features: towns.map(({ hull }) => hull) });
  fill(chart, "towns", { type: "FeatureCollection", features: towns.map(({ label }) => label) });
}

export function showChosen(chart: Chart, spot: Spot | null): void {
  fill(chart, "chosen", { type: "FeatureCollection", features: spot ? [spot] : [] });
}

interface Town {
  hull: Feature<Polygon>;
  label: Feature<Point>;
}

function townsOf(villages: Spot[]): Town[] {
  const groups = new Map<string, Spot[]>();
  for (const spot of villages) {
    const { town, code } = spot.properties;
    if (!town || town === code) continue;
    groups.set(town, [...(groups.get(town) ?? []), spot]);
  }
  return [...groups.values()].filter((group) => group.length >= 3).map((group) => {
    const ring = hullOf(group.map((spot) => spot.geometry.coordinates));
    const properties = { name: group[0]?.properties.town_name ?? "" };
    return {
      hull: { type: "Feature", properties, geometry: { type: "Polygon", coordinates: [ring] } },
      label: { type: "Feature", properties, geometry: { type: "Point", coordinates: top(ring) } },
    };
  });
}

/** Above the northernmost corner, where no village lies. */
function top(ring: Position[]): Position {
  return ring.reduce((best, corner) => ((corner[1] ?? 0) > (best[1] ?? 0) ? corner : best));
}
