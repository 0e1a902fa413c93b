import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { isGzip, readBytes } from './read-bytes.ts';
import type { Table, TableOptions, TableRow } from './table.ts';
import { UnreadableFileError } from './unreadable-file-error.ts';

type ParquetColumn = Readonly<{ name: string; type: string }>;

/** Opens a Parquet file. Every cell becomes text in the engine that reads it, so that no decimal passes through a float. */
export async function openParquet(path: string, options: TableOptions): Promise<Table> {
  if (options.fields)
    throw new UnreadableFileError(
      'fields-not-wanted',
      `${path}: --fields names the columns of a file without a header line; Parquet brings its own names. Leave it out.`,
    );
  const columns = await withConnection(path, options.signal, (connection, file) =>
    describeColumns(connection, file),
  );
  return {
    columns: columns.map(({ name }) => name.trim()),
    rows: { [Symbol.asyncIterator]: () => readRows(path, columns, options.signal) },
  };
}

async function* readRows(
  path: string,
  columns: readonly ParquetColumn[],
  signal: AbortSignal,
): AsyncGenerator<TableRow> {
  const opened = await open(path, signal);
  try {
    const texts = columns.map(asText).join(', ');
    const result = await opened.connection.stream(`SELECT ${texts} FROM ${fromFile(opened.file)}`);
    let line = 0;
    for (;;) {
      signal.throwIfAborted();
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return;
      for (const cells of chunk.getRows()) {
        line += 1;
        yield { kind: 'row', line, cells: cells as (string | null)[] };
      }
    }
  } catch (error) {
    throw asDamaged(path, error, signal);
  } finally {
    await opened.close();
  }
}

async function describeColumns(connection: DuckDBConnection, file: string): Promise<ParquetColumn[]> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${fromFile(file)}`);
  return described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
}

/** Older writers leave out the mark that says that bytes are text. */
function fromFile(file: string): string {
  return `read_parquet(${quoted(file, "'")}, binary_as_string = true)`;
}

function asText({ name, type }: ParquetColumn): string {
  const column = quoted(name, '"');
  if (/^TIMESTAMP WITH TIME ZONE/.test(type)) return isoText(`make_timestamp(epoch_us(${column}))`);
  if (/^TIMESTAMP(_\w+)?$/.test(type)) return isoText(column);
  // JSON has no decimals: inside of maps, structs and lists they are kept as texts.
  if (/^(MAP|STRUCT)\(|\]$/.test(type))
    return `to_json(CAST(${column} AS ${type.replace(/DECIMAL\(\d+,\d+\)/g, 'VARCHAR')}))::VARCHAR`;
  return `CAST(${column} AS VARCHAR)`;
}

/** A Parquet timestamp without a zone is read as UTC. */
function isoText(timestamp: string): string {
  return `replace(CAST(${timestamp} AS VARCHAR), ' ', 'T') || 'Z'`;
}

function quoted(text: string, quote: string): string {
  return quote + text.replaceAll(quote, quote + quote) + quote;
}

async function withConnection<T>(
  path: string,
  signal: AbortSignal,
  work: (connection: DuckDBConnection, file: string) => Promise<T>,
): Promise<T> {
  const opened = await open(path, signal);
  try {
    return await work(opened.connection, opened.file);
  } catch (error) {
    throw asDamaged(path, error, signal);
  } finally {
    await opened.close();
  }
}

type Opened = Readonly<{ connection: DuckDBConnection; file: string; close: () => Promise<void> }>;

async function open(path: string, signal: AbortSignal): Promise<Opened> {
  const unpacked = (await isGzip(path)) ? await unpack(path, signal) : undefined;
  // One thread keeps the rows in the order of the file and the memory flat.
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
  const connection = await instance.connect();
  return {
    connection,
    file: unpacked ?? path,
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      if (unpacked) await rm(unpacked, { force: true });
    },
  };
}

/** Parquet is read from its end, so a gzipped one has to lie somewhere unpacked first. */
async function unpack(path: string, signal: AbortSignal): Promise<string> {
  const target = join(tmpdir(), `tare-${randomUUID()}.parquet`);
  try {
    await pipeline(readBytes(path, signal), createWriteStream(target, { mode: 0o600 }));
    return target;
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

function asDamaged(path: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || error instanceof UnreadableFileError) return error;
  const reason = (error as Error).message.split('\n')[0];
  return new UnreadableFileError(
    'damaged-parquet',
    `${path}: the Parquet file is cut off or damaged (${reason}); nothing of it was kept. Copy or export it again.`,
    error,
  );
}
