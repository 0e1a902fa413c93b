import { GPU, type RentalName } from './rentals.ts';

/**
 * The machines of the invented company, and what goes wrong with watching them. What runs on them is in `work-plan.ts`,
 * what else is billed in `bill-plan.ts`. Stories are placed in days before the end, so they stay in view for any length.
 */
export type NodePlan = Readonly<{
  name: string;
  pool: string;
  machine: Readonly<{ rented: RentalName }> | Readonly<{ owned: string; gpus: number }>;
  telemetry: Telemetry;
  life: NodeLife;
  /** One GPU of the node cut into MIG slices: which, into what, and whether its exporter can see into the slices. */
  mig?: MigPlan;
}>;

/** What the node's exporter offers: profiling counters, the engine's alone, the old GPU_UTIL, or nothing at all. */
export type Telemetry = 'sm_active' | 'engine_active' | 'gpu_util' | 'missing';

export type NodeLife =
  | Readonly<{ kind: 'whole' }>
  | Readonly<{ kind: 'part'; fromDaysAgo: number; toDaysAgo: number }>
  /** Bought by an autoscaler for the busy hours (UTC) of working days, and given back. */
  | Readonly<{ kind: 'weekdays'; fromHour: number; toHour: number }>
  /** Taken away by the cloud and given back as a new machine, hours as means. */
  | Readonly<{ kind: 'spot'; aliveHours: number; awayHours: number }>;

export type MigPlan = Readonly<{
  gpu: number;
  /** Profiles in the order of their instance numbers: `gi1`, `gi2`… What they leave of the seven parts becomes `rest`. */
  slices: readonly `${number}g.${number}gb`[];
  isUtilizationKnown: boolean;
}>;

const WHOLE: NodeLife = { kind: 'whole' };

export const NODES: readonly NodePlan[] = [
  // search: language models for a public product.
  node('p5-search-a', 'search-serving', { rented: 'p5Committed' }, 'sm_active', WHOLE),
  node('p5-search-b', 'search-serving', { rented: 'p5Committed' }, 'sm_active', WHOLE),
  node('p5-search-peak', 'search-serving', { rented: 'p5' }, 'sm_active', {
    kind: 'weekdays',
    fromHour: 13,
    toHour: 23,
  }),
  node('a3-staging', 'search-staging', { rented: 'a3' }, 'sm_active', WHOLE),
  node('g5-search-1', 'search-small', { rented: 'g5' }, 'engine_active', WHOLE),
  node('g5-search-2', 'search-small', { rented: 'g5' }, 'engine_active', WHOLE),
  node('g5-search-3', 'search-small', { rented: 'g5' }, 'engine_active', WHOLE),
  node('g5-search-4', 'search-intent', { rented: 'g5' }, 'sm_active', WHOLE),
  node('nw-l40s-1', 'speech', { rented: 'northwind' }, 'sm_active', WHOLE),

  // ranking: a training cluster that grew by a machine five weeks ago.
  node('p5-rank-a', 'ranking-train', { rented: 'p5Committed' }, 'sm_active', WHOLE),
  node('p5-rank-b', 'ranking-train', { rented: 'p5Committed' }, 'sm_active', WHOLE),
  node('p5-rank-c', 'ranking-train', { rented: 'p5' }, 'sm_active', WHOLE),
  node('p5-rank-d', 'ranking-train', { rented: 'p5' }, 'sm_active', {
    kind: 'part',
    fromDaysAgo: 36,
    toDaysAgo: 0,
  }),
  // The incident: a sweep asks the autoscaler for machines, every trial diverges, and nobody looks for five days.
  ...['p5-burst-1', 'p5-burst-2'].map((name) =>
    node(name, 'burst', { rented: 'p5' }, 'sm_active', { kind: 'part', fromDaysAgo: 16, toDaysAgo: 11 }),
  ),

  // research: notebooks, spot machines, a slice here and there, and the company's own servers.
  node('a2-research', 'research-notebooks', { rented: 'a2' }, 'sm_active', WHOLE, {
    gpu: 7,
    slices: ['3g.20gb', '2g.10gb', '1g.5gb'],
    isUtilizationKnown: true,
  }),
  node('p4d-spot-1', 'research-spot', { rented: 'p4dSpot' }, 'sm_active', spot(62, 5)),
  node('p4d-spot-2', 'research-spot', { rented: 'p4dSpot' }, 'sm_active', spot(40, 7)),
  node('dgx-1', 'onprem-a100', { owned: GPU.a100Large, gpus: 8 }, 'sm_active', WHOLE),
  node('dgx-2', 'onprem-a100', { owned: GPU.a100Large, gpus: 8 }, 'sm_active', WHOLE),
  node('dgx-3', 'onprem-a100', { owned: GPU.a100Large, gpus: 8 }, 'sm_active', WHOLE, {
    gpu: 7,
    slices: ['3g.40gb', '2g.20gb', '1g.10gb'],
    isUtilizationKnown: false,
  }),
  node('l40s-1', 'onprem-l40s', { owned: GPU.l40s, gpus: 8 }, 'sm_active', WHOLE),

  // platform, and what older machines are still kept for.
  node('g4-ci', 'platform', { rented: 't4' }, 'gpu_util', WHOLE),
  node('g4-batch-1', 'batch-small', { rented: 't4' }, 'gpu_util', WHOLE),
  node('g4-batch-2', 'batch-small', { rented: 't4' }, 'gpu_util', WHOLE),
  node('p3-legacy', 'legacy', { rented: 'v100' }, 'gpu_util', WHOLE),
  // Its exporter was never installed: the scheduler knows who holds it, nobody knows what it does.
  node('g5-platform', 'platform', { rented: 'g5' }, 'missing', WHOLE),
];

/** Started by hand in another region and forgotten: on the bill, and nowhere else. */
export const FORGOTTEN: readonly NodePlan[] = [
  node('demo-2024', 'none', { rented: 'g5Ireland' }, 'missing', WHOLE),
];

/** Times when watching failed. */
export const BLIND_SPOTS = {
  /** The metrics server was down: nothing at all was recorded, anywhere. */
  outage: { daysAgo: 9, hour: 2, hours: 2 },
  /** Restarts and rollouts of one node's exporter: how often and for how long. */
  gaps: { perNodeAndDay: 0.15, leastMinutes: 25, mostMinutes: 140 },
  /** A driver that claims 100 % with no memory in use and no process, until the node is rebooted. */
  contradiction: { node: 'dgx-2', gpu: 3, daysAgo: 20, hours: 14 },
} as const;

function node(
  name: string,
  pool: string,
  machine: NodePlan['machine'],
  telemetry: Telemetry,
  life: NodeLife,
  mig?: MigPlan,
): NodePlan {
  return { name, pool, machine, telemetry, life, ...(mig ? { mig } : {}) };
}

function spot(aliveHours: number, awayHours: number): NodeLife {
  return { kind: 'spot', aliveHours, awayHours };
}
