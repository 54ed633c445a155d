// The marks of a map, drawn on a canvas in the page's colours: lights with their shapes, places, sites.

import type { Map as Chart } from "maplibre-gl";
import { colour } from "./map-ground";

const SIZE = 20;
const RATIO = 2;

type Draw = (brush: CanvasRenderingContext2D) => void;

function path(points: [number, number][]): Draw {
  return (brush) => {
    brush.beginPath();
    points.forEach(([x, y], at) => (at ? brush.lineTo(x, y) : brush.moveTo(x, y)));
    brush.closePath();
  };
}

function circle(radius: number): Draw {
  return (brush) => {
    brush.beginPath();
    brush.arc(SIZE / 2, SIZE / 2, radius, 0, 2 * Math.PI);
  };
}

const DIAMOND = path([[10, 2], [18, 10], [10, 18], [2, 10]]);
const TRIANGLE = path([[10, 2], [18, 17], [2, 17]]);
const TICK = path([[2, 11], [5, 8], [8, 11.5], [15.5, 3.5], [18, 6], [8.5, 17]]);
const SQUARE = path([[5.5, 5.5], [14.5, 5.5], [14.5, 14.5], [5.5, 14.5]]);

/** Each mark: its shape, what fills it, what lines it. */
function marks(): Record<string, [Draw, string, string]> {
  const [ink, sheet, edge] = [colour("--ink-2"), colour("--sheet"), colour("--edge")];
  return {
    red: [DIAMOND, colour("--red-fill"), sheet],
    yellow: [TRIANGLE, colour("--amber-fill"), sheet],
    blue: [circle(7), colour("--blue-fill"), sheet],
    green: [TICK, colour("--green-fill"), sheet],
    none: [circle(6), sheet, edge],
    unit: [circle(5), ink, sheet],
    "unit-schematic": [circle(5), sheet, ink],
    site: [SQUARE, ink, sheet],
    "site-schematic": [SQUARE, sheet, ink],
    around: [circle(2.5), edge, sheet],
  };
}

function drawn([shape, fill, line]: [Draw, string, string]): ImageData | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE * RATIO;
  const brush = canvas.getContext("2d");
  if (!brush) return null;
  brush.scale(RATIO, RATIO);
  shape(brush);
  brush.fillStyle = fill;
  brush.fill();
  brush.strokeStyle = line;
  brush.lineWidth = 2;
  brush.stroke();
  return brush.getImageData(0, 0, canvas.width, canvas.height);
}

/** Puts every mark on the map, again when the colours change. */
export function addMarks(chart: Chart): void {
  for (const [name, mark] of Object.entries(marks())) {
    const image = drawn(mark);
    if (!image) continue;
    if (chart.hasImage(name)) chart.updateImage(name, image);
    else chart.addImage(name, image, { pixelRatio: RATIO });
  }
}
