import type {
  HardwareOptionFigures,
  HardwareReport,
  HardwareTargetFigures,
} from '../../../src/app/results/hardware.ts';
import { fractionOf, parseDecimal, toNumber } from '../format/decimal.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { countOf, formatCount, formatPercent } from '../format/quantity.ts';
import type { BarsView } from '../frame/bars-view.ts';
import type { Card } from '../frame/cards.tsx';

export function viewHardwareCards({ total, currency, missing, rows }: HardwareReport): readonly Card[] {
  const money = (text: string) => formatMoney(text, currency, 0);
  const line = (text: string) => ({ text, direction: null, isGap: false });
  const plain = { isEstimate: false, aside: null, tone: 'plain' } as const;
  const share = fractionOf(parseDecimal(total.aloneSaving) ?? 0n, parseDecimal(total.heldCost) ?? 0n);
  const estimated = rows.flatMap(({ options }) => options).filter(({ speed }) => speed && !speed.isMeasured);
  return [
    {
      ...plain,
      title: 'Other GPUs save, a month',
      value: money(total.aloneSaving),
      exact: exactMoney(total.aloneSaving, currency),
      isEstimate: true,
      aside: formatPercent(share),
      lines: [line('each change alone; in a plan some of it is saved by others')],
    },
    {
      ...plain,
      title: 'On machines by the hour',
      value: money(total.heldCost),
      exact: exactMoney(total.heldCost, currency),
      lines: [line('a month like this window'), line(countOf(total.targets, 'workload'))],
    },
    {
      ...plain,
      title: 'Changes',
      value: formatCount(total.changes - total.trials),
      exact: `${total.changes - total.trials} of ${total.targets}`,
      lines: [
        line(`${formatCount(total.trials)} more to try first: the range of the estimate reaches into a loss`),
      ],
    },
    {
      ...plain,
      title: 'Speeds',
      value: formatCount(estimated.length),
      exact: `${estimated.length} estimated combinations on this page`,
      aside: 'estimated',
      lines: [
        line('by the roofs of both chips, with their range'),
        line(`${countOf(new Set(missing.map(({ workload }) => workload)).size, 'workload')} not compared`),
      ],
    },
  ];
}

export function keyOf({ workload, owner, gpuModel, provider }: HardwareTargetFigures): string {
  return [workload, owner, gpuModel, provider].join('|');
}

/** `0.58× (0.33–1.00)`. */
export function speedText({ speed }: HardwareOptionFigures): string {
  if (speed === null) return UNKNOWN;
  const { low, expected, high, isMeasured } = speed;
  return isMeasured
    ? `${expected.toFixed(2)}×`
    : `${expected.toFixed(2)}× (${low.toFixed(2)}–${high.toFixed(2)})`;
}

export function gibText(gib: number | null): string {
  return gib === null ? UNKNOWN : `${gib < 100 ? gib.toFixed(1) : gib.toFixed(0)} GiB`;
}

const COLORS = { light: '#126a82', dark: '#7fc4d6' } as const;

/** What a month on each kind that could be would cost. */
export function viewCostBars(
  { options, workload, gpuModel }: HardwareTargetFigures,
  currency: string,
): BarsView {
  const known = options.filter(({ cost }) => cost !== null);
  const texts = known.map(({ cost }) => formatMoney(cost, currency, 0));
  const marks = known.map(({ isCurrent, isCheapest }) =>
    [isCurrent && 'now', isCheapest && 'cheapest'].filter(Boolean).join(', '),
  );
  return {
    pointTitle: 'GPU',
    points: known.map((option, index) => ({
      name: marks[index] ? `${option.gpuModel} (${marks[index]})` : option.gpuModel,
      label: option.gpuModel,
    })),
    series: [
      {
        key: 'cost',
        name: 'a month',
        color: COLORS,
        pattern: 'solid',
        heights: known.map(({ cost }) => toNumber(parseDecimal(cost!) ?? 0n)),
        texts,
        whole: '',
      },
    ],
    isStacked: false,
    unit: currency,
    currency,
    wholeTitle: 'Choose a bar',
    summary: `A month of ${workload}, now on ${gpuModel}: ${known.map((option, index) => `${texts[index]} on ${option.gpuModel}`).join(', ')}.`,
  };
}

export function lifecycleText({
  lifecycle,
  term,
}: Readonly<{ lifecycle: string; term: string | null }>): string {
  const name = lifecycle.replace('_', ' ');
  return term === null ? name : `${name}, ${term}`;
}
