import { formatPicos } from '../../domain/money/picos.ts';
import { amountOf } from '../figures/amount-of.ts';
import { compareBigint, compareText } from '../figures/compare-text.ts';
import type { Decision, PlanFigures, SavingsFigures } from '../results/documents.ts';
import type { BillPlan, PlanRow } from '../results/plan.ts';
import type { TakenReport } from '../results/verification.ts';
import { DEFAULT_LEVER_SEED, DEFAULT_SURVIVAL_PER_YEAR, NO_LIMITS } from '../tare.ts';
import type { DocumentParts } from './document-parts.ts';
import type { DocumentWindow } from './document-window.ts';

/** As many as are read in a meeting. */
const DECISIONS = 4;

/** The plan as `tare plan` has it for the same window. */
export function askPlan({ tare }: DocumentParts, { window }: DocumentWindow): Promise<BillPlan> {
  return tare.planBill({
    window,
    seed: DEFAULT_LEVER_SEED,
    sloMs: {},
    limits: NO_LIMITS,
    evidence: [],
    survivalPerYear: DEFAULT_SURVIVAL_PER_YEAR,
  });
}

export function planFigures(plan: BillPlan): PlanFigures {
  return {
    sentence: plan.sentence,
    bill: plan.bill.total,
    billAfter: plan.billAfter,
    saving: plan.planSaving,
    days: plan.period.days,
    ...decisionsOf(plan.rows),
  };
}

/** The largest of the rows, and the sum of the others. */
export function decisionsOf(rows: readonly PlanRow[]): Pick<PlanFigures, 'decisions' | 'others'> {
  const sorted = rows.toSorted(
    (a, b) => compareBigint(amountOf(b.inPlanSaving), amountOf(a.inPlanSaving)) || compareText(a.id, b.id),
  );
  const others = sorted.slice(DECISIONS);
  return {
    decisions: sorted.slice(0, DECISIONS).map(decisionOf),
    others: others.length === 0 ? null : { rows: others.length, saving: savingOf(others) },
  };
}

export function savingOf(rows: readonly PlanRow[]): string {
  return formatPicos(rows.reduce((sum, { inPlanSaving }) => sum + amountOf(inPlanSaving), 0n));
}

function decisionOf(row: PlanRow): Decision {
  const { id, lever, target, owner, action, risk, needsQuality, note } = row;
  const { inPlanSaving: saving, aloneSaving } = row;
  return { id, lever, target, owner, action, risk, needsQuality, note, saving, aloneSaving };
}

/** Promised against realised, as `tare levers taken` has it. */
export function savingsFigures({ sentence, rows, total }: TakenReport): SavingsFigures {
  const compared = rows.filter(({ promised, realised }) => promised !== null && realised !== null).length;
  const isKnown = compared > 0;
  return {
    sentence,
    changes: rows.length,
    compared,
    promised: isKnown ? total.promised : null,
    realised: isKnown ? total.realised : null,
    drift: isKnown ? total.drift : null,
  };
}
