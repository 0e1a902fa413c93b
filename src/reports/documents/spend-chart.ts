import { axisFor, barLabel, gridMarks, shortMoney } from './axis.ts';
import { type Drawing, INK, type Mark } from './drawing.ts';

export type SpendBar = Readonly<{
  label: string;
  /** What is spent; `null` for a month of which nothing is. */
  spent: number | null;
  isPartial: boolean;
  forecast: Readonly<{ low: number; expected: number; high: number }> | null;
}>;

export type SpendChart = Readonly<{
  bars: readonly SpendBar[];
  limit: number | null;
  currencySign: string;
  width: number;
  height: number;
}>;

const LEFT = 30;
const TOP = 14;
const BOTTOM = 26;
const WIDEST_BAR = 42;

/** Spending by month, what is expected with its band, and the budget across. */
export function drawSpend({ bars, limit, currencySign, width, height }: SpendChart): Drawing {
  const largest = Math.max(
    0,
    limit ?? 0,
    ...bars.map(({ spent, forecast }) => Math.max(spent ?? 0, forecast?.high ?? 0)),
  );
  const axis = axisFor(largest);
  const area = { x: LEFT, y: TOP, width: width - LEFT, height: height - TOP - BOTTOM };
  const step = area.width / Math.max(1, bars.length);
  const barWidth = Math.min(WIDEST_BAR, step * 0.62);
  const yOf = (amount: number) => area.y + area.height * (1 - Math.max(0, amount) / axis.top);
  const marks: Mark[] = gridMarks(axis, area, (tick) => shortMoney(tick, currencySign));
  const limitY = limit === null ? null : yOf(limit);
  if (limitY !== null) marks.push(limitMarks(limitY, area));
  for (const [index, bar] of bars.entries()) {
    const middle = area.x + step * (index + 0.5);
    const x = middle - barWidth / 2;
    marks.push(
      ...barMarks(bar, { x, middle, barWidth, yOf, base: area.y + area.height, currencySign, limitY, step }),
    );
  }
  marks.push(...keyMarks(height - 3, bars, limit, currencySign));
  return { width, height, marks };
}

type Place = Readonly<{
  x: number;
  middle: number;
  barWidth: number;
  yOf: (amount: number) => number;
  base: number;
  currencySign: string;
  limitY: number | null;
  /** From one bar to the next. */
  step: number;
}>;

function barMarks(
  bar: SpendBar,
  { x, middle, barWidth, yOf, base, currencySign, limitY, step }: Place,
): Mark[] {
  const { spent, forecast, label, isPartial } = bar;
  const marks: Mark[] = [];
  if (forecast !== null) {
    const y = yOf(forecast.high);
    const inset = barWidth * 0.12;
    marks.push(
      {
        kind: 'rect',
        x: x - inset,
        y,
        width: barWidth + 2 * inset,
        height: Math.max(0.8, yOf(forecast.low) - y),
        fill: INK.band,
      },
      {
        kind: 'path',
        lines: [
          [
            [x - inset, yOf(forecast.expected)],
            [x + barWidth + inset, yOf(forecast.expected)],
          ],
        ],
        stroke: { color: INK.bar, width: 1.2 },
      },
    );
  }
  if (spent !== null) {
    const y = yOf(spent);
    marks.push({ kind: 'rect', x, y, width: barWidth, height: Math.max(0, base - y), fill: INK.bar });
  }
  const shown = forecast?.expected ?? spent;
  const top = Math.min(forecast ? yOf(forecast.high) : base, spent === null ? base : yOf(spent));
  const { text, size } = barLabel(shown ?? 0, currencySign, step);
  if (shown !== null)
    marks.push({
      kind: 'text',
      x: middle,
      y: labelY(top - 3.5, limitY),
      text: forecast && size > 7 ? `~${text}` : text,
      size,
      weight: 'semibold',
      color: INK.text,
      anchor: 'middle',
    });
  marks.push({
    kind: 'text',
    x: middle,
    y: base + 9,
    text: isPartial ? `${label}*` : label,
    size: 7.2,
    color: INK.muted,
    anchor: 'middle',
  });
  return marks;
}

/** A label that would lie on the line of the budget stands above it. */
function labelY(y: number, limitY: number | null): number {
  return limitY !== null && y > limitY - 2 && y < limitY + 8 ? limitY - 3 : y;
}

function limitMarks(y: number, area: Readonly<{ x: number; width: number }>): Mark {
  return {
    kind: 'path',
    lines: [
      [
        [area.x, y],
        [area.x + area.width, y],
      ],
    ],
    stroke: LIMIT,
  };
}

const LIMIT = { color: INK.limit, width: 1.1, dash: [3.5, 2.2] } as const;

function keyMarks(y: number, bars: readonly SpendBar[], limit: number | null, sign: string): Mark[] {
  const marks: Mark[] = [];
  let x = LEFT;
  const add = (mark: Mark, text: string, width: number) => {
    marks.push(mark, { kind: 'text', x: x + 12, y, text, size: 6.6, color: INK.muted });
    x += width;
  };
  add({ kind: 'rect', x, y: y - 5, width: 8, height: 6, fill: INK.bar }, 'spent', 34);
  if (limit !== null)
    add(
      {
        kind: 'path',
        lines: [
          [
            [x, y - 2],
            [x + 9, y - 2],
          ],
        ],
        stroke: LIMIT,
      },
      `budget ${shortMoney(limit, sign)}`,
      62,
    );
  if (bars.some(({ forecast }) => forecast !== null))
    add({ kind: 'rect', x, y: y - 5, width: 8, height: 6, fill: INK.band }, 'expected, 4 times in 5', 94);
  if (bars.some(({ isPartial }) => isPartial))
    marks.push({ kind: 'text', x, y, text: '* part', size: 6.6, color: INK.muted });
  return marks;
}
