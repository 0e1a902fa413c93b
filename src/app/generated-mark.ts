import type { Store } from '../ports/store.ts';

/** Set on a store whose facts were made up, so that every page can say so. */
export type GeneratedMark = Readonly<{ seed: number; description: string }>;

const NOTE = 'generated';

export async function writeGeneratedMark(store: Store, mark: GeneratedMark): Promise<void> {
  await store.writeNote(NOTE, JSON.stringify(mark));
}

export async function readGeneratedMark(store: Pick<Store, 'readNote'>): Promise<GeneratedMark | null> {
  const text = await store.readNote(NOTE);
  if (text === undefined) return null;
  const { seed, description } = JSON.parse(text) as GeneratedMark;
  return { seed, description };
}
