import type { Weight } from './drawing.ts';
import type { MeasureText } from './fonts.ts';

/** Lines no wider than allowed; a word that is too long by itself is cut, behind a hyphen or a slash where it has one. */
export function wrapText(
  text: string,
  width: number,
  size: number,
  measure: MeasureText,
  weight: Weight = 'regular',
): string[] {
  const fits = (line: string) => measure(line, size, weight) <= width;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = piecesOf(word, fits);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1)!;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

function piecesOf(word: string, fits: (line: string) => boolean): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && !fits(piece + character)) {
      const cut = Math.max(...['-', '/', '_', '.'].map((mark) => piece.lastIndexOf(mark))) + 1;
      const at = cut > 0 && fits(piece.slice(cut) + character) ? cut : piece.length;
      pieces.push(piece.slice(0, at));
      piece = piece.slice(at);
    }
    piece += character;
  }
  return [...pieces, piece];
}
