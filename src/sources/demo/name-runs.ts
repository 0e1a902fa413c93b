import type { Draft } from './hold.ts';
import type { Random } from './random.ts';

/**
 * Gathers the attempts of a lane into runs: a retry goes on with the run before it, and so does what starts with the same work after a
 * machine was taken away. Every attempt becomes a workload of its own, as a pod or a requeued job is.
 */
export function nameRuns(drafts: readonly Draft[], random: Random): Draft[] {
  const named: Draft[] = [];
  let [runName, number] = ['', 0];
  let before: Draft | null = null;
  for (const draft of drafts) {
    const { attempt, workload } = draft;
    if (attempt === null) {
      named.push(draft);
      continue;
    }
    const isRequeued = before?.workload === workload && before.attempt?.end === 'preempted';
    if (attempt.isRetry || isRequeued) {
      number++;
    } else {
      [runName, number] = [`${workload}-${random.hex(5)}`, 1];
    }
    named.push({ ...draft, workloadId: `${runName}-${number}`, attempt: { ...attempt, runName, number } });
    before = draft;
  }
  return named;
}
