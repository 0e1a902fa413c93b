import { describe, expect, it, test } from 'vitest';
import { groupBy } from '../../domain/collections/group-by.ts';
import type { RunFact } from '../../domain/facts/facts.ts';
import { DAY_MS, HOUR_MS } from '../../domain/time/window.ts';
import { createHardwareCatalog } from '../../price-books/bundled/create-hardware-catalog.ts';
import { generateFleet } from './generate-fleet.ts';
import { RUN_PLANS } from './run-plan.ts';
import { collectFacts } from './weigh-roughly.ts';
import { WORKLOADS } from './work-plan.ts';

const END_MS = Date.UTC(2026, 10, 24, 15);
const START_MS = END_MS - 62 * DAY_MS;
const LOST = ['failed', 'cancelled', 'preempted', 'timed_out'];

const fleet = generateFleet({
  seed: 42,
  untilMs: END_MS,
  days: 62,
  currency: 'USD',
  catalog: createHardwareCatalog(),
});
const facts = collectFacts(fleet.datasets.filter(({ name }) => name !== 'demo:usage'));
const attemptsOf = groupBy(facts.runs, ({ runId }) => runId);
const runs = [...attemptsOf.values()].map((attempts) => attempts.at(-1)!);
const holdsOf = groupBy(facts.allocations, ({ workloadId }) => workloadId);

describe('runs of the demo', () => {
  it('are what every training workload does, and every plan has some', () => {
    const training = Object.keys(WORKLOADS).filter((name) => WORKLOADS[name]!.kind === 'training');
    expect(Object.keys(RUN_PLANS).sort()).toEqual(training.sort());
    const experiments = new Set(runs.map(({ experiment }) => experiment));
    for (const name of training) expect(experiments).toContain(name.split('/')[1]);
  });

  it('hold exactly what the scheduler says, attempt by attempt', () => {
    for (const { workloadId, startMs, endMs, runId } of facts.runs) {
      if (workloadId === null) continue;
      const own = holdsOf.get(workloadId)!.filter((hold) => hold.startMs === startMs);
      expect(own.length, runId).toBeGreaterThan(0);
      for (const hold of own) expect(hold.endMs).toBe(endMs ?? END_MS);
    }
    const trained = facts.workloads.filter(({ kind }) => kind === 'training');
    expect(new Set(facts.runs.flatMap(({ workloadId }) => workloadId ?? []))).toEqual(
      new Set(trained.map(({ workloadId }) => workloadId)),
    );
  });

  it('lose work in attempts that ended badly, and in no others', () => {
    for (const { workloadId, startMs, state } of facts.runs) {
      if (workloadId === null) continue;
      const holds = holdsOf.get(workloadId)!.filter((hold) => hold.startMs === startMs);
      for (const { lostFromMs } of holds) expect(lostFromMs !== null, state).toBe(LOST.includes(state));
    }
  });

  it('number their attempts, which follow each other and wait in between', () => {
    for (const attempts of attemptsOf.values()) {
      expect(attempts.map(({ attempt }) => attempt)).toEqual(attempts.map((_, index) => index + 1));
      for (const [index, { queuedMs, startMs }] of attempts.entries()) {
        if (queuedMs === null || startMs === null) continue;
        expect(queuedMs).toBeLessThanOrEqual(startMs);
        expect(queuedMs).toBeGreaterThanOrEqual(START_MS);
        if (index > 0) expect(queuedMs).toBe(attempts[index - 1]!.endMs);
      }
    }
  });

  it('write their checkpoints while they run', () => {
    const known = groupBy(facts.runs, ({ workloadId }) => workloadId ?? '');
    for (const { workloadId, atMs } of facts.checkpoints) {
      const owner = known
        .get(workloadId)!
        .find(({ startMs, endMs }) => startMs! < atMs && atMs <= (endMs ?? END_MS));
      expect(owner).toBeDefined();
    }
    const keys = facts.checkpoints.map(({ workloadId, atMs }) => `${workloadId} ${atMs}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test.each(['waiting', 'running', 'succeeded', 'failed', 'timed_out', 'preempted', 'cancelled'] as const)(
    'there is one %s',
    (state) => expect(runs.some((run) => run.state === state)).toBe(true),
  );

  it('are a few hundred, some with several attempts, and ids that no address takes as they are', () => {
    expect(runs.length).toBeGreaterThan(250);
    expect(runs.length).toBeLessThan(700);
    expect(Math.max(...[...attemptsOf.values()].map(({ length }) => length))).toBeGreaterThan(2);
    expect(runs.some(({ runId }) => /^kubernetes:train\/.+\/.+/.test(runId))).toBe(true);
    expect(new Set(runs.map(({ name }) => name)).size).toBe(runs.length);
  });

  it('get better with the work that they keep, and not without end', () => {
    const vision = runs.filter(
      ({ experiment, state }) => experiment === 'vision-pretrain' && state === 'succeeded',
    );
    const scores = vision.map(({ metrics }) => metrics['accuracy']!);
    expect(Math.max(...scores)).toBeLessThan(0.87);
    expect(Math.min(...scores)).toBeGreaterThan(0.45);
    expect(correlation(vision.map(hoursOf), scores)).toBeGreaterThan(0.3);
  });

  it('go stale from one night to the next, so that a cadence can be measured', () => {
    const nightly = runs.filter(({ metrics }) => metrics['accuracy_before'] !== undefined);
    expect(nightly.length).toBeGreaterThan(40);
    const decays = nightly.slice(1).map(({ metrics }) => metrics['accuracy']! - metrics['accuracy_before']!);
    expect(decays.reduce((sum, value) => sum + value, 0) / decays.length).toBeGreaterThan(0);
  });

  it('are repeated now and then, and some are not known to any machine', () => {
    const original = groupBy(
      runs.filter(({ fingerprint, state }) => fingerprint !== null && !LOST.includes(state)),
      ({ fingerprint }) => fingerprint!,
    );
    const repeated = [...original.values()].filter(({ length }) => length > 1);
    expect(repeated.length).toBeGreaterThan(0);
    expect(repeated.length).toBeLessThan(12);
    expect(runs.filter(({ startMs, workloadId }) => startMs !== null && workloadId === null)).toHaveLength(3);
  });
});

function hoursOf({ startMs, endMs }: RunFact): number {
  return (endMs! - startMs!) / HOUR_MS;
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middle, centre] = [mean(left), mean(right)];
  const sum = (pick: (index: number) => number) => left.reduce((total, _, index) => total + pick(index), 0);
  const together = sum((index) => (left[index]! - middle) * (right[index]! - centre));
  return (
    together /
    Math.sqrt(sum((index) => (left[index]! - middle) ** 2) * sum((index) => (right[index]! - centre) ** 2))
  );
}
