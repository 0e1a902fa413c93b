import type { Pattern } from './bucket-looks.ts';
import type { Line, Mark, Point } from './drawing.ts';

export type Area = Readonly<{ x: number; y: number; width: number; height: number }>;

const GRAIN = '#FFFFFF';
const WIDE = 4.2;
const THIN = 3.4;

/** A rectangle with the colour and the pattern of a bucket, as plain marks: nothing is told by colour alone. */
export function filledArea(area: Area, color: string, pattern: Pattern): Mark[] {
  if (area.width <= 0 || area.height <= 0) return [];
  if (pattern === 'outline') {
    const inset = Math.min(0.4, area.height / 2, area.width / 2);
    return [
      {
        kind: 'rect',
        x: area.x + inset,
        y: area.y + inset,
        width: area.width - 2 * inset,
        height: area.height - 2 * inset,
        fill: '#FFFFFF',
        stroke: { color, width: 2 * inset },
      },
    ];
  }
  return [{ kind: 'rect', ...area, fill: color }, ...grainOf(area, pattern)];
}

function grainOf(area: Area, pattern: Exclude<Pattern, 'outline'>): Mark[] {
  switch (pattern) {
    case 'solid':
      return [];
    case 'dots':
      return dotsIn(area);
    case 'diagonal':
      return strokes(diagonals(area, WIDE, 1), 0.9);
    case 'cross-hatch':
      return strokes([...diagonals(area, THIN + 1, 1), ...diagonals(area, THIN + 1, -1)], 0.55);
    case 'vertical':
      return strokes(verticals(area), 0.8);
    default:
      return pattern satisfies never;
  }
}

function strokes(lines: readonly Line[], width: number): Mark[] {
  return lines.length === 0 ? [] : [{ kind: 'path', lines, stroke: { color: GRAIN, width } }];
}

/** Lines at 45 degrees, each clipped to the area. `slope` 1 rises to the right. */
function diagonals({ x, y, width, height }: Area, step: number, slope: 1 | -1): Line[] {
  const lines: Line[] = [];
  for (let offset = step / 2; offset < width + height; offset += step) {
    // In the area's own corner: from the left or the lower edge to the upper or the right one.
    const start: Point = offset <= height ? [0, offset] : [offset - height, height];
    const end: Point = offset <= width ? [offset, 0] : [width, offset - width];
    const place = ([px, py]: Point): Point => [x + (slope === 1 ? px : width - px), y + py];
    lines.push([place(start), place(end)]);
  }
  return lines;
}

function verticals({ x, y, width, height }: Area): Line[] {
  const lines: Line[] = [];
  for (let at = THIN / 2; at < width; at += THIN)
    lines.push([
      [x + at, y],
      [x + at, y + height],
    ]);
  return lines;
}

const RADIUS = 0.62;

function dotsIn({ x, y, width, height }: Area): Mark[] {
  const points: Point[] = [];
  for (let row = 0, dy = RADIUS + 0.6; dy <= height - RADIUS; row += 1, dy += WIDE / 2)
    for (let dx = row % 2 === 0 ? 1.4 : 1.4 + WIDE / 2; dx <= width - RADIUS; dx += WIDE)
      points.push([x + dx, y + dy]);
  return points.length === 0 ? [] : [{ kind: 'dots', points, radius: RADIUS, fill: GRAIN }];
}
