import type { Store } from '../ports/store.ts';

/** Opens the store that a URL names. Engines are loaded when they are asked for: a client need not bring one. */
export async function openStore(url: string): Promise<Store> {
  if (url.startsWith('duckdb:')) {
    const { openDuckDbStore } = await import('./duckdb/duckdb-store.ts');
    return openDuckDbStore(url);
  }
  if (/^clickhouses?:\/\//.test(url)) {
    const { openClickHouseStore } = await import('./clickhouse/clickhouse-store.ts');
    return openClickHouseStore(url);
  }
  throw new Error(
    `no store speaks "${url}": expected duckdb:PATH, duckdb::memory: or clickhouse://HOST:PORT/DATABASE`,
  );
}
