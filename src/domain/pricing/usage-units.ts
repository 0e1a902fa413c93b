/**
 * What a price is for, taken apart from its key: `cache_audio_read_mtok` is a million tokens that are input, cached, read and audio.
 *
 * A unit contains another of the same family when its words are a part of the other's: input contains cached input contains cached audio.
 */
export type UsageUnit = Readonly<{
  priceKey: string;
  usageKey: string;
  family: string;
  words: ReadonlySet<string>;
  /** How many the price is for. */
  per: bigint;
}>;

/** Ending of the price key → how many it is for, and the ending of the usage key. */
const ENDINGS = [
  { ending: '_mtok', per: 1_000_000n, usageEnding: '_tokens' },
  { ending: '_kcount', per: 1_000n, usageEnding: '' },
  { ending: '_kpages', per: 1_000n, usageEnding: '_pages' },
  { ending: '_mchars', per: 1_000_000n, usageEnding: '_characters' },
  { ending: '_gpixels', per: 1_000_000_000n, usageEnding: '_pixels' },
  { ending: '_hours', per: 3_600n, usageEnding: '_seconds' },
] as const;

/** Every `per` divides it, so that prices for different units are added up without rounding. */
export const COMMON_PER = 9_000_000_000n;

/** `undefined` for a key in no unit that is known. */
export function unitOfPrice(priceKey: string): UsageUnit | undefined {
  const found = ENDINGS.find(({ ending }) => priceKey.endsWith(ending));
  if (!found) return undefined;
  const stem = priceKey.slice(0, -found.ending.length);
  return unit(priceKey, `${stem}${found.usageEnding}`, stem, found.usageEnding, found.per);
}

/** For the reported side, where only family and words matter. */
export function unitOfUsage(usageKey: string): UsageUnit {
  const found = ENDINGS.find(({ usageEnding }) => usageEnding !== '' && usageKey.endsWith(usageEnding));
  const stem = found ? usageKey.slice(0, -found.usageEnding.length) : usageKey;
  return unit('', usageKey, stem, found?.usageEnding ?? '', found?.per ?? 1_000n);
}

function unit(priceKey: string, usageKey: string, stem: string, ending: string, per: bigint): UsageUnit {
  // Counted things (searches, requests) contain nothing: each is a family of its own.
  if (ending === '') return { priceKey, usageKey, family: stem, words: new Set(), per };
  const words = new Set(stem.split('_'));
  if (words.has('cache')) words.add('input');
  return { priceKey, usageKey, family: ending, words, per };
}

/** Whether every `inner` is also an `outer`; a unit does not contain itself. */
export function contains(outer: UsageUnit, inner: UsageUnit): boolean {
  return (
    outer.family === inner.family &&
    outer.words.size < inner.words.size &&
    [...outer.words].every((word) => inner.words.has(word))
  );
}

export type Direction = 'input' | 'output' | 'other';

export function directionOf({ words }: UsageUnit): Direction {
  if (words.has('input')) return 'input';
  return words.has('output') ? 'output' : 'other';
}
