import type { Attributes } from '../../domain/facts/facts.ts';
import { jobWorkloadId, podWorkloadId } from '../../domain/fleet/workload-ids.ts';
import { type Labels, pickLabel } from './series.ts';

/** Who holds the device of a sample, as its labels say. */
export type Holder =
  | Readonly<{ kind: 'pod'; workloadId: string; namespace: string | null; pod: string }>
  | Readonly<{ kind: 'job'; workloadId: string; job: string; attributes: Attributes }>;

const EXPORTED = /^exported_(pod|namespace|container)$/;
const EXPORTER_POD = /dcgm-exporter|metrics-exporter|nvidia-smi-exporter|gpu-exporter/;

/** Prometheus moves labels of a sample that collide with those of its target to `exported_…` (`honorLabels: false`). */
export function hasExportedLabels(labels: Labels): boolean {
  return Object.keys(labels).some((name) => EXPORTED.test(name) && labels[name] !== '');
}

/**
 * `exported_pod` is the workload wherever it occurs. A plain `pod` is the workload only when no series of the exporter has
 * `exported_…` labels (`isPlainOwn` says so), and when it is not visibly the exporter itself. Nobody holds the device otherwise.
 */
export function holderOf(labels: Labels, isPlainOwn: boolean): Holder | null {
  const exported = pickLabel(labels, 'exported_pod');
  if (exported !== null) return pod(exported, pickLabel(labels, 'exported_namespace'));
  const old = pickLabel(labels, 'pod_name');
  if (old !== null) return pod(old, pickLabel(labels, 'pod_namespace'));
  const plain = pickLabel(labels, 'pod');
  if (plain !== null && !isPlainOwn && !isExporter(labels)) return pod(plain, pickLabel(labels, 'namespace'));
  return jobOf(labels);
}

function pod(name: string, namespace: string | null): Holder {
  return { kind: 'pod', workloadId: podWorkloadId(namespace, name), namespace, pod: name };
}

function isExporter(labels: Labels): boolean {
  return EXPORTER_POD.test(labels['pod'] ?? '') || EXPORTER_POD.test(labels['container'] ?? '');
}

/** `hpc_job` of dcgm-exporter, `job_id` of the AMD exporter: both written by a scheduler's prolog. */
function jobOf(labels: Labels): Holder | null {
  const job = pickLabel(labels, 'hpc_job', 'job_id');
  if (job === null) return null;
  const named = { user: labels['job_user'], partition: labels['job_partition'], job };
  const attributes = Object.fromEntries(Object.entries(named).filter(([, value]) => value)) as Attributes;
  return { kind: 'job', workloadId: jobWorkloadId(job), job, attributes };
}
