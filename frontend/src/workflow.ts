// Draws a workflow: [data-workflow] with a <script type="application/json"> holding
// {states: [{code, label, kind}], transitions: [{from, to, label, roles}], initial?, current?}; laid out by dagre,
// drawn as SVG with a title and a description, and told once more as a list.

import { Graph, layout as arrange } from "@dagrejs/dagre";
import { all, el, one, svg } from "./dom";
import { words } from "./words";

interface WorkflowState {
  code: string;
  label: string;
  kind?: "start" | "open" | "submitted" | "closed";
}

interface Transition {
  from: string;
  to: string;
  label: string;
  roles?: string[];
}

interface Workflow {
  states: WorkflowState[];
  transitions: Transition[];
  initial?: string;
  current?: string;
}

interface Point {
  x: number;
  y: number;
}

type Box = Point & { width: number; height: number };
type Edge = Box & { points: Point[] };

const PAD = 14;

/** Chinese characters are square; Latin ones about half as wide. */
function width(text: string, size: number): number {
  return [...text].reduce((sum, char) => sum + (char.charCodeAt(0) > 0x2e7f ? size : size * 0.58), 0);
}

function roles(transition: Transition): string {
  return (transition.roles ?? []).join(words.list);
}

function layout(flow: Workflow, narrow: boolean): Graph {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: narrow ? "TB" : "LR", nodesep: narrow ? 20 : 36, ranksep: 40, edgesep: 20, marginx: PAD, marginy: PAD });
  for (const state of flow.states) graph.setNode(state.code, { width: width(state.label, 15) + 32, height: 40 });
  flow.transitions.forEach((transition, index) => {
    const size = { width: Math.max(width(transition.label, 13), width(roles(transition), 12)) + 12, height: transition.roles?.length ? 36 : 20 };
    graph.setEdge(transition.from, transition.to, { ...size, labelpos: "c" }, String(index));
  });
  arrange(graph);
  return graph;
}

function path(points: Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const last = rest[rest.length - 1] ?? first;
  let line = `M${first.x},${first.y}`;
  // Through the middles of the legs, each corner a curve.
  for (let i = 0; i < rest.length - 1; i++) {
    const corner = rest[i] as Point;
    const next = rest[i + 1] as Point;
    const end = i === rest.length - 2 ? next : { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 };
    line += `Q${corner.x},${corner.y} ${end.x},${end.y}`;
  }
  return rest.length === 1 ? `${line}L${last.x},${last.y}` : line;
}

function arrow(points: Point[]): SVGPolygonElement {
  const tip = points[points.length - 1] ?? { x: 0, y: 0 };
  const before = points[points.length - 2] ?? tip;
  const angle = Math.atan2(tip.y - before.y, tip.x - before.x);
  const corner = (turn: number): string =>
    `${tip.x - 9 * Math.cos(angle + turn)},${tip.y - 9 * Math.sin(angle + turn)}`;
  return svg("polygon", { class: "wf-head", points: `${tip.x},${tip.y} ${corner(0.4)} ${corner(-0.4)}` });
}

function drawState(state: WorkflowState, node: Box, start: boolean, current: boolean): SVGGElement {
  const kind = `wf-state wf-state--${start ? "start" : (state.kind ?? "open")}${current ? " wf-state--current" : ""}`;
  const box = { x: node.x - node.width / 2, y: node.y - node.height / 2, width: node.width, height: node.height };
  const radius = start ? 20 : 3;
  return svg("g", { class: kind }, svg("rect", { ...box, rx: radius }), svg("text", { x: node.x, y: node.y }, state.label));
}

function drawLabel(transition: Transition, at: Box): SVGGElement {
  const two = Boolean(transition.roles?.length);
  const back = svg("rect", { x: at.x - at.width / 2, y: at.y - at.height / 2, width: at.width, height: at.height });
  const label = svg("text", { x: at.x, y: two ? at.y - 8 : at.y }, transition.label);
  const who = two ? svg("text", { class: "wf-roles", x: at.x, y: at.y + 10 }, roles(transition)) : null;
  return svg("g", { class: "wf-label" }, back, label, who);
}

function isBack(flow: Workflow, transition: Transition): boolean {
  const place = (code: string): number => flow.states.findIndex((state) => state.code === code);
  return place(transition.to) <= place(transition.from);
}

function draw(flow: Workflow, narrow: boolean, id: string, label: string): SVGSVGElement {
  const graph = layout(flow, narrow);
  const size = graph.graph() as { width: number; height: number };
  const lines: SVGElement[] = [];
  const labels: SVGElement[] = [];
  flow.transitions.forEach((transition, index) => {
    const edge = graph.edge(transition.from, transition.to, String(index)) as unknown as Edge;
    const kind = isBack(flow, transition) ? "wf-line wf-line--back" : "wf-line";
    lines.push(svg("path", { class: kind, d: path(edge.points) }), arrow(edge.points));
    labels.push(drawLabel(transition, edge));
  });
  const states = flow.states.map((state) => {
    const start = state.kind === "start" || state.code === flow.initial;
    return drawState(state, graph.node(state.code) as unknown as Box, start, state.code === flow.current);
  });
  const drawing = svg(
    "svg",
    { role: "img", "aria-labelledby": `${id}-title ${id}-desc`, width: size.width, height: size.height, viewBox: `0 0 ${size.width} ${size.height}` },
    svg("title", { id: `${id}-title` }, label),
    svg("desc", { id: `${id}-desc` }, flow.transitions.map((transition) => sentence(flow, transition)).join(words.clauses)),
    ...lines,
    ...labels,
    ...states,
  );
  // It may shrink a little to fit; past that it scrolls rather than becoming unreadable.
  drawing.style.minWidth = `${Math.round(size.width * 0.8)}px`;
  return drawing;
}

function sentence(flow: Workflow, transition: Transition): string {
  const name = (code: string): string => flow.states.find((state) => state.code === code)?.label ?? code;
  const who = roles(transition);
  return `${name(transition.from)} → ${name(transition.to)}${words.colon}${transition.label}${who ? words.bracketed(words.who + who) : ""}`;
}

function list(flow: Workflow): HTMLElement {
  const items = flow.transitions.map((transition) => el("li", {}, sentence(flow, transition)));
  return el("details", { class: "workflow__list" }, el("summary", {}, words.states), el("ol", {}, ...items));
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
    const flow = JSON.parse(source) as Workflow;
    const label = place.getAttribute("aria-label") ?? words.workflow;
    const id = place.id || `workflow-${index}`;
    place.removeAttribute("aria-label");
    for (const old of all(":scope > ul, :scope > ol, :scope > details", place)) old.remove();
    const narrow = window.matchMedia("(width <= 45rem)").matches;
    place.append(draw(flow, narrow, id, label), list(flow));
    showStart(place);
  });
}
