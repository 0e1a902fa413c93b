import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';
import type { LedgerAnswers } from '../check/ask-ledger.ts';
import { toTareError } from '../errors.ts';
import type { Admission } from './create-admission.ts';
import { rememberLedger, withFailure } from './ledger-memory.ts';

export type LedgerAsking = Readonly<{
  /** Asks the ledger, in another process: whatever happens to it there, answers go on here. */
  ask(signal: AbortSignal): Promise<LedgerAnswers>;
  everyMs: number;
  /** A ledger that takes longer is asked again later. */
  timeoutMs: number;
  clock: Clock;
  /** Told when the ledger stops answering, and when it answers again. */
  say(line: string): void;
}>;

/** Renews what an admission remembers of the ledger until it is stopped. A ledger that is away leaves the memory as it was. */
export async function keepLedgerFresh(
  admission: Pick<Admission, 'learn' | 'memory'>,
  asking: LedgerAsking,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await renew(admission, asking, signal);
    await sleep(asking.everyMs, undefined, { signal, ref: false }).catch(() => {});
  }
}

async function renew(
  { learn, memory }: Pick<Admission, 'learn' | 'memory'>,
  { ask, timeoutMs, clock, say }: LedgerAsking,
  signal: AbortSignal,
): Promise<void> {
  const before = memory();
  try {
    const answers = await ask(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    learn(rememberLedger(answers, clock.nowMs()));
    if (before.takenAtMs === null || before.failure !== null) say(describe(answers));
  } catch (thrown) {
    if (signal.aborted) return;
    const { message } = toTareError(thrown);
    learn(withFailure(before, message));
    if (before.failure === null)
      say(`the ledger does not answer (${message}); launches are judged by what was known before`);
  }
}

function describe({ pastRuns, budgetReport }: LedgerAnswers): string {
  const budgets = budgetReport?.rows.length ?? 0;
  return `the ledger answers: ${budgets} ${budgets === 1 ? 'budget' : 'budgets'}, ${pastRuns.length} past runs`;
}
