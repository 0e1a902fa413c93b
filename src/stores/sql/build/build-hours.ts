import type { TimeWindow } from '../../../domain/time/window.ts';
import type { SharedRule } from '../../../ports/store.ts';
import type { SqlEngine } from '../engine.ts';
import { noteStaleRunsIn } from '../runs/note-stale-runs.ts';
import { columnsOf } from '../schema.ts';
import { at, type BuildContext, type Step } from './context.ts';
import { measureSteps } from './measures.ts';
import { occupancySteps } from './occupancy.ts';
import { otherChargeSteps, purchaseSteps } from './purchases.ts';
import { ledgerSelect, mixedSteps } from './rows.ts';
import { sharingSteps } from './sharing.ts';
import { nameSubjects } from './subjects.ts';

/**
 * The weighing at scale, as a chain of queries of which each reads the ones before. `weighFleet` in the domain says the same in plain
 * words; the two agree to the last digit.
 *
 * `finish` runs in the same step as the replacement of the rows: it marks the hours as built.
 */
export async function buildHours(
  engine: SqlEngine,
  context: BuildContext,
  shared: SharedRule,
  finish: () => Promise<void>,
): Promise<number> {
  const made: string[] = [];
  const run = async (steps: readonly Step[]) => {
    for (const { name, select } of steps) {
      made.push(name);
      await engine.scratch(name, select);
    }
  };
  try {
    const has = await chargesIn(engine, context.window);
    await run(occupancySteps(context));
    await run(measureSteps(context));
    await run(mixedSteps(context));
    if (has.purchases) await run(purchaseSteps(context));
    if (has.others) await run(otherChargeSteps(context));
    return await engine.atomically(async () => {
      made.push(...(await nameSubjects(engine, context, has)));
      const rows = ledgerSelect(context, has);
      const isShared = shared !== 'none' && has.others && (await hasPool(engine));
      if (isShared) await run([{ name: 'w_ledger', select: rows }, ...sharingSteps(context, shared)]);
      const count = await replaceRows(
        engine,
        context.window,
        isShared ? sharedRows(context) : unsharedRows(rows),
      );
      await finish();
      return count;
    });
  } finally {
    await engine.drop(made).catch(() => undefined);
  }
}

async function chargesIn(
  engine: SqlEngine,
  { fromMs, toMs }: TimeWindow,
): Promise<{ purchases: boolean; others: boolean }> {
  // A one-time line has an empty period and belongs to the hour in which it starts.
  const rows = await engine.rows(`
    SELECT DISTINCT CASE WHEN gpu_device <> '' THEN 1 ELSE 0 END AS is_gpu FROM charge
    WHERE start_ms < ${at(toMs)} AND (end_ms > ${at(fromMs)} OR start_ms >= ${at(fromMs)})`);
  const kinds = rows.map((row) => Number(row['is_gpu']));
  return { purchases: kinds.includes(1), others: kinds.includes(0) };
}

async function hasPool(engine: SqlEngine): Promise<boolean> {
  const rows = await engine.rows('SELECT 1 AS one FROM w_charge_subject WHERE is_direct = 0 LIMIT 1');
  return rows.length > 0;
}

/** What is shared and cannot be spread (nobody holds anything in that hour, or the rule is `none`) stays in a row of nobody. */
function sharedRows({ dialect: d }: BuildContext): string {
  const stays = `CASE WHEN p.hour_ms IS NULL THEN r.pool_picos ELSE ${d.wide('0')} END`;
  return `
    SELECT ${storedColumns('r', `coalesce(x.shared_picos, ${d.wide('0')}) + ${stays}`)}
    FROM w_ledger AS r
    LEFT JOIN w_share AS x ON x.hour_ms = r.hour_ms AND x.subject_id = r.subject_id AND x.slot_start = r.slot_start
    LEFT JOIN (SELECT DISTINCT hour_ms FROM w_share) AS p ON p.hour_ms = r.hour_ms`;
}

function unsharedRows(rows: string): string {
  return `SELECT ${storedColumns('r', 'r.pool_picos')} FROM (${rows}) AS r`;
}

function storedColumns(alias: string, sharedPicos: string): string {
  return columnsOf('ledger')
    .map((column) => (column === 'shared_picos' ? sharedPicos : `${alias}.${column}`))
    .join(', ');
}

async function replaceRows(engine: SqlEngine, { fromMs, toMs }: TimeWindow, rows: string): Promise<number> {
  await noteStaleRunsIn(engine, { fromMs, toMs });
  await engine.run(`DELETE FROM ledger WHERE hour_ms >= ${fromMs} AND hour_ms < ${toMs}`);
  await engine.run(`INSERT INTO ledger ${rows}`);
  await noteStaleRunsIn(engine, { fromMs, toMs });
  const [count] = await engine.rows(
    `SELECT count(*) AS n FROM ledger WHERE hour_ms >= ${fromMs} AND hour_ms < ${toMs}`,
  );
  return Number(count!['n']);
}
