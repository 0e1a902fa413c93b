import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { PICOS_PER_UNIT } from '../money/picos.ts';
import { explainUnitChange, UNIT_DRIVERS, type UnitPart } from './explain-unit-change.ts';

/** 10 GPU-hours at 4.00, half of them at work, for 10,000 requests of 100 tokens, a fifth of which were cached. */
const CHAT: UnitPart = {
  endpoint: 'chat',
  name: 'chat',
  costPicos: 40n * PICOS_PER_UNIT,
  requests: 10_000,
  paidHours: 10,
  workingHours: 5,
  computedWork: 800_000,
  askedWork: 1_000_000,
};
const API: UnitPart = {
  endpoint: 'api',
  name: 'api',
  costPicos: 20n * PICOS_PER_UNIT,
  requests: 10_000,
  paidHours: null,
  workingHours: null,
  computedWork: 900_000,
  askedWork: 1_000_000,
};
const NOTHING = { price: 0n, traffic: 0n, batch: 0n, cache: 0n, length: 0n, mix: 0n };

describe('one thing changes, and bears the whole change', () => {
  test.each([
    ['price', { costPicos: 50n * PICOS_PER_UNIT }],
    ['traffic', { costPicos: 80n * PICOS_PER_UNIT, paidHours: 20 }],
    ['batch', { costPicos: 80n * PICOS_PER_UNIT, paidHours: 20, workingHours: 10 }],
    ['cache', { costPicos: 20n * PICOS_PER_UNIT, paidHours: 5, workingHours: 2.5, computedWork: 400_000 }],
    [
      'length',
      {
        costPicos: 80n * PICOS_PER_UNIT,
        paidHours: 20,
        workingHours: 10,
        computedWork: 1_600_000,
        askedWork: 2_000_000,
      },
    ],
  ] as const)('%s', (driver, part) => {
    const change = explainUnitChange([CHAT], [{ ...CHAT, ...part }])!;
    expect(change.drivers).toEqual({ ...NOTHING, [driver]: change.nowPicos - change.beforePicos });
    expect(change.nowPicos).not.toBe(change.beforePicos);
  });

  it('of an API, what a token costs is its price, cached or not', () => {
    const change = explainUnitChange(
      [API],
      [{ ...API, costPicos: 15n * PICOS_PER_UNIT, computedWork: 500_000 }],
    )!;
    expect(change.drivers).toEqual({ ...NOTHING, price: -PICOS_PER_UNIT / 2n });
  });

  it('more requests of a dearer endpoint are mix', () => {
    const change = explainUnitChange([CHAT, API], [scaled(CHAT, 3), API])!;
    expect(change.beforePicos).toBe(3n * PICOS_PER_UNIT);
    expect(change.nowPicos).toBe((35n * PICOS_PER_UNIT) / 10n);
    expect(change.drivers).toEqual({ ...NOTHING, mix: PICOS_PER_UNIT / 2n });
  });

  it('an endpoint that is asked less and waits more has not changed what all cost', () => {
    const quiet = { ...scaled(CHAT, 0.01), costPicos: CHAT.costPicos, paidHours: CHAT.paidHours };
    const busy = { ...scaled(API, 1.99), costPicos: 39_800_000_000_000n };
    const { drivers, beforePicos, nowPicos } = explainUnitChange([CHAT, API], [quiet, busy])!;
    expect([beforePicos, nowPicos]).toEqual([3n * PICOS_PER_UNIT, 3_990_000_000_000n]);
    expect(drivers.traffic).toBe(0n);
    expect(Number(drivers.mix)).toBeCloseTo(0.99 * 1e12, -3);
  });

  it('what is new or gone is mix, what is paid for and not asked is traffic', () => {
    const unasked = {
      ...CHAT,
      endpoint: 'staging',
      name: 'staging',
      requests: 0,
      askedWork: null,
      computedWork: null,
    };
    expect(explainUnitChange([CHAT], [CHAT, API])!.drivers).toEqual({ ...NOTHING, mix: -PICOS_PER_UNIT });
    expect(explainUnitChange([CHAT, API], [CHAT])!.drivers).toEqual({ ...NOTHING, mix: PICOS_PER_UNIT });
    expect(explainUnitChange([CHAT], [CHAT, unasked])!.drivers).toEqual({
      ...NOTHING,
      traffic: 4n * PICOS_PER_UNIT,
    });
    const atWork = {
      ...CHAT,
      endpoint: 'staging',
      name: 'staging of llama',
      costPicos: PICOS_PER_UNIT,
      requests: 1,
    };
    const { drivers } = explainUnitChange([CHAT, atWork], [CHAT, unasked])!;
    expect(Math.abs(Number(drivers.mix))).toBeLessThan(1e9);
    expect(Number(drivers.traffic)).toBeCloseTo(3.9 * 1e12, -9);
  });

  it('passes over what is not known in both periods', () => {
    const classical = { ...CHAT, computedWork: null, askedWork: null };
    const faster = { ...classical, costPicos: 20n * PICOS_PER_UNIT, paidHours: 5, workingHours: 2.5 };
    expect(explainUnitChange([classical], [faster])!.drivers).toEqual({
      ...NOTHING,
      batch: -2n * PICOS_PER_UNIT,
    });
    expect(explainUnitChange([CHAT], [faster])!.drivers).toEqual({ ...NOTHING, batch: -2n * PICOS_PER_UNIT });
    const idle = { ...CHAT, workingHours: 0, costPicos: 80n * PICOS_PER_UNIT, paidHours: 20 };
    expect(explainUnitChange([CHAT], [idle])!.drivers).toEqual({ ...NOTHING, traffic: 4n * PICOS_PER_UNIT });
  });

  it('says nothing where one period has no request', () => {
    expect(explainUnitChange([], [CHAT])).toBeNull();
    expect(explainUnitChange([CHAT], [{ ...CHAT, requests: 0 }])).toBeNull();
  });
});

const amount = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
const part = (name: string): fc.Arbitrary<UnitPart> =>
  fc.record({
    endpoint: fc.constantFrom('a', 'b'),
    name: fc.constant(name),
    costPicos: fc.bigInt(0n, 10n ** 18n),
    requests: fc.integer({ min: 0, max: 1_000_000 }),
    paidHours: fc.option(amount),
    workingHours: fc.option(fc.oneof(fc.constant(0), amount)),
    computedWork: fc.option(amount),
    askedWork: fc.option(amount),
  });
const period = fc
  .tuple(...['a', 'b', 'c'].map((name) => fc.option(part(name), { nil: undefined })))
  .map((parts) => parts.filter((one) => one !== undefined));

describe('laws', () => {
  it('the drivers add up to the change, to the last digit', () => {
    fc.assert(
      fc.property(period, period, (before, now) => {
        const change = explainUnitChange(before, now);
        if (change === null) return;
        const told = UNIT_DRIVERS.reduce((sum, driver) => sum + change.drivers[driver], 0n);
        expect(told).toBe(change.nowPicos - change.beforePicos);
      }),
    );
  });

  it('nothing changed: no driver did anything', () => {
    fc.assert(
      fc.property(period, (same) => {
        const change = explainUnitChange(same, same);
        if (change !== null) expect(change.drivers).toEqual(NOTHING);
      }),
    );
  });

  it('the order of parts does not matter, and the way back is the same with the other sign', () => {
    fc.assert(
      fc.property(period, period, (before, now) => {
        const there = explainUnitChange(before, now);
        expect(explainUnitChange(before.toReversed(), now.toReversed())).toEqual(there);
        const back = explainUnitChange(now, before);
        for (const driver of there ? UNIT_DRIVERS : []) {
          // Sums of floats may differ in their last digits.
          const [a, b] = [Number(there!.drivers[driver]), -Number(back!.drivers[driver])];
          expect(Math.abs(a - b)).toBeLessThanOrEqual(Math.max(100, 1e-6 * largest(there!.drivers)));
        }
      }),
    );
  });
});

function largest(drivers: Readonly<Record<string, bigint>>): number {
  return Math.max(...Object.values(drivers).map((picos) => Math.abs(Number(picos))));
}

function scaled(one: UnitPart, times: number): UnitPart {
  return {
    ...one,
    costPicos: (one.costPicos * BigInt(Math.round(times * 100))) / 100n,
    requests: one.requests * times,
    paidHours: one.paidHours && one.paidHours * times,
    workingHours: one.workingHours && one.workingHours * times,
    computedWork: one.computedWork! * times,
    askedWork: one.askedWork! * times,
  };
}
