import { createRequire } from 'node:module';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Store } from '../../src/ports/store.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';

/** The engines that every contract runs on. `missing` says why one cannot run here. */
export type TestEngine = Readonly<{
  name: string;
  missing: string | null;
  /** How many of the random cases it gets: creating tables is slow in one of them. */
  effort: number;
  open(): Promise<Store>;
}>;

/**
 * The real ClickHouse engine, in this process. It has one data directory per process, so every store gets a database of its own.
 */
async function openInProcessClickHouse(): Promise<Store> {
  const { openClickHouseStoreWith } = await import('../../src/stores/clickhouse/clickhouse-store.ts');
  const client = await connectInProcess(':memory:');
  const database = `tare_${process.pid}_${openCount++}`;
  await client.command({ query: `CREATE DATABASE ${database}` });
  await client.command({ query: `USE ${database}` });
  const store = await openClickHouseStoreWith(client, `clickhouse://in-process/${database}`);
  const closeStore = store.close.bind(store);
  store.close = async () => {
    await client.command({ query: `DROP DATABASE ${database}` });
    await closeStore();
  };
  return store;
}

let openCount = 0;

/** A client of the ClickHouse engine in this process, which keeps one data directory for as long as the process lives. */
export async function connectInProcess(path: string): Promise<ClickHouseClient> {
  const { createClient } = await import('@clickhouse/client');
  const { createChdbConnection } = await import('chdb/connection');
  const connection = createChdbConnection({ path });
  return createClient({ connection } as unknown as Parameters<typeof createClient>[0]);
}

export function whyNoClickHouse(): string | null {
  try {
    createRequire(import.meta.url).resolve('chdb/connection');
    return null;
  } catch {
    return `chdb has no build for ${process.platform} ${process.arch}: the ClickHouse half of this suite is skipped`;
  }
}

export const ENGINES: readonly TestEngine[] = [
  { name: 'DuckDB', missing: null, effort: 1, open: () => openDuckDbStore('duckdb::memory:') },
  { name: 'ClickHouse', missing: whyNoClickHouse(), effort: 0.3, open: openInProcessClickHouse },
];
