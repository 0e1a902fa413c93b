/** A chart as marks in points, drawn once and rendered as SVG and as PDF alike. The origin is at the top left. */
export type Drawing = Readonly<{
  width: number;
  height: number;
  marks: readonly Mark[];
}>;

export type Mark =
  | Readonly<{
      kind: 'rect';
      x: number;
      y: number;
      width: number;
      height: number;
      fill: string | null;
      stroke?: Stroke;
      radius?: number;
    }>
  /** Pieces of straight lines, each from its first point to its last. */
  | Readonly<{ kind: 'path'; lines: readonly Line[]; stroke: Stroke }>
  | Readonly<{ kind: 'dots'; points: readonly Point[]; radius: number; fill: string }>
  /** `y` is the baseline. */
  | Readonly<{
      kind: 'text';
      x: number;
      y: number;
      text: string;
      size: number;
      weight?: Weight;
      color?: string;
      anchor?: 'start' | 'middle' | 'end';
    }>;

export type Point = readonly [x: number, y: number];
export type Line = readonly Point[];
export type Weight = 'regular' | 'semibold';
export type Stroke = Readonly<{ color: string; width: number; dash?: readonly [number, number] }>;

export const INK = {
  text: '#1A1B1E',
  /** Contrast of 6.9 with white. */
  muted: '#585C63',
  rule: '#D5D9DE',
  panel: '#F3F5F7',
  bar: '#2F4B6E',
  band: '#C9D4E3',
  limit: '#A61E1E',
  good: '#1B6E3C',
} as const;

/** Marks at another place. */
export function moved(marks: readonly Mark[], dx: number, dy: number): Mark[] {
  return marks.map((mark) => {
    switch (mark.kind) {
      case 'rect':
      case 'text':
        return { ...mark, x: mark.x + dx, y: mark.y + dy };
      case 'path':
        return { ...mark, lines: mark.lines.map((line) => line.map(([x, y]): Point => [x + dx, y + dy])) };
      case 'dots':
        return { ...mark, points: mark.points.map(([x, y]): Point => [x + dx, y + dy]) };
      default:
        return mark satisfies never;
    }
  });
}

/** Marks larger or smaller, from the top left of the page. */
export function scaled(marks: readonly Mark[], zoom: number): Mark[] {
  const point = ([x, y]: Point): Point => [x * zoom, y * zoom];
  const stroke = (one: Stroke): Stroke => ({
    ...one,
    width: one.width * zoom,
    ...(one.dash && { dash: [one.dash[0] * zoom, one.dash[1] * zoom] as const }),
  });
  return marks.map((mark) => {
    switch (mark.kind) {
      case 'rect':
        return {
          ...mark,
          x: mark.x * zoom,
          y: mark.y * zoom,
          width: mark.width * zoom,
          height: mark.height * zoom,
          ...(mark.radius !== undefined && { radius: mark.radius * zoom }),
          ...(mark.stroke !== undefined && { stroke: stroke(mark.stroke) }),
        };
      case 'text':
        return { ...mark, x: mark.x * zoom, y: mark.y * zoom, size: mark.size * zoom };
      case 'path':
        return { ...mark, lines: mark.lines.map((line) => line.map(point)), stroke: stroke(mark.stroke) };
      case 'dots':
        return { ...mark, points: mark.points.map(point), radius: mark.radius * zoom };
      default:
        return mark satisfies never;
    }
  });
}
