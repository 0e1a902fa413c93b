import { type ClickHouseClient, createClient } from '@clickhouse/client';
import type { Store } from '../../ports/store.ts';
import { migrate } from '../sql/migrations.ts';
import { TABLES } from '../sql/schema.ts';
import { openSqlStore } from '../sql/sql-store.ts';
import { ClickHouseEngine } from './clickhouse-engine.ts';

/** The store for fleets that outgrow one machine: `clickhouse://user:password@host:8123/database`, or `clickhouses://` for TLS. */
export async function openClickHouseStore(url: string): Promise<Store> {
  const { protocol, host, username, password, pathname } = new URL(url);
  const database = pathname.slice(1) || 'tare';
  const options = {
    url: `${protocol === 'clickhouses:' ? 'https' : 'http'}://${host}`,
    username: decodeURIComponent(username) || 'default',
    password: decodeURIComponent(password),
    // A long build answers late; the default of 30 s would cut it off.
    request_timeout: 3_600_000,
  };
  const founder = createClient(options);
  await founder.command({ query: `CREATE DATABASE IF NOT EXISTS "${database.replaceAll('"', '')}"` });
  await founder.close();
  return openClickHouseStoreWith(createClient({ ...options, database }), `clickhouse://${host}/${database}`);
}

/** The same over a client that is already there; the tests bring one that runs the engine in this process. */
export async function openClickHouseStoreWith(client: ClickHouseClient, url: string): Promise<Store> {
  const engine = new ClickHouseEngine(client, url);
  try {
    await migrate(engine, (table) => `ENGINE = MergeTree ORDER BY (${TABLES[table].orderBy.join(', ')})`);
    return await openSqlStore(engine);
  } catch (error) {
    await engine.close();
    throw error;
  }
}
