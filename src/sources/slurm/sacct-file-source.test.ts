import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { smallCatalog } from '../../../test/support/small-catalog.ts';
import type { AllocationFact, CapacityFact, FactBatch, RunFact } from '../../domain/facts/facts.ts';
import { formatInstant, HOUR_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { FileReadOptions } from '../../ports/source.ts';
import { createSacctFileSource } from './sacct-file-source.ts';

const NOW = Date.parse('2026-11-01T00:00:00Z');
const PHILLIPS = resolve(import.meta.dirname, '../../../../shared/data/slurm-sacct/phillips.log');
const isMissing = !existsSync(PHILLIPS);
const source = createSacctFileSource({ catalog: smallCatalog });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-sacct-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readText(text: string, options: Partial<FileReadOptions> = {}, name = 'jobs.txt') {
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
    nowMs: NOW,
    signal: new AbortController().signal,
    ...options,
  });
  const batches: FactBatch[] = [];
  for await (const batch of reading.batches) batches.push(batch);
  return {
    summary: reading.summary,
    runs: batches.flatMap(({ runs = [] }) => runs),
    workloads: batches.flatMap(({ workloads = [] }) => workloads),
    allocations: batches.flatMap(({ allocations = [] }) => allocations),
    capacity: batches.flatMap(({ capacity = [] }) => capacity),
    checkpoints: batches.flatMap(({ checkpoints = [] }) => checkpoints),
  };
}

const HEADER = 'JobIDRaw|JobID|State|Account|Partition|Submit|Start|End|ElapsedRaw|NodeList|AllocTRES';
const T = (text: string) => String(Date.parse(`2026-10-${text}Z`) / 1000);
const job = (cells: Partial<Record<string, string>>) =>
  HEADER.split('|')
    .map((field) => {
      const own: Record<string, string> = {
        JobID: cells['JobIDRaw'] ?? '4711',
        JobIDRaw: '4711',
        State: 'COMPLETED',
        Account: 'search',
        Partition: 'gpu',
        Submit: T('14T08:00:00'),
        Start: T('14T09:00:00'),
        End: T('14T11:00:00'),
        ElapsedRaw: '7200',
        NodeList: 'n1',
        AllocTRES: 'cpu=8,gres/gpu=2,node=1',
      };
      return cells[field] ?? own[field]!;
    })
    .join('|');
const file = (...lines: readonly string[]) => [HEADER, ...lines, ''].join('\n');

const attempts = (runs: readonly RunFact[]) =>
  runs.map(({ runId, attempt, state, startMs, endMs }) => [
    `${runId} ${attempt}`,
    state,
    startMs === null ? null : formatInstant(startMs).slice(8, 16),
    endMs === null ? null : formatInstant(endMs).slice(8, 16),
  ]);
const heldHours = (allocations: readonly AllocationFact[], capacity: readonly CapacityFact[]) => {
  const parts = new Map(capacity.map(({ deviceId, gpuParts }) => [deviceId, gpuParts]));
  return allocations.reduce(
    (sum, { deviceId, startMs, endMs }) =>
      sum + ((endMs! - startMs) / HOUR_MS) * (parts.get(deviceId)! / PARTS_PER_GPU),
    0,
  );
};

describe('one job', () => {
  it('is a run with a workload of its own, and holds numbered devices of its node', async () => {
    const { summary, runs, workloads, allocations, capacity } = await readText(
      file(job({ AllocTRES: 'cpu=8,gres/gpu:L4-24GB=2,gres/gpu=2' })),
    );
    expect(runs).toEqual([
      expect.objectContaining({
        runId: 'slurm:4711',
        attempt: 1,
        state: 'succeeded',
        stateDetail: 'COMPLETED',
        queue: 'gpu',
        queuedMs: Date.parse('2026-10-14T08:00:00Z'),
        startMs: Date.parse('2026-10-14T09:00:00Z'),
        endMs: Date.parse('2026-10-14T11:00:00Z'),
        workloadId: 'slurm:4711',
        attributes: { 'slurm:account': 'search', 'slurm:partition': 'gpu' },
      }),
    ]);
    expect(workloads).toEqual([expect.objectContaining({ workloadId: 'slurm:4711', kind: 'training' })]);
    expect(allocations.map(({ deviceId }) => deviceId)).toEqual(['slurm:n1:L4-24GB:0', 'slurm:n1:L4-24GB:1']);
    expect(allocations.map(({ lostFromMs }) => lostFromMs)).toEqual([null, null]);
    expect(capacity[0]).toMatchObject({ node: 'n1', gpuModel: 'L4-24GB', nodeLife: 'slurm:n1' });
    expect(summary.totals).toEqual({
      jobs: 1,
      COMPLETED: 1,
      pending: 0,
      neverStarted: 0,
      steps: 0,
      cpuHours: 16,
      gpuJobs: 1,
      gpuHours: 4,
      lostGpuHours: 0,
    });
    expect(summary.warnings).toEqual([]);
  });

  it.each([
    { state: 'FAILED', run: 'failed', isLost: true },
    { state: 'NODE_FAIL', run: 'failed', isLost: true },
    { state: 'OUT_OF_MEMORY', run: 'failed', isLost: true },
    { state: 'BOOT_FAIL', run: 'failed', isLost: true },
    { state: 'CANCELLED by 1000', run: 'cancelled', isLost: true },
    { state: 'CANCELLED+', run: 'cancelled', isLost: true },
    { state: 'CA', run: 'cancelled', isLost: true },
    { state: 'TIMEOUT', run: 'timed_out', isLost: true },
    { state: 'DEADLINE', run: 'timed_out', isLost: true },
    { state: 'PREEMPTED', run: 'preempted', isLost: true },
    { state: 'REQUEUED', run: 'preempted', isLost: true },
    { state: 'COMPLETED', run: 'succeeded', isLost: false },
  ])('that ended as $state', async ({ state, run, isLost }) => {
    const { runs, allocations, summary } = await readText(file(job({ State: state })));
    expect(runs).toMatchObject([{ state: run, stateDetail: state }]);
    const startMs = Date.parse('2026-10-14T09:00:00Z');
    expect(allocations.map(({ lostFromMs }) => lostFromMs)).toEqual(
      isLost ? [startMs, startMs] : [null, null],
    );
    expect(summary.totals['lostGpuHours']).toBe(isLost ? 4 : 0);
  });

  it.each([
    { state: 'RUNNING', extra: {} },
    { state: 'SUSPENDED', extra: {} },
  ])('that is $state is known until it was printed', async ({ state, extra }) => {
    const { runs, allocations, summary } = await readText(
      file(job({ State: state, End: 'Unknown', ElapsedRaw: '3600', ...extra })),
    );
    expect(runs).toMatchObject([{ state: 'running', endMs: null }]);
    expect(allocations[0]!.endMs).toBe(Date.parse('2026-10-14T10:00:00Z'));
    expect(summary.totals['gpuHours']).toBe(2);
  });

  it('that waits, or was cancelled before it started, holds nothing', async () => {
    const { runs, allocations, summary } = await readText(
      file(
        job({ JobIDRaw: '1', State: 'PENDING', Start: 'Unknown', End: 'Unknown', NodeList: 'None assigned' }),
        job({
          JobIDRaw: '2',
          State: 'CANCELLED by 7',
          Start: T('14T10:00:00'),
          End: T('14T10:00:00'),
          ElapsedRaw: '0',
          NodeList: 'None assigned',
        }),
      ),
    );
    expect(attempts(runs)).toEqual([
      ['slurm:1 1', 'waiting', null, null],
      ['slurm:2 1', 'cancelled', null, null],
    ]);
    expect(allocations).toEqual([]);
    expect(summary.totals).toMatchObject({ pending: 1, neverStarted: 1, gpuJobs: 0, gpuHours: 0 });
  });

  it('on several nodes is spread evenly, and without nodes it is unplaced', async () => {
    const { allocations, capacity, summary } = await readText(
      file(
        job({ JobIDRaw: '1', NodeList: 'n[1-2]', AllocTRES: 'gres/gpu=3,node=2' }),
        job({ JobIDRaw: '2', NodeList: '' }),
      ),
    );
    expect(allocations.map(({ deviceId }) => deviceId)).toEqual([
      'slurm:n1:0',
      'slurm:n1:1',
      'slurm:n2:0',
      'slurm:unplaced:2:0',
      'slurm:unplaced:2:1',
    ]);
    expect(capacity.at(-1)).toMatchObject({ node: 'unplaced', nodeLife: null, gpuModel: 'unknown' });
    expect(summary.warnings).toEqual([expect.objectContaining({ code: 'unplaced-jobs', count: 1 })]);
  });

  it('of several types, and of MIG slices, is a list', async () => {
    const { allocations, capacity, summary } = await readText(
      file(
        job({ AllocTRES: 'gres/gpu:nvidia-l4=1,gres/gpu:nvidia-a30=1,gres/gpu=2' }),
        job({ JobIDRaw: '2', NodeList: 'n2', AllocTRES: 'gres/gpu:H100-SXM5-80GB_1g.10gb=7,gres/gpu=7' }),
      ),
    );
    const models = new Set(capacity.map(({ gpuModel, gpuParts }) => `${gpuModel} ${gpuParts}`));
    expect([...models].sort()).toEqual(['A30-24GB 840000', 'H100-SXM5-80GB 120000', 'L4-24GB 840000']);
    expect(heldHours(allocations, capacity)).toBeCloseTo(2 * 2 + 2, 9);
    expect(summary.totals['gpuHours']).toBe(6);
  });

  it('is cut at midnight, where another takes over the numbers', async () => {
    const { allocations } = await readText(
      file(
        job({ JobIDRaw: '1', AllocTRES: 'gres/gpu=1', Start: T('14T09:00:00'), End: T('14T10:00:00') }),
        job({ JobIDRaw: '2', AllocTRES: 'gres/gpu=1', Start: T('14T09:30:00'), End: T('15T06:00:00') }),
      ),
    );
    expect(
      allocations.map(
        ({ workloadId, deviceId, startMs }) => `${workloadId} ${deviceId} ${formatInstant(startMs)}`,
      ),
    ).toEqual([
      'slurm:1 slurm:n1:0 2026-10-14T09:00:00Z',
      'slurm:2 slurm:n1:1 2026-10-14T09:30:00Z',
      'slurm:2 slurm:n1:0 2026-10-15T00:00:00Z',
    ]);
  });
});

describe('attempts', () => {
  const first = job({
    State: 'PREEMPTED',
    Submit: T('14T08:00:00'),
    End: T('14T10:00:00'),
    ElapsedRaw: '3600',
  });
  const second = job({
    State: 'NODE_FAIL',
    Submit: T('14T10:00:00'),
    Start: T('14T12:00:00'),
    End: T('14T13:00:00'),
    ElapsedRaw: '3600',
  });
  const third = job({ Submit: T('14T13:00:00'), Start: T('14T14:00:00'), End: T('14T16:00:00') });

  it('are the rows of a requeued job, in the order of their submission', async () => {
    const { runs, workloads, summary } = await readText(file(third, first, second));
    expect(attempts(runs)).toEqual([
      ['slurm:4711 1', 'preempted', '14T09:00', '14T10:00'],
      ['slurm:4711 2', 'failed', '14T12:00', '14T13:00'],
      ['slurm:4711 3', 'succeeded', '14T14:00', '14T16:00'],
    ]);
    expect(runs.map(({ workloadId }) => workloadId)).toEqual(['slurm:4711', 'slurm:4711:2', 'slurm:4711:3']);
    expect(workloads).toHaveLength(3);
    expect(summary.totals).toMatchObject({ jobs: 3, gpuJobs: 1, gpuHours: 8, lostGpuHours: 4 });
  });

  it('are the same whatever the order of the rows, also when a row comes twice', async () => {
    const rows = [first, second, third, job({ JobIDRaw: '9', Start: T('14T09:30:00') })];
    const expected = await readText(file(...rows));
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...rows, first, third], { minLength: 6, maxLength: 6 }),
        async (shuffled) => {
          const found = await readText(file(...shuffled), {}, 'shuffled.txt');
          const key = (fact: object) => JSON.stringify(fact);
          for (const kind of ['runs', 'workloads', 'allocations', 'capacity'] as const)
            expect(found[kind].map(key).sort()).toEqual(expected[kind].map(key).sort());
        },
      ),
      { numRuns: 20 },
    );
  });

  it('leave room for those that are not in the file', async () => {
    const header = `${HEADER}|Restarts`;
    const { runs, summary } = await readText([header, `${second}|1`, `${third}|2`].join('\n'));
    expect(runs.map(({ attempt }) => attempt)).toEqual([2, 3]);
    expect(summary.warnings).toEqual([
      expect.objectContaining({ code: 'earlier-attempts-missing', count: 1 }),
    ]);
  });

  it('of a job that was resized go on', async () => {
    const { runs, summary } = await readText(
      file(
        job({ State: 'RESIZING', End: T('14T10:00:00'), ElapsedRaw: '3600' }),
        job({
          State: 'FAILED',
          Submit: T('14T10:00:00'),
          Start: T('14T10:00:00'),
          AllocTRES: 'gres/gpu=1',
          ElapsedRaw: '3600',
        }),
      ),
    );
    expect(attempts(runs)).toEqual([['slurm:4711 1', 'failed', '14T09:00', '14T11:00']]);
    expect(summary.totals).toMatchObject({ gpuHours: 3, lostGpuHours: 3 });
  });

  it('of a heterogeneous job are its components together, as bad as the worst', async () => {
    const { runs, allocations } = await readText(
      file(
        job({ JobIDRaw: '4711', JobID: '4711+0' }),
        job({ JobIDRaw: '4712', JobID: '4711+1', NodeList: 'n2', State: 'FAILED', End: T('14T11:30:00') }),
      ),
    );
    expect(attempts(runs)).toEqual([['slurm:4711 1', 'failed', '14T09:00', '14T11:30']]);
    expect(new Set(allocations.map(({ workloadId }) => workloadId))).toEqual(new Set(['slurm:4711']));
    expect(allocations).toHaveLength(4);
  });

  it('of an array are runs of its tasks; steps and tasks without a number are none', async () => {
    const { runs, summary } = await readText(
      file(
        job({ JobIDRaw: '100', JobID: '99_1' }),
        job({ JobIDRaw: '101', JobID: '99_2' }),
        job({ JobIDRaw: '99', JobID: '99_[3-9%2]', State: 'PENDING', Start: 'Unknown', End: 'Unknown' }),
        job({ JobIDRaw: '100.batch', JobID: '99_1.batch' }),
        job({ JobIDRaw: '100.0', JobID: '99_1.0' }),
      ),
    );
    expect(runs.map(({ runId, experiment }) => [runId, experiment])).toEqual([
      ['slurm:99_1', 'slurm:99'],
      ['slurm:99_2', 'slurm:99'],
    ]);
    expect(summary.totals).toMatchObject({ jobs: 3, pending: 1, steps: 2 });
  });
});

describe('settings', () => {
  it('checkpointInterval: only what came after the last one is lost, and it is said to be stated', async () => {
    const { allocations, checkpoints, summary } = await readText(file(job({ State: 'FAILED' })), {
      set: { checkpointInterval: '50m' },
    });
    const lastMs = Date.parse('2026-10-14T10:40:00Z');
    expect(allocations.map(({ lostFromMs }) => lostFromMs)).toEqual([lastMs, lastMs]);
    expect(checkpoints).toEqual([{ workloadId: 'slurm:4711', atMs: lastMs }]);
    expect(summary.totals['lostGpuHours']).toBe(0.666666667);
    expect(summary.warnings.map(({ code }) => code)).toEqual(['stated-checkpoints']);
  });

  it('devices=telemetry: what another source says that job:ID holds', async () => {
    const { runs, workloads, allocations, capacity } = await readText(
      file(job({ JobIDRaw: '100', JobID: '99_1' })),
      { set: { devices: 'telemetry' } },
    );
    expect(runs).toMatchObject([{ runId: 'slurm:99_1', workloadId: 'job:100' }]);
    expect(workloads.map(({ workloadId }) => workloadId)).toEqual(['job:100']);
    expect([...allocations, ...capacity]).toEqual([]);
  });

  it('cpuJobs=keep makes runs of jobs without GPUs, which hold nothing', async () => {
    const text = file(job({ AllocTRES: 'cpu=8,node=1' }));
    expect((await readText(text)).runs).toEqual([]);
    const kept = await readText(text, { set: { cpuJobs: 'keep' } });
    expect(kept.runs).toHaveLength(1);
    expect(kept.allocations).toEqual([]);
    expect(kept.summary.totals).toMatchObject({ jobs: 1, gpuJobs: 0, cpuHours: 16 });
  });

  it('timezone: local times, with the hour that comes twice told apart by how long the job ran', async () => {
    const night = job({
      Submit: '2026-10-25T01:00:00',
      Start: '2026-10-25T02:50:00',
      End: '2026-10-25T02:10:00',
      ElapsedRaw: '1200',
    });
    const { runs, summary } = await readText(file(night), { set: { timezone: 'Europe/Berlin' } });
    expect(attempts(runs)).toEqual([['slurm:4711 1', 'succeeded', '25T00:50', '25T01:10']]);
    expect(summary.warnings).toEqual([]);
    const assumed = await readText(file(job({ Start: '2026-10-14T09:00:00' })));
    expect(assumed.summary.warnings.map(({ code }) => code)).toEqual(['assumed-utc']);
  });

  it('gaps, gpuModel, kind, lifecycle and where the nodes are', async () => {
    const set = { gaps: 'unpaid', gpuModel: 'L4-24GB', kind: 'batch', lifecycle: 'spot', provider: 'aws' };
    const { capacity, workloads } = await readText(file(job({})), { set });
    expect(capacity[0]).toMatchObject({
      nodeLife: null,
      gpuModel: 'L4-24GB',
      lifecycle: 'spot',
      provider: 'aws',
    });
    expect(workloads[0]!.kind).toBe('batch');
  });

  it.each([
    { set: { timezone: 'Mars/Olympus' }, message: /--set timezone=Mars\/Olympus is not understood/ },
    { set: { devices: 'real' }, message: /Expected own or telemetry/ },
    { set: { checkpointInterval: 'often' }, message: /a duration such as 30m/ },
  ])('a wrong one is refused: $set', async ({ set, message }) => {
    await expect(readText(file(job({})), { set: set as Record<string, string> })).rejects.toThrow(message);
  });
});

describe('formats', () => {
  const FIELDS = HEADER.split('|');
  it.each([
    { name: 'with header', text: file(job({})), options: {} },
    { name: '--parsable, a bar behind each line', text: file(job({})).replaceAll('\n', '|\n'), options: {} },
    { name: 'no header', text: `${job({})}\n`, options: { fields: FIELDS } },
    { name: 'the unit separator', text: file(job({})).replaceAll('|', '\u001f'), options: {} },
    {
      name: 'a delimiter that is stated',
      text: file(job({})).replaceAll('|', '%'),
      options: { set: { delimiter: '%' } },
    },
    { name: 'Windows line ends', text: file(job({})).replaceAll('\n', '\r\n'), options: {} },
    { name: 'lower case', text: file(job({})).replace(HEADER, HEADER.toLowerCase()), options: {} },
    {
      name: 'CSV with quotes',
      text: file(job({}))
        .replaceAll(/[^|\n]+/g, '"$&"')
        .replaceAll('|', ','),
      options: {},
    },
    {
      name: 'renamed fields',
      text: file(job({})).replace('AllocTRES', 'tres'),
      options: { map: { AllocTRES: 'tres' } },
    },
  ])('$name', async ({ text, options }) => {
    const { runs, allocations, summary } = await readText(text, options);
    expect(summary.rejects).toEqual([]);
    expect(attempts(runs)).toEqual([['slurm:4711 1', 'succeeded', '14T09:00', '14T11:00']]);
    expect(allocations).toHaveLength(2);
  });

  it('our own order needs neither header nor --fields, and says what it took', async () => {
    const line = `4711|4711|prod|ann|search|gpu|normal||COMPLETED|${T('14T08:00:00')}|${T('14T08:00:00')}|${T('14T09:00:00')}|${T('14T11:00:00')}|7200|00:00:00|n1|8|cpu=8,gres/gpu=2|cpu=8,gres/gpu=2|train`;
    const { runs, allocations, summary } = await readText(`${line}\n`);
    expect(runs).toMatchObject([{ runId: 'slurm:prod:4711', name: 'train' }]);
    expect(allocations[0]!.deviceId).toBe('slurm:prod:n1:0');
    expect(summary.warnings.map(({ code }) => code)).toEqual(['assumed-fields']);
  });

  it.each([
    { text: 'a|b|c\n', message: /has 3 cells and names no fields of `sacct`.*--fields JobID,JobIDRaw/ },
    {
      text: '       JobID    JobName\n------- -------\n4711  train\n',
      message: /Export again with --parsable2/,
    },
    { text: 'JobID|State|Start|AllocTRES\n', message: /no column `End`/ },
    { text: 'JobIDx|JobName|State|Start|End|AllocTRES\n', message: /names no fields/ },
  ])('what cannot be read is refused: $text', async ({ text, message }) => {
    await expect(readText(text)).rejects.toThrow(message);
  });

  it('a bad line is rejected where it is wrong, the others go in', async () => {
    const { summary, runs } = await readText(
      file(
        job({ JobIDRaw: 'x', JobID: 'x' }),
        job({ State: 'HAPPY' }),
        job({ Start: 'soon' }),
        job({ End: T('14T08:30:00'), ElapsedRaw: '' }),
        job({ End: 'Unknown', ElapsedRaw: '' }),
        job({ NodeList: 'n[1-' }),
        job({ Start: '2027-10-14T09:00:00', End: 'Unknown', State: 'RUNNING' }),
        '4711|COMPLETED',
        job({ JobIDRaw: '5' }),
      ),
    );
    const at = (reject: { where: string; code: string }) =>
      `${reject.where.slice(join(folder, 'jobs.txt').length)} ${reject.code}`;
    expect(summary.rejects.map(at)).toEqual([
      ':2:JobID bad-job-id',
      ':3:State unknown-state',
      ':4:Start bad-time',
      ':5:End end-before-start',
      ':6:End missing-end',
      ':7:NodeList bad-node-list',
      ':8:Start wrong-clock',
      ':9 broken-row',
    ]);
    expect(runs.map(({ runId }) => runId)).toEqual(['slurm:5']);
    expect(summary.rowsRead).toBe(9);
  });

  it('sacct --json', async () => {
    const number = (value: number) => ({ set: true, infinite: false, number: value });
    const answer = {
      meta: { slurm: { version: { major: '24' } } },
      jobs: [
        {
          job_id: 102,
          array: { job_id: 99, task_id: number(3) },
          cluster: 'prod',
          account: 'search',
          name: 'train',
          partition: 'gpu',
          nodes: 'n[1-2]',
          restart_cnt: 0,
          state: { current: ['NODE_FAIL'], reason: 'None' },
          time: { submission: 1_791_964_800, start: 1_791_968_400, end: 1_791_972_000, elapsed: 3600 },
          tres: {
            allocated: [
              { type: 'cpu', name: '', id: 1, count: 96 },
              { type: 'gres', name: 'gpu', id: 1001, count: 8 },
              { type: 'gres', name: 'gpu:nvidia-l4', id: 1002, count: 8 },
            ],
          },
          steps: [{ step: { id: '102.batch' } }],
        },
        {
          job_id: 103,
          array: { job_id: 0 },
          het: { job_id: 0 },
          state: { current: 'PENDING' },
          tres: {},
          time: { start: 0 },
        },
      ],
      errors: [],
    };
    const { runs, allocations, summary } = await readText(JSON.stringify(answer, null, 1), {}, 'jobs.json');
    expect(summary.rejects).toEqual([]);
    expect(runs).toMatchObject([
      { runId: 'slurm:prod:99_3', state: 'failed', experiment: 'slurm:prod:99', name: 'train' },
    ]);
    expect(allocations).toHaveLength(8);
    expect(summary.totals).toMatchObject({ jobs: 2, pending: 1, cpuHours: 96, gpuHours: 8, lostGpuHours: 8 });
  });
});

describe.skipIf(isMissing)(
  `a real log${isMissing ? ' (skipped: the public data is not beside this checkout)' : ''}`,
  () => {
    test('of a university, without header', async () => {
      const { summary, runs, allocations } = await readFrom(PHILLIPS);
      expect(summary.rejects).toEqual([]);
      expect(summary.rowsRead).toBe(4285);
      expect(summary.totals).toEqual({
        jobs: 4285,
        COMPLETED: 2324,
        FAILED: 1717,
        CANCELLED: 243,
        TIMEOUT: 1,
        pending: 0,
        neverStarted: 239,
        steps: 0,
        cpuHours: 11_767.988333333,
        gpuJobs: 2,
        gpuHours: 506.912777778,
        lostGpuHours: 506.903333333,
      });
      expect(summary.warnings.map(({ code, count }) => [code, count])).toEqual([
        ['assumed-fields', 1],
        ['assumed-utc', 4285],
      ]);
      expect(runs.map(({ runId, state, stateDetail }) => [runId, state, stateDetail])).toEqual([
        ['slurm:phillips:163485', 'cancelled', 'CANCELLED by 380693'],
        ['slurm:phillips:196835', 'succeeded', 'COMPLETED'],
      ]);
      const heldMs = allocations.reduce((sum, { startMs, endMs }) => sum + endMs! - startMs, 0);
      expect(heldMs).toBe(2 * (912_426 + 17) * 1000);
      const lostMs = allocations.reduce(
        (sum, { endMs, lostFromMs }) => sum + (lostFromMs === null ? 0 : endMs! - lostFromMs),
        0,
      );
      expect(lostMs).toBe(2 * 912_426 * 1000);
    });
  },
);
