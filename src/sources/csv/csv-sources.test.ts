import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type {
  AllocationFact,
  CapacityFact,
  FactBatch,
  UsageFact,
  WorkloadFact,
} from '../../domain/facts/facts.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FileReadOptions, FileSource } from '../../ports/source.ts';
import { createAllocationsSource } from './allocations-source.ts';
import { createCapacitySource } from './capacity-source.ts';
import { createUsageSource } from './usage-source.ts';

const NOW = Date.parse('2026-11-01T00:00:00Z');
const DATA = resolve(import.meta.dirname, '../../../../shared/data');

const H100 = {
  model: 'H100-SXM5-80GB',
  vendor: 'NVIDIA',
  memoryGib: 80,
  powerWatts: 700,
  denseTflops16: 989,
  memoryBandwidthGBs: 3350,
  migSlices: 7,
  migProfiles: [{ profile: '1g.10gb', slices: 1, memoryGib: 10, maxInstances: 7 }],
  source: 'the data sheet',
  checked: '2026-10-01',
} as const;

/** One GPU and one machine: the sources only look things up. */
const catalog: HardwareCatalog = {
  gpuModel: (reported) => (/h100/i.test(reported) ? H100.model : undefined),
  gpu: (model) => (model === H100.model ? H100 : undefined),
  instance: (type) =>
    type.toLowerCase() === 'p5.48xlarge'
      ? {
          provider: 'aws',
          instanceType: type,
          gpuModel: H100.model,
          gpuCount: 8,
          vcpus: 192,
          memoryGib: 2048,
        }
      : undefined,
  gpus: () => [H100],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readText(source: FileSource, text: string, options: Partial<FileReadOptions> = {}) {
  const path = join(folder, 'input.csv');
  await writeFile(path, text);
  return readFrom(source, path, options);
}

async function readFrom(source: FileSource, path: string, options: Partial<FileReadOptions> = {}) {
  const reading = source.read(path, {
    map: {},
    set: {},
    fields: null,
    currency: 'USD',
    rates: {},
    nowMs: NOW,
    signal: new AbortController().signal,
    ...options,
  });
  const facts = {
    usage: [] as UsageFact[],
    allocations: [] as AllocationFact[],
    capacity: [] as CapacityFact[],
    workloads: [] as WorkloadFact[],
  };
  for await (const batch of reading.batches) collect(facts, batch);
  return { ...facts, ...reading.summary };
}

function collect(facts: Record<string, unknown[]>, batch: FactBatch): void {
  for (const [name, added] of Object.entries(batch)) facts[name]!.push(...(added as unknown[]));
}

const usage = createUsageSource({ catalog });
const capacity = createCapacitySource({ catalog });
const allocations = createAllocationsSource({ catalog });

describe('usage', () => {
  it('reads measures, memory, power and owners', async () => {
    const read = await readText(
      usage,
      `time,device,smActive,engineActive,gpuUtilPercent,memoryUsedBytes,powerWatts,processes,workload,kind,team,label:tier
2026-10-14T09:00:00Z,n1/g0,0.25,0.5,100,1073741824,312.5,2,train-7,Training,search,gold
2026-10-14T09:01:00Z,n1/g0,,,,,,,,,,
`,
    );
    expect(read.rejects).toEqual([]);
    expect(read.usage).toEqual([
      {
        deviceId: 'n1:g0',
        atMs: Date.parse('2026-10-14T09:00:00Z'),
        intervalMs: 60_000,
        activity: { busyPpm: 500_000, effectivePpm: 250_000, basis: 'sm_active', isContradictory: false },
        memoryUsedMib: 1024,
        powerWatts: 312.5,
      },
      {
        deviceId: 'n1:g0',
        atMs: Date.parse('2026-10-14T09:01:00Z'),
        intervalMs: 60_000,
        activity: { busyPpm: null, effectivePpm: null, basis: 'none', isContradictory: false },
        memoryUsedMib: null,
        powerWatts: null,
      },
    ]);
    expect(read.workloads).toEqual([
      {
        workloadId: 'train-7',
        kind: 'training',
        name: 'train-7',
        attributes: { 'label:team': 'search', 'label:tier': 'gold' },
      },
    ]);
    expect(read.allocations).toEqual([
      {
        workloadId: 'train-7',
        deviceId: 'n1:g0',
        shareParts: PARTS_PER_GPU,
        startMs: Date.parse('2026-10-14T09:00:00Z'),
        endMs: Date.parse('2026-10-14T09:01:00Z'),
        lostFromMs: null,
      },
    ]);
    expect(read.capacity).toEqual([]);
  });

  test.each([
    ['1760432400', 1760432400_000],
    ['1760432400.5', 1760432400_500],
    ['1760432400123', 1760432400_123],
    ['1.7604324e9', 1760432400_000],
    ['0', 0],
    ['2026-10-14 09:00:00', Date.parse('2026-10-14T09:00:00Z')],
    ['2026-10-14T11:00:00+02:00', Date.parse('2026-10-14T09:00:00Z')],
  ])('reads the time %s', async (text, expected) => {
    const read = await readText(usage, `time,device,gpuUtil\n${text},g0,0\n`);
    expect(read.usage.map(({ atMs }) => atMs)).toEqual([expected]);
  });

  test.each([
    ['missing-device', '1760432400,,0.5', 'input.csv:2:device', 'blank'],
    ['missing-device', '1760432400,NULL,0.5', 'input.csv:2:device', '`NULL`'],
    ['missing-value', ',g0,0.5', 'input.csv:2:time', 'blank'],
    ['bad-time', '14/10/2026,g0,0.5', 'input.csv:2:time', 'ISO 8601'],
    ['wrong-clock', '2031-01-01T00:00:00Z,g0,0.5', 'input.csv:2:time', 'clock'],
    ['wrong-clock', '1760432400000000,g0,0.5', 'input.csv:2:time', 'milliseconds'],
    ['out-of-range', '1760432400,g0,57', 'input.csv:2:gpuUtil', '--map gpuUtilPercent=gpuUtil'],
    ['out-of-range', '1760432400,g0,-1', 'input.csv:2:gpuUtil', 'from 0 to 1'],
    ['decimal-comma', '1760432400,g0,"0,5"', 'input.csv:2:gpuUtil', 'write `0.5`'],
    ['bad-number', '1760432400,g0,busy', 'input.csv:2:gpuUtil', '`busy` is not a number'],
    ['broken-row', '1760432400,g0', 'input.csv:2', '2 cells'],
  ])('rejects %s: %s', async (code, row, where, message) => {
    const read = await readText(usage, `time,device,gpuUtil\n${row}\n1760432400,g1,0\n`);
    expect(read.rejects).toEqual([
      { code, where: join(folder, where), message: expect.stringContaining(message) },
    ]);
    expect(read.rowsRead).toBe(2);
    expect(read.usage.map(({ deviceId }) => deviceId)).toEqual(['g1']);
  });

  it('takes the interval from the file, or says that it could not', async () => {
    const found = await readText(usage, 'time,device,gpuUtil\n0,a,0\n57,a,0\n114,a,1\n1000,b,0\n');
    expect(found.totals).toMatchObject({ samples: 4, devices: 2, intervalSeconds: 57 });
    const given = await readText(usage, 'time,device,gpuUtil\n0,a,0\n57,a,0\n', {
      set: { intervalSeconds: '30' },
    });
    expect(given.usage.map(({ intervalMs }) => intervalMs)).toEqual([30_000, 30_000]);
    const assumed = await readText(usage, 'time,device,gpuUtil\n0,a,0\n0,b,0\n');
    expect(assumed.totals['intervalSeconds']).toBe(60);
    expect(assumed.warnings).toMatchObject([{ code: 'interval-assumed', count: 2 }]);
  });

  it('counts a moment of several tenants once, and lets all of them hold the device', async () => {
    const read = await readText(
      usage,
      'time,device,gpuUtil,workload\n0,a,1,x\n0,a,1,y\n60,a,1,x\n60,a,1,y\n',
    );
    expect(read.totals).toMatchObject({ samples: 2, sampledGpuHours: 0.033333 });
    expect(read.usage).toHaveLength(2);
    expect(read.allocations.map(({ workloadId, endMs }) => [workloadId, endMs])).toEqual([
      ['x', 120_000],
      ['y', 120_000],
    ]);
    expect(read.warnings).toMatchObject([{ code: 'repeated-sample', count: 2 }]);
  });

  it('states what is paid for only when the model or the node is given', async () => {
    const read = await readText(usage, 'time,device,gpuModel,node\n0,a,NVIDIA H100 80GB HBM3,n1\n60,a,,\n');
    expect(read.capacity).toMatchObject([
      {
        deviceId: 'a',
        gpuModel: 'H100-SXM5-80GB',
        node: 'n1',
        lifecycle: 'owned',
        startMs: 0,
        endMs: 120_000,
      },
    ]);
  });

  it('yields the same facts and totals from rows in any order', async () => {
    const lines = ['0,a,0,x', '60,a,0.5,x', '240,a,1,y', '300,a,,', '0,b,0,x', '60,b,0.25,x', '600,b,0,y'];
    const header = 'time,device,gpuUtil,workload';
    const sorted = (facts: readonly unknown[]) => facts.map((fact) => JSON.stringify(fact)).sort();
    const expected = await readText(usage, [header, ...lines].join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(lines, { minLength: lines.length }), async (shuffled) => {
        const read = await readText(usage, [header, ...shuffled].join('\n'));
        expect(read.totals).toEqual(expected.totals);
        expect(sorted(read.usage)).toEqual(sorted(expected.usage));
        expect(sorted(read.allocations)).toEqual(sorted(expected.allocations));
        expect(sorted(read.workloads)).toEqual(sorted(expected.workloads));
      }),
      { numRuns: 30 },
    );
  });

  const duty = join(DATA, 'alibaba-genai-2026/dev/pod_gpu_duty_cycle_anon.csv.gz');
  it.skipIf(!existsSync(duty))('weighs a real serving fleet (skipped without ../shared/data)', async () => {
    const map = {
      time: 'timestamp_anon',
      device: 'container_ip',
      workload: 'container_ip',
      gpuUtilPercent: 'value',
    };
    const read = await readFrom(usage, duty, { map });
    expect(read.rejects).toEqual([]);
    expect(read.totals).toEqual({
      samples: 123_532,
      devices: 110,
      intervalSeconds: 57,
      sampledGpuHours: 1955.923333,
      zeroGpuHours: 1316.494167,
      stretchedGpuHours: expect.any(Number),
      unobservedGpuHours: expect.any(Number),
    });
    const spanMs = new Map<string, { first: number; last: number }>();
    for (const { deviceId, atMs } of read.usage) {
      const span = spanMs.get(deviceId) ?? { first: atMs, last: atMs };
      spanMs.set(deviceId, { first: Math.min(span.first, atMs), last: Math.max(span.last, atMs) });
    }
    const hours =
      [...spanMs.values()].reduce((sum, { first, last }) => sum + last - first + 57_000, 0) / 3_600_000;
    const { sampledGpuHours, stretchedGpuHours, unobservedGpuHours } = read.totals as Record<string, number>;
    expect(sampledGpuHours! + stretchedGpuHours! + unobservedGpuHours!).toBeCloseTo(hours, 5);
    expect(read.workloads).toHaveLength(110);
  });

  const memory = join(DATA, 'alibaba-genai-2026/dev/pod_memory_util_anon.csv.gz');
  it.skipIf(!existsSync(memory))(
    'counts the blank ids of a real file (skipped without ../shared/data)',
    async () => {
      const map = { time: 'timestamp_anon', device: 'container_ip', gpuUtil: 'value' };
      const read = await readFrom(usage, memory, { map });
      expect(read.rowsRead).toBe(166_407);
      expect(read.rejects).toHaveLength(49);
      expect(new Set(read.rejects.map(({ code }) => code))).toEqual(new Set(['missing-device']));
    },
  );
});

describe('capacity', () => {
  it('reads devices, machines with a count, and slices', async () => {
    const read = await readText(
      capacity,
      `device,node,gpuModel,start,end,migProfile,gpuFraction,count,instanceType,resourceId,team,label:rack,account
GPU-1,n1,nvidia-h100-80gb,2026-10-01,2026-10-02,,,,,,,,
GPU-1:gi1,n1,H100,2026-10-01,2026-10-02,1g.10gb,,,,,,,
,a/b,,2026-10-01,,,,,P5.48xlarge,arn:aws:ec2:us-east-1:1:instance/i-0abc,search,r7,acme
,n3,Mystery,2026-10-01,2026-10-02,,0.5,2,,,,,
`,
    );
    expect(read.rejects).toEqual([]);
    expect(read.capacity).toHaveLength(12);
    expect(read.capacity.slice(0, 2)).toMatchObject([
      {
        deviceId: 'GPU-1',
        gpuParts: 840_000,
        memoryMib: 81_920,
        gpuModel: 'H100-SXM5-80GB',
        lifecycle: 'owned',
      },
      { deviceId: 'GPU-1:gi1', gpuParts: 120_000, memoryMib: 10_240 },
    ]);
    expect(read.capacity.slice(2, 10).map(({ deviceId }) => deviceId)).toEqual(
      Array.from({ length: 8 }, (_, index) => `a:b:${index}`),
    );
    expect(read.capacity[2]).toMatchObject({
      gpuModel: 'H100-SXM5-80GB',
      lifecycle: 'on_demand',
      provider: 'aws',
      resourceKey: 'i-0abc',
      endMs: null,
      attributes: { 'node:team': 'search', 'node:rack': 'r7', account: 'acme' },
    });
    expect(read.capacity.slice(10)).toMatchObject([
      { deviceId: 'n3:0', gpuParts: 420_000, gpuModel: 'Mystery', memoryMib: null },
      { deviceId: 'n3:1' },
    ]);
    // 24 h for a whole GPU, a seventh and two halves; 31 days so far for eight.
    expect(read.totals).toEqual({ devices: 12, gpuHours: 6003.428571429, openIntervals: 8 });
  });

  test.each([
    ['missing-device', ',,H100,2026-10-01,,,'],
    ['missing-value', 'g,n,H100,,,,'],
    ['end-before-start', 'g,n,H100,2026-10-02,2026-10-01,,'],
    ['wrong-clock', 'g,n,H100,2027-10-02,,,'],
    ['unknown-lifecycle', 'g,n,H100,2026-10-01,,rented,'],
    ['unknown-mig-profile', 'g,n,H100,2026-10-01,,,9g.99gb'],
    ['unknown-mig-profile', 'g,n,Mystery,2026-10-01,,,1g.10gb'],
  ])('rejects %s: %s', async (code, row) => {
    const read = await readText(capacity, `device,node,gpuModel,start,end,lifecycle,migProfile\n${row}\n`);
    expect(read.rejects.map((reject) => reject.code)).toEqual([code]);
    expect(read.capacity).toEqual([]);
  });

  it('warns about a model that nobody names', async () => {
    const read = await readText(capacity, 'node,start,lifecycle\nn1,2026-10-01,spot\n');
    expect(read.capacity).toMatchObject([{ deviceId: 'n1:0', gpuModel: 'unknown', lifecycle: 'spot' }]);
    expect(read.warnings).toMatchObject([{ code: 'unknown-gpu-model', count: 1 }]);
  });
});

describe('allocations', () => {
  it('reads placed ones with their shares', async () => {
    const read = await readText(
      allocations,
      'workload,device,share,start,end,kind,state,checkpoint\nns/a,g/0,0.25,0,3600,training,,\nb,g1,,0,,inference,Failed,\nc,g2,,0,100,training,CANCELLED by 12,40\nd,g2,,100,200,,out of memory,\n',
    );
    expect(read.rejects).toEqual([]);
    expect(read.allocations).toMatchObject([
      {
        workloadId: 'ns/a',
        deviceId: 'g:0',
        shareParts: 210_000,
        startMs: 0,
        endMs: 3_600_000,
        lostFromMs: null,
      },
      { workloadId: 'b', deviceId: 'g1', shareParts: 840_000, endMs: null, lostFromMs: null },
      { workloadId: 'c', lostFromMs: 40_000 },
      { workloadId: 'd', lostFromMs: 100_000 },
    ]);
    expect(read.capacity).toEqual([]);
    expect(read.warnings).toEqual([]);
  });

  test.each([
    ['2', '', 2, 840_000],
    ['1', '460', 1, 386_400],
    ['1', '1000', 1, 840_000],
    ['8', '1000', 8, 840_000],
    ['0.5', '', 1, 420_000],
    ['', '250', 1, 210_000],
    ['0', '0', 0, 0],
  ])('%s GPUs and %s thousandths stand on devices of their own', async (gpus, milli, count, parts) => {
    const read = await readText(
      allocations,
      `workload,gpus,gpuMilli,start,end\nns/p,${gpus},${milli},0,60\n`,
    );
    expect(read.rejects).toEqual([]);
    expect(read.capacity.map(({ deviceId, gpuParts }) => [deviceId, gpuParts])).toEqual(
      Array.from({ length: count }, (_, index) => [`unplaced:ns:p:${index}`, parts]),
    );
    expect(read.allocations.every(({ shareParts }) => shareParts === PARTS_PER_GPU)).toBe(true);
    expect(read.totals['withoutGpu']).toBe(count === 0 ? 1 : 0);
    expect(read.warnings.map(({ code, count: counted }) => [code, counted])).toEqual(
      count === 0 ? [] : [['unplaced-allocations', count]],
    );
  });

  it('counts what was never scheduled, and what ended at once, and yields nothing for them', async () => {
    const read = await readText(allocations, 'workload,gpus,start,end\np,1,,100\nq,1,5,5\n');
    expect(read.totals).toMatchObject({ allocations: 0, pending: 1, zeroLength: 1, gpuHours: 0 });
    expect([read.workloads, read.allocations, read.capacity]).toEqual([[], [], []]);
  });

  test.each([
    ['missing-value', ',1,0,1'],
    ['missing-gpus', 'p,,0,1'],
    ['out-of-range', 'p,1.5,0,1'],
    ['end-before-start', 'p,1,10,1'],
    ['wrong-clock', 'p,1,2030-01-01,'],
  ])('rejects %s: %s', async (code, row) => {
    const read = await readText(allocations, `workload,gpus,start,end\n${row}\n`);
    expect(read.rejects.map((reject) => reject.code)).toEqual([code]);
    expect(read.allocations).toEqual([]);
  });

  const pods = join(DATA, 'alibaba-gpu-2023/openb_pod_list_default.csv');
  it.skipIf(!existsSync(pods))(
    'weighs a real cluster of shared GPUs (skipped without ../shared/data)',
    async () => {
      const map = {
        workload: 'name',
        start: 'scheduled_time',
        end: 'deletion_time',
        gpus: 'num_gpu',
        gpuMilli: 'gpu_milli',
        state: 'pod_phase',
      };
      const read = await readFrom(allocations, pods, { map });
      expect(read.rejects).toEqual([]);
      expect(read.rowsRead).toBe(8152);
      expect(read.totals).toMatchObject({ pending: 897, withoutGpu: 1088 });
      expect(Number(read.totals['gpuHours']).toFixed(6)).toBe('51470.674158');
      expect(Number(read.totals['lostGpuHours']).toFixed(3)).toBe('935.974');
    },
  );
});
