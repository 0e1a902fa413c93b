import type { Picos } from '../../money/picos.ts';
import type { Budget } from './budget.ts';

/**
 * `over`: more is spent than allowed. `heading_over`: the end of the period is expected above the limit. `warn`: the share that
 * is warned of is spent. `unknown`: the ledger holds nothing of the period.
 */
export type BudgetState = 'over' | 'heading_over' | 'warn' | 'fine' | 'unknown';

export function budgetState(
  { limitPicos, warn }: Pick<Budget, 'limitPicos' | 'warn'>,
  spentPicos: Picos | null,
  expectedPicos: Picos | null,
): BudgetState {
  if (spentPicos === null) return 'unknown';
  if (spentPicos > limitPicos) return 'over';
  if (expectedPicos !== null && expectedPicos > limitPicos) return 'heading_over';
  return spentPicos * MILLION >= limitPicos * BigInt(Math.round(warn * 1e6)) ? 'warn' : 'fine';
}

const MILLION = 1_000_000n;
