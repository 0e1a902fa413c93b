import type { CommitmentReport, CommitmentSpan, HeldFigures } from '../../../src/app/results/commitments.ts';
import { formatShortDay, formatWeekday } from '../format/dates.ts';
import { UNKNOWN } from '../format/money.ts';
import { formatGpuHours } from '../format/quantity.ts';
import type { BarSeries, BarsView } from '../frame/bars-view.ts';
import { percentText } from './plan-view.ts';

export const HELD_STATES: Readonly<Record<HeldFigures['state'], string>> = {
  ahead: '… not begun',
  running: '● running',
  ends_soon: '▼ ends soon',
  ended: '✕ ended',
  no_end_known: '– no end known',
};

const LOOKS = {
  committed: { color: { light: '#126a82', dark: '#7fc4d6' }, pattern: 'solid' },
  rest: { color: { light: '#9c502f', dark: '#d98252' }, pattern: 'diagonal' },
} as const satisfies Readonly<Record<string, Pick<BarSeries, 'color' | 'pattern'>>>;

/** What commitments covered, day by day, and what they did not: GPU-hours that could have been committed. */
export function viewCoverage({ days, total }: CommitmentReport): BarsView {
  const rest = (span: Pick<CommitmentSpan, 'eligibleGpuHours' | 'committedGpuHours'>) =>
    Math.max(0, span.eligibleGpuHours - span.committedGpuHours);
  return {
    pointTitle: 'Day',
    points: days.map(({ day }) => ({ name: formatWeekday(day), label: formatShortDay(day) })),
    series: [
      {
        ...LOOKS.committed,
        key: 'committed',
        name: 'Committed',
        heights: days.map(({ committedGpuHours }) => committedGpuHours),
        texts: days.map(
          ({ committedGpuHours, coveragePercent }) =>
            `${formatGpuHours(committedGpuHours)} (${percentText(coveragePercent)})`,
        ),
        whole: `${formatGpuHours(total.committedGpuHours)} (${percentText(total.coveragePercent)})`,
      },
      {
        ...LOOKS.rest,
        key: 'rest',
        name: 'On demand',
        heights: days.map(rest),
        texts: days.map((day) => formatGpuHours(rest(day))),
        whole: formatGpuHours(rest(total)),
      },
    ],
    isStacked: true,
    unit: 'GPU-hours',
    currency: null,
    wholeTitle: 'All days',
    summary: coverageSummary(days),
  };
}

function coverageSummary(days: readonly CommitmentSpan[]): string {
  const known = days.filter(({ coveragePercent }) => coveragePercent !== null);
  if (known.length === 0) return 'No GPU-hour of this window could have been committed.';
  const by = (isMore: (a: number, b: number) => boolean) =>
    known.reduce((most, one) => (isMore(one.coveragePercent!, most.coveragePercent!) ? one : most));
  const [least, most] = [by((a, b) => a < b), by((a, b) => a > b)];
  return `Covered least on ${formatWeekday(least.day)}, ${percentText(least.coveragePercent)}, and most on ${formatWeekday(most.day)}, ${percentText(most.coveragePercent)}.`;
}

export function endText({ end, daysLeft, state }: HeldFigures): string {
  if (end === null || daysLeft === null) return UNKNOWN;
  const left = state === 'ended' ? 'ended' : `in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`;
  return `${end.slice(0, 10)}, ${left}`;
}

export function kindText({ kind, gpus, gpuModels, type }: HeldFigures): string {
  const what =
    kind === 'spend' ? 'to spend' : gpus === null ? gpuModels.join(', ') : `${gpus} × ${gpuModels[0]}`;
  return [what, type].filter(Boolean).join(' · ');
}
