// Picking a point: a click on the map fills the number fields, which stay the way without it.

import { Marker, type Map as Chart } from "maplibre-gl";
import { el, one } from "./dom";
import { groundOf, onTheme, paintGround } from "./map-ground";
import { addLayers, paint, show, type Spots } from "./map-layers";
import { words } from "./words";

const DECIMALS = 6;
const WGS84 = "wgs84";

class Picker {
  private readonly pin: Marker;

  constructor(private readonly chart: Chart, private readonly fields: Record<"latitude" | "longitude" | "system", HTMLInputElement | HTMLSelectElement>) {
    this.pin = new Marker({ element: el("span", { class: "map-pin", role: "img", "aria-label": words.map.picked }), anchor: "bottom" });
    chart.on("click", (event) => this.pick(event.lngLat.lat, event.lngLat.lng));
    for (const field of Object.values(fields)) field.addEventListener("change", () => this.follow());
  }

  private pick(latitude: number, longitude: number): void {
    this.fields.latitude.value = latitude.toFixed(DECIMALS);
    this.fields.longitude.value = longitude.toFixed(DECIMALS);
    this.fields.system.value = WGS84;
    this.follow();
    const said = one("#said");
    if (said) said.textContent = words.map.filled;
  }

  /** The pin stands where the fields say; coordinates of another system are only brought over when they are saved. */
  follow(): boolean {
    const at = [Number(this.fields.longitude.value), Number(this.fields.latitude.value)] as [number, number];
    const told = this.fields.latitude.value !== "" && this.fields.longitude.value !== "" && this.fields.system.value === WGS84;
    if (!told || !at.every(Number.isFinite) || Math.abs(at[1]) > 90 || Math.abs(at[0]) > 180) {
      this.pin.remove();
      return false;
    }
    this.pin.setLngLat(at).addTo(this.chart);
    return true;
  }
}

export async function startPicker(frame: HTMLElement): Promise<void> {
  const find = (name: string): HTMLInputElement | HTMLSelectElement | null => one(`#${frame.dataset["pick"] ?? ""}-${name}`);
  const [latitude, longitude, system] = [find("latitude"), find("longitude"), find("system")];
  const chart = await groundOf(frame, false);
  if (!chart || !latitude || !longitude || !system) return;
  addLayers(chart, false);
  onTheme(() => {
    paintGround(chart);
    paint(chart, false);
  });
  const picker = new Picker(chart, { latitude, longitude, system });
  const placed = picker.follow();
  if (placed) chart.jumpTo({ center: [Number(longitude.value), Number(latitude.value)], zoom: 13 });
  const answer = await fetch(frame.dataset["features"] ?? "");
  if (!answer.ok) return;
  const spots = (await answer.json()) as Spots;
  show(chart, spots, null, false);
  const middle = spots.features[Math.floor(spots.features.length / 2)];
  if (!placed && middle) chart.jumpTo({ center: middle.geometry.coordinates as [number, number], zoom: 12 });
}
