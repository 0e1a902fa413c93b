import { flatten } from './flatten.ts';
import { readText } from './read-text.ts';
import { type DelimitedRecord, RecordSplitter } from './record-splitter.ts';
import type { Table, TableOptions, TableRow } from './table.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Opens a CSV, or one with semicolons, tabs or bars: whichever stands most often in its first line. */
export async function openDelimited(path: string, options: TableOptions): Promise<Table> {
  const delimiter = await detectDelimiter(path, options.signal);
  const header = options.fields ?? (await readHeader(path, delimiter, options.signal));
  const columns = header.map((name) => name.trim());
  const hasHeader = options.fields === null;
  return {
    columns,
    rows: flatten(() => readRows(path, delimiter, columns.length, hasHeader, options.signal)),
  };
}

async function detectDelimiter(path: string, signal: AbortSignal): Promise<string> {
  let head = '';
  for await (const text of readText(path, signal)) {
    head = (head + text).trimStart();
    if (head.includes('\n') || head.length > 1_000_000) break;
  }
  const firstLine = head.slice(0, head.includes('\n') ? head.indexOf('\n') : undefined);
  const unquoted = firstLine.replace(/"[^"]*"/g, '');
  return DELIMITERS.reduce((best, next) => (count(unquoted, next) > count(unquoted, best) ? next : best));
}

function count(text: string, delimiter: string): number {
  return text.split(delimiter).length - 1;
}

async function readHeader(path: string, delimiter: string, signal: AbortSignal): Promise<readonly string[]> {
  for await (const records of readRecords(path, delimiter, signal)) {
    const first = records[0];
    if (first) return first.cells ?? [];
  }
  return [];
}

async function* readRows(
  path: string,
  delimiter: string,
  width: number,
  hasHeader: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly TableRow[]> {
  let isHeader = hasHeader;
  for await (const records of readRecords(path, delimiter, signal)) {
    const data = isHeader ? records.slice(1) : records;
    if (records.length > 0) isHeader = false;
    yield data.filter((record) => !isBlank(record)).map((record) => toRow(record, width));
  }
}

async function* readRecords(
  path: string,
  delimiter: string,
  signal: AbortSignal,
): AsyncGenerator<readonly DelimitedRecord[]> {
  const splitter = new RecordSplitter(delimiter);
  for await (const text of readText(path, signal)) yield splitter.push(text);
  yield splitter.finish();
}

/** Spreadsheets pad their exports with rows of nothing but delimiters. */
function isBlank({ cells }: DelimitedRecord): boolean {
  return cells !== null && cells[0] === '' && cells.every((cell) => cell === '');
}

function toRow(record: DelimitedRecord, width: number): TableRow {
  const { line, cells } = record;
  if (cells === null) return { kind: 'broken', line, message: record.message };
  if (cells.length === width) return { kind: 'row', line, cells };
  // A delimiter at the end of every line is a habit of some exporters.
  if (cells.length > width && cells.slice(width).every((cell) => cell.trim() === ''))
    return { kind: 'row', line, cells: cells.slice(0, width) };
  return {
    kind: 'broken',
    line,
    message: `the row has ${cells.length} cells, the header has ${width}; check for a delimiter or a quote inside a cell, or a row that was cut off`,
  };
}
