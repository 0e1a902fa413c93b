import { parsePicos } from '../domain/money/picos.ts';
import type { TimeWindow } from '../domain/time/window.ts';
import { TareError } from './errors.ts';
import { SPOT_GRAINS, type SpotGrain } from './results/spot.ts';
import { DEFAULT_LEVER_SEED, SPOT_SORTS, type SpotReportRequest, type SpotSort } from './tare.ts';

/** What flags and queries say, before it is read. */
export type SpotWords = Readonly<{
  by?: string | undefined;
  only?: string | undefined;
  workload?: string | undefined;
  sort?: string | undefined;
  limit: number | null;
  offset: number;
  deadline: readonly string[];
  spotPrice: readonly string[];
  seed?: number | undefined;
}>;

export const SPOT_SIDES = ['could', 'could-not'] as const;

/** @throws TareError for words that mean nothing */
export function readSpotRequest(words: SpotWords, window: TimeWindow): SpotReportRequest {
  const { by = 'run', only, workload, sort = 'saved', limit, offset } = words;
  return {
    window,
    seed: words.seed ?? DEFAULT_LEVER_SEED,
    by: oneOf<SpotGrain>(by, SPOT_GRAINS, 'rows are not', 'by'),
    only: only === undefined ? null : oneOf(only, SPOT_SIDES, 'rows are not', 'only'),
    workload: workload || null,
    sort: oneOf<SpotSort>(sort, SPOT_SORTS, 'rows are not sorted by', 'sort'),
    limit,
    offset,
    deadlines: readDeadlines(words.deadline),
    spotPrices: readSpotPrices(words.spotPrice),
  };
}

/** One of a few words. @throws TareError that lists them */
export function oneOf<Word extends string>(
  text: string,
  words: readonly Word[],
  what: string,
  flag: string,
): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new TareError('usage', `${what} "${text}"`, `write --${flag} ${words.join(' or ')}`);
}

/** `ranker=48`: runs of this workload have to be done 48 hours after they start. @throws TareError for anything else */
export function readDeadlines(texts: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, workload, amount] = /^(.+)=(\d+\.?\d*|\.\d+)$/.exec(text.trim()) ?? [];
      const hours = Number(amount);
      if (workload === undefined || !(hours > 0))
        throw new TareError(
          'usage',
          `"${text}" is no deadline`,
          'write workload=hours after the start, such as ranker=48',
        );
      return [workload, hours];
    }),
  );
}

/** `H100-SXM5-80GB=2.10`: what a GPU-hour of this kind would cost on spot. @throws TareError for anything else */
export function readSpotPrices(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, gpuModel, amount] = /^([^=]+)=(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
      const parsed = amount === undefined ? undefined : parsePicos(amount);
      if (gpuModel === undefined || amount === undefined || parsed === undefined || parsed.picos === 0n)
        throw new TareError(
          'usage',
          `"${text}" is no price`,
          'write GPU=price of a GPU-hour, such as H100-SXM5-80GB=2.10',
        );
      return [gpuModel, amount];
    }),
  );
}

/** The other way round, for a request that goes to a server: of deadlines and of prices. */
export function writePairs(pairs: Readonly<Record<string, number | string>>): string[] {
  return Object.entries(pairs).map(([name, value]) => `${name}=${value}`);
}
