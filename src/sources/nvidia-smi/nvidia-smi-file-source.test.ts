import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type {
  AllocationFact,
  CapacityFact,
  FactBatch,
  UsageFact,
  WorkloadFact,
} from '../../domain/facts/facts.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FileReadOptions } from '../../ports/source.ts';
import { NvidiaSmiFileSource } from './nvidia-smi-file-source.ts';

const CAPTURES = resolve(import.meta.dirname, '../../../../shared/data/nvidia-smi-captures');

/** Knows one GPU: the source only looks names up. */
const catalog: HardwareCatalog = {
  gpuModel: (reported) => (reported.includes('H100 80GB HBM3') ? 'H100-SXM5-80GB' : undefined),
  gpu: () => undefined,
  instance: () => undefined,
  gpus: () => [],
};
const source = new NvidiaSmiFileSource({ catalog });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-smi-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readText(name: string, text: string, options: Partial<FileReadOptions> = {}) {
  const path = join(folder, name);
  await writeFile(path, text);
  return readFrom(path, options);
}

async function readFrom(path: string, options: Partial<FileReadOptions> = {}) {
  const reading = source.read(path, {
    map: {},
    set: {},
    fields: null,
    currency: 'USD',
    rates: {},
    nowMs: Date.parse('2026-11-01T00:00:00Z'),
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

const LOOP = `timestamp, uuid, name, utilization.gpu [%], memory.used [MiB], memory.total [MiB], power.draw [W]
2026/10/14 09:00:00.101, GPU-1a, NVIDIA H100 80GB HBM3, 0 %, 0 MiB, 81559 MiB, 69.85 W
2026/10/14 09:00:00.104, GPU-2b, NVIDIA H100 80GB HBM3, 100 %, 19818 MiB, 81559 MiB, 631.95 W
2026/10/14 09:00:05.101, GPU-1a, NVIDIA H100 80GB HBM3, 40 %, 900 MiB, 81559 MiB, 120.00 W
2026/10/14 09:00:05.104, GPU-2b, NVIDIA H100 80GB HBM3, [Unknown Error], 19818 MiB, 81559 MiB, 631.95 W
`;

describe('a loop over two GPUs', () => {
  it('becomes samples, and devices that are paid for as long as they were seen', async () => {
    const read = await readText('gpu-07.csv', LOOP);
    expect(read.rejects).toEqual([]);
    expect(
      read.usage.map(({ deviceId, activity, intervalMs }) => [deviceId, activity.busyPpm, intervalMs]),
    ).toEqual([
      ['GPU-1a', 0, 5000],
      ['GPU-2b', 1_000_000, 5000],
      ['GPU-1a', 400_000, 5000],
      ['GPU-2b', null, 5000],
    ]);
    expect(read.capacity).toMatchObject([
      {
        deviceId: 'GPU-1a',
        node: 'gpu-07',
        gpuModel: 'H100-SXM5-80GB',
        memoryMib: 81_559,
        lifecycle: 'owned',
        startMs: Date.parse('2026-10-14T09:00:00.101Z'),
        endMs: Date.parse('2026-10-14T09:00:10.101Z'),
      },
      { deviceId: 'GPU-2b' },
    ]);
    expect([read.workloads, read.allocations]).toEqual([[], []]);
    expect(read.totals).toMatchObject({ samples: 4, devices: 2, intervalSeconds: 5 });
    expect(read.warnings).toMatchObject([{ code: 'local-time', count: 4 }]);
  });

  it('takes its zone, its machine and its workload from outside', async () => {
    const set = {
      node: 'dgx-1',
      timeZoneOffset: '+02:00',
      workload: 'llm',
      kind: 'inference',
      team: 'search',
      lifecycle: 'on_demand',
    };
    const read = await readText('a.csv', LOOP, { set });
    expect(read.warnings).toEqual([]);
    expect(read.capacity[0]).toMatchObject({ node: 'dgx-1', lifecycle: 'on_demand' });
    expect(read.workloads).toEqual([
      { workloadId: 'llm', kind: 'inference', name: 'llm', attributes: { 'label:team': 'search' } },
    ]);
    expect(read.allocations).toMatchObject([
      {
        workloadId: 'llm',
        deviceId: 'GPU-1a',
        startMs: Date.parse('2026-10-14T07:00:00.101Z'),
        endMs: Date.parse('2026-10-14T07:00:10.101Z'),
      },
      { deviceId: 'GPU-2b' },
    ]);
  });

  it('reads a capture without a header, and one whose header is repeated', async () => {
    const [header, ...lines] = LOOP.trim().split('\n');
    const bare = await readText('bare.csv', lines.join('\n').replaceAll(' MiB', ''), {
      fields: header!.split(', '),
    });
    const appended = await readText(
      'appended.csv',
      [header, ...lines.slice(0, 2), header, ...lines.slice(2)].join('\n'),
    );
    const { usage } = await readText('plain.csv', LOOP);
    expect(bare.usage).toEqual(usage);
    expect(appended.usage).toEqual(usage);
    expect(appended.rowsRead).toBe(4);
  });

  it('lists lines that it cannot use, and reads on', async () => {
    const broken = LOOP.replace('40 %', 'a lot')
      .replace('2026/10/14 09:00:05.104', '2031/10/14 09:00:05.104')
      .replace('2026/10/14 09:00:00.104', 'yesterday');
    const read = await readText(
      'x.csv',
      `${broken}Failed to initialize NVML: Driver/library version mismatch\n`,
    );
    expect(read.rejects.map(({ where, code }) => `${where.split('/').at(-1)} ${code}`)).toEqual([
      'x.csv:3:timestamp bad-time',
      'x.csv:4:utilization.gpu [%] bad-measure',
      'x.csv:5:timestamp wrong-clock',
      'x.csv:6 broken-row',
    ]);
    expect(read.usage).toHaveLength(1);
  });

  test.each([
    ['timeZoneOffset', 'CEST', 'an offset such as +02:00'],
    ['lifecycle', 'rented', 'one of on_demand'],
    ['intervalSeconds', '0', 'above zero'],
    ['timestamp', 'noon', 'a time such as'],
  ])('refuses --set %s=%s', async (name, value, message) => {
    const reading = readText('y.csv', LOOP, { set: { [name]: value } });
    await expect(reading).rejects.toMatchObject({
      code: 'invalid-setting',
      message: expect.stringContaining(message),
    });
  });

  it('refuses a file that does not say which GPU it is about', async () => {
    await expect(
      readText('z.csv', 'timestamp, utilization.gpu [%]\n2026/10/14 09:00:00, 5 %\n'),
    ).rejects.toMatchObject({
      code: 'missing-column',
    });
  });
});

describe.skipIf(!existsSync(CAPTURES))('real captures (skipped without ../shared/data)', () => {
  const rtx = 'nvidia-geforce-rtx-2080-super';
  test.each([
    ['linux-x86_64__nvidia-h100-80gb-hbm3__590.48.01__idle', 0, 0, 81_559, 69.85],
    ['linux-x86_64__nvidia-h100-80gb-hbm3__590.48.01__load', 1, 19_818, 81_559, 631.95],
    ['linux-x86_64__nvidia-h100-mig__590.48.01__idle', null, 59, 81_559, 71.15],
    ['linux-x86_64__nvidia-h100-mig__590.48.01__load', null, 11_125, 81_559, 433.78],
    [`linux-x86_64__${rtx}__595.71.05__idle`, 0, 214, 8192, 39.32],
    [`linux-x86_64__${rtx}__595.71.05__load`, 0.08, 819, 8192, 111.5],
    [`linux-x86_64__${rtx}__610.57.04__idle`, 0, 211, 8192, 39.17],
    [`linux-x86_64__${rtx}__610.57.04__load`, 0.08, 815, 8192, 98.14],
    [`windows-x86_64__${rtx}__591.86__idle`, 0, 702, 8192, 38.92],
    [`windows-x86_64__${rtx}__591.86__load`, 0.07, 1296, 8192, 97.43],
  ])('%s', async (name, gpuUtil, usedMib, totalMib, watts) => {
    const read = await readFrom(join(CAPTURES, 'query-gpu-csv', `${name}.csv`));
    expect(read.rejects).toEqual([]);
    const busyPpm = gpuUtil === null ? null : Math.round(gpuUtil * 1e6);
    expect(read.usage).toMatchObject([
      {
        // Their UUIDs are masked with zeros, so two machines must not become one device.
        deviceId: `${name}:0`,
        activity: { busyPpm, basis: gpuUtil === null ? 'none' : 'gpu_util', isContradictory: false },
        memoryUsedMib: usedMib,
        powerWatts: watts,
      },
    ]);
    expect(read.capacity).toMatchObject([{ node: name, memoryMib: totalMib }]);
    expect(read.warnings.some(({ code }) => code === 'mig-hides-utilization')).toBe(gpuUtil === null);
  });

  it('leaves captures of compute apps out, and says so', async () => {
    const read = await readFrom(
      join(CAPTURES, `query-gpu-csv/linux-x86_64__${rtx}__595.71.05__load.compute-apps.csv`),
    );
    expect(read.warnings).toMatchObject([{ code: 'compute-apps-capture' }]);
    expect([read.usage, read.capacity, read.rejects]).toEqual([[], [], []]);
  });

  it('asks for the time of a capture that has none', async () => {
    const path = join(CAPTURES, 'query.txt');
    const timeless = await readFrom(path);
    expect(timeless.rejects.map(({ code }) => code)).toEqual(['missing-time', 'missing-time']);
    const read = await readFrom(path, { set: { timestamp: '2026-10-14T09:00:00Z' } });
    expect(read.usage).toMatchObject([
      { deviceId: 'GPU-df6e7a7c-7314-46f8-abc4-b88b36dcf3aa', memoryUsedMib: 575, powerWatts: null },
      { deviceId: 'GPU-04757e3e-3077-4e2e-b988-7e2d647b52e9', memoryUsedMib: 1234 },
    ]);
    expect(read.warnings.map(({ code }) => code)).toEqual(['interval-assumed', 'no-utilization']);
  });
});
