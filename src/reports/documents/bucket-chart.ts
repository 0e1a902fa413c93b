import type { PerBucket } from '../../domain/ledger/buckets.ts';
import { axisFor, barLabel, gridMarks, shortMoney } from './axis.ts';
import { BUCKET_LOOKS } from './bucket-looks.ts';
import { type Drawing, INK, type Mark } from './drawing.ts';
import { filledArea } from './fill-pattern.ts';

export type BucketChart = Readonly<{
  columns: readonly Readonly<{ label: string; values: PerBucket<number>; isPartial: boolean }>[];
  /** Before the figures; `null` where they are GPU-hours. */
  currencySign: string | null;
  width: number;
  height: number;
}>;

const LEFT = 30;
const TOP = 14;
const KEY_ROW = 10;
const WIDEST_BAR = 42;

/** What became of the money, column by column: six buckets, useful at the foot. */
export function drawBuckets({ columns, currencySign, width, height }: BucketChart): Drawing {
  const key = keyMarks(width, height);
  const area = { x: LEFT, y: TOP, width: width - LEFT, height: height - TOP - 14 - key.height };
  const totals = columns.map(({ values }) =>
    Object.values(values).reduce((sum, value) => sum + Math.max(0, value), 0),
  );
  const axis = axisFor(Math.max(0, ...totals));
  const step = area.width / Math.max(1, columns.length);
  const barWidth = Math.min(WIDEST_BAR, step * (columns.length > 20 ? 0.78 : 0.62));
  const label = (value: number) =>
    currencySign === null ? shortMoney(value, '') : shortMoney(value, currencySign);
  const marks: Mark[] = gridMarks(axis, area, label);
  const base = area.y + area.height;
  for (const [index, { values, label: name, isPartial }] of columns.entries()) {
    const middle = area.x + step * (index + 0.5);
    let y = base;
    for (const { bucket, color, pattern } of BUCKET_LOOKS) {
      const tall = (area.height * Math.max(0, values[bucket])) / axis.top;
      y -= tall;
      marks.push(
        ...filledArea({ x: middle - barWidth / 2, y, width: barWidth, height: tall }, color, pattern),
      );
    }
    if (columns.length <= 14)
      marks.push({
        kind: 'text',
        x: middle,
        y: y - 3,
        ...barLabel(totals[index]!, currencySign ?? '', step),
        weight: 'semibold',
        color: INK.text,
        anchor: 'middle',
      });
    const every = Math.ceil(columns.length / 14);
    if (index % every === 0)
      marks.push({
        kind: 'text',
        x: middle,
        y: base + 9,
        text: isPartial ? `${name}*` : name,
        size: 7.2,
        color: INK.muted,
        anchor: 'middle',
      });
  }
  return { width, height, marks: [...marks, ...key.marks] };
}

/** The six looks and what they stand for, three in a row. */
function keyMarks(width: number, height: number): Readonly<{ marks: Mark[]; height: number }> {
  const perRow = width > 400 ? 6 : 3;
  const rows = Math.ceil(BUCKET_LOOKS.length / perRow);
  const step = (width - LEFT) / perRow;
  const top = height - rows * KEY_ROW;
  const marks = BUCKET_LOOKS.flatMap(({ color, pattern, plain }, index): Mark[] => {
    const x = LEFT + (index % perRow) * step;
    const y = top + Math.floor(index / perRow) * KEY_ROW;
    return [
      ...filledArea({ x, y: y + 1, width: 8, height: 6.5 }, color, pattern),
      { kind: 'text', x: x + 11, y: y + 6.8, text: plain, size: 6.6, color: INK.muted },
    ];
  });
  return { marks, height: rows * KEY_ROW + 2 };
}
