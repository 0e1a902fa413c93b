import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { readSource } from '../../../test/support/read-source.ts';
import { smallCatalog } from '../../../test/support/small-catalog.ts';
import type { FileReadOptions } from '../../ports/source.ts';
import { createWandbSource } from './wandb-source.ts';

const wandb = createWandbSource({ catalog: smallCatalog });
const START = Date.UTC(2026, 9, 14, 9);
const HOUR_MS = 3_600_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-wandb-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readText(name: string, text: string, options: Partial<FileReadOptions> = {}) {
  const path = join(folder, name);
  await writeFile(path, text);
  return readSource(wandb, path, options);
}

const readJson = (name: string, rows: readonly unknown[], options: Partial<FileReadOptions> = {}) =>
  readText(name, rows.map((row) => JSON.stringify(row)).join('\n'), options);

/** A run as a loop over `api.runs(…)` writes it. */
const RUN = {
  id: 'x1',
  entity: 'lab',
  project: 'ranking',
  name: 'fearless-glade-7',
  group: 'nightly',
  sweep_name: 's9',
  state: 'finished',
  created_at: '2026-10-14T09:00:00Z',
  heartbeat_at: '2026-10-14T10:00:00Z',
  user: 'ana',
  config: { lr: 0.1, team: 'search', optimizer: { name: 'adam' }, _wandb: { cli: '0.28' } },
  summary: { accuracy: 0.91, loss: 'NaN', _runtime: 3590, _step: 9, chart: { _type: 'image-file' } },
  metadata: {
    gpu: 'NVIDIA H100 80GB HBM3',
    gpu_count: 2,
    host: 'a3-04',
    git: { commit: '9f2c' },
  },
};

describe('exported runs', () => {
  it('are read as the API gives them', async () => {
    const read = await readJson('runs.jsonl', [RUN], { set: { data: 'd1' } });
    expect(read.rejects).toEqual([]);
    expect(read.runs).toEqual([
      {
        runId: 'wandb:lab/ranking/x1',
        attempt: 1,
        name: 'fearless-glade-7',
        experiment: 's9',
        state: 'succeeded',
        stateDetail: 'finished',
        queue: null,
        queuedMs: null,
        startMs: START,
        endMs: START + HOUR_MS,
        workloadId: 'wandb:lab/ranking/x1',
        parentRunId: null,
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
        parameters: { lr: '0.1', team: 'search', 'optimizer.name': 'adam' },
        metrics: { accuracy: 0.91 },
        attributes: {
          'label:team': 'search',
          'wandb:entity': 'lab',
          'wandb:project': 'ranking',
          'wandb:group': 'nightly',
          'wandb:sweep': 's9',
          'wandb:user': 'ana',
        },
      },
    ]);
    expect(read.allocations.map(({ deviceId }) => deviceId)).toEqual([
      'wandb:lab:ranking:x1:gpu0',
      'wandb:lab:ranking:x1:gpu1',
    ]);
    expect(read.capacity[1]).toMatchObject({
      deviceId: 'wandb:lab:ranking:x1:gpu1',
      gpuModel: 'H100-SXM5-80GB',
      node: 'a3-04',
      startMs: START,
      endMs: START + HOUR_MS,
    });
    expect(read.totals).toEqual({ runs: 1, succeeded: 1 });
  });

  test.each([
    ['finished', 'succeeded', START + HOUR_MS],
    ['failed', 'failed', START + HOUR_MS],
    ['crashed', 'failed', START + HOUR_MS],
    ['killed', 'cancelled', START + HOUR_MS],
    ['preempted', 'preempted', START + HOUR_MS],
    ['running', 'running', null],
  ])('%s is %s', async (state, expected, endMs) => {
    const read = await readJson('runs.jsonl', [{ ...RUN, state }]);
    expect(read.runs).toMatchObject([{ state: expected, startMs: START, endMs }]);
    const isLost = ['failed', 'cancelled', 'preempted'].includes(expected);
    expect(read.allocations[0]!.lostFromMs).toBe(isLost ? START : null);
  });

  it('lose what they did after their last checkpoint', async () => {
    const read = await readJson('runs.jsonl', [{ ...RUN, state: 'failed' }], {
      set: { lastCheckpoint: '2026-10-14T09:45:00Z' },
    });
    expect(read.allocations[0]!.lostFromMs).toBe(START + 0.75 * HOUR_MS);
    expect(read.checkpoints).toEqual([{ workloadId: 'wandb:lab/ranking/x1', atMs: START + 0.75 * HOUR_MS }]);
  });

  it('hold nothing while they are pending', async () => {
    const read = await readJson('runs.jsonl', [{ ...RUN, state: 'pending' }]);
    expect(read.runs).toMatchObject([{ state: 'waiting', queuedMs: START, startMs: null, endMs: null }]);
    expect(read.allocations).toEqual([]);
  });

  it('end with their run time where no heartbeat is known', async () => {
    const read = await readJson('runs.jsonl', [{ ...RUN, heartbeat_at: null }]);
    expect(read.runs).toMatchObject([{ endMs: START + 3_590_000 }]);
    const none = await readJson('runs.jsonl', [{ ...RUN, heartbeat_at: null, summary: {} }]);
    expect(none.rejects).toMatchObject([{ code: 'missing-end' }]);
  });

  it('name the holder that their config or metadata names, and bring no devices then', async () => {
    const inConfig = { ...RUN, config: { POD_NAME: 'train-7', POD_NAMESPACE: 'ml' } };
    const inMetadata = { ...RUN, id: 'x2', metadata: { ...RUN.metadata, slurm: { job_id: '4711' } } };
    const read = await readJson('runs.jsonl', [inConfig, inMetadata], { set: { slurmCluster: 'prod' } });
    expect(read.runs.map(({ workloadId }) => workloadId)).toEqual(['ml/train-7', 'slurm:prod:4711']);
    expect([read.workloads, read.allocations, read.capacity]).toEqual([[], [], []]);
  });

  it('have an unknown cost where nobody counted their GPUs, and a known one where they had none', async () => {
    const read = await readJson('runs.jsonl', [
      { ...RUN, metadata: null },
      { ...RUN, id: 'x2', metadata: { gpu_count: 0 } },
    ]);
    expect(read.runs.map(({ workloadId }) => workloadId)).toEqual([null, 'wandb:lab/ranking/x2']);
    expect(read.warnings).toMatchObject([{ code: 'devices-unknown', count: 1 }]);
  });

  it('are read from columns with prefixes and from the table of the web page', async () => {
    const flat = await readText(
      'flat.csv',
      'id,state,created_at,_runtime,config.lr,summary.accuracy,metadata.gpu_count,metadata.git.commit\nx1,finished,1791968400,60,0.1,0.9,1,9f2c\n',
      { set: { data: 'd1' } },
    );
    expect(flat.rejects).toEqual([]);
    expect(flat.runs).toMatchObject([
      {
        runId: 'wandb:x1',
        endMs: START + 60_000,
        parameters: { lr: '0.1' },
        metrics: { accuracy: 0.9 },
        fingerprint: expect.any(String),
      },
    ]);
    const page = await readText(
      'page.csv',
      '"Name","State","Notes","User","Tags","Created","Runtime","Sweep","lr","accuracy","_step"\n"glade-7","finished","-","ana","","2026-10-14T09:00:00.000Z","1h 2m 3s","","0.1","0.9","9"\n',
      {
        map: { run: 'Name', 'config.lr': 'lr', 'summary.accuracy': 'accuracy' },
        set: { project: 'lab/ranking', gpus: '4' },
      },
    );
    expect(page.rejects).toEqual([]);
    expect(page.runs).toMatchObject([
      {
        runId: 'wandb:lab/ranking/glade-7',
        name: 'glade-7',
        endMs: START + 3_723_000,
        metrics: { accuracy: 0.9 },
      },
    ]);
    expect(page.allocations).toHaveLength(4);
  });

  it('are rejected without an id or a start', async () => {
    const { id: _id, ...nameless } = RUN;
    const read = await readJson('runs.jsonl', [nameless, { ...RUN, created_at: null }]);
    expect(read.rejects).toMatchObject([
      {
        code: 'missing-run',
        where: expect.stringMatching(/runs.jsonl:1:/),
        message: expect.stringContaining('--map run='),
      },
      { code: 'missing-value', where: expect.stringMatching(/runs.jsonl:2:created_at$/) },
    ]);
  });
});

describe('system metrics', () => {
  const moment = (seconds: number, gpu: Record<string, unknown>) => ({
    _timestamp: START / 1000 + seconds,
    _runtime: seconds,
    'system.cpu': 12,
    ...gpu,
  });

  it('become samples of the devices that the run holds, by SM active where it is known', async () => {
    const read = await readJson(
      'x1.events.jsonl',
      [0, 15, 30].map((seconds) =>
        moment(seconds, {
          'system.gpu.0.gpu': 90,
          'system.gpu.0.smActive': 45.5,
          'system.gpu.0.powerWatts': 412.25,
          'system.gpu.0.memoryAllocatedBytes': 1073741824,
          'system.gpu.1.gpu': seconds === 15 ? null : 50,
          'system.gpu.process.0.gpu': 90,
        }),
      ),
      { set: { entity: 'lab', project: 'ranking' } },
    );
    expect(read.rejects).toEqual([]);
    expect(read.usage).toHaveLength(5);
    expect(read.usage[0]).toEqual({
      deviceId: 'wandb:lab:ranking:x1:gpu0',
      atMs: START,
      intervalMs: 15_000,
      activity: { busyPpm: 900_000, effectivePpm: 455_000, basis: 'sm_active', isContradictory: false },
      memoryUsedMib: 1024,
      powerWatts: 412.25,
    });
    expect(read.usage[1]).toMatchObject({
      deviceId: 'wandb:lab:ranking:x1:gpu1',
      activity: { effectivePpm: 500_000, basis: 'gpu_util' },
    });
    expect([read.allocations, read.capacity, read.runs]).toEqual([[], [], []]);
    expect(read.totals).toEqual({ samples: 5, devices: 2 });
    const runs = await readJson('runs.jsonl', [RUN]);
    expect(runs.allocations.map(({ deviceId }) => deviceId)).toEqual(
      read.usage.slice(0, 2).map(({ deviceId }) => deviceId),
    );
  });

  it.each([
    [[0.2, 0.5], 500_000],
    [[0.2, 50], 500_000],
  ])('with SM active %j: the largest value says whether they are percentages', async (values, last) => {
    const rows = values.map((value, index) =>
      moment(index * 15, { 'gpu.0.smActive': value, 'gpu.0.gpu': 100, 'gpu.0.memoryAllocatedBytes': 2e9 }),
    );
    const read = await readJson('x1.jsonl', rows);
    expect(read.usage.at(-1)!.activity.effectivePpm).toBe(last);
  });

  it('name their run in a column, and the machine behind a label', async () => {
    const read = await readText(
      'all.csv',
      `,run,_timestamp,system.gpu.0.gpu,system.gpu.0.gpu/l:node-1\n0,lab/ranking/x1,${START / 1000},10,20\n1,x2,${START / 1000},30,\n`,
    );
    expect(read.usage.map(({ deviceId }) => deviceId)).toEqual([
      'wandb:lab:ranking:x1:gpu0',
      'wandb:lab:ranking:x1:gpu0@node-1',
      'wandb:x2:gpu0',
    ]);
    expect(read.usage[0]!.intervalMs).toBe(15_000);
    expect(read.warnings).toMatchObject([{ code: 'several-machines' }]);
  });

  it('are rejected where they cannot be', async () => {
    const read = await readText('x1.csv', '_timestamp,system.gpu.0.gpu\n,10\n1791968400,400\n');
    expect(read.rejects).toMatchObject([
      { code: 'missing-value', where: expect.stringMatching(/x1.csv:2:_timestamp$/) },
      { code: 'out-of-range', where: expect.stringMatching(/x1.csv:3:system.gpu.0.gpu$/) },
    ]);
  });
});

describe('histories', () => {
  it('say when work was saved', async () => {
    const rows = [
      { _step: 0, _timestamp: START / 1000, loss: 2 },
      { _step: 1, _timestamp: START / 1000 + 60, loss: 1, checkpoint_step: 1 },
      { _step: 2, _timestamp: START / 1000 + 90, saved: true },
    ];
    const read = await readJson('x1.history.jsonl', rows, { set: { project: 'lab/ranking' } });
    expect(read.checkpoints).toEqual([{ workloadId: 'wandb:lab/ranking/x1', atMs: START + 60_000 }]);
    const mapped = await readJson('x1.history.jsonl', rows, { map: { checkpoint: 'saved' } });
    expect(mapped.checkpoints).toEqual([{ workloadId: 'wandb:x1', atMs: START + 90_000 }]);
  });

  it('are refused where they say nothing of the kind', async () => {
    await expect(readJson('x1.jsonl', [{ _step: 0, _timestamp: 1, loss: 2 }])).rejects.toThrow(
      '--map checkpoint=THEIRS',
    );
  });
});
