import type { Line, Mark, Stroke } from './drawing.ts';
import { FONT_FAMILY, type MeasureText } from './fonts.ts';

/**
 * Marks as elements of an SVG. Texts have the lengths that they were laid out with: a picture does not carry its typeface along, and in a
 * wider one they would run into each other.
 */
export function marksSvg(marks: readonly Mark[], measure: MeasureText): string {
  return marks.map((mark) => markSvg(mark, measure)).join('');
}

function markSvg(mark: Mark, measure: MeasureText): string {
  switch (mark.kind) {
    case 'rect': {
      const { x, y, width, height, fill, stroke, radius } = mark;
      const round = radius === undefined ? '' : ` rx="${number(radius)}"`;
      return `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" fill="${fill ?? 'none'}"${round}${strokeSvg(stroke)}/>`;
    }
    case 'path':
      return `<path d="${mark.lines.map(lineSvg).join('')}" fill="none"${strokeSvg(mark.stroke)}/>`;
    case 'dots': {
      const r = number(mark.radius);
      const circles = mark.points.map(([x, y]) => `<circle cx="${number(x)}" cy="${number(y)}" r="${r}"/>`);
      return `<g fill="${mark.fill}">${circles.join('')}</g>`;
    }
    case 'text': {
      const { x, y, text, size, weight = 'regular', color = '#1A1B1E', anchor = 'start' } = mark;
      const bold = weight === 'semibold' ? ' font-weight="600"' : '';
      const at = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
      const length = number(measure(text, size, weight));
      const fit = text === '' ? '' : ` textLength="${length}" lengthAdjust="spacingAndGlyphs"`;
      return `<text x="${number(x)}" y="${number(y)}" font-size="${number(size)}" fill="${color}"${bold}${at}${fit}>${escapeXml(text)}</text>`;
    }
    default:
      return mark satisfies never;
  }
}

function lineSvg(line: Line): string {
  return line.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${number(x)} ${number(y)}`).join('');
}

function strokeSvg(stroke: Stroke | undefined): string {
  if (stroke === undefined) return '';
  const dash = stroke.dash === undefined ? '' : ` stroke-dasharray="${stroke.dash.join(' ')}"`;
  return ` stroke="${stroke.color}" stroke-width="${number(stroke.width)}"${dash}`;
}

/** Hundredths of a point are finer than any printer. */
function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(CONTROLS, '');
}

// What XML does not allow in any spelling.
// biome-ignore lint/suspicious/noControlCharactersInRegex: names come from outside and may hold anything
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

export const SVG_FONT = `${FONT_FAMILY}, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif`;
