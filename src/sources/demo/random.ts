import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** One stream of chance. The same seed and name always give the same stream. */
export type Random = Readonly<{
  /** 0 (included) to 1 (excluded). */
  fraction: () => number;
  between: (least: number, most: number) => number;
  chance: (probability: number) => boolean;
  /** Favours the short side: most jobs are short, a few are very long. */
  skewed: (least: number, most: number) => number;
  pick: <T extends Readonly<{ weight: number }>>(choices: readonly T[]) => T;
  hex: (digits: number) => string;
}>;

/** Streams are told apart by name, so that a new node or workload in the plan leaves all the others as they were. */
export function randomStream(seed: number, name: string): Random {
  const generator = xoroshiro128plus(hash(`${seed}/${name}`));
  // Neighbouring seeds start alike and drift apart within a few draws.
  for (let draw = 0; draw < 16; draw++) generator.next();

  const fraction = () => (generator.next() >>> 0) / 4_294_967_296;
  return {
    fraction,
    between: (least, most) => least + fraction() * (most - least),
    chance: (probability) => fraction() < probability,
    skewed: (least, most) => least * (most / least) ** fraction(),
    pick: (choices) => pickByWeight(choices, fraction()),
    hex: (digits) => Array.from({ length: digits }, () => Math.floor(fraction() * 16).toString(16)).join(''),
  };
}

function pickByWeight<T extends Readonly<{ weight: number }>>(choices: readonly T[], fraction: number): T {
  let left = fraction * choices.reduce((sum, choice) => sum + choice.weight, 0);
  const picked = choices.find((choice) => {
    left -= choice.weight;
    return left < 0;
  });
  return picked ?? choices.at(-1)!;
}

/** FNV-1a over UTF-16 units: spreads close names far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value;
}

/** How many come where so many are expected: Poisson for few, its normal limit for many. */
export function arrivals(expected: number, random: Random): number {
  if (expected <= 0) return 0;
  if (expected > 40) return Math.max(0, Math.round(expected + Math.sqrt(expected) * bell(random)));
  const limit = Math.exp(-expected);
  let count = 0;
  for (let left = random.fraction(); left > limit; left *= random.fraction()) count += 1;
  return count;
}

/** Close to normal, with mean 0 and variance 1: four even draws have a variance of a third. */
function bell({ fraction }: Random): number {
  return (fraction() + fraction() + fraction() + fraction() - 2) * Math.sqrt(3);
}
