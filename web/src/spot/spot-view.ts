import type { SpotPoolFigures, SpotReport, SpotRow } from '../../../src/app/results/spot.ts';
import { fractionOf, parseDecimal, toNumber } from '../format/decimal.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { countOf, formatCount, formatPercent, hoursText } from '../format/quantity.ts';
import type { BarsView } from '../frame/bars-view.ts';
import type { Card } from '../frame/cards.tsx';

export function viewSpotCards(report: SpotReport): readonly Card[] {
  const { total, currency, pools, refused } = report;
  const money = (text: string) => formatMoney(text, currency, 0);
  const line = (text: string) => ({ text, direction: null, isGap: false });
  const plain = { isEstimate: false, aside: null, tone: 'plain' } as const;
  const { aloneSaving } = total;
  return [
    {
      ...plain,
      title: 'Spot saves, a month',
      value: money(aloneSaving.expected),
      exact: exactMoney(aloneSaving.expected, currency),
      isEstimate: true,
      lines: [line(`${money(aloneSaving.low)} to ${money(aloneSaving.high)} in history resampled`)],
    },
    {
      ...plain,
      title: 'Could have run on spot',
      value: formatCount(total.could),
      exact: `${total.could} of ${total.rows}`,
      aside: `of ${formatCount(total.rows)}`,
      lines: [
        line(`held for ${money(total.couldCost)} in this window`),
        line(`${money(total.spotCost)} on spot, an estimate`),
      ],
    },
    {
      ...plain,
      title: 'Could not',
      value: formatCount(refused.reduce((sum, { workloads }) => sum + workloads.length, 0)),
      exact: refused.map(({ why, workloads }) => `${workloads.length}: ${why}`).join('; '),
      aside: 'workloads',
      lines: refused.slice(0, 2).map(({ why, heldCost }) => line(`${money(heldCost)}: ${why}`)),
    },
    {
      ...plain,
      title: 'A node is taken every',
      value: pools.length === 0 ? UNKNOWN : `${pools[0]!.hoursBetweenPreemptions.toFixed(1)} h`,
      exact: pools.map(takenText).join('; '),
      isEstimate: pools.length > 0 && !pools[0]!.isMeasured,
      lines: pools.length === 0 ? [line('no pool with a price of spot')] : [line(takenText(pools[0]!))],
    },
  ];
}

export function takenText({ isMeasured, preemptionsSeen }: SpotPoolFigures): string {
  return isMeasured
    ? `measured on ${countOf(preemptionsSeen, 'preemption')} of this fleet`
    : `stated: ${countOf(preemptionsSeen, 'preemption')} seen are too few`;
}

const HELD = { light: '#126a82', dark: '#7fc4d6' } as const;
const ON_SPOT = { light: '#b45f06', dark: '#f0b36b' } as const;

/** What was paid on demand beside what spot would have asked, and what stayed for which reason. */
export function viewSpotBars({ refused, pools, currency }: SpotReport): BarsView {
  const points = [
    ...pools.map(({ target, heldCost, spotCost }) => ({
      name: target,
      label: target,
      held: heldCost,
      spot: spotCost as string | null,
    })),
    ...refused.map(({ why, heldCost, verdict }) => ({
      name: why,
      label: LABELS[verdict] ?? verdict,
      held: heldCost,
      spot: null,
    })),
  ];
  const height = (text: string | null) => (text === null ? null : toNumber(parseDecimal(text) ?? 0n));
  const textOf = (text: string | null) => (text === null ? UNKNOWN : formatMoney(text, currency, 0));
  return {
    pointTitle: 'What was held',
    points: points.map(({ name, label }) => ({ name, label })),
    series: [
      {
        key: 'spot',
        name: 'on spot, estimated',
        color: ON_SPOT,
        pattern: 'diagonal',
        heights: points.map(({ spot }) => height(spot)),
        texts: points.map(({ spot }) => textOf(spot)),
        whole: '',
      },
      {
        key: 'held',
        name: 'held',
        color: HELD,
        pattern: 'solid',
        heights: points.map(({ held }) => height(held)),
        texts: points.map(({ held }) => textOf(held)),
        whole: '',
      },
    ],
    isStacked: false,
    unit: currency,
    currency,
    wholeTitle: 'Choose a bar',
    summary: points
      .map(({ name, held, spot }) =>
        spot === null
          ? `${textOf(held)} stayed: ${name}.`
          : `${textOf(held)} in ${name} would have been about ${textOf(spot)} on spot.`,
      )
      .join(' '),
  };
}

const LABELS: Readonly<Record<string, string>> = {
  'no-checkpoint': 'no checkpoint',
  deadline: 'deadline',
  'no-price': 'no price',
  'not-cheaper': 'not cheaper',
  serving: 'serving',
  interactive: 'interactive',
  'paid-anyway': 'paid anyway',
  'on-spot': 'on spot',
};

/** `12 min`, `1.5 h`. */
export function secondsText(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return UNKNOWN;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${hoursText(seconds / 3_600)} h`;
}

export function savedShare({ saved, heldCost }: SpotRow): string {
  return saved === null
    ? UNKNOWN
    : formatPercent(fractionOf(parseDecimal(saved) ?? 0n, parseDecimal(heldCost) ?? 0n));
}

export function deadlineText({ spotHours, deadlineHours, slackHours }: SpotRow): string {
  if (spotHours === null) return UNKNOWN;
  if (deadlineHours === null) return `${hoursText(spotHours)} h, none stated`;
  const slack = slackHours ?? 0;
  return `${hoursText(spotHours)} of ${hoursText(deadlineHours)} h, ${hoursText(Math.abs(slack))} h ${slack < 0 ? 'too late' : 'to spare'}`;
}

/** The job of a run for the simulator: its hours, and what an hour of all its GPUs costs in either way. */
export type SpotJobView = Readonly<{
  workHours: string;
  deadlineHours: string;
  onDemand: string;
  spot: string;
  checkpointSeconds: string;
}>;

export function viewJob(row: SpotRow, pool: SpotPoolFigures, deadline: string | null): SpotJobView | null {
  const { durationHours, gpuHours, deadlineHours } = row;
  if (durationHours === null || durationHours <= 0 || pool.onDemandPerGpuHour === null) return null;
  const gpus = Math.max(1, Math.round(gpuHours / durationHours));
  const tenths = (hours: number) => String(Math.max(0.1, Math.round(hours * 10) / 10));
  const price = (text: string) => (gpus * Number(text)).toFixed(2);
  return {
    workHours: tenths(durationHours),
    deadlineHours: deadline ?? tenths(deadlineHours ?? durationHours * 1.2 + 1),
    onDemand: price(pool.onDemandPerGpuHour),
    spot: price(pool.spotPerGpuHour),
    checkpointSeconds: String(Math.round(row.checkpointSeconds ?? pool.checkpointSeconds)),
  };
}
