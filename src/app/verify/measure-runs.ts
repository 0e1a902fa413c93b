import { picosToNumber } from '../../domain/money/picos.ts';
import { HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import type { Block } from '../../domain/verification/block.ts';
import type { Measure } from '../../domain/verification/judge-change.ts';
import type { RunRecord } from '../../ports/run-queries.ts';
import type { Store } from '../../ports/store.ts';
import { isCostUnknown, totalOfRun } from '../figures/run-figures.ts';
import type { Day, MeasuredDays } from './measure-days.ts';

export type RunOptions = Readonly<{
  window: TimeWindow;
  atMs: number;
  /** Metrics that count as quality; each has to be named. */
  metrics: readonly string[];
  lowerIsBetter: readonly string[];
}>;

/** Runs by one name, in the order of their starts: what each cost, how long it took, and what it reached. */
export async function measureRuns(
  store: Store,
  name: string,
  { window, atMs, metrics, lowerIsBetter }: RunOptions,
): Promise<MeasuredDays> {
  const found = await store.runs({
    window,
    filters: [{ dimension: 'name', values: [name] }],
    sort: 'startedAt',
    isDescending: false,
    limit: null,
    offset: 0,
  });
  const skipped = new Map<string, number>();
  const usable = found.filter((run) => {
    const reason = reasonToSkip(run, window);
    if (reason !== null) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    return reason === null;
  });
  const before = usable.filter(({ startMs }) => startMs! < atMs).length;
  const placed = usable.map((run, index) => ({ run, position: index - before }));
  const days: Day[] = placed.map(({ run, position }) => ({
    position,
    cost: picosToNumber(totalOfRun(run)),
    load: 1,
    unpriced: 0,
  }));
  const blocksOf = (of: (run: RunRecord) => number | undefined): Block[] =>
    placed.flatMap(({ run, position }) => {
      const value = of(run);
      return value === undefined ? [] : [{ position, value, load: 1, weight: 1 }];
    });
  return {
    unit: 'runs',
    days,
    skipped,
    measures: [
      { name: 'cost', kind: 'cost', worseIs: 'higher', ...ALONE, blocks: days.map(toBlock) },
      {
        name: 'duration',
        kind: 'latency',
        worseIs: 'higher',
        ...ALONE,
        blocks: blocksOf(({ startMs, endMs }) => (endMs! - startMs!) / HOUR_MS),
      },
      ...metrics.map(
        (metric): Measure => ({
          name: metric,
          kind: 'quality',
          worseIs: lowerIsBetter.includes(metric) ? 'higher' : 'lower',
          ...ALONE,
          blocks: blocksOf((run) => run.metrics[metric]),
        }),
      ),
    ],
  };
}

const ALONE = { hasWeeks: false, elasticity: { least: 0, most: 0 } } as const;

function toBlock({ position, cost }: Day): Block {
  return { position, value: cost, load: 1, weight: 1 };
}

/** Only runs that did their work can be compared; one that broke off is cheap for a bad reason. */
function reasonToSkip(run: RunRecord, window: TimeWindow): string | null {
  if (run.startMs === null || run.endMs === null || run.endMs > window.toMs) return 'it has not ended';
  if (run.startMs < window.fromMs) return 'it began before the window';
  if (run.state !== 'succeeded') return `it ended ${run.state}`;
  return isCostUnknown(run) || run.unpricedTicks > 0n ? 'its cost is not known' : null;
}
