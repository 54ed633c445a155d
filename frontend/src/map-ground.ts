// A map's ground: MapLibre in a frame, with our fonts, colours and words; nothing where WebGL is missing.

import { AttributionControl, Map as Chart, NavigationControl, ScaleControl, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import { one } from "./dom";
import { words } from "./words";

/** Fonts of labels. They are drawn by the browser: no glyphs are fetched. */
export const FONTS = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"];
const DEEPEST = 18;
/** Pixels of a frame in which what is told of a place takes the upper half, and the buttons go below. */
const NARROW = 480;

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Whether the page's colours are the dark ones; tiles from outside are always light. */
export function onTiles(chart: Chart): boolean {
  return Boolean(chart.getSource("tianditu"));
}

function canDraw(): boolean {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

function lacking(frame: HTMLElement): null {
  frame.dataset["state"] = "missing";
  return null;
}

/** The map, loaded; null where it cannot be drawn. ``hash``: the view stands in the address behind "#". */
export async function groundOf(frame: HTMLElement, hash: boolean): Promise<Chart | null> {
  if (!canDraw()) return lacking(frame);
  const answer = await fetch(frame.dataset["style"] ?? "", { headers: { Accept: "application/json" } });
  if (!answer.ok) return lacking(frame);
  const style = (await answer.json()) as StyleSpecification;
  setWorkerUrl(new URL(frame.dataset["worker"] ?? "", document.baseURI).href);
  const tiles = Object.keys(style.sources).length > 0;
  let chart: Chart;
  try {
    chart = new Chart({
      container: frame,
      style,
      hash: hash ? "view" : false,
      center: [113.27, 35.2],
      zoom: 9,
      minZoom: 3,
      maxZoom: DEEPEST,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      fadeDuration: 0,
      attributionControl: false,
      localIdeographFontFamily: FONTS.join(", "),
      locale: { ...words.map.controls, "Map.Title": frame.dataset["label"] ?? "" },
    });
  } catch {
    return lacking(frame);
  }
  chart.touchZoomRotate.disableRotation();
  chart.keyboard.disableRotation();
  chart.addControl(new NavigationControl({ showCompass: false }), frame.clientWidth < NARROW ? "bottom-right" : "top-right");
  chart.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  if (tiles) chart.addControl(new AttributionControl({ compact: false }), "bottom-right");
  await new Promise<void>((resolve) => void chart.once("style.load", () => resolve()));
  paintGround(chart);
  frame.dataset["state"] = "drawn";
  one("[data-missing]", frame)?.remove();
  return chart;
}

export function paintGround(chart: Chart): void {
  chart.setPaintProperty("ground", "background-color", colour("--sheet-2"));
}

/** Calls ``repaint`` when the reader changes between light and dark. */
export function onTheme(repaint: () => void): void {
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
}
