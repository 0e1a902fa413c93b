import type { TimeWindow } from '../../../domain/time/window.ts';
import type { SqlEngine } from '../engine.ts';
import type { FactTable } from '../schema.ts';

/** What `stale_run` can say that has to be worked out again. */
export type StaleRunKind = 'run' | 'workload' | 'charges';

/** Notes which runs rows of a fact table concern that come or go. Holds and samples act through the hours that they make stale. */
export async function noteStaleRuns(engine: SqlEngine, table: FactTable, rows: string): Promise<void> {
  const insert = (kind: StaleRunKind, id: string, where = '') =>
    engine.run(
      `INSERT INTO stale_run SELECT DISTINCT '${kind}' AS stale_kind, ${id} AS stale_id FROM (${rows}) AS r ${where}`,
    );
  switch (table) {
    case 'run':
      await insert('run', 'r.run_id');
      // Others that name the same workload share it with this one.
      return insert('workload', 'r.workload_id', `WHERE r.workload_id <> ''`);
    case 'workload':
    case 'checkpoint':
      return insert('workload', 'r.workload_id');
    case 'charge':
      return insert('charges', `''`);
    case 'capacity':
    case 'allocation':
    case 'usage':
    case 'request':
    case 'traffic':
    case 'score':
    case 'revenue':
    case 'queue':
    case 'taken':
      return;
  }
  table satisfies never;
}

/** Runs whose workloads have rows in hours of the ledger; called before these are replaced and after. */
export async function noteStaleRunsIn(engine: SqlEngine, { fromMs, toMs }: TimeWindow): Promise<void> {
  if ((await engine.rows('SELECT 1 AS one FROM run LIMIT 1')).length === 0) return;
  await engine.run(`
    INSERT INTO stale_run SELECT DISTINCT 'workload' AS stale_kind, s.workload_id AS stale_id
    FROM (SELECT DISTINCT subject_id FROM ledger WHERE hour_ms >= ${fromMs} AND hour_ms < ${toMs}) AS l
    JOIN subject AS s ON s.subject_id = l.subject_id
    WHERE s.workload_id IN (SELECT workload_id FROM run WHERE workload_id <> '')`);
}

/** Runs whose owner follows from one of these attribute sets, their own or that of their workload. */
export async function noteStaleRunsOfSets(engine: SqlEngine, setIds: string): Promise<void> {
  const insert = (kind: StaleRunKind, id: string, table: string) =>
    engine.run(
      `INSERT INTO stale_run SELECT '${kind}' AS stale_kind, ${id} AS stale_id FROM ${table} WHERE set_id IN (${setIds})`,
    );
  await insert('run', 'run_id', 'run');
  await insert('workload', 'workload_id', 'workload');
}
