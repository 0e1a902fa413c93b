import type { DeclaredCommitment } from '../../src/domain/commitments/held-commitment.ts';
import type { ChargeFact, FactBatch } from '../../src/domain/facts/facts.ts';
import { PICOS_PER_UNIT } from '../../src/domain/money/picos.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../../src/domain/units/gpu-time.ts';
import { allocationFact, capacityFact, chargeFact, workloadFact } from './facts.ts';

/**
 * Four days of October that can be worked out by hand. Amazon rents out two H100 under a savings plan of 6.00 an hour, of which they use
 * 5.00, and two more on demand. Google rents out one L4 on demand day and night, and another for twelve hours a day; from the second
 * day on two are committed to at 1.20 a GPU-hour, which only the company knows.
 */
export const HELD_FROM = Date.UTC(2026, 9, 29);
export const HELD_WINDOW = { fromMs: HELD_FROM, toMs: HELD_FROM + 4 * DAY_MS };
export const PLAN_ID = 'arn:aws:savingsplans::1:savingsplan/h100';

const units = (amount: number) => (BigInt(Math.round(amount * 100)) * PICOS_PER_UNIT) / 100n;

export const HELD_DECLARED: readonly DeclaredCommitment[] = [
  {
    id: PLAN_ID,
    name: 'H100 savings plan',
    provider: 'AWS',
    region: null,
    pool: null,
    gpuModel: null,
    terms: { kind: 'spend', perHourPicos: units(6), ratePpm: null },
    fromMs: Date.UTC(2025, 10, 15),
    toMs: Date.UTC(2026, 10, 15),
  },
  {
    id: 'l4-2026',
    name: null,
    provider: 'google',
    region: null,
    pool: null,
    gpuModel: 'L4',
    terms: { kind: 'resource', gpus: 2, perGpuHourPicos: units(1.2) },
    fromMs: HELD_FROM + DAY_MS,
    toMs: Date.UTC(2027, 9, 30),
  },
];

export function heldExample(): FactBatch {
  const days = [0, 1, 2, 3].map((day) => HELD_FROM + day * DAY_MS);
  const h100 = ['a', 'b'].map((name) =>
    capacityFact(`h100-${name}`, {
      startMs: HELD_FROM,
      endMs: HELD_WINDOW.toMs,
      node: name,
      lifecycle: 'committed',
      resourceKey: `i-${name}`,
    }),
  );
  const onDemand = ['c', 'd'].map((name) =>
    capacityFact(`h100-${name}`, { startMs: HELD_FROM, endMs: HELD_WINDOW.toMs, node: name }),
  );
  const google = { provider: 'Google Cloud', gpuModel: 'L4-24GB', instanceType: 'g2-standard-8' };
  const steady = capacityFact('l4-a', {
    ...google,
    startMs: HELD_FROM,
    endMs: HELD_WINDOW.toMs,
    node: 'l4-a',
  });
  const byDay = days.map((day) =>
    capacityFact('l4-b', { ...google, startMs: day + 8 * HOUR_MS, endMs: day + 20 * HOUR_MS, node: 'l4-b' }),
  );
  return {
    capacity: [...h100, ...onDemand, steady, ...byDay],
    workloads: [workloadFact('chat', { kind: 'inference' })],
    allocations: [allocationFact('chat', 'l4-a', { startMs: HELD_FROM, endMs: HELD_WINDOW.toMs })],
    charges: days.flatMap((day) => billedDay(day)),
  };
}

const TERMS = { name: null, type: 'ComputeSavingsPlans', category: 'Spend', unit: 'USD' } as const;

function billedDay(startMs: number): ChargeFact[] {
  const line = (costs: number, given: Partial<ChargeFact>) =>
    chargeFact({
      startMs,
      endMs: startMs + DAY_MS,
      costPicos: units(costs),
      commitmentDiscountId: PLAN_ID,
      ...given,
    });
  const used = ['a', 'b'].map((name) =>
    line(60, {
      resourceKey: `i-${name}`,
      pricingCategory: 'Committed',
      commitmentDiscountStatus: 'Used',
      commitment: { ...TERMS, quantityPicos: units(60) },
      billedPicos: 0n,
      gpu: {
        instanceType: 'p5.4xlarge',
        gpuModel: 'H100-SXM5-80GB',
        gpuCount: 1,
        ticks: 24n * TICKS_PER_GPU_HOUR,
      },
    }),
  );
  return [
    ...used,
    line(24, {
      commitmentDiscountStatus: 'Unused',
      commitment: { ...TERMS, quantityPicos: units(24) },
      billedPicos: 0n,
    }),
    line(0, {
      chargeCategory: 'Purchase',
      commitment: { ...TERMS, quantityPicos: null },
      billedPicos: units(144),
    }),
  ];
}
