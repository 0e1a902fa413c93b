/**
 * The worker of the kill test, on the real ClickHouse engine in this process, with its data in a folder.
 *
 *   tsx clickhouse-kill-worker.ts import FOLDER FIRST_VERSION   imports and builds until it is killed; says `imported N`
 *   tsx clickhouse-kill-worker.ts look FOLDER                   builds what is stale and says as JSON what the store holds
 */
import type { Store } from '../../src/ports/store.ts';
import { openClickHouseStoreWith } from '../../src/stores/clickhouse/clickhouse-store.ts';
import { CHANGING_OWNERS, CHANGING_UNTIL, datasetOf } from './changing-datasets.ts';
import { connectInProcess } from './engines.ts';
import { buildAll, once, settle } from './weigh-in-store.ts';
import { wholeLedger } from './whole-ledger.ts';

const [task = '', folder = '', first = '0'] = process.argv.slice(2);

async function open(): Promise<Store> {
  const client = await connectInProcess(folder);
  await client.command({ query: 'CREATE DATABASE IF NOT EXISTS tare' });
  await client.command({ query: 'USE tare' });
  return openClickHouseStoreWith(client, 'clickhouse://in-process/tare');
}

async function build(store: Store): Promise<void> {
  await settle(store, new Map(), CHANGING_OWNERS);
  await buildAll(store, CHANGING_UNTIL);
}

async function work(store: Store): Promise<never> {
  process.stdout.write('ready\n');
  for (let version = Number(first); ; version++) {
    const { name, facts } = datasetOf(version);
    await store.importDataset({ name, kind: 'test', importedAtMs: version }, once(facts));
    process.stdout.write(`imported ${version + 1}\n`);
    await build(store);
  }
}

async function look(store: Store): Promise<void> {
  await build(store);
  const datasets = (await store.datasets()).map(({ name, facts, importedAtMs }) => ({
    name,
    facts,
    importedAtMs,
  }));
  process.stdout.write(JSON.stringify({ datasets, ledger: await wholeLedger(store) }));
  await store.close();
}

const store = await open();
await (task === 'import' ? work(store) : look(store));
