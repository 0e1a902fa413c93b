import { describe, expect, it } from 'vitest';
import { PICOS_PER_UNIT } from '../money/picos.ts';
import { HOUR_MS } from '../time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import type { CommitmentLine } from './commitment-line.ts';
import type { DeclaredCommitment } from './held-commitment.ts';
import { heldFromBills } from './held-from-bills.ts';

const line = (given: Partial<CommitmentLine>): CommitmentLine => ({
  slotMs: 0,
  commitmentId: 'arn:aws:ec2::1:reserved-instances/r1',
  provider: 'AWS',
  region: null,
  state: 'used',
  gpuModel: null,
  name: null,
  type: null,
  category: 'Usage',
  costPicos: 0n,
  gpuTicks: 0n,
  quantityPicos: null,
  unit: null,
  term: null,
  ...given,
});
const units = (amount: number) => BigInt(amount) * PICOS_PER_UNIT;
const used = (cost: number, gpus: number, slotMs = 0) =>
  line({ slotMs, costPicos: units(cost), gpuModel: 'L4', gpuTicks: BigInt(gpus) * TICKS_PER_GPU_HOUR });
const unused = (cost: number, slotMs = 0) => line({ slotMs, state: 'unused', costPicos: units(cost) });

describe('a commitment on bills', () => {
  it('is what was used of it and what was not, slot by slot', () => {
    const [held] = heldFromBills([unused(1, HOUR_MS), used(3, 6), unused(1), used(4, 8, HOUR_MS)], new Map());
    expect(held!.slots).toEqual([
      {
        slotMs: 0,
        boughtPicos: units(4),
        usedPicos: units(3),
        // Three of four were six GPUs: a unit costs the same used or not.
        boughtTicks: 8n * TICKS_PER_GPU_HOUR,
        usedTicks: new Map([['L4', 6n * TICKS_PER_GPU_HOUR]]),
      },
      {
        slotMs: HOUR_MS,
        boughtPicos: units(5),
        usedPicos: units(4),
        boughtTicks: 10n * TICKS_PER_GPU_HOUR,
        usedTicks: new Map([['L4', 8n * TICKS_PER_GPU_HOUR]]),
      },
    ]);
    expect(held).toMatchObject({ name: 'r1', kind: 'resource', gpuModel: 'L4', source: 'bill', toMs: null });
  });

  it('is not so many GPUs where it is for money, or where nothing of it was used', () => {
    const ticks = (lines: CommitmentLine[]) => heldFromBills(lines, new Map())[0]!.slots[0]!.boughtTicks;
    expect(ticks([{ ...used(3, 6), category: 'Spend' }])).toBeNull();
    expect(ticks([{ ...used(3, 6), category: null }])).toBeNull();
    expect(ticks([unused(1)])).toBeNull();
  });

  it('counts its fees only where nobody says what was used', () => {
    const fee = line({ state: 'fee', costPicos: units(9), term: { fromMs: 0, toMs: 99 } });
    const [both] = heldFromBills([fee, used(3, 6)], new Map());
    expect(both).toMatchObject({ isUseKnown: true, toMs: 99 });
    expect(both!.slots[0]!.boughtPicos).toBe(units(3));
    const [paid] = heldFromBills([fee], new Map());
    expect(paid!.isUseKnown).toBe(false);
    expect(paid!.slots[0]!.boughtPicos).toBe(units(9));
  });

  it('ends when its owner says so, and has the quantity that all lines state in one unit', () => {
    const declared: DeclaredCommitment = {
      id: 'ARN:aws:ec2::1:reserved-instances/R1',
      name: 'L4 of the search team',
      provider: 'aws',
      region: null,
      pool: null,
      gpuModel: 'L4',
      terms: { kind: 'resource', gpus: 8, perGpuHourPicos: units(1) },
      fromMs: 1,
      toMs: 7,
    };
    const stated = { quantityPicos: units(2), unit: 'Hours' };
    const lines = [
      { ...used(3, 6), ...stated },
      { ...unused(1), ...stated },
    ];
    const byId = new Map([[declared.id.toLowerCase(), declared]]);
    expect(heldFromBills(lines, byId)[0]).toMatchObject({
      name: 'L4 of the search team',
      source: 'both',
      gpus: 8,
      fromMs: 1,
      toMs: 7,
      quantity: { usedPicos: units(2), unusedPicos: units(2), unit: 'Hours' },
    });
    const mixed = [lines[0]!, { ...lines[1]!, unit: 'USD' }];
    expect(heldFromBills(mixed, byId)[0]!.quantity).toBeNull();
  });
});
