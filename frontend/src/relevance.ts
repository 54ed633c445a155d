// When an item of a sheet is asked: the same decision as huoshui/visits/relevance.py, over the same trees (as JSON) and
// the same answers (as inputs hold them, a choice a line). tests/visits/relevance_cases.json is held against both.
// As in SQL, a comparison with a missing answer is neither true nor false (null); asked is what is true.

export type Tree = [string, ...unknown[]];
export type Answers = ReadonlyMap<string, string>;
type Truth = boolean | null;

export interface Conditioned {
  code: string;
  /** Absent of what is always asked. */
  relevant?: Tree | undefined;
}

function all(parts: Truth[]): Truth {
  if (parts.includes(false)) return false;
  return parts.includes(null) ? null : true;
}

function opposite(value: Truth): Truth {
  return value === null ? null : !value;
}

/** Sign, and digits before and behind the point; null of what is no number. */
function number(text: string): { negative: boolean; whole: string; part: string } | null {
  const found = /^([+-]?)([0-9]+)(?:\.([0-9]+))?$/.exec(text.replaceAll(",", "").replace(/^ +| +$/g, ""));
  if (!found) return null;
  const [, sign, whole = "", part = ""] = found;
  return { negative: sign === "-", whole, part };
}

/** Exactly: a number as a double would make 0.1 + 0.2 of what somebody typed. */
function difference(one: string, other: string): bigint | null {
  const [a, b] = [number(one), number(other)];
  if (!a || !b) return null;
  const places = Math.max(a.part.length, b.part.length);
  const [x, y] = [a, b].map((n) => BigInt(n.whole + n.part.padEnd(places, "0")) * (n.negative ? -1n : 1n)) as [bigint, bigint];
  return x - y;
}

function compared(operator: string, order: number | bigint): boolean {
  switch (operator) {
    case "=":
      return order == 0;
    case "<>":
      return order != 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    default:
      return order >= 0;
  }
}

function decided(tree: Tree, answer: string): Truth {
  if (!answer) return null;
  const [word, , ...rest] = tree as unknown as [string, string, ...string[]];
  if (word === "yes") return answer === "yes";
  if (word === "has") return answer.split("\n").includes(rest[0] ?? "");
  const [type, operator = "", literal = ""] = rest;
  if (type !== "number") return compared(operator, answer < literal ? -1 : answer === literal ? 0 : 1);
  const order = difference(answer, literal);
  return order === null ? null : compared(operator, order);
}

/** Whether a condition is true of these answers; null: it cannot be said. */
export function holds(tree: Tree, answers: Answers): Truth {
  const [word, ...parts] = tree;
  switch (word) {
    case "and":
      return all(parts.map((part) => holds(part as Tree, answers)));
    case "or":
      return opposite(all(parts.map((part) => opposite(holds(part as Tree, answers)))));
    case "not":
      return opposite(holds(parts[0] as Tree, answers));
    case "missing":
      return !answers.get(parts[0] as string);
    case "constant":
      return parts[0] as Truth;
    default:
      return decided(tree, answers.get(parts[0] as string) ?? "");
  }
}

/** The codes of the items that are asked; an item that is not has no answer for later ones. */
export function asked(items: Conditioned[], answers: Answers): Set<string> {
  const found = new Set<string>();
  const counted = new Map<string, string>();
  for (const { code, relevant } of items) {
    if (relevant && holds(relevant, counted) !== true) continue;
    found.add(code);
    const answer = answers.get(code);
    if (answer) counted.set(code, answer);
  }
  return found;
}
