// The queue of captured things, in IndexedDB: it is written before anything is sent, and emptied only
// by the server's answer. Each record belongs to one user, so a shared phone never sends under another name.

import { openDB, type DBSchema, type IDBPDatabase } from "idb";

export type Kind = "answer" | "photo";
export type State = "pending" | "refused" | "conflict";

export interface Theirs {
  value: string;
  by?: string;
  at?: string;
  version: string;
}

export interface Captured {
  seq?: number;
  key: string;
  owner: string;
  sheet: string;
  scope: string;
  url: string;
  kind: Kind;
  field: string;
  value: string;
  multiple?: boolean;
  blob?: Blob;
  name?: string;
  base: string;
  at: string;
  attempts: number;
  state: State;
  message?: string;
  theirs?: Theirs;
}

export type Queued = Captured & { seq: number };

interface Schema extends DBSchema {
  captured: { key: number; value: Captured; indexes: { sheet: [string, string]; owner: string } };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("huoshui", 1, {
    upgrade(db) {
      const store = db.createObjectStore("captured", { keyPath: "seq", autoIncrement: true });
      store.createIndex("sheet", ["owner", "sheet"]);
      store.createIndex("owner", "owner");
    },
  });
  return opened;
}

export function owner(): string {
  return document.body.dataset["user"] ?? "";
}

// Versions that our own answers have lifted, for what is captured while an answer is being settled.
const lifted = new Map<string, string>();

function place(record: Captured, base: string): string {
  return [record.owner, record.sheet, record.scope, base].join(" ");
}

let writing = 0;

/** How many captured things are on their way into the store: they count as unsent before they stand in it. */
export function beingKept(): number {
  return writing;
}

/** Keeps one captured thing; see `beingKept` for the time until it stands. */
export async function keep(record: Captured): Promise<Queued> {
  writing += 1;
  try {
    return await store(record);
  } finally {
    writing -= 1;
  }
}

/** A later answer to the same field replaces one that was never sent or was
 * refused; while two versions wait for a decision, it becomes "mine" of the two. */
async function store(record: Captured): Promise<Queued> {
  const db = await database();
  const change = db.transaction("captured", "readwrite");
  let base = lifted.get(place(record, record.base)) ?? record.base;
  if (record.kind === "answer") {
    for (const old of (await change.store.index("sheet").getAll([record.owner, record.sheet])) as Queued[]) {
      if (old.kind !== "answer" || old.field !== record.field) continue;
      if (old.state === "conflict") {
        const mine = { ...old, value: record.value, at: record.at };
        await change.store.put(mine);
        await change.done;
        return mine;
      }
      if (old.attempts > 0 && old.state !== "refused") continue;
      base = old.base;
      await change.store.delete(old.seq);
    }
  }
  const kept = { ...record, base };
  const seq = await change.store.add(kept);
  await change.done;
  return { ...kept, seq };
}

export async function ofSheet(sheet: string): Promise<Queued[]> {
  return (await (await database()).getAllFromIndex("captured", "sheet", [owner(), sheet])) as Queued[];
}

export async function ofOwner(): Promise<Queued[]> {
  if (!owner()) return [];
  return (await (await database()).getAllFromIndex("captured", "owner", owner())) as Queued[];
}

export async function get(seq: number): Promise<Queued | undefined> {
  return (await (await database()).get("captured", seq)) as Queued | undefined;
}

export async function put(record: Queued): Promise<void> {
  await (await database()).put("captured", record);
}

/** Takes the record out and lifts the later ones of its scope from the version it was based on to the new one. */
export async function settle(record: Queued, version: string | undefined): Promise<void> {
  if (version !== undefined) lifted.set(place(record, record.base), version);
  const change = (await database()).transaction("captured", "readwrite");
  await change.store.delete(record.seq);
  if (version !== undefined) {
    for (const later of (await change.store.index("sheet").getAll([record.owner, record.sheet])) as Queued[]) {
      if (later.scope === record.scope && later.base === record.base) await change.store.put({ ...later, base: version });
    }
  }
  await change.done;
}

export async function drop(seq: number): Promise<void> {
  await (await database()).delete("captured", seq);
}

export async function unsentCount(): Promise<number> {
  return (await ofOwner()).length + writing;
}
