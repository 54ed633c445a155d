// Places a workflow on the plane. Going forward (in the order in which the pack names its states) each step is a
// node of its own between its states, so that dagre keeps labels clear of each other and a step taken from several
// states has one label; closing states stand in one rank. What goes back runs in lanes below, one for each step.

import { Graph, layout as arrange } from "@dagrejs/dagre";
import { words } from "./words";

export interface WorkflowState {
  code: string;
  label: string;
  kind?: "start" | "open" | "submitted" | "closed";
}

export interface Transition {
  code: string;
  from: string;
  to: string;
  label: string;
  roles?: string[];
}

export interface Workflow {
  states: WorkflowState[];
  transitions: Transition[];
  initial?: string;
  current?: string;
}

export interface Point {
  x: number;
  y: number;
}

export type Box = Point & { width: number; height: number };
export type Line = { points: Point[]; head: boolean; back: boolean };
export type Label = Box & { name: string[]; who: string[] };

export interface Drawing {
  width: number;
  height: number;
  states: (WorkflowState & { box: Box; own: string[] })[];
  lines: Line[];
  labels: Label[];
}

/** A step with every state that it is taken from in one direction. */
interface Bundle {
  sources: string[];
  to: string;
  label: string;
  roles: string[];
}

export const SIZE = { state: 15, own: 12, name: 13, who: 12 };
export const LINE = 17;
const PAD = 14;
const WIDEST = 136;
const CHANNEL = 11;
const LANE = 30;

/** Chinese characters are square; Latin ones about half as wide. */
function width(text: string, size: number): number {
  return [...text].reduce((sum, char) => sum + (char.charCodeAt(0) > 0x2e7f ? size : size * 0.58), 0);
}

/** A text in lines of at most WIDEST pixels, broken between Chinese characters or at spaces. */
function wrapped(text: string, size: number): string[] {
  const lines: string[] = [];
  for (const part of text.match(/[\u2e80-\uffff]|[^\u2e80-\uffff\s]+\s*/g) ?? []) {
    const last = lines[lines.length - 1];
    const stays = /^[、。；：，）]/.test(part);
    if (last !== undefined && (stays || width(last + part.trimEnd(), size) <= WIDEST)) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines.map((line) => line.trimEnd());
}

function widest(lines: string[], size: number): number {
  return Math.max(0, ...lines.map((line) => width(line, size)));
}

function order(flow: Workflow): (code: string) => number {
  const places = new Map(flow.states.map((state, index) => [state.code, index]));
  return (code) => places.get(code) ?? -1;
}

/** The steps that go one way, those from several states together. */
function bundles(flow: Workflow, goes: (from: number, to: number) => boolean): Bundle[] {
  const place = order(flow);
  const found = new Map<string, Bundle>();
  for (const step of flow.transitions) {
    if (!goes(place(step.from), place(step.to))) continue;
    const key = `${step.code} ${step.to}`;
    const bundle = found.get(key) ?? { sources: [], to: step.to, label: step.label, roles: step.roles ?? [] };
    bundle.sources.push(step.from);
    found.set(key, bundle);
  }
  return [...found.values()];
}

/** How many ranks every node lies behind the first; steps stand between states. */
function depths(flow: Workflow, forward: Bundle[]): Map<string, number> {
  const depth = new Map(flow.states.map((state) => [state.code, 0]));
  for (const state of flow.states) {
    for (const bundle of forward.filter((one) => one.sources.includes(state.code))) {
      const behind = Math.max(...bundle.sources.map((source) => depth.get(source) ?? 0)) + 2;
      depth.set(bundle.to, Math.max(depth.get(bundle.to) ?? 0, behind));
    }
  }
  return depth;
}

function stateSize(state: WorkflowState, own: string[]): { width: number; height: number } {
  const text = Math.max(width(state.label, SIZE.state), widest(own, SIZE.own));
  return { width: text + 28, height: 40 + own.length * LINE };
}

/** Lays the way forward out, from left to right. */
function forwardGraph(flow: Workflow, forward: Bundle[], own: Map<string, string[]>): Graph {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", ranker: "network-simplex", nodesep: 18, edgesep: 14, ranksep: 40, marginx: PAD, marginy: PAD });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const state of flow.states) graph.setNode(state.code, stateSize(state, own.get(state.code) ?? []));
  const depth = depths(flow, forward);
  const closed = new Set(flow.states.filter((state) => state.kind === "closed").map((state) => state.code));
  const last = Math.max(...flow.states.map((state) => depth.get(state.code) ?? 0));
  forward.forEach((bundle, index) => {
    const step = `step ${index}`;
    const name = wrapped(bundle.label, SIZE.name);
    const who = wrapped(bundle.roles.join(words.list), SIZE.who);
    const size = { width: Math.max(widest(name, SIZE.name), widest(who, SIZE.who)) + 10, height: (name.length + who.length) * LINE + 4 };
    graph.setNode(step, { ...size, name, who });
    for (const source of bundle.sources) graph.setEdge(source, step, { weight: 2 });
    const from = Math.max(...bundle.sources.map((source) => depth.get(source) ?? 0)) + 1;
    graph.setEdge(step, bundle.to, { weight: 2, minlen: closed.has(bundle.to) ? Math.max(1, last - from) : 1 });
  });
  arrange(graph);
  return graph;
}

function boxOf(graph: Graph, code: string): Box {
  return graph.node(code) as unknown as Box;
}

/** The boxes of states and steps that stand in one column with a state. */
function column(graph: Graph, code: string): Box[] {
  const x = boxOf(graph, code).x;
  return graph.nodes().map((node) => boxOf(graph, node)).filter((box) => Math.abs(box.x - x) < 1);
}

/** Lines from the right side of one box to the left side of the next, level where they pass another column. */
function forwardLines(graph: Graph): Line[] {
  const boxes = graph.nodes().map((node) => boxOf(graph, node));
  const drawn = graph.edges().map((edge) => {
    const { points } = graph.edge(edge) as unknown as { points: Point[] };
    const between = points.slice(1, -1).flatMap((point) => {
      const passed = boxes.filter((box) => Math.abs(box.x - point.x) < 1);
      if (!passed.length) return [];
      const half = Math.max(...passed.map((box) => box.width / 2));
      return [{ x: point.x - half, y: point.y }, { x: point.x + half, y: point.y }];
    });
    const from = boxOf(graph, edge.v);
    const to = boxOf(graph, edge.w);
    const start = { x: from.x + from.width / 2, y: from.y };
    const end = { x: to.x - to.width / 2, y: to.y };
    return { edge, start, end, points: [start, ...between, end], head: !edge.w.startsWith("step ") };
  });
  for (const node of graph.nodes()) {
    const leaving = drawn.filter((line) => line.edge.v === node).sort((one, other) => (one.points[1]?.y ?? 0) - (other.points[1]?.y ?? 0));
    const arriving = drawn
      .filter((line) => line.edge.w === node)
      .sort((one, other) => (one.points[one.points.length - 2]?.y ?? 0) - (other.points[other.points.length - 2]?.y ?? 0));
    spread(leaving.map((line) => line.start), boxOf(graph, node).height);
    spread(arriving.map((line) => line.end), boxOf(graph, node).height);
  }
  return drawn.map(({ points, head }) => ({ points, head, back: false }));
}

/** The ends of lines at one side of a box, apart from each other. */
function spread(ends: Point[], height: number): void {
  const apart = Math.min(12, (height - 14) / Math.max(ends.length - 1, 1));
  ends.forEach((end, index) => (end.y += (index - (ends.length - 1) / 2) * apart));
}

/** Lanes for what goes back: the shorter way nearer to the drawing, so that no lane crosses another. */
function lanes(graph: Graph, back: Bundle[], below: number): { lines: Line[]; labels: Label[]; height: number; right: number } {
  const x = (code: string): number => boxOf(graph, code).x;
  const span = (bundle: Bundle): number => Math.max(...bundle.sources.map(x)) - x(bundle.to);
  const lowest = (bundle: Bundle): number => Math.max(...bundle.sources.map((code) => boxOf(graph, code).y));
  const sorted = [...back].sort((one, other) => span(one) - span(other) || lowest(other) - lowest(one));
  const lines: Line[] = [];
  const labels: Label[] = [];
  const channels = new Map<number, number>();
  const arrivals = new Map<string, number>();
  let right = 0;
  sorted.forEach((bundle, index) => {
    const lane = below + 10 + index * LANE + LANE / 2;
    const count = sorted.filter((other) => other.to === bundle.to).length;
    const arrival = arrivals.get(bundle.to) ?? 0;
    arrivals.set(bundle.to, arrival + 1);
    const end = ending(graph, bundle.to, arrival, count);
    let nearest = Infinity;
    const key = Math.max(...bundle.sources.map(x));
    const offset = channels.get(key) ?? 0;
    channels.set(key, offset + 1);
    const drawn = new Set<number>();
    // The highest first: the others join its way down, which is drawn once.
    for (const source of [...bundle.sources].sort((one, other) => boxOf(graph, one).y - boxOf(graph, other).y)) {
      const start = starting(graph, source, offset);
      const down = start[start.length - 1] ?? { x: 0, y: 0 };
      nearest = Math.min(nearest, down.x);
      right = Math.max(right, down.x);
      const joins = drawn.has(down.x);
      drawn.add(down.x);
      const rest = joins ? [] : [{ x: down.x, y: lane }, { x: end[0]?.x ?? 0, y: lane }, ...end];
      lines.push({ points: [...start, ...rest], head: !joins, back: true });
    }
    labels.push(laneLabel(bundle, ((end[0]?.x ?? 0) + nearest) / 2, lane));
  });
  return { lines, labels, height: sorted.length * LANE + (sorted.length ? 20 : 0), right };
}

/** From a state's side into the channel right of its column, or from its bottom when nothing stands below it. */
function starting(graph: Graph, code: string, offset: number): Point[] {
  const box = boxOf(graph, code);
  const here = column(graph, code);
  if (here.length === 1) {
    const x = box.x + offset * CHANNEL;
    return [{ x, y: box.y + box.height / 2 }];
  }
  const channel = Math.max(...here.map((other) => other.x + other.width / 2)) + 9 + offset * CHANNEL;
  const y = box.y + box.height / 4;
  return [{ x: box.x + box.width / 2, y }, { x: channel, y }];
}

/** Up to a state's bottom; by the channel left of its column to its side when something stands below it. */
function ending(graph: Graph, code: string, arrival: number, count: number): Point[] {
  const box = boxOf(graph, code);
  const here = column(graph, code);
  if (!here.some((other) => other.y > box.y)) {
    const step = Math.min(18, (box.width - 24) / Math.max(count, 1));
    const x = box.x + ((count - 1) / 2 - arrival) * step;
    return [{ x, y: box.y + box.height / 2 }];
  }
  const channel = Math.min(...here.map((other) => other.x - other.width / 2)) - 9 - arrival * CHANNEL;
  const y = box.y + box.height / 4;
  return [{ x: channel, y }, { x: box.x - box.width / 2, y }];
}

function laneLabel(bundle: Bundle, x: number, y: number): Label {
  const who = bundle.roles.join(words.list);
  const size = width(bundle.label, SIZE.name) + (who ? width(who, SIZE.who) + 10 : 0) + 12;
  return { x, y, width: size, height: LINE + 4, name: [bundle.label], who: who ? [who] : [] };
}

/** Where everything of a workflow stands. */
export function place(flow: Workflow): Drawing {
  const own = new Map<string, string[]>();
  for (const bundle of bundles(flow, (from, to) => from === to)) own.set(bundle.to, [...(own.get(bundle.to) ?? []), `↻ ${bundle.label}`]);
  const forward = bundles(flow, (from, to) => from < to);
  const graph = forwardGraph(flow, forward, own);
  const size = graph.graph() as { width: number; height: number };
  const back = lanes(graph, bundles(flow, (from, to) => from > to), size.height - PAD);
  const lines = forwardLines(graph);
  const labels = forward.map((_, index) => graph.node(`step ${index}`) as unknown as Label);
  return {
    width: Math.max(size.width, back.right + PAD),
    height: size.height + back.height,
    states: flow.states.map((state) => ({ ...state, box: boxOf(graph, state.code), own: own.get(state.code) ?? [] })),
    lines: [...lines, ...back.lines],
    labels: [...labels, ...back.labels],
  };
}
