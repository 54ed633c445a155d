// Draws a workflow: [data-workflow] with a <script type="application/json"> holding
// {states: [{code, label, kind}], transitions: [{code, from, to, label, roles}], initial?, current?}, as SVG with a
// title; the table that data-described names tells the same in words. On a narrow screen the list inside stays.

import { all, one, svg } from "./dom";
import { words } from "./words";
import { LINE, place, type Drawing, type Label, type Line, type Point, type Workflow } from "./workflow-layout";

/** Forward a curve that begins and ends level; back at right angles, with rounded corners. */
function path({ points, back }: Line): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let line = `M${first.x},${first.y}`;
  let at = first;
  rest.forEach((corner, index) => {
    const next = rest[index + 1];
    const middle = (at.x + corner.x) / 2;
    if (!back) line += `C${middle},${at.y} ${middle},${corner.y} ${corner.x},${corner.y}`;
    else if (next) line += `L${towards(corner, at, 6)}Q${corner.x},${corner.y} ${towards(corner, next, 6)}`;
    else line += `L${corner.x},${corner.y}`;
    at = corner;
  });
  return line;
}

/** The point so many pixels from one point towards another, at most half-way. */
function towards(from: Point, to: Point, distance: number): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const part = Math.min(distance, length / 2) / length;
  return `${from.x + (to.x - from.x) * part},${from.y + (to.y - from.y) * part}`;
}

function arrow({ points, back }: Line): SVGPolygonElement {
  const tip = points[points.length - 1] ?? { x: 0, y: 0 };
  const before = points[points.length - 2] ?? tip;
  const angle = back ? Math.atan2(tip.y - before.y, tip.x - before.x) : 0;
  const corner = (turn: number): string =>
    `${tip.x - 9 * Math.cos(angle + turn)},${tip.y - 9 * Math.sin(angle + turn)}`;
  return svg("polygon", { class: "wf-head", points: `${tip.x},${tip.y} ${corner(0.4)} ${corner(-0.4)}` });
}

function drawState(state: Drawing["states"][number], start: boolean, current: boolean): SVGGElement {
  const { box, own } = state;
  const kind = `wf-state wf-state--${start ? "start" : (state.kind ?? "open")}${current ? " wf-state--current" : ""}`;
  const rect = { x: box.x - box.width / 2, y: box.y - box.height / 2, width: box.width, height: box.height };
  const top = box.y - (own.length * LINE) / 2;
  const lines = own.map((text, index) => svg("text", { class: "wf-own", x: box.x, y: top + LINE * (index + 1) + 3 }, text));
  const name = svg("text", { x: box.x, y: top }, state.label);
  return svg("g", { class: kind }, svg("rect", { ...rect, rx: start ? 20 : 3 }), name, ...lines);
}

/** A step's name over who takes it; in a lane both stand in one line. */
function drawLabel(label: Label): SVGGElement {
  const { x, y, width, height, name, who } = label;
  const back = svg("rect", { x: x - width / 2, y: y - height / 2, width, height });
  if (height < 2 * LINE && who.length) {
    const text = svg("text", { class: "wf-step", x, y }, name.join(""));
    text.append(svg("tspan", { class: "wf-roles", dx: 8 }, who.join("")));
    return svg("g", { class: "wf-label" }, back, text);
  }
  const top = y - ((name.length + who.length - 1) * LINE) / 2;
  const lines = [...name, ...who].map((text, index) =>
    svg("text", { class: index < name.length ? "wf-step" : "wf-roles", x, y: top + index * LINE }, text),
  );
  return svg("g", { class: "wf-label" }, back, ...lines);
}

function draw(flow: Workflow, id: string, label: string, described: string): SVGSVGElement {
  const drawing = place(flow);
  const lines = drawing.lines.flatMap((line) => {
    const way = svg("path", { class: line.back ? "wf-line wf-line--back" : "wf-line", d: path(line) });
    return line.head ? [way, arrow(line)] : [way];
  });
  const states = drawing.states.map((state) =>
    drawState(state, state.kind === "start" || state.code === flow.initial, state.code === flow.current),
  );
  const { width, height } = drawing;
  const picture = svg(
    "svg",
    { class: "workflow__picture", role: "img", "aria-labelledby": `${id}-title`, width, height, viewBox: `0 0 ${width} ${height}` },
    svg("title", { id: `${id}-title` }, label),
    ...lines,
    ...drawing.labels.map(drawLabel),
    ...states,
  );
  if (described) picture.setAttribute("aria-describedby", described);
  // It may shrink a little to fit; past that it scrolls rather than becoming unreadable.
  picture.style.minWidth = `${Math.round(width * 0.8)}px`;
  return picture;
}

/** A drawing wider than the screen opens at its first state. */
function showStart(place: HTMLElement): void {
  const first = one(".wf-state--current, .wf-state--start", place)?.getBoundingClientRect();
  if (!first || place.scrollWidth <= place.clientWidth) return;
  const box = place.getBoundingClientRect();
  place.scrollLeft = first.left + first.width / 2 - box.left - box.width / 2;
}

export function startWorkflows(root: ParentNode = document): void {
  all("[data-workflow]:not([data-ready])", root).forEach((place, index) => {
    const source = one('script[type="application/json"]', place)?.textContent;
    if (!source) return;
    place.dataset["ready"] = "true";
    const label = place.getAttribute("aria-label") ?? words.workflow;
    const id = place.id || `workflow-${index}`;
    place.append(draw(JSON.parse(source) as Workflow, id, label, place.dataset["described"] ?? ""));
    place.tabIndex = 0; // a drawing wider than the page is moved by the keys
    place.setAttribute("role", "region");
    showStart(place);
  });
}
