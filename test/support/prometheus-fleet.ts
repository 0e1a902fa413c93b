import { HOUR_MS, MINUTE_MS, type TimeWindow } from '../../src/domain/time/window.ts';

/**
 * An invented fleet as Prometheus would have scraped it: dcgm-exporter (with `honorLabels: false`, so that pods are `exported_pod`)
 * and kube-state-metrics, once a minute for eight hours, seven seconds after the minute (`share-1` on the minute itself).
 *
 * | node | what happens on it |
 * | --- | --- |
 * | `train-1` (2 × A100, on demand) | GPU 0: a training pod that fails at 23:10, and another that takes its place; GPU 1: held by nobody |
 * | `mig-1` (1 × H100, reserved) | 3g.40gb: inference; 1g.10gb: a notebook; 1g.10gb: free; two sevenths never carved out |
 * | `share-1` (1 × L4, spot) | time-sliced for three pods, its value repeated on each |
 * | `spot-1` (1 × L4, spot) | goes at 00:30; another machine takes its name over at 00:50, with another GPU |
 * | `dark-1` (2 GPUs, own) | no exporter; a running pod requests one GPU |
 *
 * Beside that a pod that stays pending, a completed pod that goes on emitting its request, and from 02:00 to 04:00 nothing at all:
 * Prometheus itself was down.
 */
export type PrometheusFleet = Readonly<{
  window: TimeWindow;
  /** `promtool tsdb create-blocks-from openmetrics` and the source `prometheus-text` both take it. */
  openMetrics: string;
}>;

export const FLEET_WINDOW: TimeWindow = {
  fromMs: Date.UTC(2026, 9, 13, 22),
  toMs: Date.UTC(2026, 9, 14, 6),
};
export const FLEET_OUTAGE: TimeWindow = {
  fromMs: Date.UTC(2026, 9, 14, 2),
  toMs: Date.UTC(2026, 9, 14, 4),
};
export const TRAINER_START_MS = Date.UTC(2026, 9, 13, 21, 30);
export const TRAINER_RESTART_MS = Date.UTC(2026, 9, 13, 23, 10);
export const SPOT_GONE_MS = Date.UTC(2026, 9, 14, 0, 30);
export const SPOT_BACK_MS = Date.UTC(2026, 9, 14, 0, 50);

const SCRAPE_OFFSET_MS = 7_250;
const SCRAPED_ON_THE_MINUTE = 'share-1';
const CREATED_MS = Date.UTC(2026, 9, 1);

export function buildPrometheusFleet(): PrometheusFleet {
  const families = new Families();
  for (let minuteMs = FLEET_WINDOW.fromMs; minuteMs < FLEET_WINDOW.toMs; minuteMs += MINUTE_MS) {
    if (minuteMs >= FLEET_OUTAGE.fromMs && minuteMs < FLEET_OUTAGE.toMs) continue;
    scrape(families, minuteMs);
  }
  return { window: FLEET_WINDOW, openMetrics: families.text() };
}

type Labels = Readonly<Record<string, string>>;

/** The format wants all samples of a metric together. */
class Families {
  readonly #lines = new Map<string, string[]>();

  add(name: string, labels: Labels, value: number, minuteMs: number): void {
    const written = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
    const offsetMs = labels['Hostname'] === SCRAPED_ON_THE_MINUTE ? 0 : SCRAPE_OFFSET_MS;
    const line = `${name}{${written.join(',')}} ${value} ${(minuteMs + offsetMs) / 1000}`;
    const lines = this.#lines.get(name);
    if (lines) lines.push(line);
    else this.#lines.set(name, [line]);
  }

  text(): string {
    const families = [...this.#lines].map(([name, lines]) => [`# TYPE ${name} gauge`, ...lines].join('\n'));
    return `${families.join('\n')}\n# EOF\n`;
  }
}

function scrape(families: Families, minuteMs: number): void {
  const add = (name: string, labels: Labels, value: number) => families.add(name, labels, value, minuteMs);
  const isSpotGone = minuteMs >= SPOT_GONE_MS && minuteMs < SPOT_BACK_MS;
  const isSpotNew = minuteMs >= SPOT_BACK_MS;

  trainNode(add, minuteMs);
  migNode(add, minuteMs);
  sharedNode(add, minuteMs);
  if (!isSpotGone) spotNode(add, minuteMs, isSpotNew);
  darkNode(add);
  podThatWaits(add);
  podThatIsDone(add);
}

type Add = (name: string, labels: Labels, value: number) => void;

function trainNode(add: Add, minuteMs: number): void {
  const isRestarted = minuteMs >= TRAINER_RESTART_MS;
  const pod = isRestarted ? 'llm-trainer-0-x7k2p' : 'llm-trainer-0-b4q9z';
  const model = 'NVIDIA A100-SXM4-40GB';
  const held = { exported_namespace: 'research', exported_pod: pod, exported_container: 'train' };
  // A step of eight minutes: seven at work, one that saves a checkpoint.
  const isSaving = (minuteMs / MINUTE_MS) % 8 === 7;
  gpu(add, 'train-1', 'GPU-a100-0', '0', model, held, {
    engine: isSaving ? 0.12 : 0.96,
    sm: isSaving ? 0.05 : 0.71,
    usedMib: 37_000,
    watts: isSaving ? 110 : 362.5,
  });
  const free = { exported_namespace: '', exported_pod: '', exported_container: '' };
  gpu(add, 'train-1', 'GPU-a100-1', '1', model, free, { engine: 0, sm: 0, usedMib: 4, watts: 52 });
  kubeNode(add, {
    node: 'train-1',
    providerId: 'aws:///us-east-1a/i-0aaa0000000000001',
    createdMs: CREATED_MS,
    gpus: 2,
    labels: {
      label_node_kubernetes_io_instance_type: 'p4d.test',
      label_karpenter_sh_capacity_type: 'on-demand',
      label_karpenter_sh_nodepool: 'training',
    },
  });
  const trainer = (name: string, phase: string, attempt: number, times: PodTimes) =>
    kubePod(
      add,
      'research',
      name,
      'train-1',
      1,
      phase,
      ['Job', 'llm-trainer'],
      {
        label_team: 'research',
        label_jobset_sigs_k8s_io_jobset_name: 'llm-trainer',
        label_jobset_sigs_k8s_io_restart_attempt: `${attempt}`,
        label_kueue_x_k8s_io_queue_name: 'research',
      },
      times,
    );
  // Held back by its queue before it had pods.
  const job = { ...KUBE_STATE, namespace: 'research', job_name: 'llm-trainer' };
  add('kube_job_created', job, (TRAINER_START_MS - 20 * MINUTE_MS) / 1000);
  const [first, second] = ['llm-trainer-0-b4q9z', 'llm-trainer-0-x7k2p'];
  const firstTimes = { createdMs: TRAINER_START_MS - 5 * MINUTE_MS, startMs: TRAINER_START_MS };
  if (!isRestarted) {
    trainer(first!, 'Running', 0, firstTimes);
    return;
  }
  trainer(second!, 'Running', 1, { createdMs: TRAINER_RESTART_MS, startMs: TRAINER_RESTART_MS });
  // A failed pod is listed for a while.
  if (minuteMs < TRAINER_RESTART_MS + 20 * MINUTE_MS)
    trainer(first!, 'Failed', 0, { ...firstTimes, completedMs: TRAINER_RESTART_MS });
}

function migNode(add: Add, minuteMs: number): void {
  const slice = (id: string, profile: string, held: Labels, busy: number, usedMib: number) =>
    gpu(
      add,
      'mig-1',
      'GPU-h100-0',
      '0',
      'NVIDIA H100 80GB HBM3',
      { GPU_I_ID: id, GPU_I_PROFILE: profile, ...held },
      {
        engine: busy,
        sm: busy / 2,
        usedMib,
        watts: 310,
      },
    );
  const holder = (namespace: string, pod: string) => ({
    exported_namespace: namespace,
    exported_pod: pod,
    exported_container: 'main',
  });
  const load = 0.2 + 0.6 * ((minuteMs / MINUTE_MS) % 60 < 20 ? 1 : 0);
  slice('1', '3g.40gb', holder('search', 'ranker-6c9f7d8b4-2xk9w'), load, 31_000);
  slice('9', '1g.10gb', holder('research', 'jupyter-ada-0'), 0, 900);
  slice('10', '1g.10gb', {}, 0, 12);
  // The card itself is still listed, without utilisation worth the name.
  add('DCGM_FI_DEV_GPU_UTIL', { ...card('mig-1', 'GPU-h100-0', '0', 'NVIDIA H100 80GB HBM3') }, 0);
  kubeNode(add, {
    node: 'mig-1',
    providerId: 'aws:///us-east-1a/i-0aaa0000000000002',
    createdMs: CREATED_MS,
    gpus: 0,
    labels: { label_karpenter_sh_capacity_type: 'reserved', label_karpenter_sh_nodepool: 'serving' },
  });
  kubePod(
    add,
    'search',
    'ranker-6c9f7d8b4-2xk9w',
    'mig-1',
    0,
    'Running',
    ['ReplicaSet', 'ranker-6c9f7d8b4'],
    {
      label_team: 'search',
      label_model: 'ranker-v3',
    },
  );
  kubePod(add, 'research', 'jupyter-ada-0', 'mig-1', 0, 'Running', ['StatefulSet', 'jupyter-ada'], {
    label_team: 'research',
  });
}

function sharedNode(add: Add, minuteMs: number): void {
  const busy = 30 + ((minuteMs / MINUTE_MS) % 5) * 10;
  for (const [vgpu, pod] of ['embed-a', 'embed-b', 'embed-c'].entries()) {
    const labels = {
      exported_namespace: 'search',
      exported_pod: pod,
      exported_container: 'main',
      vgpu: `${vgpu}`,
    };
    const place = { ...card('share-1', 'GPU-l4-shared', '0', 'NVIDIA L4'), ...labels };
    add('DCGM_FI_DEV_GPU_UTIL', place, busy);
    add('DCGM_FI_DEV_FB_USED', place, 15_000);
    kubePod(add, 'search', pod, 'share-1', 1, 'Running', ['StatefulSet', 'embed'], { label_team: 'search' });
  }
  kubeNode(add, {
    node: 'share-1',
    providerId: 'aws:///us-east-1b/i-0aaa0000000000003',
    createdMs: CREATED_MS,
    gpus: 4,
    labels: {
      label_node_kubernetes_io_instance_type: 'g6.test',
      label_karpenter_sh_capacity_type: 'spot',
      label_nvidia_com_gpu_sharing_strategy: 'time-slicing',
      label_nvidia_com_gpu_replicas: '4',
    },
  });
}

function spotNode(add: Add, minuteMs: number, isNew: boolean): void {
  const pod = isNew ? 'crawler-batch-2-ff5d8' : 'crawler-batch-1-ff5d8';
  const held = { exported_namespace: 'data', exported_pod: pod, exported_container: 'main' };
  gpu(add, 'spot-1', isNew ? 'GPU-l4-new' : 'GPU-l4-old', '0', 'NVIDIA L4', held, {
    engine: 0.5,
    sm: 0.25,
    usedMib: 8_000,
    watts: 60 + ((minuteMs / MINUTE_MS) % 3),
  });
  kubeNode(add, {
    node: 'spot-1',
    providerId: `aws:///us-east-1b/i-0aaa000000000000${isNew ? '5' : '4'}`,
    createdMs: isNew ? SPOT_BACK_MS - 2 * MINUTE_MS : CREATED_MS,
    gpus: 1,
    labels: { label_node_kubernetes_io_instance_type: 'g6.test', label_karpenter_sh_capacity_type: 'spot' },
  });
  kubePod(add, 'data', pod, 'spot-1', 1, 'Running', ['Job', 'crawler-batch-29340000'], {
    label_team: 'data',
  });
}

function darkNode(add: Add): void {
  kubeNode(add, {
    node: 'dark-1',
    providerId: '',
    createdMs: CREATED_MS,
    gpus: 2,
    labels: { label_nvidia_com_gpu_product: 'NVIDIA-A30' },
  });
  kubePod(add, 'research', 'sweep-7', 'dark-1', 1, 'Running', ['<none>', '<none>'], {
    label_team: 'research',
  });
}

function podThatWaits(add: Add): void {
  kubePod(add, 'research', 'llm-trainer-1-h2v5c', '', 8, 'Pending', ['Job', 'llm-trainer'], {
    label_team: 'research',
  });
}

function podThatIsDone(add: Add): void {
  kubePod(add, 'research', 'evaluate-k8d4t', 'train-1', 1, 'Succeeded', ['Job', 'evaluate'], {
    label_team: 'research',
  });
}

function card(node: string, uuid: string, index: string, model: string): Labels {
  return {
    UUID: uuid,
    gpu: index,
    device: `nvidia${index}`,
    modelName: model,
    Hostname: node,
    instance: `${node}:9400`,
    job: 'dcgm-exporter',
    namespace: 'gpu-operator',
    pod: `nvidia-dcgm-exporter-${node}`,
    container: 'nvidia-dcgm-exporter',
  };
}

type Measures = Readonly<{ engine: number; sm: number; usedMib: number; watts: number }>;

function gpu(
  add: Add,
  node: string,
  uuid: string,
  index: string,
  model: string,
  more: Labels,
  { engine, sm, usedMib, watts }: Measures,
): void {
  const labels = { ...card(node, uuid, index, model), ...more };
  add('DCGM_FI_PROF_GR_ENGINE_ACTIVE', labels, engine);
  add('DCGM_FI_PROF_SM_ACTIVE', labels, sm);
  add('DCGM_FI_DEV_FB_USED', labels, usedMib);
  add('DCGM_FI_DEV_POWER_USAGE', labels, watts);
}

const KUBE_STATE = { instance: 'kube-state-metrics:8080', job: 'kube-state-metrics' };

type KubeNode = Readonly<{
  node: string;
  providerId: string;
  createdMs: number;
  gpus: number;
  labels: Labels;
}>;

function kubeNode(add: Add, { node, providerId, createdMs, gpus, labels }: KubeNode): void {
  add('kube_node_info', { ...KUBE_STATE, node, provider_id: providerId, kubelet_version: 'v1.34.1' }, 1);
  add('kube_node_created', { ...KUBE_STATE, node }, createdMs / 1000);
  const region = providerId === '' ? {} : { label_topology_kubernetes_io_region: 'us-east-1' };
  add('kube_node_labels', { ...KUBE_STATE, node, ...region, ...labels }, 1);
  const resource = { resource: 'nvidia_com_gpu', unit: 'integer' };
  if (gpus > 0) add('kube_node_status_capacity', { ...KUBE_STATE, node, ...resource }, gpus);
}

type PodTimes = Readonly<{ createdMs?: number; startMs?: number; completedMs?: number }>;

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

function kubePod(
  add: Add,
  namespace: string,
  pod: string,
  node: string,
  gpus: number,
  phase: string,
  [ownerKind, ownerName]: readonly [string, string],
  labels: Labels,
  { createdMs, startMs, completedMs }: PodTimes = {},
): void {
  const subject = { ...KUBE_STATE, namespace, pod };
  add('kube_pod_owner', { ...subject, owner_kind: ownerKind, owner_name: ownerName }, 1);
  add('kube_pod_labels', { ...subject, ...labels }, 1);
  for (const one of PHASES) add('kube_pod_status_phase', { ...subject, phase: one }, one === phase ? 1 : 0);
  const times = {
    kube_pod_created: createdMs,
    kube_pod_start_time: startMs,
    kube_pod_completion_time: completedMs,
  };
  for (const [name, ms] of Object.entries(times)) if (ms !== undefined) add(name, subject, ms / 1000);
  const request = { container: 'main', resource: 'nvidia_com_gpu', unit: 'integer' };
  if (gpus > 0) add('kube_pod_container_resource_requests', { ...subject, node, ...request }, gpus);
}

/** Hours of the window in which Prometheus ran. */
export const FLEET_OBSERVED_HOURS =
  (FLEET_WINDOW.toMs - FLEET_WINDOW.fromMs - (FLEET_OUTAGE.toMs - FLEET_OUTAGE.fromMs)) / HOUR_MS;
