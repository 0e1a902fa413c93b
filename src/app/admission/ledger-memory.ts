import type { Launch } from '../../domain/governance/launch.ts';
import { type PastRun, stem } from '../../domain/governance/past-hours.ts';
import type { Owner } from '../../domain/ownership/owner.ts';
import { type EpochMs, HOUR_MS, parseInstant } from '../../domain/time/window.ts';
import type { LedgerAnswers } from '../check/ask-ledger.ts';
import type { BudgetReport } from '../results/budgets.ts';

/** Beyond this, what is spent of a budget is too old to be held against a launch without saying so. */
export const STALE_AFTER_MS = HOUR_MS;

/** What the ledger said last, kept in memory: a judgement never waits for a store. */
export type LedgerMemory = Readonly<{
  /** `null`: nothing was ever heard. */
  takenAtMs: EpochMs | null;
  /** Why the last attempt failed; `null` when it did not. */
  failure: string | null;
  runsLike(launch: Launch, owner: Owner): readonly PastRun[];
  /** Without what a period that is over had spent. */
  budgetsAt(nowMs: EpochMs): BudgetReport | null;
  isFresh(nowMs: EpochMs): boolean;
}>;

export const NOTHING_KNOWN: LedgerMemory = {
  takenAtMs: null,
  failure: null,
  runsLike: () => [],
  budgetsAt: () => null,
  isFresh: () => false,
};

/** Files runs under all that they are looked for by, so that a launch is compared with those few that may be like it. */
export function rememberLedger({ pastRuns, budgetReport }: LedgerAnswers, takenAtMs: EpochMs): LedgerMemory {
  const shelves = new Map<string, PastRun[]>();
  for (const run of pastRuns) for (const key of keysOfRun(run)) put(shelves, key, run);
  return {
    takenAtMs,
    failure: null,
    runsLike(launch, owner) {
      const found = keysOfLaunch(launch, owner).flatMap((key) => shelves.get(key) ?? []);
      return [...new Set(found)];
    },
    budgetsAt: (nowMs) =>
      budgetReport && {
        ...budgetReport,
        rows: budgetReport.rows.filter(({ to }) => parseInstant(to)! > nowMs),
      },
    isFresh: (nowMs) => nowMs - takenAtMs < STALE_AFTER_MS,
  };
}

/** The same memory, and that it could not be renewed. */
export function withFailure(memory: LedgerMemory, failure: string): LedgerMemory {
  return { ...memory, failure };
}

function keysOfRun({ name, experiment, team, model }: PastRun): string[] {
  return [
    `name ${stem(name)}`,
    ...(experiment === null ? [] : [`series ${experiment}`]),
    `owner ${team} ${model}`,
  ];
}

function keysOfLaunch({ name, namespace }: Launch, owner: Owner): string[] {
  return [
    `name ${stem(name)}`,
    `series ${name}`,
    `series k8s:${namespace ?? 'default'}/CronJob/${name}`,
    `owner ${owner['team'] ?? ''} ${owner['model'] ?? ''}`,
  ];
}

function put<K, V>(shelves: Map<K, V[]>, key: K, value: V): void {
  const shelf = shelves.get(key);
  if (shelf) shelf.push(value);
  else shelves.set(key, [value]);
}
