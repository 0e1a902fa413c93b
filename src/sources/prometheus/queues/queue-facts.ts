import type { QueueFact } from '../../../domain/facts/facts.ts';
import type { EpochMs, TimeWindow } from '../../../domain/time/window.ts';
import { groupBy } from '../group-by.ts';
import type { Labels, Series } from '../series.ts';
import { type QueueRole, queueMetric, queueOf } from './queue-metrics.ts';

/** What is told once by each process that tells it: the leader of the controller, its followers, and whoever scraped them. */
const REPEATING_LABELS = new Set([
  'replica_role',
  'instance',
  'pod',
  'namespace',
  'container',
  'endpoint',
  'job',
  'service',
  'prometheus',
  'prometheus_replica',
]);

/** A slot of a queue, role by role: sums over flavours, resources and workloads. */
type Slot = Partial<Record<QueueRole, number>>;

/** One fact for each queue that a window says something about. */
export function queueFacts(
  series: readonly Series[],
  { fromMs, toMs }: TimeWindow,
  stepMs: number,
): QueueFact[] {
  const told = series.flatMap((one) => {
    const metric = queueMetric(one.name)!;
    const queue = queueOf(metric, one.labels);
    const samples = one.samples.filter(([at]) => at >= fromMs && at < toMs);
    return queue === null || samples.length === 0 ? [] : [{ ...one, samples, queue, role: metric.role }];
  });
  return [...groupBy(told, ({ queue }) => queue)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([queue, own]) => ({ queue, startMs: fromMs, endMs: toMs, ...figuresOf(slotsOf(own), stepMs) }));
}

type Told = Series & Readonly<{ role: QueueRole }>;

function slotsOf(own: readonly Told[]): Map<EpochMs, Slot> {
  const slots = new Map<EpochMs, Slot>();
  const waiting = pendingOfWorkloads(own);
  for (const repeated of groupBy([...own, ...waiting], tellingKey).values()) {
    for (const [at, value] of largestOf(repeated)) {
      const slot = slots.get(at) ?? {};
      slots.set(at, slot);
      const { role } = repeated[0]!;
      slot[role] = (slot[role] ?? 0) + value;
    }
  }
  return slots;
}

/** A workload of Run:ai that asked for more than it was given is pending, for what is missing. */
function pendingOfWorkloads(own: readonly Told[]): Told[] {
  const given = new Map(
    own
      .filter(({ role }) => role === 'given')
      .map(({ labels, samples }) => [workloadOf(labels), new Map(samples)] as const),
  );
  return own
    .filter(({ role }) => role === 'asked')
    .flatMap((asked) => {
      const got = given.get(workloadOf(asked.labels));
      const missing = asked.samples.map(
        ([at, value]) => [at, Math.max(0, value - (got?.get(at) ?? 0))] as const,
      );
      const pending = missing.map(([at, gpus]) => [at, gpus > 0 ? 1 : 0] as const);
      return [
        { ...asked, role: 'pendingGpus' as const, samples: missing },
        { ...asked, role: 'pending' as const, samples: pending },
      ];
    });
}

function workloadOf({
  clusterId = '',
  workload_id: id,
  job_uuid: uuid,
  workload_name: name = '',
}: Labels): string {
  return `${clusterId}/${id ?? uuid ?? name}`;
}

function tellingKey({ role, name, labels }: Told): string {
  const telling = Object.entries(labels).filter(([label]) => !REPEATING_LABELS.has(label));
  return JSON.stringify([role, name, telling.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Without what no quota can be: kueue writes +Inf for a limit that is not set. */
function largestOf(repeated: readonly Told[]): Map<EpochMs, number> {
  const values = new Map<EpochMs, number>();
  for (const [at, value] of repeated.flatMap(({ samples }) => samples))
    if (Number.isFinite(value)) values.set(at, Math.max(value, values.get(at) ?? 0));
  return values;
}

function figuresOf(slots: ReadonlyMap<EpochMs, Slot>, stepMs: number) {
  const all = [...slots.values()];
  const mean = (role: QueueRole) => {
    const known = all.flatMap((slot) => slot[role] ?? []);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const isTold = all.some(({ pending }) => pending !== undefined);
  return {
    waitingMs: isTold ? all.filter(({ pending = 0 }) => pending > 0).length * stepMs : null,
    pendingWorkloads: mean('pending'),
    pendingGpus: mean('pendingGpus'),
    reservedGpus: mean('reserved'),
    usedGpus: mean('used'),
    nominalGpus: mean('nominal'),
  };
}
