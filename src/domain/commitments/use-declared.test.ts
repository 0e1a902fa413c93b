import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { PICOS_PER_UNIT } from '../money/picos.ts';
import { HOUR_MS } from '../time/window.ts';
import { PPM, TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import type { DeclaredCommitment, HeldSlot } from './held-commitment.ts';
import { coverKey, type EligibleHour, useDeclared } from './use-declared.ts';

const START = Date.UTC(2026, 9, 1);
const WINDOW = { fromMs: START, toMs: START + 4 * HOUR_MS };
const HALF = PICOS_PER_UNIT / 2n;

const ofGpus = (gpus: number, given: Partial<DeclaredCommitment> = {}): DeclaredCommitment => ({
  id: 'r1',
  name: null,
  provider: 'AWS',
  region: null,
  pool: null,
  gpuModel: 'L40S',
  terms: { kind: 'resource', gpus, perGpuHourPicos: HALF },
  fromMs: 0,
  toMs: null,
  ...given,
});

const ofMoney = (units: number, rate: number | null, given: Partial<DeclaredCommitment> = {}) =>
  ofGpus(0, {
    id: 's1',
    gpuModel: null,
    terms: {
      kind: 'spend',
      perHourPicos: BigInt(units * 100) * (PICOS_PER_UNIT / 100n),
      ratePpm: rate === null ? null : BigInt(Math.round(rate * PPM)),
    },
    ...given,
  });

/** So many GPUs at 1.00 in one hour. */
const hour = (at: number, gpus: number, given: Partial<EligibleHour> = {}): EligibleHour => ({
  hourMs: START + at * HOUR_MS,
  provider: 'aws',
  region: 'us-east-1',
  pool: 'train',
  gpuModel: 'L40S',
  lifecycle: 'on_demand',
  ticks: BigInt(gpus) * TICKS_PER_GPU_HOUR,
  picos: BigInt(gpus) * PICOS_PER_UNIT,
  ...given,
});

const money = (picos: bigint) => Number(picos) / 1e12;
const usedOf = (slots: readonly HeldSlot[]) => slots.map(({ usedPicos }) => money(usedPicos));
const boughtOf = (slots: readonly HeldSlot[]) => slots.map(({ boughtPicos }) => money(boughtPicos));

describe('a declared commitment', () => {
  test.each<[what: string, one: DeclaredCommitment, hours: EligibleHour[], bought: number[], used: number[]]>(
    [
      [
        'is used as far as there is demand',
        ofGpus(2),
        [0, 1, 2, 3].map((at) => hour(at, at)),
        [1, 1, 1, 1],
        [0, 0.5, 1, 1],
      ],
      [
        'covers no other kind of GPU',
        ofGpus(2),
        [hour(0, 2, { gpuModel: 'L4' })],
        [1, 1, 1, 1],
        [0, 0, 0, 0],
      ],
      ['nor another provider', ofGpus(2), [hour(0, 2, { provider: 'gcp' })], [1, 1, 1, 1], [0, 0, 0, 0]],
      ['nor another pool', ofGpus(2, { pool: 'serve' }), [hour(0, 2)], [1, 1, 1, 1], [0, 0, 0, 0]],
      ['nor another region', ofGpus(2, { region: 'eu-west-1' }), [hour(0, 2)], [1, 1, 1, 1], [0, 0, 0, 0]],
      [
        'is nothing before it begins',
        ofGpus(2, { fromMs: START + 2 * HOUR_MS }),
        [hour(2, 1)],
        [1, 1],
        [0.5, 0],
      ],
      [
        'and nothing after it ends',
        ofGpus(2, { toMs: START + HOUR_MS }),
        [hour(0, 1), hour(1, 1)],
        [1],
        [0.5],
      ],
      ['half an hour is half', ofGpus(2, { toMs: START + HOUR_MS / 2 }), [hour(0, 4)], [0.5], [0.5]],
      [
        'to money covers any kind, at its rate',
        ofMoney(1, 0.5),
        [hour(0, 1), hour(0, 3, { gpuModel: 'L4' })],
        [1, 1, 1, 1],
        [1, 0, 0, 0],
      ],
      [
        'to money without a rate covers only what is paid as committed',
        ofMoney(2, null),
        [hour(0, 1), hour(0, 1, { lifecycle: 'committed' })],
        [2, 2, 2, 2],
        [1, 0, 0, 0],
      ],
    ],
  )('%s', (_, one, hours, bought, used) => {
    const [use] = useDeclared([one], hours, WINDOW).uses;
    expect(boughtOf(use!.slots)).toEqual(bought);
    expect(usedOf(use!.slots)).toEqual(used);
  });

  it('takes what is paid as committed first, and says what of the rest it covers', () => {
    const hours = [hour(0, 1), hour(0, 1, { lifecycle: 'committed' })];
    const covered = (gpus: number) =>
      useDeclared([ofGpus(gpus)], hours, WINDOW).covered.get(coverKey(START, 'AWS', 'L40S')) ?? 0n;
    expect(covered(1)).toBe(0n);
    expect(covered(2)).toBe(TICKS_PER_GPU_HOUR);
    expect(covered(9)).toBe(TICKS_PER_GPU_HOUR);
  });

  it('leaves the rest to the next: GPUs before money, and what ends first before the others', () => {
    const [early, late] = [ofGpus(2, { id: 'b', toMs: WINDOW.toMs }), ofGpus(2, { id: 'a' })];
    const { uses } = useDeclared([ofMoney(1, 0.5), late, early], [hour(0, 3)], WINDOW);
    expect(uses.map(({ commitment, slots }) => [commitment.id, money(slots[0]!.usedPicos)])).toEqual([
      ['b', 1],
      ['a', 0.5],
      ['s1', 0],
    ]);
  });
});

const someHours = fc.array(
  fc
    .record({
      at: fc.nat({ max: 3 }),
      gpus: fc.integer({ min: 1, max: 9 }),
      gpuModel: fc.constantFrom('L40S', 'L4'),
      lifecycle: fc.constantFrom('on_demand' as const, 'committed' as const),
      pool: fc.constantFrom('train', 'serve'),
    })
    .map(({ at, gpus, ...given }) => hour(at, gpus, given)),
  { maxLength: 20 },
);
const someCommitments = fc.uniqueArray(
  fc.oneof(
    fc
      .record({ id: fc.string({ minLength: 1, maxLength: 4 }), gpus: fc.integer({ min: 1, max: 6 }) })
      .map(({ id, gpus }) => ofGpus(gpus, { id })),
    fc
      .record({ id: fc.string({ minLength: 1, maxLength: 4 }), units: fc.integer({ min: 1, max: 6 }) })
      .map(({ id, units }) => ofMoney(units, 0.6, { id })),
  ),
  { selector: ({ id }) => id, maxLength: 4 },
);

describe('laws', () => {
  it('nothing is used that was not bought, and no hour twice', () => {
    fc.assert(
      fc.property(someCommitments, someHours, (declared, hours) => {
        const { uses, covered } = useDeclared(declared, hours, WINDOW);
        for (const { slots } of uses)
          for (const { usedPicos, boughtPicos } of slots) {
            expect(usedPicos >= 0n && usedPicos <= boughtPicos).toBe(true);
          }
        const all = hours.reduce((sum, { ticks }) => sum + ticks, 0n);
        const used = uses
          .flatMap(({ slots }) => slots.flatMap(({ usedTicks }) => [...usedTicks.values()]))
          .reduce((sum, ticks) => sum + ticks, 0n);
        const onDemand = hours.reduce(
          (sum, { ticks, lifecycle }) => sum + (lifecycle === 'on_demand' ? ticks : 0n),
          0n,
        );
        expect(used <= all).toBe(true);
        expect([...covered.values()].reduce((sum, ticks) => sum + ticks, 0n) <= onDemand).toBe(true);
      }),
    );
  });

  it('the order of what is stated, and of the hours, does not matter', () => {
    fc.assert(
      fc.property(someCommitments, someHours, (declared, hours) => {
        const read = (of: typeof declared, at: typeof hours) =>
          useDeclared(of, at, WINDOW).uses.map(({ commitment, slots }) => [commitment.id, usedOf(slots)]);
        expect(read(declared.toReversed(), hours.toReversed())).toEqual(read(declared, hours));
      }),
    );
  });
});
