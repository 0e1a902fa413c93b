import type { Exporter } from './gpu-metrics.ts';
import { type Labels, pickLabel } from './series.ts';

/** Which GPU, and which part of it, a sample is about. */
export type GpuIdentity = Readonly<{
  /** UUID or serial number; `null` when the labels hold none, and then node and index must do. */
  uuid: string | null;
  index: string;
  /** `gi3` of a MIG slice, `p2` of an AMD partition, `''` for the whole card. */
  part: string;
  /** `1g.10gb`, or the AMD partition mode (`CPX`); `null` for a whole card. */
  profile: string | null;
  model: string | null;
  /** Names the node may go by, most telling first. */
  nodes: readonly string[];
}>;

export function gpuIdentity(exporter: Exporter, labels: Labels): GpuIdentity {
  const slice = exporter === 'amd' ? amdPart(labels) : migPart(labels);
  return {
    uuid: uuidOf(exporter, labels),
    index: pickLabel(labels, 'gpu', 'gpu_id', 'index', 'minor_number') ?? '0',
    ...slice,
    model: pickLabel(labels, 'modelName', 'model_name', 'modelname', 'card_model', 'name'),
    nodes: nodeNames(labels),
  };
}

/** Without its port: `instance` is `host:9400`. */
function nodeNames(labels: Labels): string[] {
  const names = ['Hostname', 'hostname', 'node', 'kubernetes_node', 'nodename', 'instance'];
  const found = names.map((name) => pickLabel(labels, name)?.replace(/:\d+$/, ''));
  return [...new Set(found.filter((name) => name !== undefined))];
}

function migPart(labels: Labels): { part: string; profile: string | null } {
  const id = pickLabel(labels, 'GPU_I_ID', 'gpu_i_id');
  return id === null
    ? { part: '', profile: null }
    : { part: `gi${id}`, profile: pickLabel(labels, 'GPU_I_PROFILE', 'gpu_i_profile') };
}

/** SPX is the whole card; DPX, TPX, QPX and CPX cut it, and every partition reports under the serial number of the card. */
function amdPart(labels: Labels): { part: string; profile: string | null } {
  const mode = pickLabel(labels, 'gpu_compute_partition_type')?.toUpperCase() ?? 'SPX';
  return /^(DPX|TPX|QPX|CPX)$/.test(mode)
    ? { part: `p${pickLabel(labels, 'gpu_partition_id') ?? '0'}`, profile: mode }
    : { part: '', profile: null };
}

const MASKED = /^(GPU-)?[0-]*$/i;
const BARE_UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Exporters that mask identities write zeros: two GPUs must not become one for that. */
function uuidOf(exporter: Exporter, labels: Labels): string | null {
  const uuid =
    exporter === 'amd'
      ? pickLabel(labels, 'serial_number', 'gpu_uuid')
      : pickLabel(labels, 'UUID', 'uuid', 'gpu_uuid');
  if (uuid === null || MASKED.test(uuid)) return null;
  const full = exporter !== 'amd' && BARE_UUID.test(uuid) ? `GPU-${uuid}` : uuid;
  return full.replaceAll('/', '_');
}
