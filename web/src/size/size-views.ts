import type { SizeLever, SizeReport } from '../../../src/app/results/size.ts';
import { toCsv } from '../format/csv.ts';
import { parseDecimal, toNumber } from '../format/decimal.ts';
import { exactMoney, formatMoney } from '../format/money.ts';
import type { BarsView } from '../frame/bars-view.ts';
import type { Card } from '../frame/cards.tsx';

const CENTS = 2;

const LEVER_NAMES: Readonly<Record<SizeLever['lever'], string>> = {
  'fewer-gpus': 'fewer GPUs',
  'scale-to-zero': 'scale to zero',
  'commit-1y': 'commit for a year',
  'commit-3y': 'commit for three years',
  spot: 'spot',
};

/** The first line of `tare size`. */
export function sizeSentence(report: SizeReport): string {
  const { gpus, gpuModel, currency } = report;
  const money = (text: string) => formatMoney(text, currency, CENTS);
  return `${gpus} ${gpuModel ?? 'GPUs'} cost ${money(report.monthlyCost)} a month (${money(report.hourlyCost)} an hour); ${money(report.monthlyIdleCost)} of it, ${report.idlePercent.toFixed(0)} %, is idle.`;
}

export function viewSizeCards(report: SizeReport): readonly Card[] {
  const { currency, levers } = report;
  const card = (title: string, amount: string | null, line: string, tone: Card['tone'] = 'plain'): Card => ({
    title,
    value: formatMoney(amount, currency, CENTS),
    exact: exactMoney(amount, currency),
    isEstimate: false,
    aside: null,
    lines: [{ text: line, direction: null, isGap: false }],
    tone,
  });
  const best = bestOf(levers);
  return [
    card(
      'A month',
      report.monthlyCost,
      `${formatMoney(report.hourlyCost, currency, CENTS)} an hour, ${report.hoursPerMonth} hours`,
    ),
    card(
      'Idle, a month',
      report.monthlyIdleCost,
      `${report.idlePercent.toFixed(0)} % of the time nothing runs`,
    ),
    card(
      'A GPU-hour that works',
      report.costPerUsefulGpuHour,
      report.costPerUsefulGpuHour === null
        ? 'no hour of it is useful'
        : `paid: ${formatMoney(report.price.perGpuHour, currency, CENTS)}`,
    ),
    best === undefined
      ? card('Saved at most, a month', '0.00', 'no single lever makes it cheaper')
      : card(
          'Saved at most, a month',
          best.monthlySaving,
          `${LEVER_NAMES[best.lever]}: ${formatMoney(best.monthlyCost, currency, CENTS)} is left`,
        ),
  ];
}

function bestOf(levers: readonly SizeLever[]): SizeLever | undefined {
  const saving = (lever: SizeLever) => toNumber(parseDecimal(lever.monthlySaving) ?? 0n);
  return levers.toSorted((a, b) => saving(b) - saving(a))[0];
}

/** What a month costs now, and with each lever alone. */
export function viewSizeLevers(report: SizeReport): BarsView {
  const { levers, currency, monthlyCost } = report;
  const text = (amount: string) => formatMoney(amount, currency, CENTS);
  const height = (amount: string) => toNumber(parseDecimal(amount) ?? 0n);
  const best = bestOf(levers);
  return {
    pointTitle: 'With',
    points: [
      { name: 'as it is', label: 'as it is' },
      ...levers.map(({ lever }) => ({ name: LEVER_NAMES[lever], label: LEVER_NAMES[lever] })),
    ],
    series: [
      {
        key: 'cost',
        name: 'still paid',
        color: { light: '#6b7783', dark: '#8d98a3' },
        pattern: 'solid',
        heights: [height(monthlyCost), ...levers.map((lever) => height(lever.monthlyCost))],
        texts: [text(monthlyCost), ...levers.map((lever) => text(lever.monthlyCost))],
        whole: text(monthlyCost),
      },
      {
        key: 'saved',
        name: 'saved',
        color: { light: '#0f7a3d', dark: '#5fd08d' },
        pattern: 'diagonal',
        heights: [0, ...levers.map((lever) => height(lever.monthlySaving))],
        texts: [text('0.00'), ...levers.map((lever) => text(lever.monthlySaving))],
        whole: text('0.00'),
      },
    ],
    isStacked: true,
    unit: `${currency} a month`,
    currency,
    wholeTitle: 'As it is',
    summary:
      best === undefined
        ? 'No single lever would make this fleet cheaper.'
        : `Each lever alone; they do not add up. Most is saved by ${LEVER_NAMES[best.lever]}: ${text(best.monthlySaving)} a month.`,
  };
}

export type SizeLeverLine = Readonly<{
  lever: string;
  name: string;
  gpus: string;
  perGpuHour: string;
  exactPrice: string;
  monthlyCost: string;
  exactCost: string;
  saving: string;
  exactSaving: string;
  assumption: string;
}>;

export function viewLeverLines({ levers, currency }: SizeReport): readonly SizeLeverLine[] {
  return levers.map((lever) => ({
    lever: lever.lever,
    name: LEVER_NAMES[lever.lever],
    gpus: lever.gpus.toLocaleString('en-US'),
    perGpuHour: formatMoney(lever.perGpuHour, currency, CENTS),
    exactPrice: exactMoney(lever.perGpuHour, currency),
    monthlyCost: formatMoney(lever.monthlyCost, currency, CENTS),
    exactCost: exactMoney(lever.monthlyCost, currency),
    saving: formatMoney(lever.monthlySaving, currency, CENTS),
    exactSaving: exactMoney(lever.monthlySaving, currency),
    assumption: `${lever.assumption.charAt(0).toUpperCase()}${lever.assumption.slice(1)}.`,
  }));
}

/** Where the price comes from, in a sentence. */
export function priceText({ price, currency }: SizeReport): string {
  const money = (text: string) => formatMoney(text, currency, CENTS);
  if (price.listed === null) return `At the stated price of ${money(price.perGpuHour)} per GPU-hour.`;
  const { provider, region, instanceType, source, checked, lowest, highest, prices } = price.listed;
  const what = [provider, instanceType, region].filter(Boolean).join(' ');
  return `At ${money(price.perGpuHour)} per GPU-hour, the middle of ${prices} list prices from ${money(lowest)} to ${money(highest)}: ${what}, ${source}, compared on ${checked}.`;
}

export function sizeCsv({ levers, currency, gpus, price, monthlyCost }: SizeReport): string {
  return toCsv(
    ['lever', 'gpus', 'perGpuHour', 'monthlyCost', 'monthlySaving', 'currency', 'assumption'],
    [
      ['as-it-is', gpus, price.perGpuHour, monthlyCost, '0.00', currency, ''],
      ...levers.map((lever) => [
        lever.lever,
        lever.gpus,
        lever.perGpuHour,
        lever.monthlyCost,
        lever.monthlySaving,
        currency,
        lever.assumption,
      ]),
    ],
  );
}
