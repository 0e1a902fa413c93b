import { describe, expect, test } from 'vitest';
import { gpuIdentity } from './gpu-identity.ts';
import { type Exporter, gpuMetric, toQuantity } from './gpu-metrics.ts';
import { holderOf } from './holder.ts';
import type { KubePod, KubeState } from './kube-state.ts';
import { readNodeLabels } from './node-labels.ts';
import { workloadFact } from './workload-facts.ts';

describe('gpuMetric', () => {
  test.each([
    ['DCGM_FI_DEV_GPU_UTIL', 55, false, 'gpuUtil', 0.55],
    ['DCGM_FI_DEV_GPU_UTIL_RATIO', 55, true, 'gpuUtil', 0.55],
    ['DCGM_FI_DEV_GPU_UTIL_RATIO', 0.55, false, 'gpuUtil', 0.55],
    ['DCGM_FI_PROF_GR_ENGINE_ACTIVE', 0.4, false, 'engineActive', 0.4],
    ['DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO', 0.4, false, 'engineActive', 0.4],
    ['DCGM_FI_PROF_SM_ACTIVE', 0.3, false, 'smActive', 0.3],
    ['DCGM_FI_PROF_SM_UTIL_RATIO', 0.3, false, 'smActive', 0.3],
    ['DCGM_FI_DEV_FB_USED', 81_000, false, 'memoryUsedMib', 81_000],
    ['DCGM_FI_DEV_BOARD_POWER_WATTS', 300, false, 'powerWatts', 300],
    ['gpu_gfx_activity', 20, false, 'gpuUtil', 0.2],
    ['amd_gpu_gfx_activity', 20, false, 'gpuUtil', 0.2],
    ['amd_gpu_used_vram', 4096, false, 'memoryUsedMib', 4096],
    ['nvidia_smi_utilization_gpu_ratio', 0.08, false, 'gpuUtil', 0.08],
    ['nvidia_smi_memory_used_bytes', 1048576, false, 'memoryUsedMib', 1],
    ['nvidia_smi_compute_apps', 3, false, 'processes', 3],
    // Blank sentinels: integers, floating point, and a mean that one of fourteen spoiled.
    ['DCGM_FI_DEV_GPU_UTIL', 2 ** 63, false, 'gpuUtil', undefined],
    ['DCGM_FI_PROF_SM_ACTIVE', 140737488355328, false, 'smActive', undefined],
    ['DCGM_FI_DEV_FB_USED', 1e13, false, 'memoryUsedMib', undefined],
    ['DCGM_FI_DEV_POWER_USAGE', -1, false, 'powerWatts', undefined],
  ] as const)('%s %d (percent: %s) is %s %d', (name, value, isPercent, quantity, expected) => {
    const metric = gpuMetric(name)!;
    expect(metric.quantity).toBe(quantity);
    const read = toQuantity(metric, value, isPercent);
    if (expected === undefined) expect(read).toBeUndefined();
    else expect(read).toBeCloseTo(expected, 9);
  });

  test.each(['DCGM_FI_DEV_GPU_TEMP', 'nvidia_smi_gpu_info', 'my_other_gpu_gfx_activity', 'constructor'])(
    '%s is none',
    (name) => {
      expect(gpuMetric(name)).toBeUndefined();
    },
  );
});

describe('gpuIdentity', () => {
  const UUID = '1b2c3d4e-0000-4000-8000-00000000000a';
  test.each<[Exporter, Record<string, string>, object]>([
    [
      'dcgm',
      { UUID: 'GPU-1', gpu: '3', modelName: 'NVIDIA H100', Hostname: 'n1', instance: 'n1:9400' },
      { uuid: 'GPU-1', index: '3', part: '', profile: null, model: 'NVIDIA H100', nodes: ['n1'] },
    ],
    [
      'dcgm',
      { uuid: 'GPU-1', gpu: '0', modelname: 'm', hostname: 'n1', gpu_i_id: '9', gpu_i_profile: '1g.5gb' },
      { uuid: 'GPU-1', index: '0', part: 'gi9', profile: '1g.5gb', model: 'm', nodes: ['n1'] },
    ],
    [
      'dcgm',
      { gpu_uuid: 'GPU-1', model_name: 'm', node: 'n2', instance: '10.0.0.1:9400', GPU_I_ID: '' },
      { uuid: 'GPU-1', index: '0', part: '', profile: null, model: 'm', nodes: ['n2', '10.0.0.1'] },
    ],
    [
      'nvidia-smi',
      { uuid: UUID, index: '1', name: 'NVIDIA L4' },
      { uuid: `GPU-${UUID}`, index: '1', part: '', profile: null, model: 'NVIDIA L4', nodes: [] },
    ],
    [
      'nvidia-smi',
      { uuid: '00000000-0000-0000-0000-000000000000' },
      { uuid: null, index: '0', part: '', profile: null, model: null, nodes: [] },
    ],
    [
      'amd',
      {
        serial_number: 'S/1',
        gpu_id: '2',
        card_model: 'x',
        hostname: 'n3',
        gpu_compute_partition_type: 'spx',
      },
      { uuid: 'S_1', index: '2', part: '', profile: null, model: 'x', nodes: ['n3'] },
    ],
    [
      'amd',
      { serial_number: 'S1', gpu_id: '2', gpu_partition_id: '5', gpu_compute_partition_type: 'cpx' },
      { uuid: 'S1', index: '2', part: 'p5', profile: 'CPX', model: null, nodes: [] },
    ],
  ])('%s %j', (exporter, labels, expected) => {
    expect(gpuIdentity(exporter, labels)).toEqual(expected);
  });
});

describe('holderOf', () => {
  test.each([
    [{ exported_pod: 'p', exported_namespace: 'n', pod: 'dcgm-exporter-1' }, true, 'n/p'],
    [{ exported_pod: '', pod: 'nvidia-dcgm-exporter-1' }, true, undefined],
    [{ pod: 'p', namespace: 'n' }, false, 'n/p'],
    [{ pod: 'p', namespace: 'n' }, true, undefined],
    [{ pod: 'nvidia-dcgm-exporter-x', namespace: 'gpu-operator' }, false, undefined],
    [{ pod: 'x', namespace: 'gpu-operator', container: 'nvidia-dcgm-exporter' }, false, undefined],
    [{ pod_name: 'p', pod_namespace: 'n', pod: 'own' }, true, 'n/p'],
    [{ pod: '', namespace: '', container: '' }, false, undefined],
    [{ pod: 'p' }, false, 'p'],
    [{ hpc_job: '4711' }, false, 'job:4711'],
    [{ pod: '', job_id: '12', job_user: 'ada', job_partition: 'gpu' }, false, 'job:12'],
    [{}, false, undefined],
  ])('%j (plain labels are the exporter: %s) is %s', (labels, isPlainOwn, expected) => {
    expect(holderOf(labels, isPlainOwn)?.workloadId).toBe(expected);
  });
});

const unlisted: KubePod['life'] = {
  asksForGpus: false,
  createdMs: null,
  startedMs: null,
  completedMs: null,
  phase: null,
  phaseUntilMs: null,
  reason: null,
  restarts: [],
};

describe('workloadFact', () => {
  test.each([
    ['web-6c9f7d8b4-2xk9w', ['ReplicaSet', 'web-6c9f7d8b4'], {}, 'inference', 'web'],
    ['db-0', ['StatefulSet', 'db'], {}, 'inference', 'db'],
    ['train-x', ['Job', 'train'], {}, 'training', 'train'],
    ['nightly-x', ['Job', 'nightly-29340000'], {}, 'batch', 'nightly'],
    ['a', ['Job', 'a-w-0'], { label_jobset_sigs_k8s_io_jobset_name: 'a' }, 'training', 'a'],
    ['a', ['PyTorchJob', 'a'], { label_training_kubeflow_org_job_name: 'big' }, 'training', 'big'],
    ['x', ['StatefulSet', 'x'], { label_notebook_name: 'ada' }, 'notebook', 'ada'],
    ['jupyter-ada', ['StatefulSet', 'hub'], {}, 'notebook', 'hub'],
    ['x', ['ReplicaSet', 'x-6c9f7d8b4'], { label_serving_kserve_io_inferenceservice: 's' }, 'inference', 's'],
    ['plugin-x', ['DaemonSet', 'plugin'], {}, 'system', 'plugin'],
    ['solo', null, {}, 'batch', 'solo'],
    ['db-0', ['StatefulSet', 'db'], { label_tare_dev_kind: 'batch' }, 'batch', 'db'],
    ['db-0', ['StatefulSet', 'db'], { label_tare_dev_kind: 'nonsense' }, 'inference', 'db'],
  ] as const)('%s of %j with %j is %s %s', (pod, owner, labels, kind, name) => {
    const described: KubePod = {
      namespace: 'n',
      pod,
      labels,
      owner: owner && { kind: owner[0], name: owner[1] },
      jobCreatedMs: null,
      requests: [],
      life: unlisted,
    };
    const kube: KubeState = { nodes: new Map(), pods: new Map([[`n/${pod}`, described]]) };
    const fact = workloadFact({ kind: 'pod', workloadId: `n/${pod}`, namespace: 'n', pod }, kube);
    expect(fact).toMatchObject({ workloadId: `n/${pod}`, kind, name });
  });

  test('without kube-state-metrics the name of a pod shows its Deployment', () => {
    const kube: KubeState = { nodes: new Map(), pods: new Map() };
    const of = (pod: string) => workloadFact({ kind: 'pod', workloadId: pod, namespace: null, pod }, kube);
    expect(of('web-6c9f7d8b4-2xk9w')).toMatchObject({ kind: 'inference', name: 'web' });
    expect(of('train-worker-0')).toMatchObject({ kind: 'batch', name: 'train-worker-0' });
  });
});

describe('readNodeLabels', () => {
  test.each([
    [{ label_karpenter_sh_capacity_type: 'on-demand' }, 'on_demand'],
    [{ label_karpenter_sh_capacity_type: 'spot' }, 'spot'],
    [{ label_karpenter_sh_capacity_type: 'reserved' }, 'committed'],
    [{ label_eks_amazonaws_com_capacityType: 'ON_DEMAND' }, 'on_demand'],
    [{ label_eks_amazonaws_com_capacity_type: 'SPOT' }, 'spot'],
    [{ label_cloud_google_com_gke_spot: 'true' }, 'spot'],
    [{ label_cloud_google_com_gke_preemptible: 'true' }, 'spot'],
    [{ label_kubernetes_azure_com_scalesetpriority: 'spot' }, 'spot'],
    [{ label_tare_dev_lifecycle: 'owned', label_karpenter_sh_capacity_type: 'spot' }, 'owned'],
    [{}, null],
  ])('%j is paid %s', (labels, lifecycle) => {
    expect(readNodeLabels(labels).lifecycle).toBe(lifecycle);
  });

  test('keeps labels for owner rules and leaves out what discovery writes', () => {
    expect(
      readNodeLabels({
        node: 'n1',
        label_team: 'search',
        label_nvidia_com_gpu_replicas: '4',
        label_nvidia_com_gpu_sharing_strategy: 'mps',
        label_nvidia_com_gpu_memory: '24576',
        label_feature_node_kubernetes_io_cpu_model_id: '1',
        label_cloud_google_com_gke_nodepool: 'a',
      }),
    ).toMatchObject({
      pool: 'a',
      replicas: 4,
      gpuMemoryMib: 24576,
      attributes: { 'node:team': 'search', 'node:cloud_google_com_gke_nodepool': 'a' },
    });
  });
});
