import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { UsageFact } from '../../../src/domain/facts/facts.ts';
import { readActivity } from '../../../src/domain/facts/read-activity.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/time/window.ts';
import type { RollUpCounts, Store } from '../../../src/ports/store.ts';
import {
  allocationFact,
  capacityFact,
  samplesOf as samplesOfDevice,
  workloadFact,
} from '../../support/facts.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { HOURS, randomFleet, START, UNTIL } from '../../support/random-fleet.ts';
import { buildAll, importFleet, once, settle } from '../../support/weigh-in-store.ts';
import { wholeLedger } from '../../support/whole-ledger.ts';

/**
 * Samples long past are replaced by few. The ledger that is built from those is the ledger that was built from the samples, to the last
 * digit, on fleets with hand-overs, shares, holes, jitter and every measure.
 */
const RUNS = Number(process.env['TARE_PROPERTY_RUNS'] ?? 8);
const OWNERS = { team: ['label:team', 'tag:team', 'namespace'] };
/** Two of the random fleet, and one of its ordinary node. */
const DEVICES = ['gpu-a', 'gpu-x', 'gpu-y'];

const HOUR_KINDS = ['sm', 'sm', 'engine', 'util', 'unknown', 'contradictory', 'hole', 'jitter'] as const;
type HourKind = (typeof HOUR_KINDS)[number];

const activeHour = fc.record({
  kind: fc.constantFrom(...HOUR_KINDS),
  stepMinutes: fc.constantFrom(1, 1, 5, 20),
  engine: fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 60, maxLength: 60 }),
  smOfEngine: fc.constantFrom(0, 0.3, 0.999, 1),
});
const activeHours = fc.array(fc.array(activeHour, { minLength: HOURS, maxLength: HOURS }), {
  minLength: DEVICES.length,
  maxLength: DEVICES.length,
});

function samplesOf(deviceId: string, hours: readonly ActiveHour[]): UsageFact[] {
  return hours.flatMap(({ kind, stepMinutes, engine, smOfEngine }, hour) =>
    engine.slice(0, 60 / stepMinutes).flatMap((ppm, index) => {
      if (kind === 'hole' && index % 7 === 3) return [];
      const busy = kind === 'unknown' ? null : ppm / 1e6;
      return [
        {
          deviceId,
          atMs: START + hour * HOUR_MS + index * stepMinutes * MINUTE_MS + (kind === 'jitter' ? index : 0),
          intervalMs: stepMinutes * MINUTE_MS,
          activity: readActivity({
            smActive: kind === 'sm' ? Math.round(ppm * smOfEngine) / 1e6 : null,
            engineActive: ['util', 'contradictory'].includes(kind) ? null : busy,
            gpuUtil: kind === 'contradictory' ? 1 : kind === 'util' ? busy : null,
            memoryUsedMib: kind === 'contradictory' ? 0 : null,
            processes: kind === 'contradictory' ? 0 : null,
          }),
          memoryUsedMib: kind === 'contradictory' ? 0 : 40_000 + index,
          powerWatts: null,
        },
      ];
    }),
  );
}
type ActiveHour = Readonly<{
  kind: HourKind;
  stepMinutes: number;
  engine: readonly number[];
  smOfEngine: number;
}>;

async function rollUpAll(store: Store, beforeMs: number): Promise<RollUpCounts> {
  const sum = { hours: 0, samplesBefore: 0, samplesAfter: 0 };
  for (;;) {
    const step = await store.rollUpSamples(beforeMs);
    if (step === null) return sum;
    sum.hours += step.hours;
    sum.samplesBefore += step.samplesBefore;
    sum.samplesAfter += step.samplesAfter;
  }
}

/** Another setting and back again: every hour is built anew. */
async function buildEverythingAgain(store: Store): Promise<void> {
  const settings = { currency: 'USD', shared: 'even', maxHoldIntervals: 2 } as const;
  await store.saveSettings({ ...settings, maxHoldIntervals: 3 });
  await store.saveSettings(settings);
  await buildAll(store, UNTIL);
}

onEveryEngine('rolling samples up', (engine) => {
  it('changes no digit of the ledger', { timeout: 600_000 }, async () => {
    const rolled: number[] = [];
    await fc.assert(
      fc.asyncProperty(randomFleet, activeHours, async (fleet, hours) => {
        const store = await engine.open();
        try {
          const usage = DEVICES.flatMap((device, index) => samplesOf(device, hours[index]!));
          const facts = { ...fleet.facts, usage };
          await store.saveSettings({ currency: 'USD', shared: 'even', maxHoldIntervals: 2 });
          await importFleet(store, facts);
          await settle(store, fleet.rates, OWNERS);
          await buildAll(store, UNTIL);
          const before = await wholeLedger(store);

          const counts = await rollUpAll(store, UNTIL);
          rolled.push(counts.hours);
          expect(counts.samplesAfter).toBeLessThanOrEqual(3 * counts.hours);
          await buildEverythingAgain(store);
          expect(await wholeLedger(store)).toEqual(before);

          // The same file again brings back what was replaced, and counts nothing twice.
          await importFleet(store, facts);
          await buildAll(store, UNTIL);
          expect(await wholeLedger(store)).toEqual(before);
          expect(await rollUpAll(store, UNTIL)).toEqual(counts);
        } finally {
          await store.close();
        }
      }),
      { numRuns: Math.ceil(RUNS * engine.effort) },
    );
    expect(Math.max(...rolled)).toBeGreaterThan(5);
  });

  it('keeps what it cannot say of an hour in few words', async () => {
    const store = await engine.open();
    try {
      const end = START + 6 * HOUR_MS;
      const minutes = (from: number, to: number) =>
        samplesOfDevice('gpu-a', {
          fromMs: START + from * MINUTE_MS,
          toMs: START + to * MINUTE_MS,
          engineActive: 0.25,
        });
      await store.saveSettings({ currency: 'USD', shared: 'even', maxHoldIntervals: 2 });
      await store.importDataset(
        { name: 'test:hours', kind: 'test', importedAtMs: 0 },
        once({
          capacity: [capacityFact('gpu-a', { startMs: START, endMs: end })],
          workloads: [workloadFact('first'), workloadFact('second')],
          allocations: [
            allocationFact('first', 'gpu-a', { startMs: START, endMs: START + 90 * MINUTE_MS }),
            allocationFact('second', 'gpu-a', { startMs: START + 90 * MINUTE_MS, endMs: null }),
          ],
          // Whole; changes hands; whole; whole, with nothing after it; a hole; nothing follows the window.
          usage: [...minutes(0, 240), ...minutes(270, 360)],
        }),
      );
      await settle(store, new Map(), OWNERS);
      await buildAll(store, end);
      expect(await rollUpAll(store, end)).toEqual({ hours: 2, samplesBefore: 120, samplesAfter: 2 });
      const { isRolledUp, samples } = await store.evidence('gpu-a', START + 2 * HOUR_MS);
      expect(isRolledUp).toBe(true);
      expect(samples.at(-1)).toMatchObject({ intervalMs: HOUR_MS, busyPpm: 250_000 });
      expect((await store.evidence('gpu-a', START + HOUR_MS)).isRolledUp).toBe(false);
      expect(await rollUpAll(store, end)).toEqual({ hours: 0, samplesBefore: 0, samplesAfter: 0 });
    } finally {
      await store.close();
    }
  });
});
