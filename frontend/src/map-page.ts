// The map page: points and the list beside it say the same; what is chosen in one is shown in the other.

import { LngLatBounds, Popup, type GeoJSONSource, type Map as Chart, type MapLayerMouseEvent } from "maplibre-gl";
import { all, el, one, type Child } from "./dom";
import { groundOf, onTheme, paintGround } from "./map-ground";
import { LIGHTS, addLayers, paint, show, showChosen, type Spot, type Spots } from "./map-layers";
import { words } from "./words";

const CLOSE = 14;
const MARGIN = 48;
const EDGE = 24;
const POINTS = ["spots", "sites"];

class MapPage {
  private spots: Spot[] = [];
  private popup: Popup | null = null;
  private asked = "";
  private readonly words: Record<string, string>;

  constructor(
    private readonly frame: HTMLElement,
    private readonly chart: Chart,
    private readonly lit: boolean,
  ) {
    this.words = JSON.parse(frame.dataset["words"] ?? "{}") as Record<string, string>;
    addLayers(chart, lit);
    onTheme(() => {
      paintGround(chart);
      paint(chart, lit);
    });
    for (const layer of POINTS) chart.on("click", layer, (event) => this.clicked(event));
    chart.on("click", "gathered", (event) => void this.open(event));
    for (const layer of [...POINTS, "gathered"]) {
      chart.on("mouseenter", layer, () => void (chart.getCanvas().style.cursor = "pointer"));
      chart.on("mouseleave", layer, () => void (chart.getCanvas().style.cursor = ""));
    }
  }

  /** Fetches what the list says it shows; ``fit``: brings all of it into view. */
  async load(data: HTMLElement, fit: boolean): Promise<void> {
    const address = data.dataset["features"] ?? "";
    if (address === this.asked) return this.mark();
    this.asked = address;
    const [spots, around] = await Promise.all([read(address), this.lit ? read(data.dataset["around"] ?? "") : null]);
    if (!spots || this.asked !== address) return;
    this.spots = spots.features;
    this.choose(null);
    show(this.chart, spots, around?.cut ? null : around, this.lit);
    if (fit) this.fit();
    this.mark();
    this.frame.dataset["points"] = String(this.spots.length);
  }

  private fit(): void {
    const bounds = new LngLatBounds();
    for (const spot of this.spots) bounds.extend(spot.geometry.coordinates as [number, number]);
    if (!bounds.isEmpty()) this.chart.fitBounds(bounds, { padding: MARGIN, maxZoom: CLOSE, animate: false });
  }

  /** Shows the list's buttons, of which each points at a place. */
  mark(): void {
    for (const button of all<HTMLButtonElement>("[data-show]")) button.hidden = false;
  }

  choose(code: string | null, from: "list" | "map" = "map"): void {
    const spot = this.spots.find((known) => known.properties.code === code) ?? null;
    this.popup?.remove();
    showChosen(this.chart, spot);
    for (const button of all("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset["show"] === code && Boolean(spot)));
    if (!spot) return;
    const at = spot.geometry.coordinates as [number, number];
    this.popup = new Popup({ maxWidth: "18rem", focusAfterOpen: from === "map", closeOnClick: true, offset: 12 })
      .setLngLat(at)
      .setDOMContent(this.told(spot))
      .addTo(this.chart);
    // The point goes as far below the middle as what is told of it needs.
    const room = this.chart.getContainer().clientHeight / 2;
    const offset: [number, number] = [0, Math.max(0, this.popup.getElement().offsetHeight + EDGE - room)];
    const zoom = this.chart.getZoom();
    if (from === "list") {
      this.chart.easeTo({ center: at, zoom: Math.max(zoom, CLOSE - 1), offset });
      const said = one("#said");
      if (said) said.textContent = words.map.shown(spot.properties.name);
    } else {
      if (offset[1]) this.chart.easeTo({ center: at, zoom, offset });
      one(`[data-row="${CSS.escape(spot.properties.code)}"]`)?.scrollIntoView({ block: "nearest" });
    }
  }

  private clicked(event: MapLayerMouseEvent): void {
    const code = event.features?.[0]?.properties["code"] as unknown;
    if (typeof code === "string") this.choose(code);
  }

  private async open(event: MapLayerMouseEvent): Promise<void> {
    const gathered = event.features?.[0];
    if (!gathered || gathered.geometry.type !== "Point") return;
    const source = this.chart.getSource<GeoJSONSource>("spots");
    const zoom = await source?.getClusterExpansionZoom(Number(gathered.properties["cluster_id"]));
    this.chart.easeTo({ center: gathered.geometry.coordinates as [number, number], zoom: zoom ?? this.chart.getZoom() + 2 });
  }

  private told({ properties: told }: Spot): HTMLElement {
    const place = (this.frame.dataset["place"] ?? "").replace("CODE", encodeURIComponent(told.code));
    const lights: Child[] = LIGHTS.filter((light) => told[light]).map((light) =>
      el("li", {}, el("span", { class: `light light--${light === "yellow" ? "amber" : light}` }, `${this.words[light] ?? ""} ${told[light] ?? 0}`)));
    const query = new URLSearchParams(location.search);
    for (const name of ["layer", "page"]) query.delete(name);
    query.set("place", told.code);
    return el("div", { class: "map-popup" },
      el("p", { class: "map-popup__name" }, el("a", { href: place }, told.name)),
      el("p", { class: "muted small" }, [told.kind_name, told.town_name].filter(Boolean).join(" · ")),
      told.precision === "schematic" ? el("p", { class: "small" }, el("span", { class: "tag" }, words.map.schematic)) : null,
      lights.length ? el("ul", { class: "map-popup__lights num", role: "list" }, ...lights) : null,
      el("p", { class: "small" }, el("a", { href: `${this.frame.dataset["list"] ?? ""}?${this.lit ? query.toString() : `place=${encodeURIComponent(told.code)}`}` }, this.frame.dataset["listWord"] ?? words.map.ledger)));
  }
}

async function read(address: string): Promise<Spots | null> {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
  return answer.ok ? ((await answer.json()) as Spots) : null;
}

/** Arrow keys go from button to button of the list, so that a hand on the keyboard walks over the map. */
function walk(event: KeyboardEvent, page: MapPage): void {
  if (!(event.target instanceof HTMLElement) || event.target.dataset["show"] === undefined) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const buttons = all("[data-show]");
  const next = buttons[buttons.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  page.choose(next.dataset["show"] ?? "", "list");
}

export async function startMapPage(frame: HTMLElement): Promise<void> {
  const data = (): HTMLElement | null => one("#map-data");
  const lit = frame.dataset["words"] !== undefined;
  const seen = location.hash.includes("view=");
  const chart = await groundOf(frame, true);
  const first = data();
  if (!chart || !first) return;
  const page = new MapPage(frame, chart, lit);
  await page.load(first, !seen);
  document.addEventListener("htmx:load", () => {
    const now = data();
    if (now) void page.load(now, true);
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-show]") : null;
    if (button) page.choose(button.dataset["show"] ?? "", "list");
  });
  document.addEventListener("keydown", (event) => walk(event, page));
}
