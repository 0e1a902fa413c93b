import { podWorkloadId } from '../../domain/fleet/workload-ids.ts';
import type { EpochMs, TimeWindow } from '../../domain/time/window.ts';
import { formatInstant } from '../../domain/time/window.ts';
import { groupBy } from './group-by.ts';
import { type Intervals, intersect, unite } from './intervals.ts';
import { coveredBy, sortedSlots, usualIntervalOfAll } from './sample-interval.ts';
import { type Labels, pickLabel, type Series } from './series.ts';

/** Resources of kube-state-metrics that are GPUs or parts of one. */
export const GPU_RESOURCE_PATTERN =
  'nvidia_com_gpu|nvidia_com_gpu_shared|nvidia_com_mig_.+|amd_com_gpu|gpu_intel_com_(i915|xe)|habana_ai_gaudi';
const GPU_RESOURCE = new RegExp(`^(${GPU_RESOURCE_PATTERN})$`);

export const NODE_METRICS = ['kube_node_info', 'kube_node_labels', 'kube_node_created'] as const;
export const POD_METRICS = [
  'kube_pod_labels',
  'kube_pod_owner',
  'kube_pod_status_phase',
  'kube_pod_status_reason',
  'kube_pod_created',
  'kube_pod_start_time',
  'kube_pod_completion_time',
  'kube_pod_container_status_restarts_total',
  'kube_pod_container_state_started',
] as const;
/** Of a Job that a queue holds back, since before it has pods. */
export const JOB_METRICS = ['kube_job_created'] as const;
/** Why a pod failed that was told to go. */
export const PREEMPTING_REASONS = ['Evicted', 'NodeLost', 'Shutdown', 'NodeAffinity'] as const;
export const CAPACITY_METRICS = ['kube_node_status_capacity', 'kube_node_status_allocatable'] as const;
export const REQUESTS_METRIC = 'kube_pod_container_resource_requests';

export type KubeState = Readonly<{
  nodes: ReadonlyMap<string, KubeNode>;
  /** By workload id. */
  pods: ReadonlyMap<string, KubePod>;
}>;

export type KubeNode = Readonly<{
  name: string;
  /** When kube-state-metrics listed the node. */
  listed: Intervals;
  /** In order; the first reaches back and the last forward without end. Empty when nothing says when the node was created. */
  lives: readonly NodeLife[];
  infos: readonly Described[];
  labels: readonly Described[];
  /** GPU resources, the most that was seen: `nvidia_com_gpu` → 8. */
  resources: ReadonlyMap<string, number>;
}>;

/** One machine under a node's name: a replaced node keeps the name and gets a new creation time. */
export type NodeLife = TimeWindow & Readonly<{ id: string; createdMs: EpochMs }>;

type Described = Readonly<{ labels: Labels; slots: readonly EpochMs[] }>;

export type KubePod = Readonly<{
  namespace: string | null;
  pod: string;
  labels: Labels;
  owner: Readonly<{ kind: string; name: string }> | null;
  /** When the Job that owns it was asked for; `null` for other owners, and where nothing says. */
  jobCreatedMs: EpochMs | null;
  requests: readonly PodRequest[];
  life: PodLife;
}>;

/** How a pod came and went, as far as it was listed. */
export type PodLife = Readonly<{
  asksForGpus: boolean;
  createdMs: EpochMs | null;
  startedMs: EpochMs | null;
  completedMs: EpochMs | null;
  /** The last phase that was seen, and until when. */
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | null;
  phaseUntilMs: EpochMs | null;
  /** `Evicted`, `NodeLost`, …: why a pod failed that did nothing wrong. */
  reason: string | null;
  /** How often its containers had been started again, at each time it was seen; only where that changed. */
  restarts: readonly Readonly<{ atMs: EpochMs; count: number; startedMs: EpochMs | null }>[];
}>;

/** What a pod held by its request: only while it ran, for a pending pod holds nothing and a finished one goes on being listed. */
export type PodRequest = Readonly<{ node: string; resource: string; count: number; held: Intervals }>;

export function isKubeMetric(name: string): boolean {
  return (
    name === REQUESTS_METRIC ||
    [...NODE_METRICS, ...POD_METRICS, ...JOB_METRICS, ...CAPACITY_METRICS].some((metric) => metric === name)
  );
}

/** Reads what kube-state-metrics says about nodes and pods. */
export function readKubeState(series: readonly Series[], stepMs: number): KubeState {
  const ofKube = series.filter(({ name }) => isKubeMetric(name));
  const intervalMs = usualIntervalOfAll(ofKube.map(({ samples }) => samples.map(([at]) => at))) ?? stepMs;
  return { nodes: readNodes(ofKube, intervalMs), pods: readPods(ofKube, intervalMs) };
}

/** The life a node was in at an instant; `null` when nothing says. */
export function lifeAt(node: KubeNode | undefined, atMs: EpochMs): NodeLife | null {
  return node?.lives.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs) ?? null;
}

/** The last description of a node inside a window, or the last one at all. */
export function describedIn(descriptions: readonly Described[], window: TimeWindow): Labels {
  let best: { labels: Labels; at: EpochMs; isInside: boolean } | undefined;
  for (const { labels, slots } of descriptions) {
    const inside = slots.filter((slot) => window.fromMs <= slot && slot < window.toMs);
    const at = (inside.length > 0 ? inside : slots).at(-1) ?? Number.NEGATIVE_INFINITY;
    const isInside = inside.length > 0;
    const isBetter = !best || (isInside !== best.isInside ? isInside : at > best.at);
    if (isBetter) best = { labels, at, isInside };
  }
  return best?.labels ?? {};
}

function readNodes(series: readonly Series[], intervalMs: number): Map<string, KubeNode> {
  const byNode = groupBy(
    series.filter(({ name, labels }) => isNodeMetric(name) && isUsableResource(name, labels)),
    ({ labels }) => subject(labels, 'node'),
  );
  return new Map(
    [...byNode].map(([name, ofNode]) => [
      name,
      {
        name,
        listed: coveredBy(
          sortedSlots(ofNode.flatMap(({ samples }) => samples.map(([at]) => at))),
          intervalMs,
        ),
        lives: livesOf(name, ofNode),
        infos: described(ofNode, 'kube_node_info'),
        labels: described(ofNode, 'kube_node_labels'),
        resources: resourcesOf(ofNode),
      },
    ]),
  );
}

function isNodeMetric(name: string): boolean {
  return name.startsWith('kube_node_');
}

function isUsableResource(name: string, labels: Labels): boolean {
  return name.startsWith('kube_node_status_') ? GPU_RESOURCE.test(labels['resource'] ?? '') : true;
}

function livesOf(node: string, ofNode: readonly Series[]): NodeLife[] {
  const createdBySlot = new Map<EpochMs, number>();
  for (const { name, samples } of ofNode) {
    if (name !== 'kube_node_created') continue;
    // Two answers at once: a new machine took the name over, and the old one is on its way out.
    for (const [at, seconds] of samples)
      createdBySlot.set(at, Math.max(createdBySlot.get(at) ?? 0, seconds * 1000));
  }
  const lives: { id: string; createdMs: EpochMs; fromMs: EpochMs; toMs: EpochMs }[] = [];
  for (const [at, createdMs] of [...createdBySlot].sort(([a], [b]) => a - b)) {
    const last = lives.at(-1);
    if (last?.createdMs === createdMs) continue;
    if (last) last.toMs = at;
    lives.push({
      id: `${node}@${formatInstant(createdMs)}`,
      createdMs,
      fromMs: last ? at : Number.NEGATIVE_INFINITY,
      toMs: Number.POSITIVE_INFINITY,
    });
  }
  return lives;
}

function described(ofNode: readonly Series[], metric: string): Described[] {
  return ofNode
    .filter(({ name }) => name === metric)
    .map(({ labels, samples }) => ({ labels, slots: samples.map(([at]) => at) }));
}

function resourcesOf(ofNode: readonly Series[]): Map<string, number> {
  const resources = new Map<string, number>();
  for (const { name, labels, samples } of ofNode) {
    const resource = labels['resource'];
    if (!name.startsWith('kube_node_status_') || resource === undefined) continue;
    const most = samples.reduce((most, [, count]) => Math.max(most, count), 0);
    if (most > 0) resources.set(resource, Math.max(resources.get(resource) ?? 0, most));
  }
  return resources;
}

function readPods(series: readonly Series[], intervalMs: number): Map<string, KubePod> {
  const byPod = groupBy(
    series.filter(({ name }) => name.startsWith('kube_pod_')),
    ({ labels }) => {
      const pod = subject(labels, 'pod');
      return pod === null ? null : podWorkloadId(subject(labels, 'namespace'), pod);
    },
  );
  const jobs = groupBy(
    series.filter(({ name }) => name === 'kube_job_created'),
    ({ labels }) => {
      const job = subject(labels, 'job_name');
      return job === null ? null : podWorkloadId(subject(labels, 'namespace'), job);
    },
  );
  return new Map([...byPod].map(([id, ofPod]) => [id, podOf(ofPod, jobs, intervalMs)]));
}

function podOf(
  ofPod: readonly Series[],
  jobs: ReadonlyMap<string, readonly Series[]>,
  intervalMs: number,
): KubePod {
  const labels = ofPod[0]!.labels;
  const owner = lastOf(ofPod, 'kube_pod_owner');
  const ownerKind = owner && pickLabel(owner, 'owner_kind');
  const ownerName = (owner && pickLabel(owner, 'owner_name')) ?? '';
  const namespace = subject(labels, 'namespace');
  const ofJob = ownerKind === 'Job' ? jobs.get(podWorkloadId(namespace, ownerName)) : undefined;
  return {
    namespace,
    pod: subject(labels, 'pod')!,
    labels: lastOf(ofPod, 'kube_pod_labels') ?? {},
    // A pod without a controller is listed with the owner `<none>`.
    owner: ownerKind && ownerKind !== '<none>' ? { kind: ownerKind, name: ownerName } : null,
    jobCreatedMs: ofJob === undefined ? null : instantOf(ofJob, 'kube_job_created'),
    requests: requestsOf(ofPod, intervalMs),
    life: lifeOf(ofPod, intervalMs),
  };
}

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed'] as const;

function rankOf(phase: string | undefined): number {
  return PHASES.indexOf(phase as (typeof PHASES)[number]);
}

function lifeOf(ofPod: readonly Series[], intervalMs: number): PodLife {
  const phases = ofPod
    .filter(({ name }) => name === 'kube_pod_status_phase')
    .flatMap(({ labels, samples }) =>
      samples.flatMap(([at, value]) => (value === 1 ? [{ at, phase: labels['phase'] }] : [])),
    )
    .sort((a, b) => a.at - b.at || rankOf(a.phase) - rankOf(b.phase));
  const last = phases.at(-1);
  return {
    asksForGpus: ofPod.some(
      ({ name, labels }) => name === REQUESTS_METRIC && GPU_RESOURCE.test(labels['resource'] ?? ''),
    ),
    createdMs: instantOf(ofPod, 'kube_pod_created'),
    startedMs: instantOf(ofPod, 'kube_pod_start_time'),
    completedMs: instantOf(ofPod, 'kube_pod_completion_time'),
    phase: PHASES.find((one) => one === last?.phase) ?? null,
    phaseUntilMs: last === undefined ? null : last.at + intervalMs,
    reason:
      ofPod.find(
        ({ name, samples }) => name === 'kube_pod_status_reason' && samples.some(([, value]) => value === 1),
      )?.labels['reason'] ?? null,
    restarts: restartsOf(ofPod),
  };
}

/** Of metrics whose value is a time, in seconds. */
function instantOf(ofPod: readonly Series[], metric: string): EpochMs | null {
  const values = ofPod
    .filter(({ name }) => name === metric)
    .flatMap(({ samples }) => samples.map(([, value]) => value));
  return values.length === 0 ? null : Math.round(Math.max(...values) * 1000);
}

function restartsOf(ofPod: readonly Series[]): PodLife['restarts'] {
  const sums = new Map<EpochMs, number>();
  const started = new Map<EpochMs, EpochMs>();
  for (const { name, samples } of ofPod) {
    for (const [at, value] of samples) {
      if (name === 'kube_pod_container_status_restarts_total') sums.set(at, (sums.get(at) ?? 0) + value);
      if (name === 'kube_pod_container_state_started')
        started.set(at, Math.max(started.get(at) ?? 0, Math.round(value * 1000)));
    }
  }
  const counts = [...sums].sort(([a], [b]) => a - b);
  return counts.flatMap(([atMs, count], index) =>
    index > 0 && counts[index - 1]![1] === count
      ? []
      : [{ atMs, count, startedMs: started.get(atMs) ?? null }],
  );
}

function lastOf(series: readonly Series[], metric: string): Labels | null {
  let best: Series | undefined;
  for (const candidate of series) {
    if (candidate.name !== metric || candidate.samples.length === 0) continue;
    if (!best || candidate.samples.at(-1)![0] > best.samples.at(-1)![0]) best = candidate;
  }
  return best?.labels ?? null;
}

function requestsOf(ofPod: readonly Series[], intervalMs: number): PodRequest[] {
  const running = coveredBy(
    sortedSlots(
      ofPod
        .filter(({ name, labels }) => name === 'kube_pod_status_phase' && labels['phase'] === 'Running')
        .flatMap(({ samples }) => samples.filter(([, value]) => value === 1).map(([at]) => at)),
    ),
    intervalMs,
  );
  const requests = ofPod.filter(
    ({ name, labels }) => name === REQUESTS_METRIC && GPU_RESOURCE.test(labels['resource'] ?? ''),
  );
  const byPlace = groupBy(requests, ({ labels }) => {
    const node = subject(labels, 'node');
    return node === null ? null : JSON.stringify([node, labels['resource']]);
  });
  return [...byPlace].map(([place, ofPlace]) => {
    const [node, resource] = JSON.parse(place) as [string, string];
    const slots = sortedSlots(ofPlace.flatMap(({ samples }) => samples.map(([at]) => at)));
    return {
      node,
      resource,
      count: countOf(ofPlace),
      held: intersect(coveredBy(slots, intervalMs), unite(running)),
    };
  });
}

/** Containers of a pod hold devices side by side; the same container seen through two exporters counts once. */
function countOf(requests: readonly Series[]): number {
  const byContainer = new Map<string, number>();
  for (const { labels, samples } of requests) {
    const container = subject(labels, 'container') ?? '';
    const most = samples.reduce((most, [, value]) => Math.max(most, value), 0);
    byContainer.set(container, Math.max(byContainer.get(container) ?? 0, most));
  }
  return [...byContainer.values()].reduce((sum, count) => sum + count, 0);
}

/** Without `honorLabels`, what a series is about is `exported_pod`, and `pod` is kube-state-metrics itself. */
function subject(labels: Labels, name: string): string | null {
  return pickLabel(labels, `exported_${name}`, name);
}
