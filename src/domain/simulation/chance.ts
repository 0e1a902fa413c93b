/** One stream of chance: the same seed and name always give the same draws, on every machine. */
export type Chance = Readonly<{
  /** 0 (included) to 1 (excluded), 32 bits. */
  fraction(): number;
  /** 0 to `limit` − 1, each as likely. */
  below(limit: number): number;
  /** Exponential with mean 1. */
  exponential(): number;
  /** Fisher–Yates, in place. */
  shuffle(items: { length: number; [index: number]: number }): void;
}>;

/**
 * xoshiro128** (Blackman and Vigna, 2018), its state spread from the seed and the name by FNV-1a and SplitMix32. Streams are told
 * apart by name, so that drawing more from one leaves the others as they were.
 */
export function createChance(seed: number, name: string): Chance {
  const next = xoshiro(spread(`${seed}/${name}`));
  const fraction = () => next() / 4_294_967_296;
  const below = (limit: number) => Math.floor(fraction() * limit);
  return {
    fraction,
    below,
    exponential: () => -Math.log(1 - fraction()),
    shuffle(items) {
      for (let last = items.length - 1; last > 0; last--) {
        const other = below(last + 1);
        const kept = items[last]!;
        items[last] = items[other]!;
        items[other] = kept;
      }
    },
  };
}

function xoshiro(mix: () => number): () => number {
  let [a, b, c, d] = [mix(), mix(), mix(), mix()];
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
}

function rotate(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}

function spread(text: string): () => number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) | 0;
  };
}
