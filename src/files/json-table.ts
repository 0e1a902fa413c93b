import { type JsonRecord, parseJsonRecord } from './json-record.ts';
import { ObjectSplitter } from './object-splitter.ts';
import { readText } from './read-text.ts';
import type { Table, TableOptions, TableRow } from './table.ts';
import { UnreadableFileError } from './unreadable-file-error.ts';

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
  const objects = () => readObjects(path, isByLine, options.signal);
  const columns = await surveyKeys(objects());
  return { columns, rows: { [Symbol.asyncIterator]: () => readRows(objects(), columns) } };
}

/** One object on the first line means that every line is one, and that a broken line harms nobody else. */
async function hasObjectPerLine(path: string, signal: AbortSignal): Promise<boolean> {
  for await (const { text } of readLines(path, signal)) {
    if (text.trim() === '') continue;
    return parseObject({ line: 1, text }).record !== null;
  }
  return false;
}

/** Damage is not reported here: the rows before it are read first, and then it is met again. */
async function surveyKeys(objects: AsyncIterable<ParsedObject>): Promise<string[]> {
  const keys = new Set<string>();
  try {
    for await (const { record } of objects) {
      for (const key of record?.keys() ?? []) keys.add(key);
    }
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
  }
  return [...keys];
}

async function* readRows(
  objects: AsyncIterable<ParsedObject>,
  columns: readonly string[],
): AsyncGenerator<TableRow> {
  for await (const object of objects) {
    const { line, record } = object;
    if (record === null) yield { kind: 'broken', line, message: object.message };
    else yield { kind: 'row', line, cells: columns.map((column) => record.get(column) ?? null) };
  }
}

async function* readObjects(
  path: string,
  isByLine: boolean,
  signal: AbortSignal,
): AsyncGenerator<ParsedObject> {
  if (!isByLine) {
    yield* splitObjects(path, signal);
    return;
  }
  for await (const line of readLines(path, signal)) {
    if (line.text.trim() !== '') yield parseObject(line);
  }
}

async function* splitObjects(path: string, signal: AbortSignal): AsyncGenerator<ParsedObject> {
  const splitter = new ObjectSplitter();
  try {
    for await (const text of readText(path, signal)) {
      for (const object of splitter.push(text)) yield parseObject(object);
    }
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

function parseObject({ line, text }: { line: number; text: string }): ParsedObject {
  try {
    return { line, record: parseJsonRecord(text) };
  } catch (error) {
    return { line, record: null, message: `this is not a JSON object: ${(error as Error).message}` };
  }
}

async function* readLines(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Readonly<{ line: number; text: string }>> {
  let rest = '';
  let line = 1;
  for await (const chunk of readText(path, signal)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const text of lines) yield { line: line++, text };
  }
  yield { line, text: rest };
}
