import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlflowIsMissing, type RunningMlflow, startMlflow } from '../../../test/support/mlflow-server.ts';
import { collectReading, type ReadFacts } from '../../../test/support/read-source.ts';
import { smallCatalog } from '../../../test/support/small-catalog.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type TimeWindow } from '../../domain/time/window.ts';
import type { LiveSource } from '../../ports/source.ts';
import { createMlflowSource, type MlflowSourceOptions } from './live-source.ts';

const missing = mlflowIsMissing();
const START = Date.UTC(2026, 9, 14, 9);
const NOW = START + 12 * HOUR_MS;
const WINDOW: TimeWindow = { fromMs: START - HOUR_MS, toMs: NOW };

/** One GPU, sampled every ten seconds for two minutes. */
const gpuMetrics = (gpu: string, startMs: number, percent: number) =>
  Array.from({ length: 12 }, (_, step) => {
    const timestamp = startMs + step * 10 * SECOND_MS;
    return [
      { key: `system/${gpu}_utilization_percentage`, value: percent, timestamp, step },
      { key: `system/${gpu}_memory_usage_megabytes`, value: 1048.576, timestamp, step },
      { key: `system/${gpu}_power_usage_watts`, value: 400.5, timestamp, step },
    ];
  }).flat();

describe.skipIf(missing !== null)(`a real MLflow${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let mlflow: RunningMlflow;
  let read: ReadFacts;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    mlflow = await startMlflow();
    await recordEverything(mlflow, ids);
    read = await readAll(sourceOf());
  });
  afterAll(() => mlflow?.stop());

  const sourceOf = (options: Partial<MlflowSourceOptions> = {}) =>
    createMlflowSource({
      name: 'lab',
      url: mlflow.url,
      catalog: smallCatalog,
      clock: { nowMs: () => NOW },
      gpuModel: 'NVIDIA H100 80GB HBM3',
      ...options,
    });
  const runOf = (name: string, facts = read) =>
    facts.runs.find(({ runId }) => runId === `mlflow:${ids[name]}`)!;
  const isOf = (name: string) => (fact: { workloadId: string }) => fact.workloadId === `mlflow:${ids[name]}`;
  const deviceOf = (name: string, gpu: string) => `mlflow:${ids[name]}:${gpu}`;

  it('reads each run once, the deleted one too', () => {
    expect(read.runs.map(({ runId }) => runId).sort()).toEqual(
      Object.values(ids)
        .map((id) => `mlflow:${id}`)
        .sort(),
    );
    expect(read.totals).toMatchObject({ runs: Object.keys(ids).length, deleted: 1 });
    expect(runOf('deleted').attributes).toMatchObject({ 'mlflow:lifecycle': 'deleted' });
  });

  it('reads a finished run with parameters, metrics, owners and fingerprint', () => {
    expect(runOf('finished')).toEqual({
      runId: `mlflow:${ids['finished']}`,
      attempt: 1,
      name: 'ranker',
      experiment: 'ranking',
      state: 'succeeded',
      stateDetail: 'FINISHED',
      queue: null,
      queuedMs: null,
      startMs: START,
      endMs: START + 2 * MINUTE_MS,
      workloadId: `mlflow:${ids['finished']}`,
      parentRunId: null,
      fingerprint: runOf('again').fingerprint,
      parameters: { lr: '0.1', depth: '12' },
      metrics: { accuracy: 0.91 },
      attributes: {
        'label:team': 'search',
        'label:stage': 'nightly',
        'mlflow:experiment': 'ranking',
        'mlflow:user': 'ana',
        'mlflow:source': 'train.py',
      },
    });
    expect(runOf('finished').fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(runOf('failed').fingerprint).toBeNull();
  });

  it('turns system metrics into samples of devices of its own, held and paid for as long as the run', () => {
    const device = deviceOf('finished', 'gpu1');
    const samples = read.usage.filter(({ deviceId }) => deviceId === device);
    expect(samples).toHaveLength(12);
    expect(samples[0]).toEqual({
      deviceId: device,
      atMs: START,
      intervalMs: 10_000,
      activity: { busyPpm: 400_000, effectivePpm: 400_000, basis: 'gpu_util', isContradictory: false },
      memoryUsedMib: 1000,
      powerWatts: 400.5,
    });
    expect(read.allocations.filter(isOf('finished')).map(({ deviceId }) => deviceId)).toEqual([
      deviceOf('finished', 'gpu0'),
      device,
    ]);
    expect(read.capacity.find(({ deviceId }) => deviceId === device)).toMatchObject({
      gpuModel: 'H100-SXM5-80GB',
      startMs: START,
      endMs: START + 2 * MINUTE_MS,
    });
    expect(read.workloads.filter(isOf('finished'))).toMatchObject([{ kind: 'training', name: 'ranker' }]);
  });

  it('keeps the machines of a run on several apart', () => {
    expect(read.allocations.filter(isOf('twoMachines')).map(({ deviceId }) => deviceId)).toEqual([
      deviceOf('twoMachines', 'node-a:gpu0'),
      deviceOf('twoMachines', 'node-b:gpu0'),
    ]);
  });

  it('loses of a failed run what it did after its last checkpoint', () => {
    expect(runOf('failed')).toMatchObject({ state: 'failed', stateDetail: 'FAILED' });
    const [hold] = read.allocations.filter(isOf('failed'));
    expect(hold!.lostFromMs).toBe(START + 90 * SECOND_MS);
    expect(read.checkpoints.filter(isOf('failed')).map(({ atMs }) => (atMs - START) / SECOND_MS)).toEqual([
      30, 60, 90,
    ]);
  });

  it('calls a killed run cancelled, without devices where nobody knows any', () => {
    expect(runOf('killed')).toMatchObject({ state: 'cancelled', workloadId: null });
    expect(read.allocations.filter(isOf('killed'))).toEqual([]);
  });

  it('lets nested runs share the devices of their parent', () => {
    expect(runOf('nested')).toMatchObject({
      parentRunId: `mlflow:${ids['finished']}`,
      workloadId: `mlflow:${ids['finished']}`,
    });
    expect(read.usage.some(({ deviceId }) => deviceId.includes(ids['nested']!))).toBe(false);
  });

  it('names the holder that a run names, and brings no devices then', async () => {
    expect(runOf('job').workloadId).toBe('job:4711');
    expect(runOf('pod').workloadId).toBe('ml/train-7');
    expect(read.checkpoints).toContainEqual({ workloadId: 'ml/train-7', atMs: START + MINUTE_MS });
    expect(read.usage.some(({ deviceId }) => deviceId.includes(ids['job']!))).toBe(false);
    const fromSlurm = await readAll(sourceOf({ slurmCluster: 'prod' }));
    expect(runOf('job', fromSlurm).workloadId).toBe('slurm:prod:4711');
  });

  it('keeps an open run open, and ends one that fell silent with its last metric', async () => {
    expect(runOf('running')).toMatchObject({ state: 'running', endMs: null });
    expect(read.allocations.filter(isOf('running'))).toMatchObject([{ endMs: null, lostFromMs: null }]);
    expect(runOf('silent')).toMatchObject({
      state: 'unknown',
      stateDetail: 'RUNNING, silent since 2026-10-14T09:01:50Z',
      endMs: START + 110 * SECOND_MS,
      attributes: { 'mlflow:end': 'estimated' },
    });
    expect(read.allocations.filter(isOf('silent'))).toMatchObject([{ lostFromMs: null }]);
    expect(read.warnings).toContainEqual(expect.objectContaining({ code: 'end-estimated', count: 1 }));
    const patient = await readAll(sourceOf({ silentAfterMs: 24 * HOUR_MS }));
    expect(runOf('silent', patient)).toMatchObject({ state: 'running', endMs: null });
  });

  it('reads page by page what it reads at once', async () => {
    const paged = await readAll(sourceOf({ pageSize: 2, pointsPerPage: 5 }));
    expect(sorted(paged)).toEqual(sorted(read));
  });

  it('puts a run into the chunk of the hour that it ended in', async () => {
    const source = sourceOf();
    const chunks = source.chunks(WINDOW);
    expect(chunks.map(({ name }) => name).slice(0, 3)).toEqual(['open', '2026-10-14T07', '2026-10-14T08']);
    expect(chunks.at(-1)!.name).toBe('2026-10-14T20');
    const late = await collectReading(source.read(hour(11), never));
    expect(late.runs.map(({ runId }) => runId)).toEqual([`mlflow:${ids['late']}`]);
    const past = source.chunks({ fromMs: START, toMs: START + HOUR_MS });
    expect(past.map(({ name }) => name)).toEqual(['2026-10-14T08', '2026-10-14T09']);
  });

  it('reads the experiments that are wanted', async () => {
    const one = await readAll(sourceOf({ experiments: ['rank*'] }));
    expect(new Set(one.runs.map(({ experiment }) => experiment))).toEqual(new Set(['ranking']));
    const none = await readAll(sourceOf({ experiments: ['rank'] }));
    expect(none.runs).toEqual([]);
  });

  it('asks for another metric when runs save their work under it', async () => {
    const other = await readAll(sourceOf({ checkpointMetrics: ['saved'] }));
    expect(other.checkpoints).not.toContainEqual(expect.objectContaining({ atMs: START + 90 * SECOND_MS }));
    expect(other.allocations.filter(isOf('failed'))).toMatchObject([{ lostFromMs: START }]);
  });

  it('tells the doctor what it sees', async () => {
    const [found] = await sourceOf().probe(never);
    expect(found).toMatchObject({ status: 'fine', remedy: null });
    expect(found!.message).toMatch(/MLflow \d+\.\d+\.\d+: 3 experiments$/);
    expect(await sourceOf({ experiments: ['nothing'] }).probe(never)).toMatchObject([{ status: 'look' }]);
    expect(await sourceOf({ url: `${mlflow.url}/elsewhere` }).probe(never)).toMatchObject([
      { status: 'failing', message: expect.stringContaining('not the API of an MLflow tracking server') },
    ]);
  });
});

const never = new AbortController().signal;
const hour = (at: number) => ({ fromMs: Date.UTC(2026, 9, 14, at), toMs: Date.UTC(2026, 9, 14, at + 1) });

async function readAll(source: LiveSource): Promise<ReadFacts> {
  async function* batches() {
    for (const chunk of source.chunks(WINDOW)) {
      const reading = source.read(chunk.window, never);
      yield* reading.batches;
      for (const [name, value] of Object.entries(reading.summary.totals))
        summary.totals[name] = Number(summary.totals[name] ?? 0) + Number(value);
      summary.warnings.push(...reading.summary.warnings);
    }
  }
  const summary: ReadFacts = { rowsRead: 0, rejects: [], warnings: [], totals: {} } as unknown as ReadFacts;
  return collectReading({ batches: batches(), summary });
}

/** The order within a millisecond is up to the database. */
function sorted(facts: ReadFacts): unknown {
  const { runs, usage, allocations, capacity, checkpoints } = facts;
  return [runs, usage, allocations, capacity, checkpoints].map((list) =>
    list.map((fact) => JSON.stringify(fact)).sort(),
  );
}

async function recordEverything(mlflow: RunningMlflow, ids: Record<string, string>): Promise<void> {
  const experimentId = await mlflow.createExperiment('ranking');
  const other = await mlflow.createExperiment('speech');
  const end = { status: 'FINISHED', atMs: START + 2 * MINUTE_MS } as const;
  const tags = {
    team: 'search',
    stage: 'nightly',
    'mlflow.user': 'ana',
    'mlflow.source.name': 'train.py',
    'mlflow.source.git.commit': '9f2c',
  };
  const work = { parameters: { lr: '0.1', depth: '12' }, datasets: ['digest-b', 'digest-a'], tags };
  const accuracy = { key: 'accuracy', value: 0.91, timestamp: START + MINUTE_MS, step: 1 };
  const loss = { key: 'loss', value: 'NaN', timestamp: START, step: 0 };
  ids['finished'] = await mlflow.recordRun({
    ...{ experimentId, name: 'ranker', startMs: START, ...work, end },
    metrics: [...gpuMetrics('gpu_0', START, 80), ...gpuMetrics('gpu_1', START, 40), accuracy, loss],
  });
  ids['again'] = await mlflow.recordRun({ experimentId, startMs: START, ...work, end });
  ids['nested'] = await mlflow.recordRun({
    ...{ experimentId, startMs: START, end, tags: { 'mlflow.parentRunId': ids['finished'] } },
    metrics: gpuMetrics('gpu_0', START, 80),
  });
  ids['twoMachines'] = await mlflow.recordRun({
    ...{ experimentId, startMs: START, end },
    metrics: [...gpuMetrics('node-a/gpu_0', START, 10), ...gpuMetrics('node-b/gpu_0', START, 20)],
  });
  ids['failed'] = await mlflow.recordRun({
    ...{ experimentId, startMs: START, end: { ...end, status: 'FAILED' } },
    metrics: [
      ...gpuMetrics('gpu_0', START, 90),
      ...[30, 60, 90].map((seconds, step) => ({
        ...{ key: 'checkpoint_step', value: step, timestamp: START + seconds * SECOND_MS, step },
      })),
    ],
  });
  ids['killed'] = await mlflow.recordRun({
    ...{ experimentId, startMs: START, end: { ...end, status: 'KILLED' } },
  });
  ids['deleted'] = await mlflow.recordRun({ experimentId, startMs: START, end, isDeleted: true });
  ids['job'] = await mlflow.recordRun({
    ...{ experimentId, startMs: START, end, parameters: { SLURM_JOB_ID: '4711' } },
    metrics: gpuMetrics('gpu_0', START, 80),
  });
  ids['pod'] = await mlflow.recordRun({
    ...{ experimentId: other, startMs: START, end },
    tags: { pod_name: 'train-7', pod_namespace: 'ml', 'tare.checkpoint': '2026-10-14T09:01:00Z' },
  });
  ids['running'] = await mlflow.recordRun({
    ...{ experimentId: other, startMs: NOW - 5 * MINUTE_MS },
    metrics: gpuMetrics('gpu_0', NOW - 5 * MINUTE_MS, 70),
  });
  ids['silent'] = await mlflow.recordRun({
    ...{ experimentId: other, startMs: START },
    metrics: gpuMetrics('gpu_0', START, 70),
  });
  ids['late'] = await mlflow.recordRun({
    ...{ experimentId: other, startMs: START, end: { ...end, atMs: START + 2.5 * HOUR_MS } },
  });
}
