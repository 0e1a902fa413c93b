import type { Store } from '../../src/ports/store.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';

/** The engines that every contract runs on. `missing` says why one cannot run here. */
export type TestEngine = Readonly<{ name: string; missing: string | null; open(): Promise<Store> }>;

export const ENGINES: readonly TestEngine[] = [
  { name: 'DuckDB', missing: null, open: () => openDuckDbStore('duckdb::memory:') },
];
