import type { LeverDetail } from '../../../src/app/results/levers.ts';
import { toCsv } from '../format/csv.ts';
import { formatShortDay, formatWeekday } from '../format/dates.ts';
import { parseDecimal, toNumber } from '../format/decimal.ts';
import { exactMoney, formatMoney } from '../format/money.ts';
import { countOf, formatGpuHours, hoursText } from '../format/quantity.ts';
import type { BarsView } from '../frame/bars-view.ts';
import type { Card } from '../frame/cards.tsx';
import { CAUSE_LOOKS, causeName } from '../savings/causes.ts';
import { asSentence } from '../savings/lever-names.ts';
import { rangeText } from '../savings/savings-views.ts';

export type LeverMeasure = 'cost' | 'causes';

const CENTS = 2;
const SAVED = { light: '#0f7a3d', dark: '#5fd08d' } as const;
const KEPT = { light: '#6b7783', dark: '#8d98a3' } as const;

/** `Stop jupyter-old after 2 h without activity: $2,545.99 a month ($2,494.40–2,595.29).` */
export function leverSentence({ row, currency }: LeverDetail): string {
  const expected = formatMoney(row.aloneSaving.expected, currency, CENTS);
  return `${asSentence(row.action)}: ${expected} a month (${rangeText(row.aloneSaving, currency)}).`;
}

export function viewLeverCards({ row, currency, place, levers }: LeverDetail): readonly Card[] {
  const money = (title: string, amount: string, text: string, isEstimate: boolean): Card => ({
    title,
    value: formatMoney(amount, currency, CENTS),
    exact: exactMoney(amount, currency),
    isEstimate,
    aside: null,
    lines: [{ text, direction: null, isGap: false }],
    tone: 'plain',
  });
  return [
    money('Saving alone, a month', row.aloneSaving.expected, rangeText(row.aloneSaving, currency), true),
    money('In the plan, a month', row.inPlanSaving, row.note ?? `place ${place} of ${levers}`, true),
    money('Cost it cuts, a month', row.targetCost, 'of the hours that were replayed', false),
    {
      title: 'Risk',
      value: asSentence(row.risk),
      exact: '',
      isEstimate: false,
      aside: null,
      lines: [
        {
          text:
            row.evidence.cause === null ? row.owner : `${causeName(row.evidence.cause)}; owner ${row.owner}`,
          direction: null,
          isGap: false,
        },
      ],
      tone: 'plain',
    },
  ];
}

/** Each day's cost, cut into what the change would have saved and what would have been left. */
export function viewLeverCost({ days, total, currency }: LeverDetail): BarsView {
  const left = (cost: string, saved: string) => (parseDecimal(cost) ?? 0n) - (parseDecimal(saved) ?? 0n);
  const text = (amount: string | bigint) => formatMoney(amount, currency, CENTS);
  return {
    pointTitle: 'Day',
    points: days.map(({ day }) => ({ name: formatWeekday(day), label: formatShortDay(day) })),
    series: [
      {
        key: 'left',
        name: 'still paid',
        color: KEPT,
        pattern: 'solid',
        heights: days.map(({ cost, saved }) => toNumber(left(cost, saved))),
        texts: days.map(({ cost, saved }) => text(left(cost, saved))),
        whole: text(left(total.cost, total.saved)),
      },
      {
        key: 'saved',
        name: 'saved',
        color: SAVED,
        pattern: 'diagonal',
        heights: days.map(({ saved }) => toNumber(parseDecimal(saved) ?? 0n)),
        texts: days.map(({ saved }) => text(saved)),
        whole: text(total.saved),
      },
    ],
    isStacked: true,
    unit: currency,
    currency,
    wholeTitle: 'All days',
    summary: `${formatGpuHours(total.gpuHours)} cost ${text(total.cost)} in ${countOf(days.length, 'day')}; the change alone would have saved ${text(total.saved)} of it. The figures above stand for a month of 730 hours.`,
  };
}

/** What the hours did not do, day by day and by cause. */
export function viewLeverCauses({ days, total }: LeverDetail): BarsView {
  const looks = CAUSE_LOOKS.filter(({ cause }) => cause in total.idleByCause).toReversed();
  return {
    pointTitle: 'Day',
    points: days.map(({ day }) => ({ name: formatWeekday(day), label: formatShortDay(day) })),
    series: looks.map(({ cause, name, color, pattern }) => {
      const hours = days.map(({ idleByCause }) => idleByCause[cause] ?? 0);
      return {
        key: cause,
        name,
        color,
        pattern,
        heights: hours,
        texts: hours.map(hoursText),
        whole: hoursText(total.idleByCause[cause]!),
      };
    }),
    isStacked: true,
    unit: 'GPU-hours',
    currency: null,
    wholeTitle: 'All days',
    summary: causesSummary(total),
  };
}

function causesSummary({ idleByCause, gpuHours }: LeverDetail['total']): string {
  const causes = Object.entries(idleByCause);
  if (causes.length === 0) return 'None of these hours stood still.';
  const parts = causes
    .toSorted(([, a], [, b]) => b - a)
    .map(([cause, hours]) => `${causeName(cause)} ${hoursText(hours)}`);
  return `Of ${hoursText(gpuHours)} GPU-hours: ${parts.join(', ')}.`;
}

export type NodeLine = Readonly<{
  node: string;
  gpuModel: string;
  hours: string;
  cost: string;
  exactCost: string;
  saved: string;
  exactSaved: string;
}>;

export function viewNodes({ nodes, currency }: LeverDetail): readonly NodeLine[] {
  return nodes.map(({ node, gpuModel, gpuHours, cost, saved }) => ({
    node,
    gpuModel,
    hours: hoursText(gpuHours),
    cost: formatMoney(cost, currency, CENTS),
    exactCost: exactMoney(cost, currency),
    saved: formatMoney(saved, currency, CENTS),
    exactSaved: exactMoney(saved, currency),
  }));
}

/** Days of one lever, with every digit. */
export function leverCsv({ days, currency, total }: LeverDetail): string {
  const causes = Object.keys(total.idleByCause);
  return toCsv(
    ['day', 'gpuHours', 'cost', 'saved', ...causes.map((cause) => `idle: ${cause}`), 'currency'],
    days.map(({ day, gpuHours, cost, saved, idleByCause }) => [
      day,
      gpuHours,
      cost,
      saved,
      ...causes.map((cause) => idleByCause[cause] ?? 0),
      currency,
    ]),
  );
}
