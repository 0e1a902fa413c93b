import type { Weight } from './drawing.ts';
import type { MeasureText } from './fonts.ts';

/** Lines no wider than allowed; a word that is too long by itself is cut. */
export function wrapText(
  text: string,
  width: number,
  size: number,
  measure: MeasureText,
  weight: Weight = 'regular',
): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => piecesOf(one, width, size, measure, weight))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (measure(longer, size, weight) <= width) line = longer;
    else {
      if (line !== '') lines.push(line);
      line = word;
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

function piecesOf(word: string, width: number, size: number, measure: MeasureText, weight: Weight): string[] {
  if (measure(word, size, weight) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && measure(piece + character, size, weight) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece];
}
