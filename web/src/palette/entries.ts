/** Something that the palette leads to or does. */
export type Entry = Readonly<{
  /** Unlike those of all other entries. */
  id: string;
  group: string;
  name: string;
  /** Beside the name: whose it is, where it leads, its keys. */
  detail: string | null;
  run: () => void;
  /** Adds to the list instead of leading elsewhere. */
  keepsOpen?: boolean;
}>;

/** Those that fit what was typed: every word of it stands in the name or its group; the best first, then as they came. */
export function fitting(entries: readonly Entry[], typed: string): readonly Entry[] {
  const words = wordsOf(typed);
  if (words.length === 0) return entries;
  return entries
    .map((entry, index) => ({ entry, index, fit: fitOf(entry, words) }))
    .filter(({ fit }) => fit !== null)
    .toSorted((a, b) => a.fit! - b.fit! || a.index - b.index)
    .map(({ entry }) => entry);
}

/** Entries by group, groups in the order of their first entry. */
export function grouped(entries: readonly Entry[]): readonly (readonly [string, readonly Entry[]])[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  return [...groups];
}

/** 0 where the name begins with what was typed, 1 where each word begins one of the name, 2 for the rest; `null` is no fit. */
function fitOf({ name, group, detail }: Entry, words: readonly string[]): number | null {
  const whole = name.toLowerCase();
  if (whole.startsWith(words.join(' '))) return 0;
  const starts = wordsOf(name);
  if (words.every((word) => starts.some((start) => start.startsWith(word)))) return 1;
  const all = `${whole} ${group.toLowerCase()} ${(detail ?? '').toLowerCase()}`;
  return words.every((word) => all.includes(word)) ? 2 : null;
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[\s/_:·-]+/)
    .filter((word) => word !== '');
}
