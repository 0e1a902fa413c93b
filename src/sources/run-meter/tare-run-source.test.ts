import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { FactBatch } from '../../domain/facts/facts.ts';
import type { MeteredRun } from '../../ports/run-meter.ts';
import { createRunSpool } from './create-run-spool.ts';
import { thisMeter } from './meter-process.ts';
import type { DeviceSample, Meter, RecordLine } from './record-line.ts';
import { createTareRunSource } from './tare-run-source.ts';

const START = Date.UTC(2026, 9, 14, 9);
const at = (seconds: number) => START + seconds * 1_000;
const RUN: MeteredRun = {
  runId: 'tare:r-1',
  parentRunId: null,
  pid: 7,
  name: 'train',
  experiment: 'sweep',
  startMs: START,
  command: 'python train.py',
  directory: '/src',
  attributes: { 'label:team': 'search' },
  parameters: { lr: '0.1' },
  dataVersion: null,
  machine: {
    node: 'gpu-07',
    lifecycle: 'on_demand',
    provider: 'aws',
    region: 'us-east-1',
    instanceType: 'p5.48xlarge',
    pool: null,
    resourceId: 'i-0ab',
  },
  visibleDevices: null,
  intervalMs: null,
  checkpointPatterns: [],
  isHeldOnly: false,
};
/** Of a machine that this is not. */
const GONE: Meter = { host: `not-${hostname()}`, bootId: null, pid: 1, started: null };
const DEVICE = { gpuModel: 'H100-SXM5-80GB', gpuParts: 840_000, memoryMib: 81_559, isSlice: false };

const begin = (run: Partial<MeteredRun> = {}, meter = GONE): RecordLine => ({
  kind: 'start',
  version: 1,
  run: { ...RUN, ...run },
  meter,
});
const device = (deviceId = 'a'): RecordLine => ({ kind: 'device', deviceId, ...DEVICE });
const sample = (seconds: number, more: Partial<DeviceSample> = {}): RecordLine => ({
  kind: 'sample',
  atMs: at(seconds),
  intervalMs: 1_000,
  devices: [{ deviceId: 'a', gpuUtil: 0.5, memoryUsedMib: 900, powerWatts: 300, own: 1, others: 0, ...more }],
});
const finish = (
  seconds: number,
  end: Partial<{ exitCode: number; signal: string; stoppedBy: string }> = {},
) => ({ kind: 'end', atMs: at(seconds), exitCode: 0, signal: null, stoppedBy: null, ...end }) as RecordLine;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-records-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(lines: readonly RecordLine[], tail = '') {
  const path = join(folder, 'r-1.jsonl');
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join('') + tail);
  const { batches, summary } = createTareRunSource().read(path, {
    map: {},
    set: {},
    fields: null,
    currency: 'USD',
    rates: {},
    nowMs: at(3_600),
    signal: new AbortController().signal,
  });
  const facts: Required<
    Omit<FactBatch, 'requests' | 'traffic' | 'scores' | 'revenues' | 'queues' | 'taken'>
  > = {
    capacity: [],
    workloads: [],
    allocations: [],
    usage: [],
    charges: [],
    runs: [],
    checkpoints: [],
  };
  for await (const batch of batches)
    for (const [name, added] of Object.entries(batch))
      (facts[name as keyof typeof facts] as unknown[]).push(...added);
  return { ...facts, ...summary };
}

describe('a record of a run that ended', () => {
  it('is a run, its workload, what it held, and what that did and is paid by', async () => {
    const { runs, workloads, allocations, capacity, usage, checkpoints, warnings, rejects } = await read([
      begin(),
      device(),
      sample(2),
      { kind: 'checkpoint', atMs: at(4) },
      sample(5),
      finish(10),
    ]);
    expect({ warnings, rejects }).toEqual({ warnings: [], rejects: [] });
    expect(workloads).toEqual([
      { workloadId: 'tare:r-1', kind: 'training', name: 'train', attributes: { 'label:team': 'search' } },
    ]);
    expect(allocations).toEqual([
      {
        workloadId: 'tare:r-1',
        deviceId: 'a',
        shareParts: 840_000,
        startMs: at(2),
        endMs: at(10),
        lostFromMs: null,
      },
    ]);
    expect(capacity).toMatchObject([
      {
        deviceId: 'a',
        node: 'gpu-07',
        instanceType: 'p5.48xlarge',
        resourceKey: 'i-0ab',
        startMs: at(2),
        endMs: at(10),
      },
    ]);
    expect(usage.map(({ atMs, intervalMs, activity }) => [atMs, intervalMs, activity.busyPpm])).toEqual([
      [at(2), 1_000, 500_000],
      [at(5), 1_000, 500_000],
    ]);
    expect(checkpoints).toEqual([{ workloadId: 'tare:r-1', atMs: at(4) }]);
    expect(runs).toMatchObject([
      {
        runId: 'tare:r-1',
        attempt: 1,
        state: 'succeeded',
        startMs: START,
        endMs: at(10),
        workloadId: 'tare:r-1',
        experiment: 'sweep',
        fingerprint: null,
        parameters: { command: 'python train.py', directory: '/src', lr: '0.1' },
      },
    ]);
  });

  test.each([
    [{ exitCode: 0 }, 'succeeded', null, null],
    [{ exitCode: 0, stoppedBy: 'SIGTERM' }, 'succeeded', null, null],
    [{ exitCode: 3 }, 'failed', 'exit 3', 4],
    [{ exitCode: 143, stoppedBy: 'SIGTERM' }, 'cancelled', 'SIGTERM, exit 143', 4],
    [{ exitCode: null, signal: 'SIGINT', stoppedBy: 'SIGINT' }, 'cancelled', 'killed by SIGINT', 4],
    [{ exitCode: null, signal: 'SIGTERM' }, 'cancelled', 'killed by SIGTERM', 4],
    [{ exitCode: null, signal: 'SIGKILL' }, 'failed', 'killed by SIGKILL', 4],
  ])('%j is %s (%s), lost from %s s on', async (end, state, stateDetail, lostFrom) => {
    const { runs, allocations } = await read([
      begin(),
      device(),
      sample(2),
      { kind: 'checkpoint', atMs: at(4) },
      finish(10, end as Partial<{ exitCode: number }>),
    ]);
    expect(runs).toMatchObject([{ state, stateDetail }]);
    expect(allocations[0]!.lostFromMs).toBe(lostFrom === null ? null : at(lostFrom));
  });

  it('loses all that it held without a checkpoint, and nothing that came before it held a device', async () => {
    const lines = [begin(), device(), sample(2), finish(10, { exitCode: 1 })];
    expect((await read(lines)).allocations[0]!.lostFromMs).toBe(at(2));
    const early: RecordLine = { kind: 'checkpoint', atMs: at(1) };
    expect((await read([lines[0]!, early, ...lines.slice(1)])).allocations[0]!.lostFromMs).toBe(at(2));
  });

  it('says nothing of what others measure when it is told so', async () => {
    const { capacity, usage, allocations } = await read([
      begin({ isHeldOnly: true }),
      device(),
      sample(2),
      finish(10),
    ]);
    expect({ capacity, usage }).toEqual({ capacity: [], usage: [] });
    expect(allocations).toHaveLength(1);
  });

  it('without a visible GPU knows no workload: what it cost is unknown', async () => {
    const { runs, workloads, warnings } = await read([
      begin(),
      { kind: 'blind', message: 'no GPU is visible' },
      finish(10),
    ]);
    expect(runs).toMatchObject([{ workloadId: null }]);
    expect(workloads).toEqual([]);
    expect(warnings).toMatchObject([{ code: 'no-gpu' }]);
  });

  it('notes once that others computed on its GPU, and a device that does not exist', async () => {
    const { warnings } = await read([
      begin(),
      { kind: 'visible', deviceIds: ['a'], unknown: '9' },
      device(),
      sample(2, { others: 1 }),
      sample(3, { others: 2 }),
      finish(10),
    ]);
    expect(warnings.map(({ code }) => code)).toEqual(['device-unknown', 'gpu-shared']);
  });

  it('keeps the utilisation of a slice unknown, and says so', async () => {
    const { usage, warnings } = await read([
      begin(),
      { kind: 'device', deviceId: 'a', ...DEVICE, gpuParts: 120_000, isSlice: true },
      sample(2, { gpuUtil: null, powerWatts: null }),
      finish(10),
    ]);
    expect(usage).toMatchObject([{ activity: { busyPpm: null, basis: 'none' }, powerWatts: null }]);
    expect(warnings).toMatchObject([{ code: 'mig-hides-utilization' }]);
  });
});

describe('a fingerprint', () => {
  const fingerprint = async (run: Partial<MeteredRun>, isDirty = false) =>
    (await read([begin(run), { kind: 'code', commit: 'c0ffee', isDirty }, finish(1)])).runs[0]!.fingerprint;

  it('is the same for the same code, data and parameters, and for nothing else', async () => {
    const first = await fingerprint({ dataVersion: 'v1' });
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprint({ dataVersion: 'v1', runId: 'tare:r-2', startMs: at(-9) })).toBe(first);
    expect(await fingerprint({ dataVersion: 'v2' })).not.toBe(first);
    expect(await fingerprint({ dataVersion: 'v1', parameters: { lr: '0.2' } })).not.toBe(first);
  });

  it('needs all three: a changed tree or unnamed data has none', async () => {
    expect(await fingerprint({ dataVersion: 'v1' }, true)).toBeNull();
    expect(await fingerprint({ dataVersion: null })).toBeNull();
  });
});

describe('a record without an end', () => {
  it('ends with its last line, unknown, when its meter is gone', async () => {
    const { runs, allocations, rejects } = await read(
      [begin(), device(), sample(2), { kind: 'beat', atMs: at(60) }],
      '{"kind":"sample","atMs":17',
    );
    expect(rejects).toEqual([]);
    expect(runs).toMatchObject([{ state: 'unknown', endMs: at(60) }]);
    expect(allocations).toMatchObject([{ endMs: at(60), lostFromMs: null }]);
  });

  it('goes on while its meter lives', async () => {
    const { runs, allocations } = await read([begin({}, await thisMeter()), device(), sample(2)]);
    expect(runs).toMatchObject([{ state: 'running', endMs: null }]);
    expect(allocations).toMatchObject([{ endMs: null }]);
  });

  it('is gone when its process number belongs to a later process', async () => {
    const meter = await thisMeter();
    const { runs } = await read([begin({}, { ...meter, started: '1' })]);
    expect(runs).toMatchObject([{ state: process.platform === 'linux' ? 'unknown' : 'running' }]);
  });
});

describe('a file that is no record', () => {
  it('lists broken lines and reads on', async () => {
    const path = join(folder, 'r-1.jsonl');
    const { rejects, runs } = await read([begin()], `what\n{"kind":"song"}\n${JSON.stringify(finish(3))}\n`);
    expect(rejects.map(({ where, code }) => [where, code])).toEqual([
      [`${path}:2`, 'broken-row'],
      [`${path}:3`, 'broken-row'],
    ]);
    expect(runs).toMatchObject([{ state: 'succeeded' }]);
  });

  it('is refused without a start', async () => {
    await expect(read([finish(3)])).rejects.toMatchObject({
      message: expect.stringContaining('no record of a run'),
    });
  });
});

it('a spool lists records by age, tells which still grow, and leaves other files alone', async () => {
  const spool = join(folder, 'spool');
  const { mkdirSync } = await import('node:fs');
  mkdirSync(spool);
  const write = (name: string, line: unknown) =>
    writeFileSync(join(spool, name), `${JSON.stringify(line)}\n`);
  write('20261014T0900.jsonl', begin());
  write('20261014T1000.jsonl', begin({}, await thisMeter()));
  write('20261014T0800.jsonl', { other: 'file' });
  write('notes.txt', {});
  expect(await createRunSpool(spool).pending()).toEqual([
    { path: join(spool, '20261014T0900.jsonl'), isRunning: false },
    { path: join(spool, '20261014T1000.jsonl'), isRunning: true },
  ]);
  expect(await createRunSpool(join(spool, 'none')).pending()).toEqual([]);
});
