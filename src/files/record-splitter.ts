/** A record of a delimited text, taken apart or not. Lines count from 1. */
export type DelimitedRecord =
  | Readonly<{ line: number; cells: readonly string[] }>
  | Readonly<{ line: number; cells: null; message: string }>;

/** A quoted cell longer than this is a quote that nobody closed. */
const MAX_RECORD_CHARS = 4 * 1024 * 1024;
const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Takes RFC 4180 text apart as it arrives: push chunks of any size, then `finish`.
 *
 * Blank lines are skipped. After a quote that does not close, or closes in the middle of a cell, the record is broken and
 * reading goes on at the line after the one where the record starts.
 */
export class RecordSplitter {
  readonly #delimiter: string;
  readonly #delimiterCode: number;
  #rest = '';
  #line = 1;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#delimiterCode = delimiter.charCodeAt(0);
  }

  push(text: string): DelimitedRecord[] {
    return this.#split(this.#rest + text, false);
  }

  finish(): DelimitedRecord[] {
    return this.#split(this.#rest, true);
  }

  #split(text: string, isEnd: boolean): DelimitedRecord[] {
    const records: DelimitedRecord[] = [];
    const hasQuotes = text.includes('"');
    let at = 0;
    while (at < text.length) {
      const newline = text.indexOf('\n', at);
      if (newline < 0 && !isEnd && text.length - at < MAX_RECORD_CHARS) break;
      const lineEnd = newline < 0 ? text.length : newline;
      const line = text.slice(at, text.charCodeAt(lineEnd - 1) === RETURN ? lineEnd - 1 : lineEnd);

      if (!hasQuotes || !line.includes('"')) {
        if (line !== '' && line.trim() !== '')
          records.push({ line: this.#line, cells: line.split(this.#delimiter) });
        at = lineEnd + 1;
        this.#line += 1;
        continue;
      }

      const taken = this.#takeQuoted(text, at, isEnd || text.length - at >= MAX_RECORD_CHARS);
      if (taken === 'incomplete') break;
      if (taken.cells !== null) {
        records.push({ line: this.#line, cells: taken.cells });
        at = taken.end;
        this.#line += taken.lines;
      } else {
        records.push({ line: this.#line, cells: null, message: taken.message });
        at = lineEnd + 1;
        this.#line += 1;
      }
    }
    this.#rest = at >= text.length ? '' : text.slice(at);
    return records;
  }

  #takeQuoted(text: string, start: number, isEnd: boolean): Taken {
    const cells: string[] = [];
    let at = start;
    let lines = 1;
    for (;;) {
      if (text.charCodeAt(at) !== QUOTE) {
        const end = this.#endOfPlainCell(text, at);
        if (end === text.length && !isEnd) return 'incomplete';
        cells.push(
          text.slice(
            at,
            text.charCodeAt(end) === NEWLINE && text.charCodeAt(end - 1) === RETURN && end > at
              ? end - 1
              : end,
          ),
        );
        at = end;
      } else {
        const close = closingQuote(text, at + 1);
        if (close < 0 || (close === text.length - 1 && !isEnd))
          return isEnd ? brokenQuote(cells.length, 'is never closed') : 'incomplete';
        const cell = text.slice(at + 1, close);
        cells.push(cell.includes('"') ? cell.replaceAll('""', '"') : cell);
        lines += countNewlines(cell);
        at = close + 1;
        if (text.charCodeAt(at) === RETURN) {
          if (at + 1 === text.length && !isEnd) return 'incomplete';
          if (at + 1 === text.length || text.charCodeAt(at + 1) === NEWLINE) at += 1;
        }
      }
      if (at >= text.length || text.charCodeAt(at) === NEWLINE) return { cells, end: at + 1, lines };
      if (text.charCodeAt(at) !== this.#delimiterCode)
        return brokenQuote(cells.length - 1, 'is closed in the middle of the cell');
      at += 1;
    }
  }

  #endOfPlainCell(text: string, start: number): number {
    for (let at = start; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === this.#delimiterCode || code === NEWLINE) return at;
    }
    return text.length;
  }
}

type Taken =
  | 'incomplete'
  | Readonly<{ cells: string[]; end: number; lines: number }>
  | Readonly<{ cells: null; message: string }>;

/** Position of the quote that closes a cell, or −1. Two quotes in a row are one quote of the text. */
function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start);
  while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2);
  return at;
}

function countNewlines(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count += 1;
  return count;
}

function brokenQuote(cellIndex: number, what: string): Readonly<{ cells: null; message: string }> {
  return {
    cells: null,
    message: `the quote that opens cell ${cellIndex + 1} ${what}; write a quote inside a quoted cell twice ("")`,
  };
}
