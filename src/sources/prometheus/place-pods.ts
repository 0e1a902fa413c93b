import { podWorkloadId } from '../../domain/fleet/workload-ids.ts';
import type { Hold } from './allocation-facts.ts';
import { type Device, paidTime } from './capacity-facts.ts';
import { groupBy } from './group-by.ts';
import { type Intervals, intersect, overlaps } from './intervals.ts';
import type { KubePod, PodRequest } from './kube-state.ts';

export type Placed = Readonly<{ holds: readonly Hold[]; unplacedPods: readonly string[] }>;

/**
 * Places running pods, whose devices no exporter names, on devices of their node that nobody else holds meanwhile.
 *
 * Which of the free devices it is stays a guess (that the pod holds so many of this node's is not), so it is the same guess every
 * time: pods by start and name, devices by id.
 */
export function placePods(
  pods: readonly KubePod[],
  devices: readonly Device[],
  holds: readonly Hold[],
  replicasOf: (node: string) => number,
): Placed {
  const devicesOfNode = groupBy(
    devices.filter(({ isUsable }) => isUsable).sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1)),
    ({ node }) => node,
  );
  const heldBy = new Map<string, Intervals[]>();
  for (const { deviceId, held } of holds) note(heldBy, deviceId, held);

  const placed: Hold[] = [];
  const unplacedPods = new Set<string>();
  for (const { pod, request } of inOrder(pods)) {
    const replicas = request.resource.endsWith('_shared') ? Infinity : replicasOf(request.node);
    const candidates = (devicesOfNode.get(request.node) ?? []).filter(fits(request));
    const chosen = choose(candidates, heldBy, request, replicas);
    const workloadId = podWorkloadId(pod.namespace, pod.pod);
    for (const device of chosen) {
      const held = intersect(request.held, paidTime(device));
      const holder = { kind: 'pod', workloadId, namespace: pod.namespace, pod: pod.pod } as const;
      placed.push({ holder, deviceId: device.deviceId, held });
      note(heldBy, device.deviceId, held);
    }
    if (chosen.length < wanted(request, replicas)) unplacedPods.add(workloadId);
  }
  return { holds: placed, unplacedPods: [...unplacedPods] };
}

function inOrder(pods: readonly KubePod[]): { pod: KubePod; request: PodRequest }[] {
  return pods
    .flatMap((pod) => pod.requests.map((request) => ({ pod, request })))
    .filter(({ request }) => request.held.length > 0 && request.count > 0)
    .sort((a, b) => a.request.held[0]!.fromMs - b.request.held[0]!.fromMs || compare(a, b));
}

function compare(a: { pod: KubePod; request: PodRequest }, b: { pod: KubePod; request: PodRequest }): number {
  const [left, right] = [a, b].map(
    ({ pod, request }) => `${podWorkloadId(pod.namespace, pod.pod)} ${request.resource}`,
  );
  return left! < right! ? -1 : left! > right! ? 1 : 0;
}

/** `nvidia_com_mig_1g_10gb` is a slice of profile `1g.10gb`; other resources are whole GPUs, or slices where all are alike. */
function fits({ resource, held }: PodRequest): (device: Device) => boolean {
  const profile = /_mig_(.+)$/.exec(resource)?.[1];
  return (device) =>
    overlaps(held, paidTime(device)) &&
    (profile === undefined || device.profile?.replace(/[^a-z0-9]/gi, '_') === profile);
}

/** A pod that asks for two shares of a shared device gets no more of it than one that asks for one. */
function wanted({ count }: PodRequest, replicas: number): number {
  return replicas > 1 ? 1 : count;
}

function choose(
  candidates: readonly Device[],
  heldBy: ReadonlyMap<string, readonly Intervals[]>,
  request: PodRequest,
  replicas: number,
): readonly Device[] {
  const tenants = (device: Device) =>
    (heldBy.get(device.deviceId) ?? []).filter((held) => overlaps(held, request.held)).length;
  const free = candidates
    .map((device) => ({ device, tenants: tenants(device) }))
    .filter(({ tenants }) => tenants < replicas);
  // Array.sort is stable, so devices with as many tenants stay in the order of their ids.
  free.sort((a, b) => a.tenants - b.tenants);
  return free.slice(0, wanted(request, replicas)).map(({ device }) => device);
}

function note(heldBy: Map<string, Intervals[]>, deviceId: string, held: Intervals): void {
  const known = heldBy.get(deviceId);
  if (known) known.push(held);
  else heldBy.set(deviceId, [held]);
}
