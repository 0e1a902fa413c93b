import { formatPicos } from '../../domain/money/picos.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { LeversReport } from '../results/levers.ts';
import type { ExplainedHours } from './read-levers.ts';

/**
 * Idle and unallocated time of hours in which runs were queued. An upper bound of what they could have used: not all of it would have fitted.
 * What a quota held back is known for certain to have been wanted.
 */
export function timeWhileOthersWaited({
  hours,
  causes,
  runs,
  queues,
}: ExplainedHours): LeversReport['whileOthersWaited'] {
  const queued = runs.filter(({ queuedMs }) => queuedMs !== null).length;
  const pending = queues.reduce((most, { pendingWorkloads }) => Math.max(most, pendingWorkloads ?? 0), 0);
  if (queued === 0 && !queues.some(({ waitingMs }) => waitingMs !== null)) return null;
  let [ticks, picos, quotaTicks, quotaPicos] = [0n, 0n, 0n, 0n];
  for (const [index, { idle, unallocated }] of causes.entries()) {
    if (((idle ?? unallocated)?.runsWaiting ?? 0) === 0) continue;
    const hour = hours[index]!;
    ticks += hour.ticks.idle + hour.ticks.unallocated;
    picos += hour.cost.idle + hour.cost.unallocated;
    if (!unallocated?.isQuota) continue;
    quotaTicks += hour.ticks.unallocated;
    quotaPicos += hour.cost.unallocated;
  }
  return {
    gpuHours: ticksToHours(ticks),
    cost: formatPicos(picos),
    runs: Math.max(queued, Math.ceil(pending)),
    heldBackByQuota: { gpuHours: ticksToHours(quotaTicks), cost: formatPicos(quotaPicos) },
  };
}
