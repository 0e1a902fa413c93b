import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../domain/time/window.ts';
import type { Random } from './random.ts';

/** What a workload does to the device it holds, as it would look on a chart. Fractions are 0–1. */
export type Pattern =
  /** Traffic by the clock: `quiet` at none, `peak` at the busiest hour. `fill` is SM active ÷ engine active. */
  | Readonly<{ kind: 'serving'; curve: Curve; quiet: number; peak: number; fill: number; memory: number }>
  /** Loads data for a quarter of an hour, then works evenly, with dips to evaluate and to write checkpoints. */
  | Readonly<{ kind: 'training'; engine: number; sm: number; memory: number }>
  /** Bursts of work while somebody sits there, and nothing when nobody does. */
  | Readonly<{ kind: 'interactive'; activeFraction: number; memory: number }>
  /** Waiting in a collective for a rank that died: the engine spins, the chip is empty. */
  | Readonly<{ kind: 'hung'; memory: number }>
  /** Comes and goes at any time. */
  | Readonly<{ kind: 'bursts'; activeFraction: number; engine: number; sm: number; memory: number }>;

export type Curve = 'consumer' | 'office' | 'steady';

/** Level of traffic by hour of the day (UTC), 1 at the busiest. */
const DAY_CURVES: Readonly<Record<Curve, readonly number[]>> = {
  // A product used in America and Europe: lunch in one, evening in the other.
  consumer: [
    0.62, 0.48, 0.36, 0.26, 0.2, 0.18, 0.22, 0.31, 0.43, 0.54, 0.62, 0.69, 0.76, 0.83, 0.89, 0.94, 0.98, 1, 1,
    0.98, 0.94, 0.9, 0.83, 0.74,
  ],
  office: [
    0.02, 0.01, 0.01, 0.01, 0.02, 0.05, 0.15, 0.42, 0.78, 0.96, 1, 0.94, 0.72, 0.9, 0.98, 0.94, 0.78, 0.5,
    0.26, 0.14, 0.09, 0.06, 0.04, 0.03,
  ],
  steady: new Array(24).fill(1),
};

const WEEKEND_LEVEL: Readonly<Record<Curve, number>> = { consumer: 0.68, office: 0.08, steady: 1 };

/** Traffic grows over the window from this to this, relative to the plan. */
const GROWTH = { from: 0.86, to: 1.06 } as const;

const RARE_REQUESTS = 0.06;

/** Reused for every sample: two million small objects would be most of the work. */
export type Reading = { engine: number; sm: number; memory: number };

export type Moment = Readonly<{
  atMs: EpochMs;
  /** When the workload took the device. */
  sinceMs: EpochMs;
  /** Of the whole window, 0–1. */
  progress: number;
}>;

/** Adds what the pattern does at this moment to `reading`. */
export function playPattern(pattern: Pattern, moment: Moment, random: Random, reading: Reading): void {
  reading.memory += pattern.memory;
  switch (pattern.kind) {
    case 'serving':
      playServing(pattern, moment, random, reading);
      break;
    case 'training':
      playTraining(pattern, moment, random, reading);
      break;
    case 'interactive':
      playInteractive(pattern, moment, random, reading);
      break;
    case 'hung':
      add(reading, 1, 0.015 + spread(random, 0.01));
      break;
    case 'bursts':
      if (!random.chance(pattern.activeFraction)) break;
      add(reading, pattern.engine + spread(random, 0.1), pattern.sm + spread(random, 0.1));
      break;
    default:
      pattern satisfies never;
  }
}

function playServing(
  pattern: Extract<Pattern, { kind: 'serving' }>,
  moment: Moment,
  random: Random,
  reading: Reading,
): void {
  const level = trafficLevel(pattern.curve, moment.atMs) * growth(moment.progress);
  // Where nothing runs without requests, hardly any traffic is none at all most of the time.
  if (pattern.quiet === 0 && level < RARE_REQUESTS && !random.chance(level)) return;
  const engine = pattern.quiet + (pattern.peak - pattern.quiet) * level + spread(random, 0.06);
  add(reading, engine, engine * (pattern.fill + spread(random, 0.05)));
}

function playTraining(
  pattern: Extract<Pattern, { kind: 'training' }>,
  moment: Moment,
  random: Random,
  reading: Reading,
): void {
  const isLoading = moment.atMs - moment.sinceMs < 15 * MINUTE_MS;
  if (isLoading) add(reading, 0.08, 0.02);
  else if (random.chance(0.035)) add(reading, 0.35, 0.12);
  else add(reading, pattern.engine + spread(random, 0.04), pattern.sm + spread(random, 0.05));
}

function playInteractive(
  pattern: Extract<Pattern, { kind: 'interactive' }>,
  moment: Moment,
  random: Random,
  reading: Reading,
): void {
  if (!random.chance(pattern.activeFraction * trafficLevel('office', moment.atMs))) return;
  const engine = random.between(0.3, 0.95);
  add(reading, engine, engine * random.between(0.25, 0.6));
}

export function trafficLevel(curve: Curve, atMs: EpochMs): number {
  const level = DAY_CURVES[curve][Math.floor(atMs / HOUR_MS) % 24]!;
  return isWeekend(atMs) ? level * WEEKEND_LEVEL[curve] : level;
}

/** 1 January 1970 was a Thursday. */
export function isWeekend(atMs: EpochMs): boolean {
  const dayOfWeek = (Math.floor(atMs / (24 * HOUR_MS)) + 4) % 7;
  return dayOfWeek === 0 || dayOfWeek === 6;
}

export function growth(progress: number): number {
  return GROWTH.from + (GROWTH.to - GROWTH.from) * progress;
}

function add(reading: Reading, engine: number, sm: number): void {
  const busy = clamp(engine);
  reading.engine = Math.min(1, reading.engine + busy);
  reading.sm = Math.min(reading.engine, reading.sm + Math.min(busy, clamp(sm)));
}

function spread(random: Random, width: number): number {
  return (random.fraction() * 2 - 1) * width;
}

function clamp(fraction: number): number {
  return Math.max(0, Math.min(1, fraction));
}
