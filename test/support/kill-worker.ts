/**
 * Imports one version of the changing datasets after the other into a store and builds what that makes stale, until it is killed.
 * Says what is done once it is: `imported N` means that the first N versions are in.
 *
 *   tsx kill-worker.ts STORE_URL FIRST_VERSION
 */
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { CHANGING_OWNERS, CHANGING_UNTIL, datasetOf } from './changing-datasets.ts';
import { buildAll, once, settle } from './weigh-in-store.ts';

const [url = '', first = '0'] = process.argv.slice(2);

async function work(): Promise<never> {
  const store = await openDuckDbStore(url);
  for (let version = Number(first); ; version++) {
    const { name, facts } = datasetOf(version);
    await store.importDataset({ name, kind: 'test', importedAtMs: 0 }, once(facts));
    process.stdout.write(`imported ${version + 1}\n`);
    await settle(store, new Map(), CHANGING_OWNERS);
    await buildAll(store, CHANGING_UNTIL);
    process.stdout.write(`built ${version + 1}\n`);
  }
}

await work();
