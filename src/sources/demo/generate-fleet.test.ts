import { createHash } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { groupBy } from '../../domain/collections/group-by.ts';
import type { FactBatch } from '../../domain/facts/facts.ts';
import { DAY_MS, floorToDay, HOUR_MS, MINUTE_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU, PPM } from '../../domain/units/gpu-time.ts';
import { createHardwareCatalog } from '../../price-books/bundled/create-hardware-catalog.ts';
import { BLIND_SPOTS } from './fleet-plan.ts';
import { generateFleet } from './generate-fleet.ts';
import { SAMPLE_INTERVAL_MS } from './generate-usage.ts';
import { bucketShares, collectFacts, type Facts, sumCost, weighRoughly } from './weigh-roughly.ts';
import { WORKLOADS } from './work-plan.ts';
import { isWeekend } from './workload-patterns.ts';

const catalog = createHardwareCatalog();
/** A Tuesday, and not a whole hour. */
const UNTIL_MS = Date.UTC(2026, 10, 24, 15, 42, 7);
const END_MS = Date.UTC(2026, 10, 24, 15);
const DAYS = 62;
const START_MS = END_MS - DAYS * DAY_MS;

const generate = (seed: number, days = DAYS) =>
  generateFleet({ seed, untilMs: UNTIL_MS, days, currency: 'USD', catalog });
const facts = collectFacts(generate(42).datasets);
const pieces = weighRoughly(facts);

describe('the same seed and end', () => {
  const digests = digestsOf(generate(7, 4));

  it('give the same facts, and so does reading a dataset twice', () => {
    const fleet = generate(7, 4);
    expect(digestsOf(fleet)).toEqual(digests);
    expect(digestsOf(fleet)).toEqual(digests);
  });

  it('differ for another seed, dataset by dataset', () => {
    for (const [name, digest] of Object.entries(digestsOf(generate(8, 4)))) {
      expect(digest, name).not.toBe(digests[name]);
    }
  });

  it('do not depend on minutes inside the last hour', () => {
    const later = generateFleet({
      seed: 7,
      untilMs: END_MS + 59 * MINUTE_MS,
      days: 4,
      currency: 'USD',
      catalog,
    });
    expect(digestsOf(later)).toEqual(digests);
  });
});

describe('size', () => {
  it('is what the description says', () => {
    const gpus = sumOf([...firstPerDevice(facts).values()].map(({ gpuParts }) => gpuParts)) / PARTS_PER_GPU;
    expect(gpus).toBeCloseTo(176, 6);
    expect(generate(42).description).toContain('176 GPUs, 62 days');
    expect(facts.usage.length).toBeGreaterThan(1_000_000);
    expect(facts.usage.length).toBeLessThan(1_500_000);
  });

  it('spells every GPU as the catalogue does', () => {
    const models = new Set(facts.capacity.map(({ gpuModel }) => gpuModel));
    expect(models.size).toBe(7);
    for (const model of models) expect(catalog.gpu(model), model).toBeDefined();
  });

  it('has machines of the shape that the catalogue knows', () => {
    for (const { gpu } of facts.charges) {
      const shape = gpu?.instanceType ? catalog.instance(gpu.instanceType) : undefined;
      if (!gpu || !shape) continue;
      expect([gpu.gpuModel, gpu.gpuCount]).toEqual([shape.gpuModel, shape.gpuCount]);
    }
  });
});

describe('facts', () => {
  it('lie inside the window', () => {
    const times = [
      ...facts.capacity.flatMap(({ startMs, endMs }) => [startMs, endMs!]),
      ...facts.allocations.flatMap(({ startMs, endMs }) => [startMs, endMs!]),
      ...facts.charges.map(({ chargePeriodEndMs }) => chargePeriodEndMs),
    ];
    expect(Math.min(...times)).toBe(START_MS);
    expect(Math.max(...times)).toBe(END_MS);
    expect(minimumOf(facts.usage.map(({ atMs }) => atMs))).toBe(START_MS);
    expect(maximumOf(facts.usage.map(({ atMs }) => atMs))).toBe(END_MS - SAMPLE_INTERVAL_MS);
  });

  it('never sample a device twice at once, nor outside its life', () => {
    const lives = groupBy(facts.capacity, ({ deviceId }) => deviceId);
    for (const [device, samples] of groupBy(facts.usage, ({ deviceId }) => deviceId)) {
      expect(new Set(samples.map(({ atMs }) => atMs)).size, device).toBe(samples.length);
      const strays = samples.filter(
        ({ atMs }) => !lives.get(device)?.some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs!),
      );
      expect(strays, device).toEqual([]);
    }
  });

  it('say nothing impossible about activity', () => {
    const impossible = facts.usage.filter(({ activity: { busyPpm, effectivePpm, basis } }) =>
      busyPpm === null || effectivePpm === null
        ? busyPpm !== effectivePpm || basis !== 'none'
        : effectivePpm < 0 || effectivePpm > busyPpm || busyPpm > PPM,
    );
    expect(impossible).toEqual([]);
  });

  it('hold no device beyond its capacity, and no more than all of it', () => {
    const lives = groupBy(facts.capacity, ({ deviceId }) => deviceId);
    for (const [device, holds] of groupBy(facts.allocations, ({ deviceId }) => deviceId)) {
      for (const hold of holds) {
        const inside = lives
          .get(device)
          ?.some(({ startMs, endMs }) => startMs <= hold.startMs && hold.endMs! <= endMs!);
        expect(inside, `${hold.workloadId} on ${device}`).toBe(true);
        expect(hold.startMs).toBeLessThan(hold.endMs!);
      }
      expect(peakShare(holds), device).toBeLessThanOrEqual(PARTS_PER_GPU);
    }
  });

  it('lose work only inside the attempt', () => {
    for (const { startMs, endMs, lostFromMs } of facts.allocations) {
      if (lostFromMs === null) continue;
      expect(lostFromMs).toBeGreaterThanOrEqual(startMs);
      expect(lostFromMs).toBeLessThanOrEqual(endMs!);
    }
  });

  it('have one of each natural key', () => {
    expectUnique(facts.capacity.map(({ deviceId, startMs }) => `${deviceId} ${startMs}`));
    expectUnique(facts.workloads.map(({ workloadId }) => workloadId));
    expectUnique(facts.allocations.map((hold) => `${hold.workloadId} ${hold.deviceId} ${hold.startMs}`));
    expectUnique(facts.charges.map(({ where }) => where));
  });

  it('name every workload of the plan, of every kind', () => {
    const names = new Set(
      facts.workloads.map(({ attributes, name }) => `${attributes['namespace']}/${name}`),
    );
    expect([...names].sort()).toEqual(Object.keys(WORKLOADS).sort());
    expect(new Set(facts.workloads.map(({ kind }) => kind)).size).toBe(5);
  });
});

describe('the picture', () => {
  test.each([42, 1])('of seed %i looks like a real company', (seed) => {
    const shares = bucketShares(seed === 42 ? pieces : weighRoughly(collectFacts(generate(seed).datasets)));
    expectBetween(shares.unobserved, 0.02, 0.045);
    expectBetween(shares.unallocated, 0.1, 0.16);
    expectBetween(shares.idle, 0.18, 0.26);
    expectBetween(shares.underused, 0.11, 0.18);
    expectBetween(shares.lost, 0.018, 0.05);
    expectBetween(shares.productive, 0.38, 0.5);
  });

  it('costs about four hundred thousand a month, and more in the second than in the first', () => {
    const lastMonth = pieces.filter(({ dayMs }) => dayMs >= END_MS - 30 * DAY_MS);
    const monthBefore = pieces.filter(
      ({ dayMs }) => dayMs < END_MS - 30 * DAY_MS && dayMs >= END_MS - 60 * DAY_MS,
    );
    expectBetween(sumCost(lastMonth), 300_000, 380_000);
    expectBetween(sumCost(lastMonth) / sumCost(monthBefore), 1.05, 1.25);
  });

  it('is livelier on working days than on weekends', () => {
    const productive = pieces.filter(
      ({ workloadId, bucket }) => workloadId?.startsWith('search/') && bucket === 'productive',
    );
    const byDay = groupBy(productive, ({ dayMs }) => (isWeekend(dayMs) ? 'weekend' : 'working day'));
    const perDay = (kind: 'weekend' | 'working day') => {
      const list = byDay.get(kind)!;
      return sumCost(list) / new Set(list.map(({ dayMs }) => dayMs)).size;
    };
    expect(perDay('weekend')).toBeLessThan(perDay('working day') * 0.8);
  });
});

describe('the stories', () => {
  it('a staging endpoint is the largest leak of a single workload', () => {
    const idle = groupBy(
      pieces.filter(({ bucket, workloadId }) => bucket === 'idle' && workloadId !== null),
      ({ workloadId }) => workloadId!,
    );
    const [largest] = [...idle].toSorted(([, a], [, b]) => sumCost(b) - sumCost(a));
    expect(largest![0]).toBe('search/answer-llm-70b-staging');
  });

  it('a runaway sweep loses nearly all it does, for five days', () => {
    const sweep = pieces.filter(({ workloadId }) => workloadId?.startsWith('ranking/sweep-learning-rate'));
    const lost = sweep.filter(({ bucket }) => bucket === 'lost');
    const kept = sweep.filter(({ bucket }) => bucket === 'productive');
    expect(sumCost(lost)).toBeGreaterThan(5_000);
    expect(sumCost(kept)).toBeLessThan(sumCost(lost) / 10);
    expect(new Set(sweep.map(({ dayMs }) => dayMs)).size).toBe(6);
  });

  it('for two hours nobody watched anything', () => {
    const { daysAgo, hour, hours } = BLIND_SPOTS.outage;
    const fromMs = floorToDay(END_MS - daysAgo * DAY_MS) + hour * HOUR_MS;
    const seen = facts.usage.filter(({ atMs }) => fromMs <= atMs && atMs < fromMs + hours * HOUR_MS);
    expect(seen).toEqual([]);
  });

  it('one device contradicts itself for some hours', () => {
    const contradictory = facts.usage.filter(({ activity }) => activity.isContradictory);
    expect(new Set(contradictory.map(({ deviceId }) => deviceId)).size).toBe(1);
    expectBetween(contradictory.length, 40, 84);
  });

  it('a node without an exporter is held, and nothing says what it does', () => {
    const devices = devicesOf(facts, 'g5-platform');
    expect(facts.allocations.filter(({ deviceId }) => devices.has(deviceId)).length).toBeGreaterThan(0);
    expect(facts.usage.filter(({ deviceId }) => devices.has(deviceId))).toEqual([]);
  });

  it('slices of a carved GPU add up to it, and one node cannot see into them', () => {
    const parts = new Map<string, number>();
    for (const { deviceId, gpuParts } of firstPerDevice(facts).values()) {
      const [gpu, slice] = deviceId.split(':');
      if (slice) parts.set(gpu!, (parts.get(gpu!) ?? 0) + gpuParts);
    }
    expect([...parts.values()]).toEqual([PARTS_PER_GPU, PARTS_PER_GPU]);
    const basisOf = (node: string) =>
      new Set(
        facts.usage
          .filter(({ deviceId }) => deviceId.endsWith(':gi1') && devicesOf(facts, node).has(deviceId))
          .map(({ activity }) => activity.basis),
      );
    expect(basisOf('dgx-3')).toEqual(new Set(['none']));
    expect(basisOf('a2-research')).toEqual(new Set(['sm_active']));
  });

  it('four tenants share one device', () => {
    const shared = facts.allocations.filter(({ shareParts }) => shareParts < PARTS_PER_GPU);
    expect(new Set(shared.map(({ deviceId }) => deviceId)).size).toBe(1);
    expect(shared.map(({ shareParts }) => shareParts)).toEqual(new Array(4).fill(PARTS_PER_GPU / 4));
  });

  it('some workloads have no team', () => {
    const untagged = facts.workloads.filter(({ attributes }) => attributes['label:team'] === undefined);
    expect(untagged.map(({ name }) => name).sort()).toEqual(['demo-bot', 'jupyter-old', 'test-pod']);
  });

  it('spot machines are taken away, and an attempt is lost with them', () => {
    const devices = devicesOf(facts, 'p4d-spot-2');
    const ends = new Set(
      facts.capacity.filter(({ deviceId }) => devices.has(deviceId)).map(({ endMs }) => endMs),
    );
    const cut = facts.allocations.filter(
      ({ deviceId, endMs, lostFromMs }) => devices.has(deviceId) && ends.has(endMs) && lostFromMs !== null,
    );
    expect(ends.size).toBeGreaterThan(10);
    expect(cut.length).toBeGreaterThan(0);
  });

  it('every measure has its machines', () => {
    const bases = groupBy(facts.usage, ({ activity }) => activity.basis);
    expect([...bases.keys()].sort()).toEqual(['engine_active', 'gpu_util', 'none', 'sm_active']);
    expect(bases.get('sm_active')!.length / facts.usage.length).toBeGreaterThan(0.75);
  });
});

function digestsOf(fleet: ReturnType<typeof generate>): Record<string, string> {
  return Object.fromEntries(fleet.datasets.map(({ name, batches }) => [name, digestOf(batches)]));
}

function digestOf(batches: Iterable<FactBatch>): string {
  const hash = createHash('sha256');
  for (const batch of batches) {
    hash.update(JSON.stringify(batch, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)));
  }
  return hash.digest('hex');
}

function firstPerDevice({ capacity }: Facts) {
  return new Map(capacity.map((fact) => [fact.deviceId, fact]));
}

function devicesOf({ capacity }: Facts, node: string): Set<string> {
  return new Set(capacity.filter((fact) => fact.node === node).map(({ deviceId }) => deviceId));
}

/** The most that is held of a device at any moment. */
function peakShare(holds: Facts['allocations']): number {
  const changes = holds
    .flatMap(({ startMs, endMs, shareParts }) => [
      { atMs: startMs, parts: shareParts },
      { atMs: endMs!, parts: -shareParts },
    ])
    .sort((a, b) => a.atMs - b.atMs || a.parts - b.parts);
  let held = 0;
  return Math.max(...changes.map(({ parts }) => (held += parts)));
}

function expectUnique(keys: readonly string[]): void {
  expect(new Set(keys).size).toBe(keys.length);
}

function expectBetween(value: number, least: number, most: number): void {
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function minimumOf(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value));
}

function maximumOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value));
}
