import { type Drawing, INK, type Mark } from './drawing.ts';

export type BarsChart = Readonly<{
  bars: readonly Readonly<{
    label: string;
    /** `null` is unknown: a dash, and no bar. */
    value: number | null;
    /** As it is printed beside the bar. */
    text: string;
    range: Readonly<{ low: number; high: number }> | null;
    color: string;
  }>[];
  width: number;
  height: number;
}>;

/** A few amounts as lying bars, each with its range, its name above it and its figure at the end. */
export function drawBars({ bars, width, height }: BarsChart): Drawing {
  const largest = Math.max(0, ...bars.map(({ value, range }) => Math.max(value ?? 0, range?.high ?? 0)));
  const step = height / Math.max(1, bars.length);
  const widest = width - 4;
  const xOf = (amount: number) => (largest === 0 ? 0 : (widest * Math.max(0, amount)) / largest);
  const marks = bars.flatMap(({ label, value, text, range, color }, index): Mark[] => {
    const top = index * step;
    const y = top + 13;
    const tall = Math.min(9, step - 18);
    return [
      { kind: 'text', x: 0, y: top + 9, text: label, size: 7.5, color: INK.muted },
      {
        kind: 'text',
        x: width,
        y: top + 9,
        text,
        size: 8.5,
        weight: 'semibold',
        color: INK.text,
        anchor: 'end',
      },
      { kind: 'rect', x: 0, y, width: widest, height: tall, fill: INK.panel },
      ...(value === null
        ? []
        : [{ kind: 'rect' as const, x: 0, y, width: xOf(value), height: tall, fill: color }]),
      ...(range === null ? [] : rangeMarks(xOf(range.low), xOf(range.high), y + tall / 2, tall)),
    ];
  });
  return { width, height, marks };
}

function rangeMarks(low: number, high: number, y: number, tall: number): Mark[] {
  const tick = tall * 0.35;
  const stroke = { color: INK.text, width: 0.8 };
  return [
    {
      kind: 'path',
      stroke,
      lines: [
        [
          [low, y],
          [high, y],
        ],
        [
          [low, y - tick],
          [low, y + tick],
        ],
        [
          [high, y - tick],
          [high, y + tick],
        ],
      ],
    },
  ];
}
