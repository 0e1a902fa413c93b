import { formatPicos } from '../../domain/money/picos.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { LeversReport } from '../results/levers.ts';
import type { ExplainedHours } from './read-levers.ts';

/** Idle and unallocated time of hours in which runs were queued. An upper bound of what they could have used: not all of it would have fitted. */
export function timeWhileOthersWaited({
  hours,
  causes,
  runs,
}: ExplainedHours): LeversReport['whileOthersWaited'] {
  const queued = runs.filter(({ queuedMs }) => queuedMs !== null);
  if (queued.length === 0) return null;
  let [ticks, picos] = [0n, 0n];
  for (const [index, { idle, unallocated }] of causes.entries()) {
    if (((idle ?? unallocated)?.runsWaiting ?? 0) === 0) continue;
    const hour = hours[index]!;
    ticks += hour.ticks.idle + hour.ticks.unallocated;
    picos += hour.cost.idle + hour.cost.unallocated;
  }
  return { gpuHours: ticksToHours(ticks), cost: formatPicos(picos), runs: queued.length };
}
