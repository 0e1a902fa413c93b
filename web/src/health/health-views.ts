import type {
  CalendarRow,
  CostSource,
  HealthReport,
  ServiceDifference,
} from '../../../src/app/results/health.ts';
import type { ChargeReport } from '../../../src/app/results/results.ts';
import { formatDay, formatShortDay, formatWeekday, formatWindow } from '../format/dates.ts';
import { parseDecimal, toNumber } from '../format/decimal.ts';
import { exactMoney, formatDifference, formatMoney } from '../format/money.ts';
import { countOf, formatGpuHours, formatPercent } from '../format/quantity.ts';
import type { BarsView } from '../frame/bars-view.ts';
import type { Card } from '../frame/cards.tsx';

/** Three bars a day: what was billed, what the ledger holds for it, and what rests on estimates until it is billed. */
export function viewBillBars(report: HealthReport): BarsView {
  const { byDay, reconciliation, currency, from, to } = report;
  const series = (
    key: 'bill' | 'ledger' | 'estimated',
    look: Pick<BarsView['series'][number], 'name' | 'color' | 'pattern'>,
  ) => ({
    key,
    ...look,
    heights: byDay.map((day) => toNumber(parseDecimal(day[key]) ?? 0n)),
    texts: byDay.map((day) => formatMoney(day[key], currency, 2)),
    whole: formatMoney(reconciliation[key], currency, 2),
  });
  return {
    pointTitle: 'Day',
    points: byDay.map(({ day }) => ({ name: formatWeekday(day), label: formatShortDay(day) })),
    series: [
      series('bill', { name: 'bill', color: { light: '#041C55', dark: '#5B9BFF' }, pattern: 'solid' }),
      series('ledger', { name: 'ledger', color: { light: '#069DBA', dark: '#13CFF4' }, pattern: 'diagonal' }),
      series('estimated', {
        name: 'not billed yet (~)',
        color: { light: '#696969', dark: '#ECFBED' },
        pattern: 'outline',
      }),
    ],
    isStacked: false,
    unit: currency,
    currency,
    wholeTitle: formatWindow(from, to),
    summary: billSummary(report),
  };
}

function billSummary({ byDay, reconciliation, currency }: HealthReport): string {
  const off = byDay.filter(({ difference }) => parseDecimal(difference) !== 0n);
  const billed = byDay.filter(({ bill }) => parseDecimal(bill) !== 0n).length;
  const whole = formatDifference(parseDecimal(reconciliation.difference), currency);
  if (billed === 0) return 'No day of this window has a bill.';
  if (off.length === 0)
    return `On all ${countOf(billed, 'day')} with a bill the ledger holds it to the last digit: the difference is ${whole}.`;
  return `The ledger and the bill differ on ${countOf(off.length, 'day')}: ${off
    .slice(0, 3)
    .map(({ day }) => formatDay(day))
    .join(', ')}${off.length > 3 ? ', …' : ''}. Together ${whole}.`;
}

export const USE_NAMES: Readonly<Record<ServiceDifference['use'], string>> = {
  gpu: 'GPU time',
  direct: 'beside GPU time',
  shared: 'shared by all',
};

export const SOURCE_NAMES: Readonly<Record<CostSource, string>> = {
  bill: 'the bill',
  contract: 'your contract',
  priceBook: 'the price book (~)',
  ownership: 'cost of ownership (~)',
};

export const SHARED_CHARGES = 'charges that nobody owns';

/** As the address has it; `shared` for what has no service of its own. */
export function serviceKey({ service, use }: Pick<ServiceDifference, 'service' | 'use'>): string {
  return service === null ? use : `${use}:${service}`;
}

/** The charges behind one line of the difference by service. */
export function chargesOf(report: ChargeReport, chosen: string): ChargeReport['rows'] {
  return report.rows.filter((row) => {
    const use = String(row['use']) as ServiceDifference['use'];
    const service = use === 'shared' ? null : String(row['service']);
    return serviceKey({ service, use }) === chosen;
  });
}

const MEASURES: Readonly<Record<CalendarRow['measure'], string>> = {
  cost: 'of the cost',
  gpuHours: 'of the paid GPU-hours',
  time: 'of the day between its first and last fact',
};

export function cellText({ name, measure }: CalendarRow, fraction: number | null): string {
  return fraction === null
    ? `${name}: nothing to cover`
    : `${name}: ${formatPercent(fraction)} ${MEASURES[measure]}`;
}

/** What is said of a day when the arrow keys lead there. */
export function dayText({ days, rows }: HealthReport['calendar'], index: number): string {
  return `${formatWeekday(days[index]!)}: ${rows.map((row) => cellText(row, row.fractions[index] ?? null)).join('; ')}.`;
}

/** Five steps of a colour can be told apart; none at all is an outline. */
export function stepOf(fraction: number | null): string {
  if (fraction === null) return 'none';
  return fraction <= 0 ? '0' : String(Math.min(5, Math.floor(fraction * 5 + 1e-9) + (fraction >= 1 ? 0 : 1)));
}

/** How much of the window each row of the calendar covers, by the middle of its days that have a share. */
export function calendarSummary({ days, rows }: HealthReport['calendar']): string {
  const holes = rows.map((row) => ({
    name: row.name,
    count: row.fractions.filter((fraction) => fraction === 0).length,
  }));
  const worst = holes.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count);
  if (worst.length === 0) return `Nothing is missing on any of ${countOf(days.length, 'day')}.`;
  return `Days with nothing at all: ${worst
    .slice(0, 4)
    .map(({ name, count }) => `${name} ${countOf(count, 'day')}`)
    .join(', ')}.`;
}

/** What decides whether the page has to be read further. */
export function viewHealthCards(report: HealthReport): readonly Card[] {
  const { reconciliation, billExplained, coverage, problems, currency, unpriced } = report;
  const off = parseDecimal(reconciliation.difference);
  const failing = problems.filter(({ status }) => status === 'failing').length;
  const line = (text: string, isGap = false) => ({ text, direction: null, isGap });
  return [
    {
      title: 'Difference to the bill',
      value: formatDifference(off, currency),
      exact: exactMoney(reconciliation.difference, currency),
      isEstimate: false,
      aside: null,
      lines: [line(`of ${formatMoney(reconciliation.bill, currency, 2)} billed`)],
      tone: off === 0n ? 'plain' : 'alarm',
    },
    {
      title: 'Cost with a bill',
      value: formatPercent(billExplained, 1),
      exact: exactShare(billExplained),
      isEstimate: false,
      aside: null,
      lines: [line(`${formatMoney(reconciliation.estimated, currency, 2)} rests on estimates (~)`)],
      tone: 'plain',
    },
    {
      title: 'GPU-hours observed',
      value: formatPercent(coverage.observed, 1),
      exact: exactShare(coverage.observed),
      isEstimate: false,
      aside: null,
      lines: [line(basisLine(coverage.basis))],
      tone: 'plain',
    },
    {
      title: 'To look at',
      value: countOf(problems.length, 'thing'),
      exact: `${problems.length}`,
      isEstimate: false,
      aside: failing > 0 ? `${failing} wrong` : null,
      lines: [
        unpriced.length === 0
          ? line('every GPU-hour has a price')
          : line(
              `${formatGpuHours(unpriced.reduce((sum, { gpuHours }) => sum + gpuHours, 0))} unpriced`,
              true,
            ),
      ],
      tone: failing > 0 ? 'alarm' : 'plain',
    },
  ];
}

/** Every digit of a share, for the hover. */
export function exactShare(fraction: number | null): string {
  return fraction === null ? 'unknown' : String(fraction);
}

function basisLine({ smActive, engineActive, gpuUtil }: HealthReport['coverage']['basis']): string {
  const parts = [
    ['SM active', smActive],
    ['engine', engineActive],
    ['GPU_UTIL', gpuUtil],
  ] as const;
  const used = parts.filter(([, share]) => share > 0);
  return used.length === 0
    ? 'nothing was measured'
    : used.map(([name, share]) => `${name} ${formatPercent(share)}`).join(', ');
}
