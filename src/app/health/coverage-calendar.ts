import { parsePicos } from '../../domain/money/picos.ts';
import { DAY_MS, formatDay, type TimeWindow } from '../../domain/time/window.ts';
import type { DatasetRecord } from '../../ports/store.ts';
import { compareText } from '../figures/compare-text.ts';
import { fraction } from '../figures/fraction.ts';

import type { CalendarRow, HealthReport } from '../results/health.ts';

export type CalendarFacts = Readonly<{
  days: HealthReport['byDay'];
  datasets: readonly DatasetRecord[];
  /** Whole days. */
  window: TimeWindow;
}>;

/**
 * Days by what is known of them: how much of their cost a bill explains, how much of their GPU time was observed, and for each kind of
 * source how much of the day lies between the first and the last fact of what it brought.
 */
export function coverageCalendar({ days, datasets, window }: CalendarFacts): HealthReport['calendar'] {
  const starts = Array.from(
    { length: (window.toMs - window.fromMs) / DAY_MS },
    (_, index) => window.fromMs + index * DAY_MS,
  );
  const known = new Map(days.map((day) => [day.day, day]));
  const ofLedger = (pick: (day: HealthReport['byDay'][number]) => number | null) =>
    starts.map((start) => {
      const day = known.get(formatDay(start));
      return day ? pick(day) : null;
    });
  const kinds = [...new Set(datasets.map(({ kind }) => kind))].sort(compareText);
  return {
    days: starts.map(formatDay),
    rows: [
      { name: 'cost with a bill', measure: 'cost', fractions: ofLedger(billedFraction) },
      { name: 'GPU-hours observed', measure: 'gpuHours', fractions: ofLedger(({ observed }) => observed) },
      ...kinds.map((kind): CalendarRow => {
        const reach = reachOf(datasets.filter((dataset) => dataset.kind === kind));
        return {
          name: kind,
          measure: 'time',
          fractions: starts.map((start) => covered(reach, start) / DAY_MS),
        };
      }),
    ],
  };
}

function billedFraction({ ledger, estimated }: HealthReport['byDay'][number]): number | null {
  const [billed, open] = [parsePicos(ledger)!.picos, parsePicos(estimated)!.picos];
  return billed + open <= 0n || billed < 0n ? null : fraction(billed, billed + open);
}

/** Intervals in order, none touching the next. */
function reachOf(datasets: readonly DatasetRecord[]): TimeWindow[] {
  const spans = datasets
    .flatMap(({ firstMs, lastMs }) =>
      firstMs === null || lastMs === null ? [] : [{ fromMs: firstMs, toMs: lastMs }],
    )
    .sort((a, b) => a.fromMs - b.fromMs);
  const joined: { fromMs: number; toMs: number }[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last && span.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, span.toMs);
    else joined.push({ ...span });
  }
  return joined;
}

function covered(reach: readonly TimeWindow[], start: number): number {
  return reach.reduce(
    (sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, start + DAY_MS) - Math.max(fromMs, start)),
    0,
  );
}
