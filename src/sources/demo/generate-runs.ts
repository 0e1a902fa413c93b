import { createHash } from 'node:crypto';
import type { CheckpointFact, FactBatch, RunFact } from '../../domain/facts/facts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type TimeWindow } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { Machine } from './build-machines.ts';
import { labelsOf } from './generate-inventory.ts';
import type { Attempt, Hold } from './hold.ts';
import { type Random, randomStream } from './random.ts';
import { DECAY_PER_DAY, RUN_PLANS, type RunPlan, UNPLACED_RUNS, WAITING_RUNS } from './run-plan.ts';
import { WORKLOADS } from './work-plan.ts';

const FIRST_JOB = 40_213;

type RunHold = Hold & Readonly<{ attempt: Attempt }>;
type Recipe = Pick<RunFact, 'fingerprint' | 'parameters'> & Readonly<{ gain: number }>;

/** What a tracking server knows: runs with their attempts, parameters and scores, and when each was safe on disk. */
export function* generateRuns(
  machines: readonly Machine[],
  holds: readonly Hold[],
  seed: number,
  window: TimeWindow,
): Generator<FactBatch> {
  const runs = [...grouped(holds.filter(isAttempt), ({ attempt }) => attempt.runName).values()].sort(
    ([a], [b]) => a!.fromMs - b!.fromMs,
  );
  const ids = nameIds(runs, machines);
  for (const [workload, own] of grouped(runs, ([first]) => first!.workload)) {
    const random = randomStream(seed, `tracking/${workload}`);
    yield {
      runs: runsOf(workload, own, ids, random, window),
      checkpoints: own.flat().flatMap(checkpointsOf),
    };
  }
  yield { runs: [...waitingRuns(seed, window), ...unplacedRuns(seed, window)] };
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** Own servers are under Slurm, which counts its jobs, the rest under Kubernetes, whose names hold slashes. */
function nameIds(runs: readonly RunHold[][], machines: readonly Machine[]): ReadonlyMap<string, string> {
  const owned = machines.filter(({ rental }) => rental === null);
  const underSlurm = new Set(owned.flatMap(({ devices }) => devices.map(({ id }) => id)));
  return new Map(
    runs.map(([first], index) => {
      const { attempt, devices } = first!;
      const isJob = underSlurm.has(devices[0]!.id);
      const job = `slurm:onprem:${FIRST_JOB + 7 * index}`;
      return [attempt.runName, isJob ? job : `kubernetes:train/${attempt.runName}`];
    }),
  );
}

function isAttempt(hold: Hold): hold is RunHold {
  return hold.attempt !== null;
}

function checkpointsOf({ workloadId, fromMs, toMs, attempt }: RunHold): CheckpointFact[] {
  if (attempt.checkpointHours === null) return [];
  const everyMs = attempt.checkpointHours * HOUR_MS;
  return Array.from({ length: Math.floor((toMs - fromMs) / everyMs) }, (_, index) => ({
    workloadId,
    atMs: fromMs + (index + 1) * everyMs,
  }));
}

function runsOf(
  workload: string,
  runs: readonly RunHold[][],
  ids: ReadonlyMap<string, string>,
  random: Random,
  window: TimeWindow,
): RunFact[] {
  const plan = RUN_PLANS[workload]!;
  const [, name] = workload.split('/') as [string, string];
  let recipe: Recipe | null = null;
  let previous: Readonly<{ quality: number; toMs: number }> | null = null;
  return runs.flatMap((attempts, index) => {
    const last = attempts.at(-1)!;
    if (recipe === null || !random.chance(plan.repeatChance))
      recipe = draw(workload, plan, random, last.fromMs);
    const score = scoreOf(plan, attempts, recipe, random);
    const isDone = last.attempt.end === 'succeeded';
    const before =
      workload === 'ranking/nightly-ctr' && previous !== null ? aged(previous, last, random) : null;
    if (isDone) previous = { quality: score, toMs: last.toMs };
    const queuedMs = Math.max(window.fromMs, attempts[0]!.fromMs - minutes(random.skewed(...plan.waitHours)));
    const shared = {
      runId: ids.get(last.attempt.runName)!,
      name: `${name}-${index + 1}`,
      experiment: name,
      queue: plan.queue,
      parentRunId: null,
      fingerprint: recipe.fingerprint,
      parameters: recipe.parameters,
      attributes: labelsOf(workload.split('/')[0]!, WORKLOADS[workload]!),
    };
    return attempts.map((hold, place) => ({
      ...shared,
      attempt: place + 1,
      state: hold.attempt.end,
      stateDetail: DETAILS[hold.attempt.end],
      queuedMs: place === 0 ? queuedMs : attempts[place - 1]!.toMs,
      startMs: hold.fromMs,
      endMs: hold.attempt.end === 'running' ? null : hold.toMs,
      workloadId: hold.workloadId,
      metrics: hold === last ? metricsOf(hold, score, isDone, before) : {},
    }));
  });
}

const DETAILS: Readonly<Record<Attempt['end'], string | null>> = {
  succeeded: null,
  running: null,
  failed: 'exit code 1: loss is NaN',
  timed_out: 'no progress within the deadline',
  preempted: 'the spot machine was taken away',
  cancelled: 'stopped by a person',
};

/** Choices for everything that is varied, and the code of the day. */
function draw(workload: string, plan: RunPlan, random: Random, atMs: number): Recipe {
  let gain = 0;
  const parameters: Record<string, string> = {};
  for (const [name, { choices, good }] of Object.entries(plan.parameters)) {
    const place = Math.floor(random.fraction() * choices.length);
    parameters[name] = choices[place]!;
    gain -= 0.012 * Math.abs(place - good);
  }
  parameters['seed'] = `${Math.floor(random.fraction() * 10_000)}`;
  parameters['code'] = digestOf(`${workload} ${Math.floor(atMs / (5 * DAY_MS))}`).slice(0, 7);
  return { gain, parameters, fingerprint: digestOf(JSON.stringify([workload, parameters])) };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** Work that was kept counts, lost work does not. */
function scoreOf(
  { quality }: RunPlan,
  attempts: readonly RunHold[],
  { gain }: Recipe,
  random: Random,
): number {
  const keptGpuHours = attempts
    .map(({ fromMs, toMs, lostFromMs, devices }) => {
      const gpus = devices.reduce((sum, { gpuParts }) => sum + gpuParts, 0) / PARTS_PER_GPU;
      return (((lostFromMs ?? toMs) - fromMs) / HOUR_MS) * gpus;
    })
    .reduce((sum, hours) => sum + hours, 0);
  const { start, best, scaleGpuHours } = quality;
  const reached = best - (best - start) * Math.exp(-keptGpuHours / scaleGpuHours);
  return rounded(reached + gain + random.between(-0.004, 0.004));
}

/** What the model of the night before still reaches on the day's data. */
function aged(
  { quality, toMs }: Readonly<{ quality: number; toMs: number }>,
  hold: RunHold,
  random: Random,
): number {
  const days = (hold.toMs - toMs) / DAY_MS;
  return rounded(quality - days * DECAY_PER_DAY * random.between(0.8, 1.2));
}

/** Who stopped early has a loss to show and no model to judge. */
function metricsOf(
  hold: RunHold,
  score: number,
  isDone: boolean,
  before: number | null,
): Readonly<Record<string, number>> {
  const loss = { loss: rounded(2.4 * (1 - score)) };
  if (hold.attempt.end === 'running') return { ...loss, accuracy: score };
  if (!isDone) return hold.lostFromMs === hold.fromMs ? {} : loss;
  return { ...loss, accuracy: score, ...(before === null ? {} : { accuracy_before: before }) };
}

function waitingRuns(seed: number, window: TimeWindow): RunFact[] {
  return WAITING_RUNS.map(({ workload, hours }) => {
    const random = randomStream(seed, `waiting/${workload}`);
    const plan = RUN_PLANS[workload]!;
    const [namespace, name] = workload.split('/') as [string, string];
    const { fingerprint, parameters } = draw(workload, plan, random, window.toMs);
    return {
      runId: `kubernetes:train/${workload}-${random.hex(5)}`,
      attempt: 1,
      name: `${name}-next`,
      experiment: name,
      state: 'waiting',
      stateDetail: 'quota of the queue is used up',
      queue: plan.queue,
      queuedMs: window.toMs - minutes(hours),
      startMs: null,
      endMs: null,
      workloadId: null,
      parentRunId: null,
      fingerprint,
      parameters,
      metrics: {},
      attributes: labelsOf(namespace, WORKLOADS[workload]!),
    };
  });
}

function unplacedRuns(seed: number, window: TimeWindow): RunFact[] {
  return UNPLACED_RUNS.map(({ name, daysAgo, hours }) => {
    const random = randomStream(seed, `laptop/${name}`);
    const startMs = window.toMs - daysAgo * DAY_MS + minutes(random.between(-4, 4));
    return {
      runId: `mlflow:${random.hex(12)}`,
      attempt: 1,
      name,
      experiment: 'tokenizer-probe',
      state: 'succeeded',
      stateDetail: null,
      queue: null,
      queuedMs: null,
      startMs,
      endMs: startMs + minutes(hours),
      workloadId: null,
      parentRunId: null,
      fingerprint: null,
      parameters: { vocabulary: `${Math.round(random.between(20, 64))}000` },
      metrics: { accuracy: rounded(random.between(0.55, 0.6)) },
      attributes: { 'label:team': 'research', 'label:env': 'development' },
    };
  });
}

function minutes(hours: number): number {
  return Math.round(hours * 60) * MINUTE_MS;
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
