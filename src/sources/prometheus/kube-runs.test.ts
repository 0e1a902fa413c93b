import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { smallCatalog } from '../../../test/support/small-catalog.ts';
import type { FactBatch } from '../../domain/facts/facts.ts';
import { formatInstant, MINUTE_MS } from '../../domain/time/window.ts';
import type { KubePod } from './kube-state.ts';
import { runOfPod } from './run-of-pod.ts';
import { createPrometheusTextSource } from './text-source.ts';

const NINE = Date.UTC(2026, 9, 14, 9);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-kube-runs-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Pod = Readonly<{
  name: string;
  /** GPU of the node that the exporter names it on. */
  card: number;
  /** Minutes after nine. */
  from: number;
  to: number;
  /** When it starts, where it is pending before. */
  starts?: number;
  /** How it is listed behind that; not at all when absent. */
  ends?: 'Failed' | 'Succeeded';
  reason?: string;
  restartsAt?: number;
  labels?: Readonly<Record<string, string>>;
  owner?: readonly [string, string];
  /** When the Job that owns it was asked for, in minutes after nine. */
  jobFrom?: number;
}>;

const worker = (index: number) => ({
  training_kubeflow_org_job_name: 'llm',
  training_kubeflow_org_operator_name: 'pytorchjob-controller',
  training_kubeflow_org_replica_type: 'worker',
  training_kubeflow_org_replica_index: `${index}`,
  team: 'search',
});

/** Ninety minutes of a node with two GPUs, scraped once a minute. */
async function read(pods: readonly Pod[]) {
  const lines: string[] = [];
  for (let minute = 0; minute < 90; minute++) {
    const at = NINE + minute * MINUTE_MS;
    const add = (name: string, labels: Readonly<Record<string, string>>, value: number) => {
      const texts = Object.entries(labels).map(([key, text]) => `${key}="${text}"`);
      lines.push(`${name}{${texts.join(',')}} ${value} ${at}`);
    };
    for (const card of [0, 1]) {
      const pod = pods.find((one) => one.card === card && one.from <= minute && minute < one.to);
      const held = pod ? { exported_namespace: 'ml', exported_pod: pod.name } : { exported_pod: '' };
      add(
        'DCGM_FI_PROF_GR_ENGINE_ACTIVE',
        { UUID: `GPU-a${card}`, Hostname: 'n1', modelName: 'NVIDIA L4', ...held },
        0.9,
      );
    }
    add('kube_node_info', { node: 'n1' }, 1);
    for (const pod of pods) addPod(pod, minute, add);
  }
  const path = join(folder, 'fleet.prom');
  await writeFile(path, `${lines.sort().join('\n')}\n`);
  const reading = createPrometheusTextSource({ catalog: smallCatalog }).read(path, {
    map: {},
    set: {},
    fields: null,
    currency: 'USD',
    rates: {},
    nowMs: NINE + 86_400_000,
    signal: new AbortController().signal,
  });
  const batches: FactBatch[] = [];
  for await (const batch of reading.batches) batches.push(batch);
  const runs = new Map(
    batches.flatMap(({ runs = [] }) => runs).map((run) => [`${run.runId} ${run.attempt}`, run]),
  );
  return {
    runs: [...runs.values()],
    workloads: batches.flatMap(({ workloads = [] }) => workloads),
    allocations: batches.flatMap(({ allocations = [] }) => allocations),
  };
}

function addPod(
  {
    name,
    from,
    to,
    starts = from,
    ends,
    reason,
    restartsAt,
    labels = {},
    owner = ['PyTorchJob', 'llm'],
    jobFrom,
  }: Pod,
  minute: number,
  add: (name: string, labels: Readonly<Record<string, string>>, value: number) => void,
): void {
  if (minute < from || (minute >= to && ends === undefined)) return;
  const subject = { namespace: 'ml', pod: name };
  const seconds = (at: number) => NINE / 1000 + at * 60;
  const phase = minute < starts ? 'Pending' : minute < to ? 'Running' : ends!;
  const prefixed = Object.fromEntries(Object.entries(labels).map(([key, text]) => [`label_${key}`, text]));
  add('kube_pod_labels', { ...subject, ...prefixed }, 1);
  add('kube_pod_owner', { ...subject, owner_kind: owner[0], owner_name: owner[1] }, 1);
  for (const one of ['Pending', 'Running', 'Failed', 'Succeeded'])
    add('kube_pod_status_phase', { ...subject, phase: one }, one === phase ? 1 : 0);
  add(
    'kube_pod_container_resource_requests',
    { ...subject, node: 'n1', resource: 'nvidia_com_gpu', container: 'c' },
    1,
  );
  add('kube_pod_created', subject, seconds(from));
  if (jobFrom !== undefined)
    add('kube_job_created', { namespace: 'ml', job_name: owner[1] }, seconds(jobFrom));
  if (minute < starts) return;
  add('kube_pod_start_time', subject, seconds(starts));
  if (minute >= to) add('kube_pod_completion_time', subject, seconds(to));
  if (reason !== undefined && minute >= to) add('kube_pod_status_reason', { ...subject, reason }, 1);
  const isRestarted = restartsAt !== undefined && minute >= restartsAt;
  add('kube_pod_container_status_restarts_total', { ...subject, container: 'c' }, isRestarted ? 1 : 0);
  add(
    'kube_pod_container_state_started',
    { ...subject, container: 'c' },
    seconds(isRestarted ? restartsAt : starts),
  );
}

type Read = Awaited<ReturnType<typeof read>>;
const clock = (at: number | null) => (at === null ? null : formatInstant(at).slice(11, 16));
const attempts = ({ runs }: Read) =>
  runs.map(
    ({ runId, attempt, state, startMs, endMs }) =>
      `${runId} ${attempt} ${state} ${clock(startMs)}–${clock(endMs)}`,
  );
const held = ({ allocations }: Read) =>
  allocations.map(
    ({ workloadId, deviceId, startMs, endMs, lostFromMs }) =>
      `${workloadId} ${deviceId} ${clock(startMs)}–${clock(endMs)}${lostFromMs === startMs ? ' lost' : ''}`,
  );

describe('pods of one run', () => {
  it('are one workload on all of their devices', async () => {
    const found = await read([
      { name: 'llm-worker-0', card: 0, from: 0, to: 50, ends: 'Succeeded', labels: worker(0) },
      { name: 'llm-worker-1', card: 1, from: 2, to: 52, ends: 'Succeeded', labels: worker(1) },
    ]);
    expect(attempts(found)).toEqual(['k8s:ml/PyTorchJob/llm 1 succeeded 09:00–09:52']);
    expect(held(found)).toEqual([
      'k8s:ml/PyTorchJob/llm GPU-a0 09:00–09:50',
      'k8s:ml/PyTorchJob/llm GPU-a1 09:02–09:52',
    ]);
    expect(found.workloads[0]).toMatchObject({
      workloadId: 'k8s:ml/PyTorchJob/llm',
      kind: 'training',
      name: 'llm',
      attributes: { 'label:team': 'search', namespace: 'ml', controllerKind: 'TrainingJob' },
    });
    expect(found.workloads[0]!.attributes).not.toHaveProperty('label:training_kubeflow_org_replica_index');
  });

  test.each([
    { name: 'start together', second: { from: 0, to: 80 }, expected: null },
    { name: 'start two minutes apart', second: { from: 0, starts: 2, to: 80 }, expected: null },
    { name: 'wait for one that is pending', second: { from: 0, starts: 40, to: 80 }, expected: '09:40' },
    // The last that was seen is 10:29, and it is pending still.
    { name: 'wait for one that never starts', second: { from: 0, starts: 99, to: 99 }, expected: '10:30' },
    { name: 'wait for one that is created later', second: { from: 30, to: 80 }, expected: '09:30' },
  ])('that $name: until when the gang was not complete', async ({ second, expected }) => {
    const found = await read([
      { name: 'llm-worker-0', card: 0, from: 0, to: 85, labels: worker(0) },
      { name: 'llm-worker-1', card: 'starts' in second ? 7 : 1, labels: worker(1), ...second },
    ]);
    expect(found.runs.map(({ gangUntilMs }) => clock(gangUntilMs ?? null))).toEqual([expected]);
  });

  it('of which one fails: the one in its place is the next attempt, and all that the first did is lost', async () => {
    const found = await read([
      { name: 'llm-worker-0-a', card: 0, from: 0, to: 70, ends: 'Failed', labels: worker(0) },
      { name: 'llm-worker-0-b', card: 0, from: 71, to: 90, labels: worker(0) },
    ]);
    expect(attempts(found)).toEqual([
      'k8s:ml/PyTorchJob/llm 1 failed 09:00–10:10',
      'k8s:ml/PyTorchJob/llm 2 running 10:11–null',
    ]);
    // The first hour was over when it failed, and is lost as well.
    expect(held(found).slice(0, 2)).toEqual([
      'k8s:ml/PyTorchJob/llm GPU-a0 09:00–10:00 lost',
      'k8s:ml/PyTorchJob/llm GPU-a0 10:00–10:10 lost',
    ]);
    expect(held(found)[2]).toMatch(/^k8s:ml\/PyTorchJob\/llm:2 GPU-a0 10:11–/);
  });

  it('that run on while another failed keep the run going', async () => {
    const found = await read([
      { name: 'llm-worker-0', card: 0, from: 0, to: 90, labels: worker(0) },
      { name: 'llm-worker-1', card: 1, from: 0, to: 30, ends: 'Failed', labels: worker(1) },
    ]);
    expect(attempts(found)).toEqual(['k8s:ml/PyTorchJob/llm 1 running 09:00–null']);
    expect(held(found).filter((line) => line.includes('GPU-a1'))).toEqual([
      'k8s:ml/PyTorchJob/llm GPU-a1 09:00–09:30 lost',
    ]);
  });

  it('whose container is started again: what it did before is an attempt that is lost', async () => {
    const found = await read([
      {
        name: 'llm-worker-0',
        card: 0,
        from: 0,
        to: 50,
        ends: 'Succeeded',
        restartsAt: 20,
        labels: worker(0),
      },
    ]);
    expect(attempts(found)).toEqual([
      'k8s:ml/PyTorchJob/llm 1 failed 09:00–09:20',
      'k8s:ml/PyTorchJob/llm 2 succeeded 09:20–09:50',
    ]);
    expect(held(found)).toEqual([
      'k8s:ml/PyTorchJob/llm GPU-a0 09:00–09:20 lost',
      'k8s:ml/PyTorchJob/llm:2 GPU-a0 09:20–09:50',
    ]);
  });

  it.each([
    { end: { ends: 'Failed', reason: 'Evicted' } as const, state: 'preempted', isLost: true },
    { end: {}, state: 'unknown', isLost: false },
  ])('that end as $state', async ({ end, state, isLost }) => {
    const found = await read([{ name: 'llm-worker-0', card: 0, from: 0, to: 30, labels: worker(0), ...end }]);
    expect(attempts(found)).toEqual([`k8s:ml/PyTorchJob/llm 1 ${state} 09:00–09:30`]);
    expect(held(found)).toEqual([`k8s:ml/PyTorchJob/llm GPU-a0 09:00–09:30${isLost ? ' lost' : ''}`]);
  });

  it('of a Job that a queue held back have waited since it was asked for', async () => {
    const job = { card: 0, owner: ['Job', 'evaluate'], jobFrom: 2 } as const;
    const { runs } = await read([
      { ...job, name: 'evaluate-x', from: 20, to: 30, ends: 'Failed' },
      { ...job, name: 'evaluate-y', from: 35, to: 60, ends: 'Succeeded' },
    ]);
    expect(
      runs.map(({ attempt, queuedMs, startMs }) => `${attempt} ${clock(queuedMs)} ${clock(startMs)}`),
    ).toEqual(['1 09:02 09:20', '2 09:35 09:35']);
  });

  it('of a server are none, and stay workloads of their own', async () => {
    const found = await read([
      {
        name: 'web-6c9f7d8b4-2xk9w',
        card: 0,
        from: 0,
        to: 30,
        ends: 'Failed',
        owner: ['ReplicaSet', 'web-6c9f7d8b4'],
      },
    ]);
    expect(found.runs).toEqual([]);
    expect(held(found)).toEqual(['ml/web-6c9f7d8b4-2xk9w GPU-a0 09:00–09:30']);
  });
});

test.each([
  { labels: { tare_dev_run: 'r1', job_name: 'x' }, run: 'k8s:ml/run/r1' },
  { labels: { jobset_sigs_k8s_io_jobset_name: 'js' }, run: 'k8s:ml/JobSet/js' },
  {
    labels: { jobset_sigs_k8s_io_jobset_name: 'js', jobset_sigs_k8s_io_jobset_uid: '0123456789ab' },
    run: 'k8s:ml/JobSet/js@01234567',
  },
  {
    labels: { jobset_sigs_k8s_io_jobset_name: 'tj', trainer_kubeflow_org_trainjob_ancestor_step: 'trainer' },
    run: 'k8s:ml/TrainJob/tj',
  },
  {
    labels: { training_kubeflow_org_job_name: 'm', training_kubeflow_org_operator_name: 'mpi-operator' },
    run: 'k8s:ml/MPIJob/m',
  },
  { labels: { training_kubeflow_org_job_name: 'x' }, run: 'k8s:ml/TrainingJob/x' },
  {
    labels: {
      ray_io_cluster: 'c',
      ray_io_originated_from_crd: 'RayJob',
      ray_io_originated_from_cr_name: 'ray',
    },
    run: 'k8s:ml/RayJob/ray',
  },
  { labels: { ray_io_cluster: 'c', ray_io_originated_from_crd: 'RayCluster' }, run: null },
  { labels: { leaderworkerset_sigs_k8s_io_name: 'lws' }, run: 'k8s:ml/LeaderWorkerSet/lws' },
  {
    labels: { kueue_x_k8s_io_job_uid: 'abcdefghij', batch_kubernetes_io_job_name: 'q' },
    run: 'k8s:ml/Workload/q@abcdefgh',
  },
  {
    labels: { batch_kubernetes_io_job_name: 'j', controller_uid: 'fedcba9876' },
    run: 'k8s:ml/Job/j@fedcba98',
  },
  { labels: {}, owner: { kind: 'Job', name: 'nightly-29340000' }, run: 'k8s:ml/Job/nightly-29340000' },
  { labels: {}, owner: { kind: 'StatefulSet', name: 's' }, run: null },
  { labels: {}, run: null },
])('a pod with $labels and $owner is of $run', ({ labels, owner = null, run }) => {
  const pod: KubePod = {
    namespace: 'ml',
    pod: 'p',
    labels: Object.fromEntries(Object.entries(labels).map(([key, text]) => [`label_${key}`, text])),
    owner,
    jobCreatedMs: null,
    requests: [],
    life: {
      asksForGpus: true,
      createdMs: null,
      startedMs: null,
      completedMs: null,
      phase: null,
      phaseUntilMs: null,
      reason: null,
      restarts: [],
    },
  };
  expect(runOfPod(pod)?.runId ?? null).toBe(run);
});
