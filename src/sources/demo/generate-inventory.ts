import type {
  AllocationFact,
  Attributes,
  CapacityFact,
  FactBatch,
  WorkloadFact,
} from '../../domain/facts/facts.ts';
import { toParts } from '../../domain/units/gpu-time.ts';
import type { Machine } from './build-machines.ts';
import type { Hold } from './hold.ts';
import { BILLS } from './rentals.ts';
import type { WorkloadPlan } from './work-plan.ts';

/** What the cluster's inventory knows: machines with their devices, and how each is paid. */
export function* generateCapacity(machines: readonly Machine[]): Generator<FactBatch> {
  yield { capacity: machines.flatMap(capacityOf) };
}

/** What the schedulers know: workloads with their labels, and who held which device from when to when. */
export function* generateAllocations(
  workloads: Readonly<Record<string, WorkloadPlan>>,
  holds: readonly Hold[],
): Generator<FactBatch> {
  const started = new Map(holds.map(({ workloadId, workload }) => [workloadId, workload]));
  yield {
    workloads: [...started].map(([workloadId, workload]) =>
      describeWorkload(workloadId, workload, workloads[workload]!),
    ),
  };
  yield { allocations: holds.flatMap(allocationsOf) };
}

function capacityOf(machine: Machine): CapacityFact[] {
  const { plan, rental, gpuModel } = machine;
  return machine.lives.flatMap((life) =>
    machine.devices.map((device) => ({
      deviceId: device.id,
      gpuParts: device.gpuParts,
      node: plan.name,
      nodeLife: life.name,
      gpuModel,
      memoryMib: device.memoryMib,
      lifecycle: rental?.lifecycle ?? 'owned',
      provider: rental ? BILLS[rental.bill].provider : null,
      region: rental?.region ?? null,
      instanceType: rental?.instanceType ?? null,
      pool: plan.pool,
      resourceKey: life.resourceKey,
      attributes: { 'node:pool': plan.pool },
      startMs: life.fromMs,
      endMs: life.toMs,
    })),
  );
}

/** All runs of a workload have its name, so that the ledger has one line for it. */
function describeWorkload(workloadId: string, workload: string, plan: WorkloadPlan): WorkloadFact {
  const [namespace, name] = workload.split('/') as [string, string];
  return { workloadId, kind: plan.kind, name, attributes: labelsOf(namespace, plan) };
}

export function labelsOf(namespace: string, { team, model, environment }: WorkloadPlan): Attributes {
  return {
    namespace,
    ...(team === null ? {} : { 'label:team': team }),
    ...(model === undefined ? {} : { 'label:model': model }),
    ...(environment === undefined ? {} : { 'label:env': environment }),
  };
}

function allocationsOf(hold: Hold): AllocationFact[] {
  return hold.devices.map((device) => ({
    workloadId: hold.workloadId,
    deviceId: device.id,
    shareParts: toParts(hold.share),
    startMs: hold.fromMs,
    endMs: hold.toMs,
    lostFromMs: hold.lostFromMs,
  }));
}
