import type { FactBatch } from '../../domain/facts/facts.ts';
import { MAX_BRIDGED_GAP_MS } from '../../domain/ledger/stays.ts';
import {
  allocationCells,
  attributeSetId,
  capacityCells,
  chargeCells,
  checkpointCells,
  type Interners,
  queueCells,
  revenueCells,
  runCells,
  scoreCells,
  takenCells,
  usageCells,
} from './cells.ts';
import type { Cell, SqlEngine } from './engine.ts';
import { noteStaleRuns } from './runs/note-stale-runs.ts';
import { columnsOf, FACT_KEYS, FACT_TABLES, type FactTable, LEDGER_FACT_TABLES, TABLES } from './schema.ts';
import { requestCells, trafficCells } from './serving-cells.ts';
import { noteStaleTraffic, refreshTrafficHours } from './traffic-hours.ts';

/**
 * How an import lands whole: facts are staged first; then one step, which can be run again from its start, removes what the
 * dataset no longer brings, replaces what changed, adds what is new and notes which hours have to be built again.
 */
export type StagedCounts = Readonly<{
  staged: number;
  unchanged: number;
  /** Something goes away, so that the evidence of a device may reach less far than before. */
  mayShrink: boolean;
  alsoElsewhere: number;
  /** Id of the dataset that holds exactly the same charges, when there is nothing but charges. */
  sameAsDataset: number | null;
}>;

const NEVER = '9007199254740991';
/** Rows that are handed to the engine at once. */
const APPEND_ROWS = 20_480;

const stageOf = (table: FactTable) => `stage_${table}`;
export const changedOf = (table: FactTable) => `changed_${table}`;

/** The devices with stated capacity before the import, of those whose capacity it touches. */
const STATED_BEFORE = 'changed_stated';

/** What an import that has to do with these tables makes, and leaves to be dropped. */
export function stagingTables(tables: readonly FactTable[]): string[] {
  return [...tables.flatMap((table) => [stageOf(table), changedOf(table)]), STATED_BEFORE];
}

/**
 * Reads the stream into staging tables. Nothing is visible to anyone yet. Says which tables the import has to do with: those of the
 * ledger, and those that it brings rows of or has brought some of before.
 */
export async function stageFacts(
  engine: SqlEngine,
  datasetId: number,
  batches: AsyncIterable<FactBatch>,
  interners: Interners,
  storeInterned: () => Promise<void>,
): Promise<readonly FactTable[]> {
  const concerned = new Set<FactTable>([...LEDGER_FACT_TABLES, ...(await heldTables(engine, datasetId))]);
  for (const table of concerned) await engine.stage(stageOf(table), table);
  const waiting: Record<FactTable, Cell[][]> = {
    capacity: [],
    workload: [],
    allocation: [],
    usage: [],
    charge: [],
    run: [],
    checkpoint: [],
    request: [],
    traffic: [],
    score: [],
    revenue: [],
    queue: [],
    taken: [],
  };

  const flush = async (table: FactTable, least: number) => {
    if (waiting[table].length < least) return;
    if (!concerned.has(table)) await engine.stage(stageOf(table), table);
    concerned.add(table);
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
    for (const fact of batch.charges ?? []) waiting.charge.push(chargeCells(fact, datasetId, interners));
    for (const fact of batch.runs ?? []) waiting.run.push(runCells(fact, datasetId, interners));
    for (const fact of batch.checkpoints ?? []) waiting.checkpoint.push(checkpointCells(fact, datasetId));
    for (const fact of batch.requests ?? []) waiting.request.push(requestCells(fact, datasetId, interners));
    for (const fact of batch.traffic ?? []) waiting.traffic.push(trafficCells(fact, datasetId, interners));
    for (const fact of batch.scores ?? []) waiting.score.push(scoreCells(fact, datasetId));
    for (const fact of batch.revenues ?? []) waiting.revenue.push(revenueCells(fact, datasetId));
    for (const fact of batch.queues ?? []) waiting.queue.push(queueCells(fact, datasetId));
    for (const fact of batch.taken ?? []) waiting.taken.push(takenCells(fact, datasetId));
    for (const table of FACT_TABLES) await flush(table, APPEND_ROWS);
    if (interners.attributeSets.fresh().length >= APPEND_ROWS) await storeInterned();
  }
  await storeInterned();
  for (const table of FACT_TABLES) await flush(table, 1);
  return FACT_TABLES.filter((table) => concerned.has(table));
}

/** Which of the other tables hold rows that the dataset brought before. */
async function heldTables(engine: SqlEngine, datasetId: number): Promise<FactTable[]> {
  const others = FACT_TABLES.filter((table) => !LEDGER_FACT_TABLES.includes(table));
  const held = others.map(
    (table) =>
      `SELECT '${table}' AS named, count(*) AS n FROM ${quoted(table)} WHERE dataset_id = ${datasetId}`,
  );
  const rows = await engine.rows(held.join(' UNION ALL '));
  const found = new Set(rows.filter((row) => Number(row['n']) > 0).map((row) => String(row['named'])));
  return others.filter((table) => found.has(table));
}

/** Marks what is already known word for word: `changed_*` hold the staged rows with `same` = 1 or 0. */
export async function compareStaged(
  engine: SqlEngine,
  datasetId: number,
  tables: readonly FactTable[],
): Promise<StagedCounts> {
  let staged = 0;
  let unchanged = 0;
  for (const table of tables) {
    if (table === 'charge') await numberAlikeCharges(engine);
    else await dropRepeatedKeys(engine, table);
    await engine.keep(changedOf(table), comparison(table));
    const [counts] = await engine.rows(
      `SELECT count(*) AS n, coalesce(sum(same), 0) AS same_n FROM ${changedOf(table)}`,
    );
    staged += Number(counts!['n']);
    unchanged += Number(counts!['same_n']);
  }
  await engine.keep(STATED_BEFORE, statedDevices(datasetId));
  const mayShrink = await anythingShrinks(engine, datasetId);
  return { staged, unchanged, mayShrink, ...(await compareCharges(engine, datasetId, staged)) };
}

/**
 * A stream that brings one key twice means one fact; which of the two must not depend on their order. Places and attribute sets have
 * numbers in the order in which they were first seen, so their texts decide.
 */
async function dropRepeatedKeys(engine: SqlEngine, table: FactTable): Promise<void> {
  const keys = FACT_KEYS[table].join(', ');
  const repeated = await engine.rows(
    `SELECT 1 AS one FROM ${stageOf(table)} GROUP BY ${keys} HAVING count(*) > 1 LIMIT 1`,
  );
  if (repeated.length === 0) return;
  const columns = columnsOf(table).join(', ');
  const { source, order } = byText(table);
  await restage(
    engine,
    table,
    `SELECT ${columns} FROM (
       SELECT ${columns}, row_number() OVER (PARTITION BY ${keys} ORDER BY ${order}) AS turn FROM ${source}
     ) AS numbered WHERE turn = 1`,
  );
}

/** A bill may say the same twice and mean two charges: the second is number 1. */
async function numberAlikeCharges(engine: SqlEngine): Promise<void> {
  const stage = stageOf('charge');
  const alike = await engine.rows(
    `SELECT 1 AS one FROM ${stage} GROUP BY row_hash HAVING count(*) > 1 LIMIT 1`,
  );
  if (alike.length === 0) return;
  const columns = columnsOf('charge').map((column) =>
    column === 'ordinal'
      ? `CAST(row_number() OVER (PARTITION BY row_hash ORDER BY at_where) - 1 AS INTEGER) AS place`
      : column,
  );
  await restage(engine, 'charge', `SELECT ${columns.join(', ')} FROM ${stage}`);
}

async function restage(engine: SqlEngine, table: FactTable, select: string): Promise<void> {
  await engine.scratch(changedOf(table), select);
  await engine.run(`DELETE FROM ${stageOf(table)} WHERE 1 = 1`);
  await engine.run(`INSERT INTO ${stageOf(table)} SELECT * FROM ${changedOf(table)}`);
}

/** The staged rows of a table and an order of them in which texts stand for their numbers. */
function byText(table: FactTable): { source: string; order: string } {
  const bySet = ['set_id', 'attribute_set', 'set_key'];
  const named: Partial<Record<FactTable, readonly string[]>> = {
    capacity: ['place_id', 'place', 'place_key'],
    workload: bySet,
    run: bySet,
    request: bySet,
    traffic: bySet,
  };
  const found = named[table];
  const order = columnsOf(table).map((column) => (column === found?.[0] ? 'named_text' : column));
  if (!found) return { source: `${stageOf(table)} AS staged`, order: order.join(', ') };
  const [id, names, text] = found;
  const source = `${stageOf(table)} AS staged JOIN (SELECT ${id} AS named_id, ${text} AS named_text FROM ${names}) AS named ON named_id = ${id}`;
  return { source, order: order.join(', ') };
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
  // What these keys name may have moved in time.
  if (table === 'run' || table === 'request' || table === 'score') {
    const [key] = FACT_KEYS[table];
    return `${key} IN (SELECT ${key} FROM ${stageOf(table)})`;
  }
  const time = (
    {
      usage: 'at_ms',
      capacity: 'start_ms',
      allocation: 'start_ms',
      charge: 'start_ms',
      workload: '',
      checkpoint: 'at_ms',
      traffic: 'start_ms',
      revenue: 'from_ms',
      queue: 'start_ms',
      taken: 'at_ms',
    } as const
  )[table];
  if (time === '') return '1 = 1';
  const bound = (edge: string) => `(SELECT ${edge}(${time}) FROM ${stageOf(table)})`;
  return `${time} >= ${bound('min')} AND ${time} <= ${bound('max')}`;
}

async function compareCharges(
  engine: SqlEngine,
  datasetId: number,
  staged: number,
): Promise<Pick<StagedCounts, 'alsoElsewhere' | 'sameAsDataset'>> {
  const fresh = `(SELECT row_hash, ordinal FROM ${changedOf('charge')} WHERE same = 0) AS s`;
  const elsewhere = await engine.rows(`
    SELECT m.dataset_id AS other, count(*) AS shared
    FROM ${fresh} JOIN charge AS m ON m.row_hash = s.row_hash AND m.ordinal = s.ordinal
    WHERE m.dataset_id <> ${datasetId} GROUP BY m.dataset_id ORDER BY shared DESC, other LIMIT 1`);
  const [largest] = elsewhere;
  if (!largest) return { alsoElsewhere: 0, sameAsDataset: null };
  const shared = Number(largest['shared']);
  const other = Number(largest['other']);
  const [sizes] = await engine.rows(`
    SELECT (SELECT count(*) FROM charge WHERE dataset_id = ${other}) AS kept, (SELECT count(*) FROM ${fresh} WHERE (row_hash, ordinal) IN (
      SELECT row_hash, ordinal FROM charge WHERE dataset_id <> ${datasetId})) AS anywhere`);
  const isSame = shared === staged && shared === Number(sizes!['kept']);
  return { alsoElsewhere: Number(sizes!['anywhere']), sameAsDataset: isSame ? other : null };
}

/** Whether samples or holds go away, or come back shorter than they were. */
async function anythingShrinks(engine: SqlEngine, datasetId: number): Promise<boolean> {
  const reach = { usage: 'interval_ms', allocation: `coalesce(end_ms, ${NEVER})` } as const;
  for (const table of ['usage', 'allocation'] as const) {
    const key = FACT_KEYS[table];
    const columns = `${key.join(', ')}, ${reach[table]} AS reach`;
    const [counts] = await engine.rows(`
      SELECT (SELECT count(*) FROM ${quoted(table)} WHERE ${goneFrom(table, datasetId)}) AS gone, (
        SELECT count(*) FROM (SELECT ${columns} FROM ${changedOf(table)} WHERE same = 0) AS s
        JOIN (SELECT ${columns} FROM ${quoted(table)} WHERE ${nearStaged(table)}) AS m
          ON ${key.map((column) => `m.${column} = s.${column}`).join(' AND ')}
        WHERE m.reach > s.reach) AS shorter`);
    if (Number(counts!['gone']) + Number(counts!['shorter']) > 0) return true;
  }
  return false;
}

/** Rows that the dataset brought before and does not bring any more. */
function goneFrom(table: FactTable, datasetId: number): string {
  return `dataset_id = ${datasetId} AND ${keyTuple(table)} NOT IN (SELECT ${FACT_KEYS[table].join(', ')} FROM ${changedOf(table)})`;
}

/** How far a sample can stand: at most so many of its usual intervals, of which the longest that is known is this. */
export type SampleReach = Readonly<{ maxHoldIntervals: number; longestIntervalMs: number }>;

/** The statements of the one step, in order. Running them again from the start gives the same result. */
export async function applyStaged(
  engine: SqlEngine,
  datasetId: number,
  tables: readonly FactTable[],
  reach: SampleReach,
  mayShrink: boolean,
): Promise<number> {
  let removed = 0;
  for (const table of tables) {
    const gone = goneFrom(table, datasetId);
    const [counted] = await engine.rows(`SELECT count(*) AS n FROM ${quoted(table)} WHERE ${gone}`);
    removed += Number(counted!['n']);
    await noteStale(
      engine,
      table,
      reach,
      `SELECT * FROM ${quoted(table)} WHERE ${gone}`,
      Number(counted!['n']),
    );
    if (Number(counted!['n']) > 0) await engine.run(`DELETE FROM ${quoted(table)} WHERE ${gone}`);

    const fresh = `SELECT ${columnsOf(table).join(', ')} FROM ${changedOf(table)} WHERE same = 0`;
    const [changed] = await engine.rows(`SELECT count(*) AS n FROM ${changedOf(table)} WHERE same = 0`);
    if (Number(changed!['n']) === 0) continue;
    const replaced = `${nearStaged(table)} AND ${keyTuple(table)} IN (SELECT ${FACT_KEYS[table].join(', ')} FROM ${changedOf(table)} WHERE same = 0)`;
    await noteStale(engine, table, reach, `SELECT * FROM ${quoted(table)} WHERE ${replaced}`, 1);
    await engine.run(`DELETE FROM ${quoted(table)} WHERE ${replaced}`);
    await noteStale(engine, table, reach, fresh, Number(changed!['n']));
    await engine.run(`INSERT INTO ${quoted(table)} ${fresh}`);
  }
  await refreshTrafficHours(engine);
  await refreshEvidence(engine, mayShrink);
  await noteImpliedStale(engine, datasetId);
  return removed;
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
  { maxHoldIntervals, longestIntervalMs }: SampleReach,
  rows: string,
  count: number,
): Promise<void> {
  if (count === 0) return;
  await noteStaleRuns(engine, table, rows);
  const insert = (from: string, to: string, source: string, isPaid: 0 | 1) =>
    engine.run(
      `INSERT INTO stale SELECT lo, hi, ${isPaid} AS paid FROM (SELECT min(${from}) AS lo, max(${to}) AS hi, count(*) AS n FROM ${source}) AS span WHERE n > 0`,
    );
  const open = `coalesce(end_ms, ${NEVER})`;
  switch (table) {
    case 'usage': {
      // Where a sample goes away the one before it reaches further, and where one comes it reaches less: each as far as its own interval.
      const intervalMs = `greatest(interval_ms, ${longestIntervalMs})`;
      return insert('at_ms', `at_ms + ${intervalMs} * ${Math.max(1, maxHoldIntervals)}`, `(${rows}) AS r`, 0);
    }
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
    case 'checkpoint':
      // A loss that this checkpoint ends earlier or later; the hours of work that was not lost stay as they are.
      return insert(
        'start_ms',
        open,
        `(SELECT a.start_ms AS start_ms, a.end_ms AS end_ms FROM allocation AS a JOIN (${rows}) AS r ON r.workload_id = a.workload_id
          WHERE a.lost_from_ms IS NOT NULL AND a.start_ms <= r.at_ms AND coalesce(a.end_ms, ${NEVER}) >= r.at_ms) AS held`,
        0,
      );
    case 'traffic':
      return noteStaleTraffic(engine, rows);
    case 'run':
    case 'request':
    case 'score':
    case 'revenue':
    case 'queue':
    case 'taken':
      // They say what was done with the time, and nothing about who held it or what it cost.
      return;
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
      SELECT r.start_ms AS hi, argMax(m.end_ms, m.start_ms) AS lo FROM ${neighbours}
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

/** Devices with stated capacity, of those that this import may give their first or take the last from. */
function statedDevices(datasetId: number): string {
  return `
    SELECT DISTINCT device_id FROM capacity
    WHERE dataset_id = ${datasetId} OR device_id IN (SELECT device_id FROM ${changedOf('capacity')} WHERE same = 0)`;
}

/** Stated capacity replaces what was implied from the first evidence of a device to the last, and the reverse. */
async function noteImpliedStale(engine: SqlEngine, datasetId: number): Promise<void> {
  const touched = `SELECT device_id FROM ${STATED_BEFORE} UNION ALL SELECT device_id FROM (${statedDevices(datasetId)}) AS after_it`;
  await engine.run(`
    INSERT INTO stale SELECT min(first_ms) AS lo, max(last_ms) AS hi, 1 AS paid FROM evidence
    WHERE device_id IN (SELECT device_id FROM (${touched}) AS touched)
      AND (CASE WHEN device_id IN (SELECT device_id FROM ${STATED_BEFORE}) THEN 1 ELSE 0 END)
        <> (CASE WHEN device_id IN (SELECT device_id FROM capacity) THEN 1 ELSE 0 END)
    HAVING count(*) > 0`);
}

/** Keeps the first and last thing known of each device whose samples or holders changed. */
async function refreshEvidence(engine: SqlEngine, mayShrink: boolean): Promise<void> {
  const touched = `(SELECT device_id FROM ${changedOf('usage')} WHERE same = 0 UNION ALL SELECT device_id FROM ${changedOf('allocation')} WHERE same = 0)`;
  const source = mayShrink
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
     ) AS seen ${mayShrink ? '' : `WHERE device_id IN ${touched}`} GROUP BY device_id`,
  );
  // Devices with stated capacity do not depend on it; for the others the hours between old and new evidence change.
  await engine.run(`
    INSERT INTO stale
    SELECT least(min(n.seen_first), min(coalesce(o.first_ms, n.seen_first))) AS lo, greatest(max(n.seen_last), max(coalesce(o.last_ms, n.seen_last))) AS hi, 1 AS paid
    FROM w_evidence AS n LEFT JOIN evidence AS o ON o.device_id = n.device_id
    WHERE n.device_id NOT IN (SELECT device_id FROM capacity)
      AND (o.device_id IS NULL OR o.first_ms <> n.seen_first OR o.last_ms <> n.seen_last)
    HAVING count(*) > 0`);
  if (mayShrink)
    await engine.run(`
      INSERT INTO stale SELECT min(first_ms) AS lo, max(last_ms) AS hi, 1 AS paid FROM evidence
      WHERE device_id NOT IN (SELECT device_id FROM w_evidence) AND device_id NOT IN (SELECT device_id FROM capacity)
      HAVING count(*) > 0`);
  await engine.run(
    mayShrink
      ? 'DELETE FROM evidence WHERE 1 = 1'
      : 'DELETE FROM evidence WHERE device_id IN (SELECT device_id FROM w_evidence)',
  );
  await engine.run('INSERT INTO evidence SELECT device_id, seen_first, seen_last FROM w_evidence');
}
