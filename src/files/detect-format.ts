import { encodingOf, withoutMark } from './read-text.ts';
import { UnreadableFileError } from './unreadable-file-error.ts';

export type FileFormat = 'delimited' | 'json' | 'parquet';

const DELIMITED_NAME = /\.(csv|tsv|txt)$/i;
const JSON_NAME = /\.(json|ndjson|jsonl)$/i;
const PARQUET_NAME = /\.(parquet|pq)$/i;

/** Formats that people send by mistake, by their first bytes. */
const PACKED: readonly Readonly<{ magic: string; remedy: string }>[] = [
  {
    magic: '504b0304',
    remedy: 'this is a zip archive or an Excel workbook. Unpack it, or save the sheet as CSV',
  },
  { magic: '28b52ffd', remedy: 'this is compressed with zstd. Unpack it with `zstd -d`' },
  { magic: '425a68', remedy: 'this is compressed with bzip2. Unpack it with `bunzip2`' },
  { magic: 'fd377a585a00', remedy: 'this is compressed with xz. Unpack it with `unxz`' },
  { magic: 'd0cf11e0', remedy: 'this is an old Excel workbook. Save the sheet as CSV' },
  { magic: '25504446', remedy: 'this is a PDF. Ask for the same data as CSV or Parquet' },
  { magic: '1f8b', remedy: 'this was gzipped twice. Unpack it once with `gunzip`' },
];

/**
 * What a file is, by its first bytes and then by its name (without `.gz`). Throws for what is empty or no table at all.
 * @param head the first bytes after gunzipping
 */
export function detectFormat(path: string, head: Buffer): FileFormat {
  const name = path.replace(/\.gz$/i, '');
  if (head.length === 0)
    throw new UnreadableFileError('empty-file', `${path}: the file is empty. Export it again.`);
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  refusePacked(path, head);
  if (PARQUET_NAME.test(name))
    throw new UnreadableFileError(
      'not-parquet',
      `${path}: the name says Parquet, but the file does not start as one. Export it again, or rename it to what it is.`,
    );

  refuseBinary(path, head);
  const start = withoutMark(head.toString(encodingOf(head)))
    .trimStart()
    .slice(0, 64);
  if (start === '' && head.length < 65_536)
    throw new UnreadableFileError(
      'empty-file',
      `${path}: the file holds nothing but blanks. Export it again.`,
    );
  if (JSON_NAME.test(name)) return start.startsWith('[') || start.startsWith('{') ? 'json' : refuseJson(path);
  if (DELIMITED_NAME.test(name)) return 'delimited';
  return /^(\[\s*(\{|\]|$)|\{\s*("|\}|$))/.test(start) ? 'json' : 'delimited';
}

function refusePacked(path: string, head: Buffer): void {
  const magic = head.subarray(0, 8).toString('hex');
  const packed = PACKED.find((format) => magic.startsWith(format.magic));
  if (packed) throw new UnreadableFileError('packed-file', `${path}: ${packed.remedy}, then import that.`);
}

function refuseBinary(path: string, head: Buffer): void {
  if (encodingOf(head) === 'utf16le' || !head.subarray(0, 8192).includes(0)) return;
  throw new UnreadableFileError(
    'binary-file',
    `${path}: this is binary data, not a table. Expected CSV, TSV, JSON, newline-delimited JSON or Parquet, plain or gzipped.`,
  );
}

function refuseJson(path: string): never {
  throw new UnreadableFileError(
    'not-json',
    `${path}: the name says JSON, but the file starts with neither \`[\` nor \`{\`. Expected an array of objects, or one object a line.`,
  );
}
