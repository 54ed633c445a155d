// The convex hull of points, by Andrew's monotone chain.

import type { Position } from "geojson";

function turn(from: Position, by: Position, to: Position): number {
  const [ax = 0, ay = 0] = from;
  const [bx = 0, by2 = 0] = by;
  const [cx = 0, cy = 0] = to;
  return (bx - ax) * (cy - ay) - (by2 - ay) * (cx - ax);
}

function half(points: Position[]): Position[] {
  const kept: Position[] = [];
  for (const point of points) {
    while (kept.length > 1 && turn(kept[kept.length - 2] as Position, kept[kept.length - 1] as Position, point) <= 0) kept.pop();
    kept.push(point);
  }
  return kept.slice(0, -1);
}

/** A closed ring around all points. */
export function hullOf(points: Position[]): Position[] {
  const sorted = [...points].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0));
  const ring = [...half(sorted), ...half([...sorted].reverse())];
  return [...ring, ring[0] ?? [0, 0]];
}
