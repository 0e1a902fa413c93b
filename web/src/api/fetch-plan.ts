import type { CommitmentReport } from '../../../src/app/results/commitments.ts';
import type { BillPlan } from '../../../src/app/results/plan.ts';
import type { TakenReport } from '../../../src/app/results/verification.ts';
import type { PlanState } from '../plan/plan-state.ts';
import { windowQuery } from '../state/url-state.ts';
import { askApi, askWithProgress, hasParts, type StepsDone } from './ask-api.ts';

/** The best plan within the limits of the page. Rejects with a `ProblemError`. */
export function fetchPlan(
  state: PlanState,
  signal: AbortSignal,
  onProgress: (steps: StepsDone) => void,
): Promise<BillPlan> {
  const query = windowQuery(state);
  if (state.noSpot) query.set('noSpot', 'true');
  if (state.noQualityRisk) query.set('noQualityRisk', 'true');
  if (state.maxCommitted !== null) query.set('maxCommittedPercent', String(state.maxCommitted));
  if (state.growth !== null) query.set('growth', state.growth);
  for (const id of state.without) query.append('exclude', id);
  return askWithProgress(`/api/v1/plan?${query}`, signal, onProgress, isPlan);
}

/** What is committed already, in the window of the page. */
export function fetchCommitments(state: PlanState, signal: AbortSignal): Promise<CommitmentReport> {
  return askApi(`/api/v1/report/commitments?${windowQuery(state)}`, signal, isCommitmentReport);
}

/** What became of changes that were made. */
export function fetchTaken(signal: AbortSignal): Promise<TakenReport> {
  return askApi('/api/v1/levers/taken', signal, isTaken);
}

function isPlan(body: unknown): body is BillPlan {
  return hasParts(body, ['bill', 'rows', 'planSaving', 'billAfter']);
}

function isCommitmentReport(body: unknown): body is CommitmentReport {
  return hasParts(body, ['rows', 'total', 'coverage', 'days']);
}

function isTaken(body: unknown): body is TakenReport {
  return hasParts(body, ['rows', 'total']);
}
