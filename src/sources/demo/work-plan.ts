import type { WorkloadKind } from '../../domain/facts/facts.ts';
import type { Pattern } from './workload-patterns.ts';

/** Who runs something. `team` is null where nobody set the label, which is how `untagged` gets its face. */
export type WorkloadPlan = Readonly<{
  kind: WorkloadKind;
  team: string | null;
  model?: string;
  environment?: string;
}>;

/** A set of devices and what happens on them over time. The lanes of a device never overlap. */
export type Lane = Readonly<{ on: readonly Placement[]; work: Work }>;

/** GPU numbers of a node; `gi1`, `gi2`… for the slices of its carved GPU. */
export type Placement = Readonly<{ node: string; slots: readonly (number | `gi${number}`)[] }>;

export type Work =
  | Readonly<{ kind: 'always'; workload: string; pattern: Pattern }>
  /** Held from hour to hour (UTC, `to` may pass midnight), free in between. */
  | Readonly<{ kind: 'daily'; workload: string; pattern: Pattern; from: number; to: number; weekdays?: true }>
  /** One job after the other, each on all devices of the lane, with a pause for people to look and start the next. */
  | Readonly<{ kind: 'jobs'; jobs: readonly JobPlan[]; pauseHours: readonly [number, number] }>
  /** Opened on a working morning; closed in the evening, or left open for the night, or until somebody notices. */
  | Readonly<{ kind: 'notebook'; workload: string; pattern: Pattern; leftOpen: number }>
  /** Several tenants at once, each with an equal share of the one device. */
  | Readonly<{ kind: 'tenants'; tenants: readonly Readonly<{ workload: string; pattern: Pattern }>[] }>;

export type JobPlan = Readonly<{
  workload: string;
  weight: number;
  /** Length of the work itself, shortest to longest; short ones are more frequent. */
  hours: readonly [number, number];
  /** Chance that an attempt fails on the way. What it did since its last checkpoint is lost, and it starts again from there. */
  failureChance: number;
  /** `null`: writes no checkpoints, so a failed attempt loses everything. */
  checkpointHours: number | null;
  pattern: Pattern;
}>;

export const WORKLOADS: Readonly<Record<string, WorkloadPlan>> = {
  'search/answer-llm-70b': serving('search', 'answer-llm-70b', 'production'),
  'search/answer-llm-70b-staging': serving('search', 'answer-llm-70b', 'staging'),
  'search/query-rewrite-8b': serving('search', 'query-rewrite-8b', 'production'),
  'search/answer-llm-13b': serving('search', 'answer-llm-13b', 'production'),
  'search/answer-llm-canary': serving('search', 'answer-llm-70b', 'canary'),
  'search/embedder': serving('search', 'embedder-v3', 'production'),
  'search/reranker': serving('search', 'reranker-v2', 'production'),
  'search/speech-to-text': serving('search', 'speech-large', 'production'),
  'search/intent-classifier': serving('search', 'intent-classifier', 'production'),
  'search/spell-checker': serving('search', 'spell-checker', 'production'),
  'search/nightly-reindex': batch('search', 'embedder-v3'),
  'search/offline-eval': batch('search', 'answer-llm-70b'),
  'search/distill-student': training('search', 'answer-llm-8b'),

  'ranking/two-tower-pretrain': training('ranking', 'two-tower'),
  'ranking/ctr-transformer': training('ranking', 'ctr-transformer'),
  'ranking/feature-crosses': training('ranking', 'feature-crosses'),
  'ranking/nightly-ctr': training('ranking', 'ctr-transformer'),
  'ranking/feature-backfill': batch('ranking', 'ctr-transformer'),
  'ranking/sweep-learning-rate': training('ranking', 'two-tower'),
  'ranking/scorer': serving('ranking', 'ctr-transformer', 'production'),

  'research/diffusion-ablation': training('research', 'diffusion-xl'),
  'research/moe-scaling': training('research', 'moe-7b'),
  'research/vision-pretrain': training('research', 'vision-b'),
  'research/legacy-forecast': training('research', 'forecast'),
  'research/notebook-amara': notebook('research'),
  'research/notebook-bruno': notebook('research'),
  'research/notebook-chen': notebook('research'),
  'research/notebook-divya': notebook('research'),
  'research/notebook-emil': notebook('research'),
  'research/notebook-slice-1': notebook('research'),
  'research/notebook-slice-2': notebook('research'),
  'research/notebook-slice-3': notebook('research'),
  'research/protein-fold-api': serving('research', 'protein-fold', 'staging'),

  'platform/thumbnails': batch('platform', 'moderation-v1'),
  'platform/log-embeddings': batch('platform', 'log-embedder'),
  'platform/ci-gpu-tests': { kind: 'batch', team: 'platform' },
  'platform/gpu-health-check': { kind: 'system', team: 'platform' },
  'platform/feature-encoder': serving('platform', 'feature-encoder', 'production'),
  'platform/image-moderation': serving('platform', 'moderation-v1', 'production'),

  'default/jupyter-old': { kind: 'notebook', team: null },
  'default/demo-bot': { kind: 'inference', team: null },
  'default/test-pod': { kind: 'batch', team: null },
};

const ALL = [0, 1, 2, 3, 4, 5, 6, 7] as const;

export const LANES: readonly Lane[] = [
  // The product's model: two replicas day and night, two more on a machine that comes for the busy
  // hours, one that follows the day on a machine that stays.
  lane([at('p5-search-a', ALL)], always('search/answer-llm-70b', llm(0.4, 0.97, 0.7))),
  lane([at('p5-search-b', [0, 1, 2, 3])], daily('search/answer-llm-70b', llm(0.36, 0.97, 0.7), 8, 26)),
  lane([at('p5-search-peak', ALL)], always('search/answer-llm-70b', llm(0.3, 0.95, 0.7))),
  lane([at('p5-search-b', [4, 5])], always('search/query-rewrite-8b', llm(0.3, 0.92, 0.68))),
  lane([at('p5-search-b', [6])], always('search/answer-llm-canary', llm(0.04, 0.3, 0.4))),
  lane([at('p5-search-b', [7])], daily('search/offline-eval', evenly(0.93, 0.74), 0, 15)),

  // Four H100 for a staging endpoint that a handful of testers use in office hours.
  lane(
    [at('a3-staging', [0, 1, 2, 3])],
    always('search/answer-llm-70b-staging', endpoint('office', 0, 0.16, 0.5)),
  ),
  lane(
    [at('a3-staging', [4, 5, 6, 7])],
    jobs([0.5, 8], [job('search/distill-student', 1, [16, 60], 0.12, 3, evenly(0.95, 0.75))]),
  ),

  lane([at('g5-search-1', [0, 1, 2, 3])], always('search/embedder', endpoint('consumer', 0.2, 0.9, 0.8))),
  lane([at('g5-search-2', [0, 1, 2, 3])], always('search/reranker', endpoint('consumer', 0.15, 0.85, 0.8))),
  lane([at('g5-search-3', [0, 1])], daily('search/nightly-reindex', evenly(0.96, 0.8), 22, 30)),
  lane([at('g5-search-3', [2])], always('ranking/scorer', endpoint('consumer', 0.2, 0.8, 0.7))),
  // The model before the present one: its callers moved away months ago, and it is loaded still.
  lane([at('g5-search-3', [3])], always('search/answer-llm-13b', { ...typing(0), memory: 0.7 })),
  // Four replicas that take requests one by one, and are busy with it.
  ...([0, 1, 2, 3] as const).map((gpu) =>
    lane(
      [at('g5-search-4', [gpu])],
      always('search/intent-classifier', small(endpoint('consumer', 0.016, 0.8, 0.12))),
    ),
  ),
  lane([at('nw-l40s-1', [0, 1])], always('search/speech-to-text', endpoint('consumer', 0.15, 0.85, 0.65))),
  // Two small endpoints, each alone on a GPU that would carry both.
  lane([at('nw-l40s-1', [2])], always('default/demo-bot', small(endpoint('steady', 0.01, 0.03, 0.3)))),
  lane([at('nw-l40s-1', [3])], always('search/spell-checker', small(endpoint('consumer', 0.03, 0.09, 0.4)))),

  // Sixteen GPUs that train one large model; a failure there is the dearest kind.
  lane(
    [at('p5-rank-a', ALL), at('p5-rank-b', ALL)],
    jobs(
      [0.5, 6],
      [
        job('ranking/two-tower-pretrain', 5, [24, 80], 0.5, 8, evenly(0.96, 0.77)),
        // Fails by hanging: the engine spins at 100 % for hours and the chip is empty.
        job('ranking/two-tower-pretrain', 1, [10, 18], 1, 9, { kind: 'hung', memory: 0.8 }),
      ],
    ),
  ),
  lane([at('p5-rank-c', [0, 1, 2, 3])], daily('ranking/nightly-ctr', evenly(0.94, 0.74), 19, 31)),
  lane([at('p5-rank-c', [0, 1, 2])], daily('ranking/feature-backfill', evenly(0.9, 0.66), 9, 17)),
  lane(
    [at('p5-rank-c', [4, 5, 6, 7])],
    jobs(
      [0.5, 5],
      [
        job('ranking/ctr-transformer', 3, [8, 40], 0.35, 6, evenly(0.95, 0.76)),
        // Waits for its data loader more than it computes.
        job('ranking/feature-crosses', 1, [6, 20], 0.05, 4, evenly(0.55, 0.4)),
      ],
    ),
  ),
  lane(
    [at('p5-rank-d', ALL)],
    jobs(
      [0.3, 3.5],
      [
        job('ranking/ctr-transformer', 3, [14, 60], 0.4, 6, evenly(0.95, 0.76)),
        job('ranking/feature-crosses', 1, [6, 24], 0.05, 4, evenly(0.58, 0.42)),
      ],
    ),
  ),
  // The runaway sweep: trials of a few hours that all diverge and keep nothing.
  ...['p5-burst-1', 'p5-burst-2'].map((node) =>
    lane(
      [at(node, ALL)],
      jobs([0.05, 0.2], [job('ranking/sweep-learning-rate', 1, [3, 8], 1, null, evenly(0.9, 0.7))]),
    ),
  ),

  // Whole GPUs behind notebooks, open through nights and weekends.
  lane([at('a2-research', [0])], leftOpen('research/notebook-amara', 0.85)),
  lane([at('a2-research', [1])], leftOpen('research/notebook-bruno', 0.7)),
  lane([at('a2-research', [2, 3])], leftOpen('research/notebook-chen', 0.9)),
  lane([at('a2-research', [4])], leftOpen('research/notebook-divya', 0.5)),
  lane([at('a2-research', [5])], always('default/jupyter-old', { ...typing(0.01), memory: 0.4 })),
  lane([at('a2-research', ['gi1'])], leftOpen('research/notebook-slice-1', 0.5)),
  lane([at('a2-research', ['gi2'])], leftOpen('research/notebook-slice-2', 0.4)),
  lane([at('a2-research', ['gi3'])], leftOpen('research/notebook-slice-3', 0.6)),

  // Spot: cheap, and taken away every day or two. One of the two workloads writes no checkpoints.
  lane(
    [at('p4d-spot-1', ALL)],
    jobs([0.2, 2], [job('research/moe-scaling', 1, [20, 70], 0.05, 2, evenly(0.95, 0.82))]),
  ),
  lane(
    [at('p4d-spot-2', ALL)],
    jobs(
      [0.2, 3],
      [
        job('research/diffusion-ablation', 2, [8, 26], 0.08, null, evenly(0.95, 0.78)),
        job('research/moe-scaling', 1, [10, 30], 0.05, 2, evenly(0.95, 0.82)),
      ],
    ),
  ),

  lane(
    [at('dgx-1', ALL)],
    jobs([0.5, 8], [job('research/vision-pretrain', 1, [18, 70], 0.12, 4, evenly(0.95, 0.83))]),
  ),
  lane(
    [at('dgx-2', [0, 1, 2, 3])],
    jobs([1, 12], [job('research/moe-scaling', 1, [12, 50], 0.1, 3, evenly(0.94, 0.8))]),
  ),
  lane(
    [at('dgx-2', [4, 5, 6, 7])],
    jobs([1, 12], [job('research/diffusion-ablation', 1, [6, 30], 0.15, null, evenly(0.94, 0.78))]),
  ),
  lane([at('dgx-3', [0, 1])], leftOpen('research/notebook-emil', 0.8)),
  lane([at('dgx-3', [2])], always('research/protein-fold-api', endpoint('office', 0.02, 0.5, 0.5))),
  lane(
    [at('dgx-3', [3, 4, 5, 6])],
    jobs([1, 10], [job('research/vision-pretrain', 1, [6, 24], 0.1, 2, evenly(0.95, 0.82))]),
  ),
  lane([at('dgx-3', ['gi1'])], always('research/protein-fold-api', endpoint('office', 0.02, 0.5, 0.5))),
  lane([at('dgx-3', ['gi2'])], leftOpen('research/notebook-slice-1', 0.6)),

  // One L40S shared by four tenants in time slices; the others serve and moderate.
  lane(
    [at('l40s-1', [0])],
    tenants([
      ['research/notebook-amara', typing(0.35)],
      ['research/notebook-bruno', typing(0.3)],
      ['platform/image-moderation', endpoint('consumer', 0.05, 0.3, 0.7)],
      ['default/demo-bot', endpoint('steady', 0.02, 0.04, 0.4)],
    ]),
  ),
  lane([at('l40s-1', [1, 2, 3])], always('platform/image-moderation', endpoint('consumer', 0.2, 0.9, 0.8))),
  lane([at('l40s-1', [4, 5])], daily('search/offline-eval', evenly(0.92, 0.75), 18, 30)),
  lane([at('l40s-1', [6])], leftOpen('research/notebook-divya', 0.6)),

  // Busy, and spread over two machines of which one would do.
  lane([at('g4-batch-1', [0, 1])], always('platform/thumbnails', evenly(0.91, 0.7))),
  lane([at('g4-batch-2', [0])], always('platform/log-embeddings', evenly(0.93, 0.72))),

  lane([at('g4-ci', [0, 1])], daily('platform/ci-gpu-tests', bursts(0.45, 0.7, 0.3), 6, 21, 'weekdays')),
  lane([at('g4-ci', [2])], always('platform/gpu-health-check', bursts(0.05, 0.5, 0.4))),
  lane(
    [at('p3-legacy', [0, 1])],
    jobs([2, 20], [job('research/legacy-forecast', 1, [10, 40], 0.1, 5, evenly(0.85, 0.6))]),
  ),
  lane([at('p3-legacy', [2])], always('default/test-pod', { ...typing(0), memory: 0.3 })),
  lane(
    [at('g5-platform', [0, 1, 2])],
    always('platform/feature-encoder', endpoint('consumer', 0.2, 0.8, 0.7)),
  ),
];

function lane(on: readonly Placement[], work: Work): Lane {
  return { on, work };
}

function at(node: string, slots: Placement['slots']): Placement {
  return { node, slots };
}

function always(workload: string, pattern: Pattern): Work {
  return { kind: 'always', workload, pattern };
}

function daily(workload: string, pattern: Pattern, from: number, to: number, days?: 'weekdays'): Work {
  return { kind: 'daily', workload, pattern, from, to, ...(days ? { weekdays: true } : {}) };
}

function jobs(pauseHours: readonly [number, number], plans: readonly JobPlan[]): Work {
  return { kind: 'jobs', jobs: plans, pauseHours };
}

function job(
  workload: string,
  weight: number,
  hours: readonly [number, number],
  failureChance: number,
  checkpointHours: number | null,
  pattern: Pattern,
): JobPlan {
  return { workload, weight, hours, failureChance, checkpointHours, pattern };
}

function leftOpen(workload: string, chance: number): Work {
  return { kind: 'notebook', workload, pattern: typing(0.7), leftOpen: chance };
}

function tenants(list: readonly (readonly [workload: string, pattern: Pattern])[]): Work {
  return { kind: 'tenants', tenants: list.map(([workload, pattern]) => ({ workload, pattern })) };
}

function llm(quiet: number, peak: number, fill: number): Pattern {
  return { kind: 'serving', curve: 'consumer', quiet, peak, fill, memory: 0.9 };
}

function endpoint(
  curve: 'consumer' | 'office' | 'steady',
  quiet: number,
  peak: number,
  fill: number,
): Pattern {
  return { kind: 'serving', curve, quiet, peak, fill, memory: 0.5 };
}

/** The same with a small model. */
function small(pattern: Pattern): Pattern {
  return { ...pattern, memory: 0.12 };
}

function evenly(engine: number, sm: number): Pattern {
  return { kind: 'training', engine, sm, memory: 0.82 };
}

function typing(activeFraction: number): Pattern {
  return { kind: 'interactive', activeFraction, memory: 0.2 };
}

function bursts(activeFraction: number, engine: number, sm: number): Pattern {
  return { kind: 'bursts', activeFraction, engine, sm, memory: 0.1 };
}

function serving(team: string, model: string, environment: string): WorkloadPlan {
  return { kind: 'inference', team, model, environment };
}

function training(team: string, model: string): WorkloadPlan {
  return { kind: 'training', team, model, environment: 'development' };
}

function batch(team: string, model: string): WorkloadPlan {
  return { kind: 'batch', team, model, environment: 'production' };
}

function notebook(team: string): WorkloadPlan {
  return { kind: 'notebook', team, environment: 'development' };
}
