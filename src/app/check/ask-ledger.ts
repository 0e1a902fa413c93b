import type { Launch } from '../../domain/governance/launch.ts';
import type { PastRun } from '../../domain/governance/past-hours.ts';
import { type OwnerRules, resolveOwner } from '../../domain/ownership/owner.ts';
import { DAY_MS, type EpochMs } from '../../domain/time/window.ts';
import type { BudgetReport } from '../results/budgets.ts';
import type { RunRow } from '../results/runs.ts';
import type { RunsRequest, Tare } from '../tare.ts';

export type LedgerAnswers = Readonly<{ pastRuns: readonly PastRun[]; budgetReport: BudgetReport | null }>;

const LOOK_BACK_DAYS = 180;
const MOST_RUNS = 1_000;

/** What the ledger knows that helps to judge launches: runs that may be like them, and how the budgets stand. */
export async function askLedger(
  tare: Pick<Tare, 'reportRuns' | 'reportBudgets'>,
  launches: readonly Launch[],
  owners: OwnerRules,
  nowMs: EpochMs,
): Promise<LedgerAnswers> {
  const runs = launches.filter(({ isContinuous }) => !isContinuous);
  const names = [...new Set(runs.map(({ name }) => name))];
  const teams = [
    ...new Set(runs.flatMap(({ attributes }) => resolveOwner(owners, attributes)['team'] ?? [])),
  ];
  const ask = async (dimension: 'name' | 'team', values: readonly string[]) =>
    values.length === 0 ? [] : (await tare.reportRuns(requestFor(dimension, values, nowMs))).rows;
  const [named, owned, budgetReport] = [
    await ask('name', names),
    await ask('team', teams),
    await tare.reportBudgets(nowMs),
  ];
  const byId = new Map(([...named, ...owned] as readonly RunRow[]).map((row) => [row.runId, row]));
  return { pastRuns: [...byId.values()].flatMap(toPastRun), budgetReport };
}

const MOST_RUNS_OF_ALL = 5_000;

/** The same for launches that are not known yet: the newest runs of everyone. */
export async function askWholeLedger(
  tare: Pick<Tare, 'reportRuns' | 'reportBudgets'>,
  nowMs: EpochMs,
): Promise<LedgerAnswers> {
  const { rows } = await tare.reportRuns({ ...newestRuns(nowMs), limit: MOST_RUNS_OF_ALL });
  return {
    pastRuns: (rows as readonly RunRow[]).flatMap(toPastRun),
    budgetReport: await tare.reportBudgets(nowMs),
  };
}

function requestFor(dimension: 'name' | 'team', values: readonly string[], nowMs: EpochMs): RunsRequest {
  return { ...newestRuns(nowMs), filters: [{ dimension, values }] };
}

/** The newest first, so that a limit leaves out the oldest. */
function newestRuns(nowMs: EpochMs): RunsRequest {
  return {
    window: { fromMs: nowMs - LOOK_BACK_DAYS * DAY_MS, toMs: nowMs },
    by: [],
    filters: [],
    sort: 'startedAt',
    isDescending: true,
    limit: MOST_RUNS,
    offset: 0,
    metric: null,
  };
}

function toPastRun({ name, experiment, team, model, durationHours, state }: RunRow): PastRun[] {
  if (durationHours === null) return [];
  return [{ name, experiment, team, model, durationHours, hasSucceeded: state === 'succeeded' }];
}
