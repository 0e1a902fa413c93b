import { taggedRun } from '../../../domain/facts/run-tags.ts';
import { BUCKETS } from '../../../domain/ledger/buckets.ts';
import { UNTAGGED } from '../../../domain/ownership/owner.ts';
import { parseAttributes } from '../cells.ts';
import type { Dialect } from '../dialect.ts';
import type { SqlEngine } from '../engine.ts';
import { columnsOf, RUN_MEASURES } from '../schema.ts';
import { attributedRows } from './attribute-rows.ts';
import { measureSums } from './run-measures.ts';

/** Ends in which the work of an attempt counts as lost; see `RunState`. */
export const LOST_STATES = `('failed', 'cancelled', 'preempted', 'timed_out')`;

const SCRATCH = ['w_changed_run', 'w_stale_run', 'w_run_attempts', 'w_run_cost', 'w_run_checkpoint'];

/**
 * Brings `run_total` up to the facts and the ledger: the runs that `stale_run` names are worked out again, the others stay. What a run
 * costs is the sum of what its attempts had of their workloads, and the charges that carry its tag.
 *
 * Run again from its start it gives the same, so a kill between two statements costs nothing but the work.
 */
export async function refreshRuns(engine: SqlEngine, untilMs: number): Promise<void> {
  if ((await engine.rows('SELECT 1 AS one FROM stale_run LIMIT 1')).length === 0) return;
  try {
    await engine.atomically(async () => {
      await refreshTags(engine);
      await engine.scratch('w_changed_run', staleRuns());
      await engine.scratch('w_stale_run', withRepeated());
      await engine.scratch('w_run_attempts', attempts());
      await engine.scratch('w_run_cost', costs(engine.dialect, untilMs));
      await engine.scratch('w_run_checkpoint', checkpointCounts());
      // A kill behind the deletion must find them again, also those that only the deleted rows led to.
      await engine.run(`INSERT INTO stale_run SELECT 'run' AS stale_kind, run_id FROM w_stale_run`);
      await engine.run('DELETE FROM run_total WHERE run_id IN (SELECT run_id FROM w_stale_run)');
      await engine.run(`INSERT INTO run_total ${totals(engine.dialect)}`);
      await engine.run('DELETE FROM stale_run WHERE 1 = 1');
    });
  } finally {
    await engine.drop(SCRATCH).catch(() => undefined);
  }
}

/** The sets of attributes that name a run, of those that charges have. */
async function refreshTags(engine: SqlEngine): Promise<void> {
  const rows = await engine.rows(`
    SELECT set_id AS i, set_key AS k FROM attribute_set
    WHERE lower(set_key) LIKE '%tag:%run%' AND set_id IN (SELECT set_id FROM charge WHERE gpu_device = '')`);
  const tags = rows.flatMap((row) => {
    const runId = taggedRun(parseAttributes(String(row['k'])));
    return runId === null ? [] : [[Number(row['i']), runId]];
  });
  await engine.run('DELETE FROM run_tag WHERE 1 = 1');
  await engine.append('run_tag', 'run_tag', tags);
}

function staleRuns(): string {
  const any = (kind: string) => `(SELECT count(*) FROM stale_run WHERE kind = '${kind}') > 0`;
  return `
    SELECT DISTINCT run_id FROM (
      SELECT id AS run_id FROM stale_run WHERE kind = 'run'
      UNION ALL SELECT run_id FROM run WHERE workload_id <> '' AND workload_id IN (SELECT id FROM stale_run WHERE kind = 'workload')
      UNION ALL SELECT run_id FROM run_tag WHERE ${any('charges')}
      UNION ALL SELECT run_id FROM run_total WHERE direct_picos <> 0 AND ${any('charges')}
    ) AS stale`;
}

/** With the runs that have, or had, a fingerprint in common with them: which of these is the first may change. */
function withRepeated(): string {
  const fingerprints = `
    SELECT fingerprint FROM run WHERE fingerprint <> '' AND run_id IN (SELECT run_id FROM w_changed_run)
    UNION ALL SELECT fingerprint FROM run_total WHERE fingerprint <> '' AND run_id IN (SELECT run_id FROM w_changed_run)`;
  return `
    SELECT DISTINCT run_id FROM (
      SELECT run_id FROM w_changed_run
      UNION ALL SELECT run_id FROM run WHERE fingerprint IN (${fingerprints})
    ) AS repeated`;
}

/** By attempt: what it had of the ledger. All attempts on a workload are worked out together, since they share it. */
function costs(d: Dialect, untilMs: number): string {
  const workloads = `s.workload_id IN (
    SELECT workload_id FROM run WHERE workload_id <> '' AND run_id IN (SELECT run_id FROM w_stale_run))`;
  return `
    SELECT l.run_id AS run_id, l.attempt AS attempt, s.gpu_model AS gpu_model, s.price_source AS price_source, ${measureSums(d, 'c_')}
    FROM (${attributedRows({ dialect: d, untilMs, workloads, isDaily: true })}) AS l
    JOIN subject AS s ON s.subject_id = l.subject_id
    WHERE l.run_id IN (SELECT run_id FROM w_stale_run)
    GROUP BY l.run_id, l.attempt, s.gpu_model, s.price_source`;
}

function checkpointCounts(): string {
  return `
    SELECT r.run_id AS run_id, CAST(count(*) AS INTEGER) AS checkpoints
    FROM (SELECT DISTINCT run_id, workload_id FROM run WHERE workload_id <> '' AND run_id IN (SELECT run_id FROM w_stale_run)) AS r
    JOIN checkpoint AS c ON c.workload_id = r.workload_id GROUP BY r.run_id`;
}

/** What a run says of itself is what its last attempt says. */
const WORDS = [
  'name',
  'experiment',
  'state',
  'state_detail',
  'queue',
  'parent_run_id',
  'fingerprint',
  'parameters',
  'metrics',
];

function attempts(): string {
  const last = (column: string) => `argMax(${column}, attempt) AS last_${column}`;
  const started = 'start_ms IS NOT NULL';
  return `
    SELECT run_id, ${WORDS.map(last).join(', ')}, argMax(workload_id, attempt) AS last_workload, argMax(set_id, attempt) AS last_set,
      CAST(count(*) AS INTEGER) AS attempts_n, CAST(sum(CASE WHEN ${started} THEN 1 ELSE 0 END) AS INTEGER) AS started_n,
      CAST(sum(CASE WHEN ${started} AND state IN ${LOST_STATES} THEN 1 ELSE 0 END) AS INTEGER) AS lost_n,
      min(queued_ms) AS first_queued, min(start_ms) AS first_start, max(attempt) AS last_attempt,
      sum(CASE WHEN start_ms > queued_ms THEN start_ms - queued_ms WHEN queued_ms IS NULL OR start_ms IS NULL THEN NULL ELSE 0 END) AS waited
    FROM run WHERE run_id IN (SELECT run_id FROM w_stale_run) GROUP BY run_id`;
}

/** By fingerprint: the first run that did the work and did not lose it. */
function originals(): string {
  return `
    SELECT fingerprint, run_id, start_ms FROM (
      SELECT last_fingerprint AS fingerprint, run_id, first_start AS start_ms,
        row_number() OVER (PARTITION BY last_fingerprint ORDER BY first_start, run_id) AS place
      FROM w_run_attempts WHERE last_fingerprint <> '' AND first_start IS NOT NULL AND last_state NOT IN ${LOST_STATES}
    ) AS numbered WHERE place = 1`;
}

function totals(d: Dialect): string {
  const owner = (name: string) =>
    `CASE WHEN ra.${name} <> '' THEN ra.${name} WHEN wa.${name} <> '' THEN wa.${name} ELSE '${UNTAGGED}' END`;
  const measures = Object.entries(RUN_MEASURES).map(([name, type]) => {
    const zero = type === 'huge' ? d.wide('0') : '0';
    return name === 'direct_picos' ? `coalesce(t.direct, ${zero})` : `coalesce(c.sum_${name}, ${zero})`;
  });
  const sums = Object.keys(RUN_MEASURES).map((name) => {
    const total = d.sum(`c_${name}`);
    return `${name.endsWith('_ticks') ? `CAST(${total} AS BIGINT)` : total} AS sum_${name}`;
  });
  const cost = `
    SELECT run_id, CAST(count(DISTINCT attempt) AS INTEGER) AS known, ${sums.join(', ')} FROM w_run_cost GROUP BY run_id`;
  const list = (column: string) => `
    SELECT run_id, ${d.list(column)} AS names FROM (SELECT DISTINCT run_id, ${column} FROM w_run_cost) AS found GROUP BY run_id`;
  const grossTicks = `(${BUCKETS.map((bucket) => `c.sum_${bucket}_ticks`).join(' + ')})`;
  const grossPicos = `(${BUCKETS.map((bucket) => `c.sum_${bucket}_picos`).join(' + ')})`;
  const columns: Readonly<Record<string, string>> = {
    run_id: 'a.run_id',
    ...Object.fromEntries(WORDS.map((name) => [name, `a.last_${name}`])),
    team: owner('team'),
    model: owner('model'),
    environment: owner('environment'),
    attempts: 'a.attempts_n',
    started_attempts: 'a.started_n',
    lost_attempts: 'a.lost_n',
    known_attempts: 'coalesce(c.known, 0)',
    checkpoints: 'coalesce(k.checkpoints, 0)',
    queued_ms: 'a.first_queued',
    start_ms: 'a.first_start',
    end_ms: 'e.end_ms',
    wait_ms: 'a.waited',
    gpu_models: `coalesce(g.names, '')`,
    price_sources: `coalesce(p.names, '')`,
    duplicate_of: `CASE WHEN o.run_id <> a.run_id THEN o.run_id ELSE '' END`,
    // Never started costs nothing; started, and not in the ledger or in it without any price, costs what nobody knows.
    is_unknown: `CASE WHEN a.started_n > 0 AND (coalesce(c.known, 0) = 0 OR (c.sum_unpriced_ticks > 0 AND c.sum_unpriced_ticks = ${grossTicks})) THEN 1 ELSE 0 END`,
    gross_ticks: `coalesce(${grossTicks}, 0)`,
    total_picos: `coalesce(${grossPicos} + c.sum_shared_picos, ${d.wide('0')}) + coalesce(t.direct, ${d.wide('0')})`,
  };
  return `
    SELECT ${[
      ...columnsOf('run_total')
        .filter((name) => !(name in RUN_MEASURES))
        .map((name) => columns[name]),
      ...measures,
    ].join(', ')}
    FROM w_run_attempts AS a
    LEFT JOIN (${originals()}) AS o ON o.fingerprint = a.last_fingerprint AND o.start_ms <= coalesce(a.first_start, -1)
    JOIN run AS e ON e.run_id = a.run_id AND e.attempt = a.last_attempt
    LEFT JOIN (${cost}) AS c ON c.run_id = a.run_id
    LEFT JOIN (${list('gpu_model')}) AS g ON g.run_id = a.run_id
    LEFT JOIN (${list('price_source')}) AS p ON p.run_id = a.run_id
    LEFT JOIN w_run_checkpoint AS k ON k.run_id = a.run_id
    LEFT JOIN (
      SELECT m.run_id AS run_id, ${d.sum('h.cost_picos')} AS direct
      FROM run_tag AS m JOIN charge AS h ON h.set_id = m.set_id WHERE h.gpu_device = '' GROUP BY m.run_id
    ) AS t ON t.run_id = a.run_id
    LEFT JOIN attribute_set AS ra ON ra.set_id = a.last_set
    LEFT JOIN workload AS w ON w.workload_id = a.last_workload
    LEFT JOIN attribute_set AS wa ON wa.set_id = coalesce(w.set_id, 0)`;
}
