import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { readSource } from '../../../test/support/read-source.ts';
import { smallCatalog } from '../../../test/support/small-catalog.ts';
import type { FileReadOptions } from '../../ports/source.ts';
import { createRunsSource } from './runs-source.ts';

const DATA = resolve(import.meta.dirname, '../../../../shared/data');
const runs = createRunsSource({ catalog: smallCatalog });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-runs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readText(text: string, name = 'runs.csv', options: Partial<FileReadOptions> = {}) {
  const path = join(folder, name);
  await writeFile(path, text);
  return readSource(runs, path, options);
}

describe('runs', () => {
  it('reads attempts with devices of their own, parameters, metrics and owners', async () => {
    const read = await readText(
      `run,attempt,name,experiment,state,queue,queued,start,end,gpus,gpuModel,node,checkpoint,parent,codeVersion,data,param.lr,metric.accuracy,metric.loss,team,label:tier
r1,1,ranker,sweep-7,PREEMPTED,h100,0,60,3660,2,H100,n1,1860,,9f2c,d1,0.1,,NaN,search,gold
r1,2,ranker,sweep-7,COMPLETED,h100,3660,3720,7320,2,H100,n1,,,9f2c,d1,0.1,0.91,0.25,search,gold
`,
    );
    expect(read.rejects).toEqual([]);
    expect(read.runs[0]).toEqual({
      runId: 'r1',
      attempt: 1,
      name: 'ranker',
      experiment: 'sweep-7',
      state: 'preempted',
      stateDetail: 'PREEMPTED',
      queue: 'h100',
      queuedMs: 0,
      startMs: 60_000,
      endMs: 3_660_000,
      workloadId: 'r1',
      parentRunId: null,
      fingerprint: read.runs[1]!.fingerprint,
      parameters: { lr: '0.1' },
      metrics: {},
      attributes: { 'label:team': 'search', 'label:tier': 'gold' },
    });
    expect(read.runs[1]).toMatchObject({
      state: 'succeeded',
      workloadId: 'r1:2',
      metrics: { accuracy: 0.91, loss: 0.25 },
    });
    expect(read.runs[1]!.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(read.workloads).toMatchObject([
      { workloadId: 'r1', kind: 'training', name: 'ranker', attributes: { 'label:team': 'search' } },
      { workloadId: 'r1:2', kind: 'training' },
    ]);
    expect(read.allocations.map(({ workloadId, lostFromMs }) => [workloadId, lostFromMs])).toEqual([
      ['r1', 1_860_000],
      ['r1', 1_860_000],
      ['r1:2', null],
      ['r1:2', null],
    ]);
    expect(read.capacity[0]).toMatchObject({
      deviceId: 'unplaced:r1:0',
      node: 'n1',
      gpuModel: 'H100',
    });
    expect(read.checkpoints).toEqual([{ workloadId: 'r1', atMs: 1_860_000 }]);
    expect(read.totals).toMatchObject({
      runs: 2,
      preempted: 1,
      succeeded: 1,
      gpuHours: 4,
      preemptedGpuHours: 2,
      succeededGpuHours: 2,
      lostGpuHours: 1,
    });
  });

  it('reads lines of JSON with nested parameters and metrics, and lists of devices and checkpoints', async () => {
    const line = {
      run: 'tare:20261014-1',
      name: 'python train.py',
      state: 'failed',
      start: '2026-10-14T09:00:00Z',
      end: '2026-10-14T10:00:00Z',
      device: ['GPU-a', 'GPU-b'],
      checkpoint: ['2026-10-14T09:15:00Z', '2026-10-14T09:45:00Z'],
      parameters: { optimizer: { lr: 0.1 }, layers: [1, 2] },
      metrics: { loss: 0.5, last: null },
    };
    const read = await readText(`${JSON.stringify(line)}\n`, 'runs.jsonl');
    expect(read.rejects).toEqual([]);
    expect(read.runs).toMatchObject([
      { parameters: { 'optimizer.lr': '0.1', layers: '[1,2]' }, metrics: { loss: 0.5 } },
    ]);
    expect(read.allocations.map(({ deviceId, lostFromMs }) => [deviceId, lostFromMs])).toEqual([
      ['GPU-a', Date.UTC(2026, 9, 14, 9, 45)],
      ['GPU-b', Date.UTC(2026, 9, 14, 9, 45)],
    ]);
    expect(read.capacity).toEqual([]);
    expect(read.checkpoints).toHaveLength(2);
  });

  it('leaves the devices of a workload that another source knows to that source', async () => {
    const read = await readText(
      'run,start,end,state,workload,gpus,checkpoint\nr1,0,60,failed,job:4711,8,30\n',
    );
    expect(read.runs).toMatchObject([{ workloadId: 'job:4711' }]);
    expect([read.workloads, read.allocations, read.capacity]).toEqual([[], [], []]);
    expect(read.checkpoints).toEqual([{ workloadId: 'job:4711', atMs: 30_000 }]);
    expect(read.warnings).toMatchObject([{ code: 'holder-named-elsewhere', count: 1 }]);
    expect(read.totals).toMatchObject({ namedHolders: 1, gpuHours: 0 });
  });

  it('tells no device from none', async () => {
    const read = await readText('run,start,end,gpus\nwho,0,60,\ncpu,0,60,0\n');
    expect(read.runs.map(({ workloadId }) => workloadId)).toEqual([null, 'cpu']);
    expect(read.workloads.map(({ workloadId }) => workloadId)).toEqual(['cpu']);
    expect(read.allocations).toEqual([]);
    expect(read.totals).toMatchObject({ unknownHolders: 1, withoutGpu: 1 });
  });

  test.each([
    ['', '', '', 'waiting'],
    ['', '0', '', 'running'],
    ['', '0', '60', 'unknown'],
    ['CANCELLED by 1000', '0', '60', 'cancelled'],
    ['Pending', '', '', 'waiting'],
  ])('state `%s`, start `%s`, end `%s`: %s', async (state, start, end, expected) => {
    const read = await readText(`run,state,start,end,gpus\nr,${state},${start},${end},1\n`);
    expect(read.runs).toMatchObject([{ state: expected, stateDetail: state === '' ? null : state }]);
    expect(read.allocations).toHaveLength(start === '' ? 0 : 1);
  });

  it('says what it cannot read a state from, and when a run was queued after it started', async () => {
    const read = await readText('run,state,queued,start,end,gpus\nr,purple,10,0,60,1\n');
    expect(read.runs).toMatchObject([{ state: 'unknown', queuedMs: null }]);
    expect(read.warnings.map(({ code }) => code)).toEqual([
      'unknown-state',
      'queued-after-start',
      'unplaced-allocations',
    ]);
  });

  test.each([
    ['missing-value', 'run', ',,0,60,,,'],
    ['out-of-range', 'attempt', 'r,0,0,60,,,'],
    ['end-before-start', 'end', 'r,1,60,0,,,'],
    ['bad-number', 'metric.loss', 'r,1,0,60,low,,'],
    ['bad-json', 'metrics', 'r,1,0,60,,[1],'],
    ['bad-number', 'metrics', 'r,1,0,60,,"{""loss"": ""low""}",'],
    ['bad-time', 'checkpoint', 'r,1,0,60,,,yesterday'],
  ])('rejects %s in %s', async (code, column, row) => {
    const read = await readText(`run,attempt,start,end,metric.loss,metrics,checkpoint\n${row}\n`);
    expect(read.rejects).toMatchObject([{ code, where: expect.stringMatching(`runs.csv:2:${column}$`) }]);
    expect(read.runs).toEqual([]);
  });

  it('rejects a second row of the same attempt, unless the first was no good', async () => {
    const read = await readText('run,start,end\nr,0,60\nr,60,120\ns,60,0\ns,0,60\n');
    expect(read.rejects.map(({ code }) => code)).toEqual(['repeated-run', 'end-before-start']);
    expect(read.rejects[0]!.message).toContain('--map attempt=THEIRS');
    expect(read.runs.map(({ runId }) => runId)).toEqual(['r', 's']);
  });

  it('holds as much in several attempts as in one', async () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 9_999 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.integer({ min: 1, max: 8 }), async (cutsAt, gpus) => {
        const bounds = [0, ...cutsAt.sort((a, b) => a - b), 10_000];
        const rows = bounds
          .slice(1)
          .map((end, index) => `r,${index + 1},${bounds[index]},${end},${gpus},failed`);
        const whole = await readText(`run,attempt,start,end,gpus,state\nr,1,0,10000,${gpus},failed\n`);
        const split = await readText(`run,attempt,start,end,gpus,state\n${rows.join('\n')}\n`);
        expect(split.totals['gpuHours']).toBe(whole.totals['gpuHours']);
        expect(split.totals['lostGpuHours']).toBe(whole.totals['lostGpuHours']);
      }),
      { numRuns: 20 },
    );
  });

  const pods = join(DATA, 'alibaba-gpu-2023/openb_pod_list_default.csv');
  it.skipIf(!existsSync(pods))('weighs real pods by state (skipped without ../shared/data)', async () => {
    const map = {
      run: 'name',
      queued: 'creation_time',
      start: 'scheduled_time',
      end: 'deletion_time',
      gpus: 'num_gpu',
      gpuMilli: 'gpu_milli',
      state: 'pod_phase',
    };
    const read = await readSource(runs, pods, { map });
    expect(read.rejects).toEqual([]);
    expect(read.runs).toHaveLength(8152);
    expect(read.totals).toMatchObject({
      runs: 8152,
      waiting: 897,
      running: 5193,
      succeeded: 192,
      failed: 1870,
      withoutGpu: 1088,
    });
    expect(read.totals).not.toHaveProperty('waitingGpuHours');
    const hours = (name: string, digits: number) => Number(read.totals[name]).toFixed(digits);
    expect(hours('gpuHours', 6)).toBe('51470.674158');
    expect(hours('runningGpuHours', 3)).toBe('46439.909');
    expect(hours('succeededGpuHours', 3)).toBe('4094.791');
    expect(hours('failedGpuHours', 3)).toBe('935.974');
    expect(hours('lostGpuHours', 3)).toBe('935.974');
  });
});
