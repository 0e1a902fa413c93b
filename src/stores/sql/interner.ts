import type { Cell } from './engine.ts';

/** Numbers for texts that repeat. New ones are kept aside until they are stored with the import that brought them. */
export type Interner = Readonly<{
  idOf(key: string, rest: () => readonly Cell[]): number;
  /** Rows `[id, key, …rest]` that are not stored yet. */
  fresh(): readonly (readonly Cell[])[];
  /** Call when they are. */
  stored(): void;
  /** Forgets the fresh ones again: their import failed. */
  discarded(): void;
}>;

export function createInterner(known: Iterable<readonly [string, number]>): Interner {
  const ids = new Map(known);
  let next = Math.max(-1, ...ids.values()) + 1;
  let fresh: (readonly Cell[])[] = [];
  return {
    idOf(key, rest) {
      const found = ids.get(key);
      if (found !== undefined) return found;
      const cells = rest();
      const id = next++;
      ids.set(key, id);
      fresh.push([id, key, ...cells]);
      return id;
    },
    fresh: () => fresh,
    stored: () => {
      fresh = [];
    },
    discarded() {
      for (const [, key] of fresh) ids.delete(key as string);
      fresh = [];
    },
  };
}
