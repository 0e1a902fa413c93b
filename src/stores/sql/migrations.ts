import { HOUR_MS } from '../../domain/time/window.ts';
import { StoreFailure } from '../../ports/failures.ts';
import type { SqlEngine } from './engine.ts';
import { sumLedgerAgain } from './ledger-sums.ts';
import { columnDefinitions, TABLES, type TableName } from './schema.ts';
import { fillTrafficHours } from './traffic-hours.ts';

/** Where an engine wants more than columns: `ENGINE = MergeTree ORDER BY …`. */
export type TableSuffix = (table: TableName) => string;

type Migration = (engine: SqlEngine, suffix: TableSuffix) => Promise<void>;

/**
 * Step n brings a store from version n to n + 1, and may be run again after a kill. Steps are only ever appended: a store that was made
 * by any earlier version goes through those it lacks.
 */
const MIGRATIONS: readonly Migration[] = [
  createTables,
  // Runs and checkpoints: tables that were not there before, and nothing to change in the others.
  createTables,
  // Calls, traffic, scores and revenue: the same.
  createTables,
  // Traffic by the hour, added up from what is there.
  async (engine, suffix) => {
    await createTables(engine, suffix);
    await fillTrafficHours(engine);
  },
  // Queues of schedulers: the same.
  createTables,
  addGangWait,
  // Changes that were made: the same.
  createTables,
  // Judgements of anomalies, alerts and their outbox: the same.
  createTables,
  // The ledger by owner and day, and by node and span: added up from the hours that are there.
  async (engine, suffix) => {
    await createTables(engine, suffix);
    await sumWholeLedger(engine);
  },
  // Saved views: a table that was not there before.
  createTables,
  addCommitmentTerms,
];

const VERSION_NOTE = 'schema-version';

/** Brings the tables to what this version of Tare expects. Refuses a store that a later version has changed already. */
export async function migrate(engine: SqlEngine, suffix: TableSuffix): Promise<void> {
  await createTable(engine, 'note', suffix);
  const [row] = await engine.rows(`SELECT content FROM note WHERE name = '${VERSION_NOTE}'`);
  const version = Number(row?.['content'] ?? 0);
  if (version > MIGRATIONS.length) {
    throw new StoreFailure(
      'store-too-new',
      `${engine.url} was written by a later version of Tare (its tables are version ${version}, this one knows ${MIGRATIONS.length})`,
      'update Tare, or use another store',
    );
  }
  for (const [step, migration] of MIGRATIONS.entries()) {
    if (step < version) continue;
    await engine.atomically(async () => {
      await migration(engine, suffix);
      await engine.run(`DELETE FROM note WHERE name = '${VERSION_NOTE}'`);
      await engine.append('note', 'note', [[VERSION_NOTE, String(step + 1)]]);
    });
  }
}

async function sumWholeLedger(engine: SqlEngine): Promise<void> {
  const [hours] = await engine.rows(
    'SELECT min(hour_ms) AS lo, max(hour_ms) AS hi, count(*) AS n FROM ledger',
  );
  if (Number(hours!['n']) === 0) return;
  const [until] = await engine.rows(`SELECT content FROM note WHERE name = 'built-until'`);
  const window = { fromMs: Number(hours!['lo']), toMs: Number(hours!['hi']) + HOUR_MS };
  await sumLedgerAgain(engine, window, Number(until?.['content'] ?? 0));
}

async function createTables(engine: SqlEngine, suffix: TableSuffix): Promise<void> {
  for (const table of Object.keys(TABLES) as TableName[]) await createTable(engine, table, suffix);
}

async function createTable(engine: SqlEngine, table: TableName, suffix: TableSuffix): Promise<void> {
  const columns = columnDefinitions(engine.dialect, table);
  await engine.run(`CREATE TABLE IF NOT EXISTS "${table}" (${columns}) ${suffix(table)}`);
}

async function addGangWait(engine: SqlEngine): Promise<void> {
  await engine.run(
    `ALTER TABLE run ADD COLUMN IF NOT EXISTS gang_until_ms ${engine.dialect.types['bigint?']}`,
  );
}

/** What bills say of commitments beside their id. A bill that is in the store already says it when it is imported again. */
async function addCommitmentTerms(engine: SqlEngine): Promise<void> {
  const text = engine.dialect.name === 'duckdb' ? "VARCHAR DEFAULT ''" : 'String';
  const columns = [
    ['commitment_name', text],
    ['commitment_type', text],
    ['commitment_category', text],
    ['commitment_quantity', engine.dialect.types['huge?']],
    ['commitment_unit', text],
  ];
  for (const [name, type] of columns)
    await engine.run(`ALTER TABLE charge ADD COLUMN IF NOT EXISTS ${name} ${type}`);
}
