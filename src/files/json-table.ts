import { flatten } from './flatten.ts';
import { type JsonRecord, parseJsonRecord } from './json-record.ts';
import { ObjectSplitter } from './object-splitter.ts';
import { readText } from './read-text.ts';
import type { Table, TableOptions, TableRow } from './table.ts';
import { UnreadableFileError } from './unreadable-file-error.ts';

const MAX_LINE_CHARS = 64 * 1024 * 1024;

type ParsedObject =
  | Readonly<{ line: number; record: JsonRecord }>
  | Readonly<{ line: number; record: null; message: string }>;

/**
 * Opens an array of objects, or one object a line. The columns are all keys of all objects, in the order of their first
 * appearance, so the file is read once for them and once for its rows.
 */
export async function openJson(path: string, options: TableOptions): Promise<Table> {
  if (options.fields)
    throw new UnreadableFileError(
      'fields-not-wanted',
      `${path}: --fields names the columns of a file without a header line; JSON brings its own names. Leave it out.`,
    );
  const isByLine = await hasObjectPerLine(path, options.signal);
  const objects = () => (isByLine ? readObjectLines : splitObjects)(path, options.signal);
  const columns = await surveyKeys(objects());
  return { columns, rows: flatten(() => readRows(objects(), columns)) };
}

/** One object on the first line means that every line is one, and that a broken line harms nobody else. */
async function hasObjectPerLine(path: string, signal: AbortSignal): Promise<boolean> {
  let head = '';
  for await (const chunk of readText(path, signal)) {
    head = (head + chunk).trimStart();
    if (head.startsWith('[')) return false;
    if (head.includes('\n') || head.length > MAX_LINE_CHARS) break;
  }
  const end = head.indexOf('\n');
  return parseObject({ line: 1, text: end < 0 ? head : head.slice(0, end) }).record !== null;
}

/** Damage is not reported here: the rows before it are read first, and then it is met again. */
async function surveyKeys(batches: AsyncIterable<readonly ParsedObject[]>): Promise<string[]> {
  const keys = new Set<string>();
  try {
    for await (const objects of batches) {
      for (const { record } of objects) for (const key of record?.keys() ?? []) keys.add(key);
    }
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
  }
  return [...keys];
}

async function* readRows(
  batches: AsyncIterable<readonly ParsedObject[]>,
  columns: readonly string[],
): AsyncGenerator<readonly TableRow[]> {
  for await (const objects of batches) yield objects.map((object) => toRow(object, columns));
}

function toRow(object: ParsedObject, columns: readonly string[]): TableRow {
  const { line, record } = object;
  if (record === null) return { kind: 'broken', line, message: object.message };
  return { kind: 'row', line, cells: columns.map((column) => record.get(column) ?? null) };
}

async function* readObjectLines(path: string, signal: AbortSignal): AsyncGenerator<readonly ParsedObject[]> {
  let rest = '';
  let line = 1;
  for await (const chunk of readText(path, signal)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    if (rest.length > MAX_LINE_CHARS) throw lineTooLong(path, line + lines.length);
    yield parseLines(lines, line);
    line += lines.length;
  }
  yield parseLines([rest], line);
}

function parseLines(lines: readonly string[], firstLine: number): ParsedObject[] {
  return lines
    .map((text, index) => ({ line: firstLine + index, text }))
    .filter(({ text }) => text.trim() !== '')
    .map(parseObject);
}

async function* splitObjects(path: string, signal: AbortSignal): AsyncGenerator<readonly ParsedObject[]> {
  const splitter = new ObjectSplitter();
  try {
    for await (const text of readText(path, signal)) yield splitter.push(text).map(parseObject);
    splitter.finish();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UnreadableFileError(
      'damaged-json',
      `${path}: ${error.message}. Expected an array of objects, or one object a line; nothing of the file was kept. Export it again.`,
      error,
    );
  }
}

function parseObject({ line, text }: Readonly<{ line: number; text: string }>): ParsedObject {
  try {
    return { line, record: parseJsonRecord(text) };
  } catch (error) {
    return { line, record: null, message: `this is not a JSON object: ${(error as Error).message}` };
  }
}

function lineTooLong(path: string, line: number): UnreadableFileError {
  return new UnreadableFileError(
    'record-too-long',
    `${path}: line ${line} is longer than 64 MiB. Expected one object a line; export the file again.`,
  );
}
