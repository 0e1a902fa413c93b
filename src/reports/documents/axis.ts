import { INK, type Mark } from './drawing.ts';

export type Axis = Readonly<{ top: number; ticks: readonly number[] }>;

/** From zero to a round number above the largest, in three to five steps. */
export function axisFor(largest: number): Axis {
  if (!(largest > 0)) return { top: 1, ticks: [0] };
  const raw = largest / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= raw * 0.999)!;
  const count = Math.ceil((largest / step) * 0.999);
  return { top: count * step, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/** `$460k`, `$1.2M`, `$830`, `$0.40`: for axes and labels of bars; the figures themselves stand beside the chart. */
export function shortMoney(amount: number, sign: string): string {
  const magnitude = Math.abs(amount);
  const minus = amount < 0 ? '−' : '';
  if (magnitude >= 999_500) return `${minus}${sign}${threeDigits(magnitude / 1e6)}M`;
  if (magnitude >= 9_995) return `${minus}${sign}${Math.round(magnitude / 1_000)}k`;
  if (magnitude >= 999.5) return `${minus}${sign}${threeDigits(magnitude / 1_000)}k`;
  if (magnitude >= 10 || magnitude === 0) return `${minus}${sign}${Math.round(magnitude)}`;
  return `${minus}${sign}${magnitude.toFixed(2)}`;
}

/** The label of a bar: shorter and smaller where bars stand close. */
export function barLabel(
  amount: number,
  sign: string,
  room: number,
): Readonly<{ text: string; size: number }> {
  if (room >= CLOSE) return { text: shortMoney(amount, sign), size: 7.2 };
  const text = shortMoney(amount, '');
  // About six tenths of the size for each character.
  return { text, size: Math.min(6.4, room / (0.62 * text.length)) };
}

const CLOSE = 27;

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Horizontal grid lines with their labels at the left. */
export function gridMarks(
  { ticks, top }: Axis,
  area: Readonly<{ x: number; y: number; width: number; height: number }>,
  label: (tick: number) => string,
): Mark[] {
  return ticks.flatMap((tick): Mark[] => {
    const y = area.y + area.height * (1 - tick / top);
    return [
      {
        kind: 'path',
        lines: [
          [
            [area.x, y],
            [area.x + area.width, y],
          ],
        ],
        stroke: { color: INK.rule, width: tick === 0 ? 0.8 : 0.4 },
      },
      {
        kind: 'text',
        x: area.x - 4,
        y: y + 2.2,
        text: label(tick),
        size: 6.5,
        color: INK.muted,
        anchor: 'end',
      },
    ];
  });
}
