import type { Store } from '../../ports/store.ts';
import { migrate } from '../sql/migrations.ts';
import { openSqlStore } from '../sql/sql-store.ts';
import { openDuckDbEngine } from './duckdb-engine.ts';

/** The embedded store, and the default: one file, one process. `duckdb:PATH` or `duckdb::memory:`. */
export async function openDuckDbStore(url: string): Promise<Store> {
  const engine = await openDuckDbEngine(url);
  try {
    await migrate(engine, () => '');
    return await openSqlStore(engine);
  } catch (error) {
    await engine.close();
    throw error;
  }
}
