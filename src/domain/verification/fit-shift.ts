import type { Block } from './block.ts';
import { studentCdf } from './student-t.ts';

/** What is believed of the shift: a mixture of Student's t, one for each strength of autocorrelation and of the load. */
export type Shift = Readonly<{
  mean: number;
  autocorrelation: number;
  degrees: number;
  parts: readonly Readonly<{ share: number; centre: number; scale: number }>[];
}>;

export type ShiftModel = Readonly<{
  isWeekMatched: boolean;
  /** Elasticities of the value by the load. */
  least: number;
  most: number;
}>;

/** Autocorrelations that are tried, each as likely before the blocks have spoken. Noise that turns round is not. */
const AUTOCORRELATIONS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const ELASTICITY_STEPS = 5;
const DAYS_PER_WEEK = 7;
/** Noise below this share of the values is that of floating point. */
const LEAST_NOISE = 1e-9;
const LEAST_DEGREES = 3;

/**
 * Generalised least squares with noise of the first autoregressive order, over a grid of autocorrelations and elasticities. Each cell
 * is weighted by its restricted likelihood, as integrating over flat priors has it: whoever does not know how much one day says of the
 * next has to live with a wider interval. Blocks are in the order of their positions, with gaps where some are missing.
 */
export function fitShift(blocks: readonly Block[], model: ShiftModel): Shift | null {
  const design = designOf(blocks, model.isWeekMatched);
  const degrees = blocks.length - design[0]!.length;
  if (degrees < LEAST_DEGREES) return null;
  const elasticities = elasticitiesOf(blocks, model);
  const fits = AUTOCORRELATIONS.flatMap((rho) => {
    const whitened = whiten(blocks, design, rho);
    const solved = solveNormal(whitened.rows);
    if (solved === null) return [];
    return elasticities.map((elasticity) => {
      const values = whitened.of(adjustForLoad(blocks, elasticity));
      return { rho, ...fitCell(whitened, solved, values, degrees) };
    });
  });
  if (fits.length === 0) return null;
  const most = Math.max(...fits.map(({ logLikelihood }) => logLikelihood));
  const weights = fits.map(({ logLikelihood }) => Math.exp(logLikelihood - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const parts = fits.map(({ centre, scale }, index) => ({ share: weights[index]! / total, centre, scale }));
  const average = (of: (index: number) => number) =>
    parts.reduce((sum, { share }, index) => sum + share * of(index), 0);
  return {
    mean: average((index) => parts[index]!.centre),
    autocorrelation: average((index) => fits[index]!.rho),
    degrees,
    parts,
  };
}

/** The value that the shift lies below with a chance. */
export function shiftQuantile({ parts, degrees }: Shift, chance: number): number {
  const reach = Math.max(...parts.map(({ scale }) => scale)) * 1_000;
  let low = Math.min(...parts.map(({ centre }) => centre)) - reach;
  let high = Math.max(...parts.map(({ centre }) => centre)) + reach;
  const below = (value: number) =>
    parts.reduce(
      (sum, { share, centre, scale }) =>
        share < 1e-12 ? sum : sum + share * studentCdf((value - centre) / scale, degrees),
      0,
    );
  for (let halving = 0; halving < 100; halving++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (below(middle) < chance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A level for each block of the week that occurs, or one for all, and the shift, which is the last column. */
function designOf(blocks: readonly Block[], isWeekMatched: boolean): number[][] {
  const place = ({ position }: Block) =>
    isWeekMatched ? ((position % DAYS_PER_WEEK) + DAYS_PER_WEEK) % DAYS_PER_WEEK : 0;
  const places = [...new Set(blocks.map(place))].sort((a, b) => a - b);
  return blocks.map((block) => [
    ...places.map((one) => (one === place(block) ? 1 : 0)),
    block.position >= 0 ? 1 : 0,
  ]);
}

function elasticitiesOf(blocks: readonly Block[], { least, most }: ShiftModel): number[] {
  const isEven = blocks.every(({ load }) => load === blocks[0]!.load);
  if (isEven || least === most) return [least];
  const step = (most - least) / ELASTICITY_STEPS;
  return Array.from({ length: ELASTICITY_STEPS + 1 }, (_, index) => least + index * step);
}

/**
 * Values as they would be at the usual load before the change, were they to follow the load with an elasticity around the level before:
 * what the load explains is no shift.
 */
function adjustForLoad(blocks: readonly Block[], elasticity: number): number[] {
  const before = blocks.filter(({ position }) => position < 0);
  const level = meanOf(before.map(({ value }) => value));
  const usual = meanOf(before.map(({ load }) => load));
  return blocks.map(({ value, load }) =>
    usual === 0 ? value : value - elasticity * level * (load / usual - 1),
  );
}

type Whitened = Readonly<{
  rows: readonly (readonly number[])[];
  of(values: readonly number[]): number[];
  logDeterminant: number;
}>;

/** Rows with noise that is independent and alike: each less what the one before says of it, by their distance, and by its weight. */
function whiten(blocks: readonly Block[], design: readonly (readonly number[])[], rho: number): Whitened {
  const heavy = meanOf(blocks.map(({ weight }) => weight));
  const roots = blocks.map(({ weight }) => Math.sqrt(weight / heavy));
  const memories = blocks.map(({ position }, index) =>
    index === 0 ? 0 : rho ** (position - blocks[index - 1]!.position),
  );
  const of = (values: readonly number[]) =>
    values.map((value, index) => {
      const memory = memories[index]!;
      const last = index === 0 ? 0 : values[index - 1]! * roots[index - 1]!;
      return (value * roots[index]! - memory * last) / Math.sqrt(1 - memory * memory);
    });
  const columns = design[0]!.map((_, column) => of(design.map((row) => row[column]!)));
  return {
    rows: design.map((_, row) => columns.map((column) => column[row]!)),
    of,
    logDeterminant: memories.reduce((sum, memory) => sum + Math.log(1 - memory * memory), 0),
  };
}

type Solved = Readonly<{ inverse: readonly (readonly number[])[]; logDeterminant: number }>;

/** (X′X)⁻¹ by Gauss and Jordan; `null` when columns depend on each other. */
function solveNormal(rows: readonly (readonly number[])[]): Solved | null {
  const size = rows[0]!.length;
  const work = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    ...Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)),
  ]);
  let logDeterminant = 0;
  for (let pivot = 0; pivot < size; pivot++) {
    const diagonal = work[pivot]![pivot]!;
    // Positive definite, unless a column says what others say: no swap is needed.
    if (!(diagonal > 1e-9)) return null;
    logDeterminant += Math.log(diagonal);
    work[pivot] = work[pivot]!.map((value) => value / diagonal);
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const factor = work[row]![pivot]!;
      if (factor !== 0) work[row] = work[row]!.map((value, column) => value - factor * work[pivot]![column]!);
    }
  }
  return { inverse: work.map((row) => row.slice(size)), logDeterminant };
}

function fitCell(
  { rows, logDeterminant }: Whitened,
  { inverse, logDeterminant: ofDesign }: Solved,
  values: readonly number[],
  degrees: number,
) {
  const size = inverse.length;
  const moments = Array.from({ length: size }, (_, column) =>
    rows.reduce((sum, row, index) => sum + row[column]! * values[index]!, 0),
  );
  const coefficients = inverse.map((row) =>
    row.reduce((sum, value, column) => sum + value * moments[column]!, 0),
  );
  const squares = rows.reduce((sum, row, index) => {
    const fitted = row.reduce((total, value, column) => total + value * coefficients[column]!, 0);
    return sum + (values[index]! - fitted) ** 2;
  }, 0);
  const floor = (LEAST_NOISE * Math.max(...values.map(Math.abs), Number.MIN_VALUE)) ** 2;
  const variance = Math.max(squares / degrees, floor);
  return {
    centre: coefficients[size - 1]!,
    scale: Math.sqrt(variance * inverse[size - 1]![size - 1]!),
    logLikelihood: -0.5 * (logDeterminant + ofDesign + degrees * Math.log(variance)),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
