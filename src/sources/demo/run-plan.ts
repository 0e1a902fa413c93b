/** What people write down about their training runs: where they wait, what they vary, and how good the result gets. */
export type RunPlan = Readonly<{
  queue: string;
  /** Hours that a run waits before its first attempt, shortest to longest. */
  waitHours: readonly [number, number];
  /** The choices for each parameter; `good` is the one that gains most, by place. */
  parameters: Readonly<Record<string, Readonly<{ choices: readonly string[]; good: number }>>>;
  quality: QualityPlan;
  /** Chance that somebody starts the run before it again: the same code, data and parameters. */
  repeatChance: number;
}>;

/** Accuracy grows with the work done and saturates: `best − (best − start) × e^(−GPU-hours ÷ scale)`. */
export type QualityPlan = Readonly<{ start: number; best: number; scaleGpuHours: number }>;

/** Points that a model loses in a day of standing still, where it is trained again every night. */
export const DECAY_PER_DAY = 0.0011;

export const RUN_PLANS: Readonly<Record<string, RunPlan>> = {
  'search/distill-student': plan('search-batch', [0.1, 4], quality(0.52, 0.791, 90), {
    temperature: choices(['1', '2', '4'], 1),
    learningRate: choices(['5e-5', '1e-4', '2e-4'], 1),
  }),
  'ranking/two-tower-pretrain': plan('ranking-large', [0.2, 9], quality(0.55, 0.842, 380), {
    embedding: choices(['256', '512', '768'], 1),
    learningRate: choices(['1e-4', '3e-4'], 0),
    batchSize: choices(['16384', '32768'], 1),
  }),
  'ranking/ctr-transformer': plan('ranking', [0.1, 5], quality(0.6, 0.804, 75), {
    layers: choices(['6', '12', '24'], 1),
    learningRate: choices(['1e-4', '2e-4', '4e-4'], 1),
    batchSize: choices(['8192', '16384'], 0),
  }),
  'ranking/feature-crosses': plan('ranking', [0.1, 3], quality(0.58, 0.772, 40), {
    crosses: choices(['64', '128', '256'], 2),
    dropout: choices(['0.0', '0.1'], 1),
  }),
  'ranking/nightly-ctr': plan('ranking-nightly', [0.05, 0.4], quality(0.6, 0.797, 14), {
    layers: choices(['12'], 0),
    learningRate: choices(['1e-4'], 0),
  }),
  'ranking/sweep-learning-rate': plan('burst', [0.05, 0.3], quality(0.5, 0.62, 60), {
    learningRate: choices(['1e-2', '2e-2', '4e-2', '8e-2'], 0),
    warmupSteps: choices(['0', '100'], 1),
  }),
  'research/diffusion-ablation': plan(
    'research',
    [0.1, 8],
    quality(0.4, 0.713, 70),
    {
      block: choices(['none', 'attention', 'time-embedding', 'skip'], 1),
      learningRate: choices(['5e-5', '1e-4'], 0),
    },
    0.08,
  ),
  'research/moe-scaling': plan('research', [0.1, 12], quality(0.45, 0.688, 190), {
    experts: choices(['8', '16', '32'], 1),
    topK: choices(['1', '2'], 1),
  }),
  'research/vision-pretrain': plan(
    'research',
    [0.1, 10],
    quality(0.5, 0.861, 130),
    {
      augmentation: choices(['light', 'strong'], 1),
      resolution: choices(['224', '288', '384'], 1),
    },
    0.07,
  ),
  'research/legacy-forecast': plan('research-legacy', [0.5, 20], quality(0.6, 0.742, 25), {
    horizonDays: choices(['7', '28'], 0),
  }),
};

/** Logged from laptops: nothing says which GPU they used, or whether any. */
export const UNPLACED_RUNS: readonly Readonly<{ name: string; daysAgo: number; hours: number }>[] = [
  { name: 'tokenizer-probe-1', daysAgo: 19, hours: 1.4 },
  { name: 'tokenizer-probe-2', daysAgo: 18, hours: 2.6 },
  { name: 'tokenizer-probe-3', daysAgo: 5, hours: 0.8 },
];

/** Asked for, and still without a machine when the past ends. */
export const WAITING_RUNS: readonly Readonly<{ workload: string; hours: number }>[] = [
  { workload: 'ranking/two-tower-pretrain', hours: 7.5 },
  { workload: 'research/moe-scaling', hours: 3.25 },
];

function plan(
  queue: string,
  waitHours: RunPlan['waitHours'],
  qualityPlan: QualityPlan,
  parameters: RunPlan['parameters'],
  repeatChance = 0,
): RunPlan {
  return { queue, waitHours, parameters, quality: qualityPlan, repeatChance };
}

function quality(start: number, best: number, scaleGpuHours: number): QualityPlan {
  return { start, best, scaleGpuHours };
}

function choices(list: readonly string[], good: number): RunPlan['parameters'][string] {
  return { choices: list, good };
}
