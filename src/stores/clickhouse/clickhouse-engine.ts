import type { ClickHouseClient } from '@clickhouse/client';
import { CLICKHOUSE } from '../sql/dialect.ts';
import type { Cell, Row, SqlEngine } from '../sql/engine.ts';
import { columnDefinitions, columnsOf, type TableName } from '../sql/schema.ts';

/** What makes ClickHouse answer like standard SQL, and numbers arrive exactly. */
const SETTINGS = {
  join_use_nulls: 1,
  output_format_json_quote_64bit_integers: 1,
  // Deletes are part of an import: the next statement must see them.
  mutations_sync: '2',
  lightweight_deletes_sync: '2',
  max_query_size: '10000000',
} as const;

export class ClickHouseEngine implements SqlEngine {
  readonly dialect = CLICKHOUSE;
  readonly hasTransactions = false;
  readonly url: string;
  readonly #client: ClickHouseClient;

  /** The client's own database is the store's. */
  constructor(client: ClickHouseClient, url: string) {
    this.#client = client;
    this.url = url;
  }

  async run(sql: string): Promise<void> {
    await this.#client.command({ query: sql, clickhouse_settings: SETTINGS });
  }

  async rows(sql: string): Promise<Row[]> {
    const result = await this.#client.query({
      query: sql,
      format: 'JSONEachRow',
      clickhouse_settings: SETTINGS,
    });
    return result.json<Row>();
  }

  read(sql: string): Promise<Row[]> {
    return this.rows(sql);
  }

  async append(table: string, shape: TableName, rows: readonly (readonly Cell[])[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#client.insert({
      table,
      columns: columnsOf(shape) as [string, ...string[]],
      values: rows.map((row) => row.map((cell) => (typeof cell === 'bigint' ? cell.toString() : cell))),
      format: 'JSONCompactEachRow',
      clickhouse_settings: SETTINGS,
    });
  }

  async scratch(name: string, select: string): Promise<void> {
    await this.run(`DROP TABLE IF EXISTS ${name}`);
    await this.run(`CREATE TABLE ${name} ENGINE = Memory AS ${select}`);
  }

  /** An import that was accepted must survive a kill until it has been finished. */
  async keep(name: string, select: string): Promise<void> {
    await this.run(`DROP TABLE IF EXISTS ${name}`);
    await this.run(`CREATE TABLE ${name} ENGINE = MergeTree ORDER BY tuple() AS ${select}`);
  }

  async stage(name: string, shape: TableName): Promise<void> {
    await this.run(`DROP TABLE IF EXISTS ${name}`);
    await this.run(
      `CREATE TABLE ${name} (${columnDefinitions(CLICKHOUSE, shape)}) ENGINE = MergeTree ORDER BY tuple()`,
    );
  }

  async drop(names: readonly string[]): Promise<void> {
    for (const name of names) await this.run(`DROP TABLE IF EXISTS ${name}`);
  }

  /** ClickHouse has no transactions over several statements: see `SqlStore.prepare` for what is done instead. */
  async atomically<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}
