import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatPicos } from '../money/picos.ts';
import { type BatchTime, batchMs } from '../simulation/batching/batch-time.ts';
import { HOUR_MS } from '../time/window.ts';
import { sumOf } from './add-up-plan.ts';
import { batchUnknown, proposeBatch } from './batch.ts';
import { DEFAULT_BATCH } from './batch-options.ts';
import { fitBatches } from './fit-batches.ts';
import { grossPicos } from './holder-hour.ts';
import { fitSteps } from './plan-sequences.ts';
import { type InventedEndpoint, type InventedHour, serve } from './served.fixture.ts';
import { servedEndpoints } from './served-endpoint.ts';

/** A day and a half whose load swings between a third and all of `perSecond`, in batches of the given size. */
function daysOf(time: BatchTime, perSecond: number, size: number, fill: number): InventedHour[] {
  return Array.from({ length: 36 }, (_, hour) => {
    const requests = Math.round(perSecond * 3_600 * (2 / 3 + Math.sin((hour / 12) * Math.PI) / 3));
    const batches = requests / size;
    return { requests, batches, busy: (batches * batchMs(time, size)) / HOUR_MS, fill };
  });
}

function propose(endpoint: InventedEndpoint, options: Partial<typeof DEFAULT_BATCH> = {}, p99Ms?: number) {
  const { ledger, served } = serve(endpoint);
  const latencies = new Map(p99Ms === undefined ? [] : [['encoder', { p95Ms: p99Ms * 0.8, p99Ms }]]);
  const endpoints = servedEndpoints(ledger, served, latencies);
  const proposals = proposeBatch(ledger, endpoints, { ...DEFAULT_BATCH, ...options });
  const saved = proposals.map((one) => sumOf(one.replay(ledger.map(grossPicos))));
  return { ledger, endpoints, proposals, saved };
}

/** One request at a time takes 10 ms, a tenth of it on the chip: larger batches cost next to nothing. */
const SLIM: BatchTime = { perRequestMs: 1, fixedMs: 9 };

describe('the time of a batch', () => {
  it('is the line through hours with batches of several sizes', () => {
    const hours = Array.from({ length: 48 }, (_, hour) => {
      const size = 1 + (hour % 12);
      const batches = 2_000;
      return { requests: batches * size, batches, busy: (batches * batchMs(SLIM, size)) / HOUR_MS, fill: 1 };
    });
    const { endpoints } = propose({
      replicas: 3,
      hours: hours.map((one) => ({ ...one, batches: one.batches * 3 })),
    });
    const fitted = fitBatches(endpoints[0]!.served);
    expect(fitted).toMatchObject({ largestBatch: 12, time: {} });
    if ('unknown' in fitted) throw new Error(fitted.unknown);
    expect(fitted.time.perRequestMs).toBeCloseTo(1, 2);
    expect(fitted.time.fixedMs).toBeCloseTo(9, 2);
    expect(fitted.basis).toContain('R² 1.00');
  });

  it('is told by how full the chip was where all batches are alike', () => {
    const { endpoints } = propose({ replicas: 1, hours: daysOf(SLIM, 60, 1, 0.1) });
    const fitted = fitBatches(endpoints[0]!.served);
    expect(fitted).toMatchObject({ meanBatch: 1 });
    if ('unknown' in fitted) throw new Error(fitted.unknown);
    expect(fitted.time.perRequestMs).toBeCloseTo(1, 2);
    expect(fitted.time.fixedMs).toBeCloseTo(9, 2);
  });

  test.each([
    {
      name: 'nobody counts batches',
      hours: daysOf(SLIM, 60, 1, 0.1).map((one) => ({ ...one, batches: null })),
      unknown: /not in how many batches/,
    },
    {
      name: 'there is less than a day',
      hours: daysOf(SLIM, 60, 1, 0.1).slice(0, 20),
      unknown: /20 hours say .* 24 are needed/,
    },
    {
      name: 'requests are answered before their batch is',
      hours: daysOf(SLIM, 60, 1, 0.1).map((one) => ({ ...one, latencyMs: one.requests * 4 })),
      unknown: /a batch takes 10\.0 ms of their time, and requests were answered in 4\.0 ms/,
    },
  ])('is not known where $name', ({ hours, unknown }) => {
    const { endpoints, proposals } = propose({ replicas: 1, hours: hours as InventedHour[] });
    expect(batchUnknown(endpoints[0]!)).toMatch(unknown);
    expect(proposals).toEqual([]);
  });
});

describe('batch', () => {
  const slow = {
    replicas: 4,
    hours: daysOf(SLIM, 70, 1, 0.1).map((one) => ({ ...one, batches: one.batches! * 4 })),
  };

  it('spares the replicas that larger batches do without', () => {
    const { proposals, saved } = propose(slow, {}, 80);
    expect(proposals[0]).toMatchObject({
      target: 'encoder',
      owner: 'search',
      cause: 'waiting-for-batch',
      change: { kind: 'dynamic-batching', replicas: 2 },
    });
    // Two of four GPUs at 1.00 for 36 hours.
    expect(saved.map(formatPicos)).toEqual(['72.00']);
    expect(proposals[0]!.facts[1]).toMatch(
      /^at 336\.0 requests a second 4 replicas are needed as they batch now, and 2 with/,
    );
  });

  it('keeps two replicas in production, and one elsewhere', () => {
    const staging = propose({ ...slow, given: { environment: 'staging' } }, {}, 80);
    expect(staging.proposals[0]!.change).toMatchObject({ replicas: 1 });
    expect(staging.saved.map(formatPicos)).toEqual(['108.00']);
  });

  it('keeps the latency that is promised', () => {
    const strict = propose(slow, { sloMs: new Map([['encoder', 10.5]]) }, 80);
    expect(strict.proposals).toEqual([]);
    const [loose] = propose(slow, { sloMs: new Map([['encoder', 60]]) }, 80).proposals;
    expect(loose!.assumptions[0]).toBe('99 % of requests are promised within 60 ms');
  });

  test.each([
    {
      name: 'whose batches are full',
      endpoint: {
        replicas: 4,
        hours: daysOf({ perRequestMs: 1, fixedMs: 0.1 }, 600, 32, 1).map((one) => ({
          ...one,
          batches: one.batches! * 4,
        })),
      },
    },
    { name: 'with as few replicas as it may have', endpoint: { ...slow, replicas: 2 } },
    {
      name: 'whose chip is full with one request',
      endpoint: { ...slow, hours: slow.hours.map((one) => ({ ...one, fill: 1 })) },
    },
  ])('leaves an endpoint alone $name', ({ endpoint }) => {
    expect(propose(endpoint, {}, 80).proposals).toEqual([]);
  });

  it('saves nothing in hours in which no more replicas were there', () => {
    const { ledger, endpoints } = propose(slow, {}, 80);
    const night = endpoints.map((one) => ({
      ...one,
      served: one.served.map((hour, index) =>
        index < 12
          ? {
              ...hour,
              replicaMs: hour.replicaMs / 2,
              requests: hour.requests / 2,
              batches: hour.batches! / 2,
              batchedRequests: hour.batchedRequests / 2,
            }
          : hour,
      ),
    }));
    const [proposal] = proposeBatch(ledger, night);
    expect(formatPicos(sumOf(proposal!.replay(ledger.map(grossPicos))))).toBe('48.00');
  });

  it('never saves more than the endpoint costs, nor all of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 5, max: 90 }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (replicas, perSecond, fill) => {
          const hours = daysOf(SLIM, perSecond, 1, fill).map((one) => ({
            ...one,
            batches: one.batches! * replicas,
          }));
          const { ledger, saved } = propose({ replicas, hours }, {}, 40);
          const cost = ledger.reduce((sum, hour) => sum + grossPicos(hour), 0n);
          for (const picos of saved) {
            expect(picos).toBeGreaterThan(0n);
            expect(picos * BigInt(replicas)).toBeLessThanOrEqual(cost * BigInt(replicas - 1));
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('sequences of a language model', () => {
  const STEP = { fixedMs: 20, perSequenceMs: 0.25 };
  /** 200 output tokens a request, a prefill of 100 ms; `cache` sequences fill the cache. */
  function chat(replicas: number, perSecond: number, cache: number): InventedEndpoint {
    const hours = Array.from({ length: 36 }, (_, hour) => {
      const rate = perSecond * (2 / 3 + Math.sin((hour / 12) * Math.PI) / 3);
      const load = (rate / 1_000) * 200 * STEP.perSequenceMs;
      const running = ((rate / 1_000) * (100 + 200 * STEP.fixedMs)) / (1 - load);
      const requests = Math.round(rate * 3_600);
      const all = requests * replicas;
      return {
        requests,
        busy: 1,
        fill: 0.4,
        prefillMs: all * 100,
        decodeMs: all * 200 * (STEP.fixedMs + STEP.perSequenceMs * running),
        outputTokens: all * 200,
        running,
        cacheUse: running / cache,
      };
    });
    return { replicas, hours };
  }

  it('are fitted by decode time, and limited by the cache', () => {
    const { endpoints, proposals, saved } = propose(chat(6, 1, 60));
    const steps = fitSteps(endpoints[0]!.served);
    if ('unknown' in steps) throw new Error(steps.unknown);
    expect(steps.fixedMs).toBeCloseTo(20, 6);
    expect(steps.perSequenceMs).toBeCloseTo(0.25, 6);
    expect(steps.sequencesInCache).toBeCloseTo(60, 6);
    // At most twice the sequences that were seen: half of the replicas, and one for the peak.
    expect(proposals[0]!.change).toEqual({
      kind: 'continuous-batching',
      workloadId: 'search/encoder',
      maxSequences: 60,
      replicas: 4,
    });
    expect(saved.map(formatPicos)).toEqual(['72.00']);
  });

  test.each([
    { name: 'whose cache is full', endpoint: chat(6, 1, 5) },
    { name: 'that would take too long', endpoint: chat(6, 8, 1_000) },
  ])('are left alone on an endpoint $name', ({ endpoint }) => {
    expect(propose(endpoint).proposals).toEqual([]);
  });
});
