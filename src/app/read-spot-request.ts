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
  seed?: number | undefined;
}>;

export const SPOT_SIDES = ['could', 'could-not'] as const;

/** @throws TareError for words that mean nothing */
export function readSpotRequest(words: SpotWords, window: TimeWindow): SpotReportRequest {
  const { by = 'run', only, workload, sort = 'saved', limit, offset, deadline } = words;
  return {
    window,
    seed: words.seed ?? DEFAULT_LEVER_SEED,
    by: oneOf<SpotGrain>(by, SPOT_GRAINS, 'rows are not', 'by'),
    only: only === undefined ? null : oneOf(only, SPOT_SIDES, 'rows are not', 'only'),
    workload: workload || null,
    sort: oneOf<SpotSort>(sort, SPOT_SORTS, 'rows are not sorted by', 'sort'),
    limit,
    offset,
    deadlines: readDeadlines(deadline),
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

/** The other way round, for a request that goes to a server. */
export function writeDeadlines(deadlines: Readonly<Record<string, number>>): string[] {
  return Object.entries(deadlines).map(([workload, hours]) => `${workload}=${hours}`);
}
