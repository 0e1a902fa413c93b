import type { FactBatch } from '../../domain/facts/facts.ts';
import { MAX_BRIDGED_GAP_MS } from '../../domain/ledger/weigh-fleet.ts';
import {
  allocationCells,
  attributeSetId,
  capacityCells,
  chargeCells,
  type Interners,
  usageCells,
} from './cells.ts';
import { quote } from './dialect.ts';
import type { Cell, SqlEngine } from './engine.ts';
import { columnsOf, FACT_KEYS, FACT_TABLES, type FactTable, TABLES } from './schema.ts';

/**
 * How an import lands whole: facts are staged first; then one step, which can be run again from its start, removes what the
 * dataset no longer brings, replaces what changed, adds what is new and notes which hours have to be built again.
 */
export type StagedCounts = Readonly<{
  staged: number;
  unchanged: number;
  alsoElsewhere: number;
  /** Id of the dataset that holds exactly the same charges. */
  sameAsDataset: number | null;
}>;

const NEVER = '9007199254740991';
/** Rows that are handed to the engine at once. */
const APPEND_ROWS = 20_480;

const stageOf = (table: FactTable) => `stage_${table}`;
export const changedOf = (table: FactTable) => `changed_${table}`;

export const STAGING_TABLES = FACT_TABLES.flatMap((table) => [stageOf(table), changedOf(table)]);

/** Reads the stream into staging tables. Nothing is visible to anyone yet. */
export async function stageFacts(
  engine: SqlEngine,
  datasetId: number,
  batches: AsyncIterable<FactBatch>,
  interners: Interners,
): Promise<void> {
  for (const table of FACT_TABLES) await engine.stage(stageOf(table), table);
  const waiting: Record<FactTable, Cell[][]> = {
    capacity: [],
    workload: [],
    allocation: [],
    usage: [],
    charge: [],
  };
  const ordinals = new Map<string, number>();

  const flush = async (table: FactTable, least: number) => {
    if (waiting[table].length < least) return;
    await engine.append(stageOf(table), table, waiting[table]);
    waiting[table] = [];
  };
  for await (const batch of batches) {
    for (const fact of batch.capacity ?? []) waiting.capacity.push(capacityCells(fact, datasetId, interners));
    for (const fact of batch.workloads ?? []) {
      const setId = attributeSetId(fact.attributes, interners);
      waiting.workload.push([datasetId, fact.workloadId, fact.kind, fact.name, setId]);
    }
    for (const fact of batch.allocations ?? []) waiting.allocation.push(allocationCells(fact, datasetId));
    for (const fact of batch.usage ?? []) waiting.usage.push(usageCells(fact, datasetId));
    for (const fact of batch.charges ?? [])
      waiting.charge.push(chargeCells(fact, datasetId, ordinals, interners));
    for (const table of FACT_TABLES) await flush(table, APPEND_ROWS);
  }
  for (const table of FACT_TABLES) await flush(table, 1);
}

/** Marks what is already known word for word: `changed_*` hold the staged rows with `same` = 1 or 0. */
export async function compareStaged(engine: SqlEngine, datasetId: number): Promise<StagedCounts> {
  let staged = 0;
  let unchanged = 0;
  for (const table of FACT_TABLES) {
    await dropRepeatedKeys(engine, table);
    await engine.keep(changedOf(table), comparison(table));
    const [counts] = await engine.rows(
      `SELECT count(*) AS n, coalesce(sum(same), 0) AS same_n FROM ${changedOf(table)}`,
    );
    staged += Number(counts!['n']);
    unchanged += Number(counts!['same_n']);
  }
  return { staged, unchanged, ...(await compareCharges(engine, datasetId)) };
}

/** A stream that brings one key twice means one fact; which of the two must not depend on their order. */
async function dropRepeatedKeys(engine: SqlEngine, table: FactTable): Promise<void> {
  const keys = FACT_KEYS[table].join(', ');
  const repeated = await engine.rows(
    `SELECT 1 AS one FROM ${stageOf(table)} GROUP BY ${keys} HAVING count(*) > 1 LIMIT 1`,
  );
  if (repeated.length === 0) return;
  const columns = columnsOf(table).join(', ');
  await engine.scratch(
    changedOf(table),
    `SELECT ${columns} FROM (
       SELECT ${columns}, row_number() OVER (PARTITION BY ${keys} ORDER BY ${columns}) AS place FROM ${stageOf(table)}
     ) AS numbered WHERE place = 1`,
  );
  await engine.run(`DELETE FROM ${stageOf(table)} WHERE 1 = 1`);
  await engine.run(`INSERT INTO ${stageOf(table)} SELECT ${columns} FROM ${changedOf(table)}`);
}

function comparison(table: FactTable): string {
  const shape: Readonly<Record<string, string>> = TABLES[table].columns;
  const ignored = table === 'charge' ? ['at_where'] : ['dataset_id'];
  const equal = Object.entries(shape)
    .filter(([column]) => !ignored.includes(column))
    .map(([column, type]) =>
      type.endsWith('?')
        ? `coalesce(m.${column}, -1) = coalesce(s.${column}, -1)`
        : `m.${column} = s.${column}`,
    );
  const columns = columnsOf(table);
  const key = FACT_KEYS[table][0];
  return `
    SELECT ${columns.map((column) => `s.${column} AS ${column}`).join(', ')},
      CASE WHEN m.${key} IS NULL THEN 0 ELSE 1 END AS same
    FROM ${stageOf(table)} AS s
    LEFT JOIN (SELECT * FROM ${quoted(table)} WHERE ${nearStaged(table)}) AS m ON ${equal.join(' AND ')}`;
}

/** Only rows of the stored table that can matter, so that a small import does not read a large table. */
function nearStaged(table: FactTable): string {
  const time = (
    {
      usage: 'at_ms',
      capacity: 'start_ms',
      allocation: 'start_ms',
      charge: 'start_ms',
      workload: '',
    } as const
  )[table];
  if (time === '') return '1 = 1';
  const bound = (edge: string) => `(SELECT ${edge}(${time}) FROM ${stageOf(table)})`;
  return `${time} >= ${bound('min')} AND ${time} <= ${bound('max')}`;
}

async function compareCharges(
  engine: SqlEngine,
  datasetId: number,
): Promise<Pick<StagedCounts, 'alsoElsewhere' | 'sameAsDataset'>> {
  const elsewhere = await engine.rows(`
    SELECT m.dataset_id AS other, count(*) AS shared
    FROM ${changedOf('charge')} AS s JOIN charge AS m ON m.row_hash = s.row_hash AND m.ordinal = s.ordinal
    WHERE m.dataset_id <> ${datasetId} AND s.same = 0
    GROUP BY m.dataset_id ORDER BY shared DESC, other LIMIT 1`);
  const [largest] = elsewhere;
  if (!largest) return { alsoElsewhere: 0, sameAsDataset: null };
  const shared = Number(largest['shared']);
  const other = Number(largest['other']);
  const [sizes] = await engine.rows(`
    SELECT (SELECT count(*) FROM ${changedOf('charge')}) AS staged, (SELECT count(*) FROM charge WHERE dataset_id = ${other}) AS kept`);
  const isSame = shared === Number(sizes!['staged']) && shared === Number(sizes!['kept']);
  return { alsoElsewhere: shared, sameAsDataset: isSame ? other : null };
}

/** The statements of the one step, in order. Running them again from the start gives the same result. */
export async function applyStaged(
  engine: SqlEngine,
  datasetId: number,
  maxHoldIntervals: number,
): Promise<number> {
  let removed = 0;
  const stated = await capacityHolders(engine, datasetId);
  for (const table of FACT_TABLES) {
    const gone = `dataset_id = ${datasetId} AND ${keyTuple(table)} NOT IN (SELECT ${FACT_KEYS[table].join(', ')} FROM ${changedOf(table)})`;
    const [counted] = await engine.rows(`SELECT count(*) AS n FROM ${quoted(table)} WHERE ${gone}`);
    removed += Number(counted!['n']);
    await noteStale(
      engine,
      table,
      maxHoldIntervals,
      `SELECT * FROM ${quoted(table)} WHERE ${gone}`,
      Number(counted!['n']),
    );
    if (Number(counted!['n']) > 0) await engine.run(`DELETE FROM ${quoted(table)} WHERE ${gone}`);

    const fresh = `SELECT ${columnsOf(table).join(', ')} FROM ${changedOf(table)} WHERE same = 0`;
    const [changed] = await engine.rows(`SELECT count(*) AS n FROM ${changedOf(table)} WHERE same = 0`);
    if (Number(changed!['n']) === 0) continue;
    const replaced = `${nearStaged(table)} AND ${keyTuple(table)} IN (SELECT ${FACT_KEYS[table].join(', ')} FROM ${changedOf(table)} WHERE same = 0)`;
    await noteStale(engine, table, maxHoldIntervals, `SELECT * FROM ${quoted(table)} WHERE ${replaced}`, 1);
    await engine.run(`DELETE FROM ${quoted(table)} WHERE ${replaced}`);
    await noteStale(engine, table, maxHoldIntervals, fresh, Number(changed!['n']));
    await engine.run(`INSERT INTO ${quoted(table)} ${fresh}`);
  }
  await refreshEvidence(engine, removed > 0);
  await noteImpliedStale(engine, symmetricDifference(stated, await capacityHolders(engine, datasetId)));
  return removed;
}

function symmetricDifference(a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> {
  return new Set([...a, ...b].filter((value) => a.has(value) !== b.has(value)));
}

function keyTuple(table: FactTable): string {
  const keys = FACT_KEYS[table];
  return keys.length === 1 ? keys[0] : `(${keys.join(', ')})`;
}

/** `usage` is a word of SQL in one engine or the other; the others may be quoted alike. */
function quoted(table: FactTable): string {
  return `"${table}"`;
}

/** Notes the hours that rows coming or going make stale. */
async function noteStale(
  engine: SqlEngine,
  table: FactTable,
  maxHoldIntervals: number,
  rows: string,
  count: number,
): Promise<void> {
  if (count === 0) return;
  const insert = (from: string, to: string, source: string, isPaid: 0 | 1) =>
    engine.run(
      `INSERT INTO stale SELECT lo, hi, ${isPaid} AS paid FROM (SELECT min(${from}) AS lo, max(${to}) AS hi, count(*) AS n FROM ${source}) AS span WHERE n > 0`,
    );
  const open = `coalesce(end_ms, ${NEVER})`;
  switch (table) {
    case 'usage':
      return insert('at_ms', `at_ms + interval_ms * ${Math.max(1, maxHoldIntervals)}`, `(${rows}) AS r`, 0);
    case 'allocation':
      return insert('start_ms', open, `(${rows}) AS r`, 0);
    case 'charge':
      return insert('start_ms', `greatest(end_ms, start_ms + 1)`, `(${rows}) AS r`, 0);
    case 'workload':
      return insert(
        'start_ms',
        open,
        `(SELECT start_ms, end_ms FROM allocation WHERE workload_id IN (SELECT workload_id FROM (${rows}) AS r)) AS held`,
        0,
      );
    case 'capacity':
      await insert('start_ms', open, `(${rows}) AS r`, 1);
      return noteBridgedGaps(engine, rows);
  }
  table satisfies never;
}

/** A gap before or behind a capacity fact, within one life of the machine, is paid for because of it. */
async function noteBridgedGaps(engine: SqlEngine, rows: string): Promise<void> {
  const neighbours = `capacity AS m JOIN (${rows}) AS r ON r.device_id = m.device_id AND r.node_life = m.node_life`;
  await engine.run(`
    INSERT INTO stale SELECT lo, hi, 1 AS paid FROM (
      SELECT r.start_ms AS hi, max(m.end_ms) AS lo FROM ${neighbours}
      WHERE r.node_life <> '' AND m.end_ms IS NOT NULL AND m.start_ms < r.start_ms AND m.end_ms > r.start_ms - ${MAX_BRIDGED_GAP_MS}
      GROUP BY r.device_id, r.start_ms
    ) AS before_it WHERE lo < hi`);
  await engine.run(`
    INSERT INTO stale SELECT lo, hi, 1 AS paid FROM (
      SELECT r.device_id AS device, r.end_ms AS lo, min(m.start_ms) AS hi FROM ${neighbours}
      WHERE r.node_life <> '' AND r.end_ms IS NOT NULL AND m.start_ms > r.start_ms AND m.start_ms < r.end_ms + ${MAX_BRIDGED_GAP_MS}
      GROUP BY r.device_id, r.end_ms
    ) AS behind_it WHERE lo < hi`);
}

/** Devices that this import may give their first stated capacity, or take the last from, with whether they have any now. */
async function capacityHolders(engine: SqlEngine, datasetId: number): Promise<Set<string>> {
  const rows = await engine.rows(`
    SELECT DISTINCT device_id FROM capacity
    WHERE dataset_id = ${datasetId} OR device_id IN (SELECT device_id FROM ${changedOf('capacity')} WHERE same = 0)`);
  return new Set(rows.map((row) => String(row['device_id'])));
}

/** Stated capacity replaces what was implied from the first evidence of a device to the last, and the reverse. */
async function noteImpliedStale(engine: SqlEngine, devices: ReadonlySet<string>): Promise<void> {
  if (devices.size === 0) return;
  const names = [...devices].map((device) => quote(engine.dialect, device)).join(', ');
  await engine.run(`
    INSERT INTO stale SELECT min(first_ms) AS lo, max(last_ms) AS hi, 1 AS paid FROM evidence WHERE device_id IN (${names}) HAVING count(*) > 0`);
}

/** Keeps the first and last thing known of each device whose samples or holders changed. */
async function refreshEvidence(engine: SqlEngine, hasRemoved: boolean): Promise<void> {
  const touched = `(SELECT device_id FROM ${changedOf('usage')} WHERE same = 0 UNION ALL SELECT device_id FROM ${changedOf('allocation')} WHERE same = 0)`;
  const source = hasRemoved
    ? { usage: '"usage"', allocation: 'allocation', known: '' }
    : {
        usage: changedOf('usage'),
        allocation: changedOf('allocation'),
        known: `UNION ALL SELECT device_id, first_ms, last_ms FROM evidence WHERE device_id IN ${touched}`,
      };
  await engine.scratch(
    'w_evidence',
    `SELECT device_id, min(first_ms) AS seen_first, max(last_ms) AS seen_last FROM (
       SELECT device_id, min(at_ms) AS first_ms, max(at_ms + interval_ms) AS last_ms FROM ${source.usage} GROUP BY device_id
       UNION ALL
       SELECT device_id, min(start_ms) AS first_ms, max(coalesce(end_ms, ${NEVER})) AS last_ms FROM ${source.allocation} GROUP BY device_id
       ${source.known}
     ) AS seen ${hasRemoved ? '' : `WHERE device_id IN ${touched}`} GROUP BY device_id`,
  );
  // Devices with stated capacity do not depend on it; for the others the hours between old and new evidence change.
  await engine.run(`
    INSERT INTO stale
    SELECT least(min(n.seen_first), min(coalesce(o.first_ms, n.seen_first))) AS lo, greatest(max(n.seen_last), max(coalesce(o.last_ms, n.seen_last))) AS hi, 1 AS paid
    FROM w_evidence AS n LEFT JOIN evidence AS o ON o.device_id = n.device_id
    WHERE n.device_id NOT IN (SELECT device_id FROM capacity)
      AND (o.device_id IS NULL OR o.first_ms <> n.seen_first OR o.last_ms <> n.seen_last)
    HAVING count(*) > 0`);
  await engine.run(
    hasRemoved
      ? 'DELETE FROM evidence WHERE 1 = 1'
      : 'DELETE FROM evidence WHERE device_id IN (SELECT device_id FROM w_evidence)',
  );
  await engine.run('INSERT INTO evidence SELECT device_id, seen_first, seen_last FROM w_evidence');
}
