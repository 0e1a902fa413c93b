import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { DUCKDB } from '../sql/dialect.ts';
import type { Cell, Row, SqlEngine } from '../sql/engine.ts';
import { columnDefinitions, TABLES, type TableName } from '../sql/schema.ts';
import { openFailure } from './open-failure.ts';

/** Values per chunk: DuckDB's own vector size. */
const CHUNK_ROWS = 2048;

/** Opens `duckdb:PATH` or `duckdb::memory:`; `?memory_limit=1GB&threads=2` sets engine options. */
export async function openDuckDbEngine(url: string): Promise<SqlEngine> {
  const { path, options } = parseUrl(url);
  const instance = await open(path, options);
  const writer = await instance.connect();
  const reader = await instance.connect();
  return new DuckDbEngine(url, instance, writer, reader);
}

async function open(path: string, options: Record<string, string>): Promise<DuckDBInstance> {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    return await DuckDBInstance.create(path, { preserve_insertion_order: 'false', ...options });
  } catch (thrown) {
    throw openFailure(path, thrown);
  }
}

function parseUrl(url: string): { path: string; options: Record<string, string> } {
  const [path = '', query = ''] = url.replace(/^duckdb:/, '').split('?');
  return { path, options: Object.fromEntries(new URLSearchParams(query)) };
}

class DuckDbEngine implements SqlEngine {
  readonly dialect = DUCKDB;
  readonly hasTransactions = true;
  readonly url: string;
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #reader: DuckDBConnection;

  constructor(url: string, instance: DuckDBInstance, writer: DuckDBConnection, reader: DuckDBConnection) {
    this.url = url;
    this.#instance = instance;
    this.#writer = writer;
    this.#reader = reader;
  }

  async run(sql: string): Promise<void> {
    await this.#writer.run(sql);
  }

  async rows(sql: string): Promise<Row[]> {
    return (await this.#writer.runAndReadAll(sql)).getRowObjects() as Row[];
  }

  async read(sql: string): Promise<Row[]> {
    return (await this.#reader.runAndReadAll(sql)).getRowObjects() as Row[];
  }

  async append(table: string, shape: TableName, rows: readonly (readonly Cell[])[]): Promise<void> {
    if (rows.length === 0) return;
    const appender = await this.#writer.createAppender(table);
    const width = Object.keys(TABLES[shape].columns).length;
    const types = Array.from({ length: width }, (_, index) => appender.columnType(index));
    const isBig = Object.values(TABLES[shape].columns).map((type) => /^(bigint|huge)/.test(type));
    for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
      const part = rows.slice(start, start + CHUNK_ROWS);
      appender.appendDataChunk(chunkOf(part, types, isBig));
    }
    appender.closeSync();
  }

  async scratch(name: string, select: string): Promise<void> {
    await this.#writer.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${select}`);
  }

  keep(name: string, select: string): Promise<void> {
    return this.scratch(name, select);
  }

  async stage(name: string, shape: TableName): Promise<void> {
    await this.#writer.run(`CREATE OR REPLACE TEMP TABLE ${name} (${columnDefinitions(DUCKDB, shape)})`);
  }

  async drop(names: readonly string[]): Promise<void> {
    if (names.length > 0)
      await this.#writer.run(names.map((name) => `DROP TABLE IF EXISTS ${name}`).join('; '));
  }

  async atomically<T>(work: () => Promise<T>): Promise<T> {
    await this.#writer.run('BEGIN TRANSACTION');
    try {
      const result = await work();
      await this.#writer.run('COMMIT');
      return result;
    } catch (error) {
      await this.#writer.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#reader.closeSync();
    this.#writer.closeSync();
    this.#instance.closeSync();
  }
}

function chunkOf(
  rows: readonly (readonly Cell[])[],
  types: readonly DuckDBType[],
  isBig: readonly boolean[],
): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(types, rows.length);
  for (const [column, big] of isBig.entries()) {
    const values = rows.map((row) => {
      const value = row[column] as DuckDBValue;
      return big && typeof value === 'number' ? BigInt(value) : value;
    });
    chunk.setColumnValues(column, values);
  }
  return chunk;
}
