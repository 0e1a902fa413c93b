import type { FactBatch } from '../../src/domain/facts/facts.ts';
import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../../src/domain/units/gpu-time.ts';
import { allocationFact, capacityFact, chargeFact, samplesOf, workloadFact } from './facts.ts';

const START = Date.UTC(2026, 9, 14);
export const CHANGING_UNTIL = START + 8 * HOUR_MS;
export const CHANGING_OWNERS = { team: ['label:team', 'tag:team'] };
export const NAMES = 4;

/**
 * A history of imports: version after version brings one of four datasets, which all live on the same few devices, with more,
 * less and other facts of every kind than the version before it under that name.
 */
export function datasetOf(version: number): Readonly<{ name: string; facts: FactBatch }> {
  const place = version % NAMES;
  const generation = Math.floor(version / NAMES);
  const startMs = START + place * HOUR_MS;
  const endMs = startMs + (2 + (generation % 3)) * HOUR_MS;
  const device = `gpu-${place}`;
  const workload = `team-${place}/job-${generation % 2}`;
  return {
    name: `chunk ${place}`,
    facts: {
      // Every third generation states no capacity: then it is implied from what was measured and held.
      capacity: generation % 3 === 1 ? [] : capacityOf(device, generation, startMs, endMs),
      workloads: [
        workloadFact(workload, {
          name: `job ${generation}`,
          attributes: { 'label:team': `team-${generation % 3}` },
        }),
      ],
      allocations: [
        allocationFact(workload, device, {
          startMs: startMs + (generation % 2) * 10 * MINUTE_MS,
          endMs: endMs - (generation % 4) * 15 * MINUTE_MS,
          shareParts: PARTS_PER_GPU / (1 + (generation % 2)),
          lostFromMs: generation % 5 === 4 ? startMs + HOUR_MS : null,
        }),
      ],
      usage: samplesOf(device, {
        fromMs: startMs + (generation % 3) * 5 * MINUTE_MS,
        toMs: endMs,
        engineActive: ((generation % 9) + 1) / 10,
      }),
      charges: chargesOf(version, startMs),
    },
  };
}

function capacityOf(device: string, generation: number, startMs: EpochMs, endMs: EpochMs) {
  const life = { nodeLife: `life of ${device}`, node: `node-${generation % 2}`, resourceKey: 'i-1' };
  const pauseMs = startMs + HOUR_MS;
  return [
    capacityFact(device, { ...life, startMs, endMs: pauseMs }),
    capacityFact(device, { ...life, startMs: pauseMs + (generation % 4) * 10 * MINUTE_MS, endMs }),
  ];
}

function chargesOf(version: number, startMs: EpochMs) {
  const machine = { resourceKey: 'i-1', startMs: START, endMs: START + 4 * HOUR_MS, gpuHours: 1n };
  const costPicos = 1_000_000_000_003n * BigInt(version + 1);
  return [
    chargeFact({ ...machine, costPicos, attributes: { 'tag:team': `payer-${version % 3}` } }),
    chargeFact({ startMs, endMs: startMs + 3 * HOUR_MS, costPicos: costPicos / 7n }),
  ].slice(0, 1 + (version % 2));
}

/** What is in a store after the first `count` versions: the last of each name. */
export function datasetsAfter(count: number): readonly Readonly<{ name: string; facts: FactBatch }>[] {
  const versions = Array.from({ length: count }, (_, version) => datasetOf(version));
  return versions.slice(-NAMES);
}

export function factsIn({ capacity, workloads, allocations, usage, charges }: FactBatch): number {
  return [capacity, workloads, allocations, usage, charges].reduce(
    (sum, facts) => sum + (facts?.length ?? 0),
    0,
  );
}
