import { detectFormat } from '../../files/detect-format.ts';
import { flatten } from '../../files/flatten.ts';
import { peekBytes } from '../../files/read-bytes.ts';
import { openTable } from '../../files/read-table.ts';
import { readText } from '../../files/read-text.ts';
import type { Table, TableRow } from '../../files/table.ts';
import { UnreadableFileError } from '../../files/unreadable-file-error.ts';
import type { FileReadOptions } from '../../ports/source.ts';
import { readJobId } from './read-job-id.ts';
import { readJobState } from './read-job-state.ts';
import { isSacctField, KNOWN_ORDERS, OWN_ORDER } from './sacct-fields.ts';
import { openSacctJson } from './sacct-json.ts';
import { readSlurmTime, UTC } from './slurm-time.ts';

export type OpenedSacct = Readonly<{
  table: Table;
  /** The order that was taken for a file that names none; `null` when it or its user named the fields. */
  assumed: string | null;
}>;

/** `--parsable2` has bars; the unit separator stands in no name; a comma stands in every TRES, so it is tried last. */
const DELIMITERS = ['\u001f', '|', '\t', ';', '^', '~', '@', '#', '!', ','] as const;

/**
 * Opens what `sacct` printed: `--parsable2` or `--parsable` with or without header, any delimiter, `--json`; or a table of its fields as
 * CSV, Parquet or lines of JSON.
 *
 * `sacct` quotes nothing, so a line is cut at its delimiters alone; only a table with commas is read as CSV.
 * @throws UnreadableFileError when the fields cannot be told; the message says which `--fields` to give
 */
export async function openSacct(
  path: string,
  delimiter: string | null,
  options: Pick<FileReadOptions, 'fields' | 'signal'>,
): Promise<OpenedSacct> {
  const format = detectFormat(path, await peekBytes(path, options.signal));
  if (format === 'parquet') return { table: await openTable(path, options), assumed: null };
  const first = await firstLine(path, options.signal);
  if (format === 'json') {
    const isSacct = /^\{\s*("(meta|jobs|errors|warnings)"|$)/.test(first.trim());
    return { table: await (isSacct ? openSacctJson : openTable)(path, options), assumed: null };
  }
  const layout = readLayout(path, first, delimiter, options.fields);
  if (layout.delimiter === ',') {
    const fields = layout.hasHeader && options.fields === null ? null : layout.fields;
    return { table: await openTable(path, { ...options, fields }), assumed: layout.assumed };
  }
  return { table: openLines(path, layout, options.signal), assumed: layout.assumed };
}

type Layout = Readonly<{
  delimiter: string;
  fields: readonly string[];
  hasHeader: boolean;
  assumed: string | null;
}>;

function readLayout(
  path: string,
  line: string,
  stated: string | null,
  fields: readonly string[] | null,
): Layout {
  const candidates = stated === null ? DELIMITERS.filter((one) => line.includes(one)) : [stated];
  const header = candidates.find((one) => isHeader(cellsOf(line, one)));
  if (header !== undefined && fields === null)
    return { delimiter: header, fields: cellsOf(line, header), hasHeader: true, assumed: null };
  if (fields !== null) {
    const fitting = candidates.find((one) => cellsOf(line, one).length === fields.length);
    if (fitting === undefined) throw wrongFields(path, line, candidates, fields);
    const hasHeader = isHeader(cellsOf(line, fitting));
    return { delimiter: fitting, fields, hasHeader, assumed: null };
  }
  for (const delimiter of candidates) {
    const known = KNOWN_ORDERS.find((order) => readsWell(cellsOf(line, delimiter), order.fields));
    if (known) return { delimiter, fields: known.fields, hasHeader: false, assumed: known.name };
  }
  throw noFields(path, line, candidates);
}

/** `--parsable` ends every line with a delimiter. */
function cellsOf(line: string, delimiter: string): string[] {
  const cells =
    delimiter === ',' ? line.split(',').map((cell) => cell.replace(/^"(.*)"$/, '$1')) : line.split(delimiter);
  return cells.length > 2 && cells.at(-1) === '' ? cells.slice(0, -1) : cells;
}

function isHeader(cells: readonly string[]): boolean {
  const named = cells.filter(isSacctField).length;
  return cells.some((cell) => /^(jobid|jobidraw)$/i.test(cell.trim())) && named * 2 > cells.length;
}

/** A job, a state and times stand where the order has them. */
function readsWell(cells: readonly string[], fields: readonly string[]): boolean {
  if (cells.length !== fields.length) return false;
  const cell = (name: string) => cells[fields.indexOf(name)] ?? '';
  return (
    readJobId(cell('JobID')) !== 'unknown' &&
    readJobState(cell('State')) !== undefined &&
    ['Submit', 'Start', 'End'].every((name) => readSlurmTime(cell(name), UTC) !== undefined)
  );
}

function noFields(path: string, line: string, candidates: readonly string[]): UnreadableFileError {
  if (/^\s*-{3,}(\s+-{3,})+\s*$/.test(line) || /^\s*JobID\s{2,}/i.test(line))
    return new UnreadableFileError(
      'missing-column',
      `${path}: these are the aligned columns that \`sacct\` prints for people, cut to a width. Export again with --parsable2.`,
    );
  const counts = candidates.map((one) => cellsOf(line, one).length);
  const most = counts.length === 0 ? 1 : Math.max(...counts);
  return new UnreadableFileError(
    'missing-column',
    `${path}: the first line has ${most} cells and names no fields of \`sacct\`. Say which they are, in their order: --fields ${OWN_ORDER.join(',')} (that is the order expected of ${OWN_ORDER.length} cells), or export with the header line (without --noheader).`,
  );
}

function wrongFields(
  path: string,
  line: string,
  candidates: readonly string[],
  fields: readonly string[],
): UnreadableFileError {
  const found = candidates.map((one) => `${cellsOf(line, one).length} between ${JSON.stringify(one)}`);
  return new UnreadableFileError(
    'invalid-setting',
    `${path}: --fields names ${fields.length} fields, and the first line has ${found.join(', ') || 'one cell'}. Name each cell of a line once, or the character between them: --set delimiter=…`,
  );
}

async function firstLine(path: string, signal: AbortSignal): Promise<string> {
  let head = '';
  for await (const text of readText(path, signal)) {
    head = (head + text).trimStart();
    if (head.includes('\n')) break;
  }
  return head.split('\n', 1)[0]!.replace(/\r$/, '');
}

function openLines(path: string, layout: Layout, signal: AbortSignal): Table {
  return {
    columns: layout.fields.map((name) => name.trim()),
    rows: flatten(() => readLines(path, layout, signal)),
  };
}

async function* readLines(
  path: string,
  layout: Layout,
  signal: AbortSignal,
): AsyncGenerator<readonly TableRow[]> {
  let rest = '';
  let line = 1;
  let isFirst = layout.hasHeader;
  for await (const text of readText(path, signal)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    const rows = lines.flatMap((content, index) => toRow(content, line + index, layout));
    if (isFirst && rows.length > 0) {
      isFirst = false;
      rows.shift();
    }
    line += lines.length;
    yield rows;
  }
  const last = toRow(rest, line, layout);
  yield isFirst ? [] : last;
}

function toRow(content: string, line: number, { delimiter, fields }: Layout): TableRow[] {
  const text = content.endsWith('\r') ? content.slice(0, -1) : content;
  if (text.trim() === '') return [];
  const cells = cellsOf(text, delimiter);
  if (cells.length === fields.length) return [{ kind: 'row', line, cells }];
  // A job whose last field is blank looks like a line of --parsable.
  if (cells.length === fields.length - 1 && text.endsWith(delimiter))
    return [{ kind: 'row', line, cells: [...cells, ''] }];
  const message = `the line has ${cells.length} cells and there are ${fields.length} fields; a name may hold the delimiter: export with one that it cannot, such as --delimiter=$'\\x1f'`;
  return [{ kind: 'broken', line, message }];
}
