import { createHash } from 'node:crypto';
import type { Cell } from './engine.ts';

/** Numbers for texts that repeat. New ones wait until they are stored, which has to be before any fact that uses them. */
export type Interner = Readonly<{
  idOf(key: string, rest: () => readonly Cell[]): number;
  /** Rows `[id, key, …rest]` that are not stored yet. */
  fresh(): readonly (readonly Cell[])[];
  /** Call when they are. */
  stored(): void;
}>;

/** Keys longer than this are remembered by their digest: a bill may bring a million tag sets. */
const KEPT_CHARACTERS = 32;

export function createInterner(known: Iterable<readonly [string, number]>): Interner {
  const ids = new Map<string, number>();
  for (const [key, id] of known) ids.set(digest(key), id);
  let next = [...ids.values()].reduce((top, id) => Math.max(top, id), -1) + 1;
  let fresh: (readonly Cell[])[] = [];
  return {
    idOf(key, rest) {
      const name = digest(key);
      const found = ids.get(name);
      if (found !== undefined) return found;
      const cells = rest();
      const id = next++;
      ids.set(name, id);
      fresh.push([id, key, ...cells]);
      return id;
    },
    fresh: () => fresh,
    stored: () => {
      fresh = [];
    },
  };
}

function digest(key: string): string {
  return key.length <= KEPT_CHARACTERS
    ? key
    : createHash('sha256').update(key).digest('base64url').slice(0, 27);
}
