import type { AllocationFact, RunFact, RunState, WorkloadFact } from '../../domain/facts/facts.ts';
import { type EpochMs, MINUTE_MS, type TimeWindow } from '../../domain/time/window.ts';
import { allocationFacts, type Hold } from './allocation-facts.ts';
import { groupBy } from './group-by.ts';
import { intersect } from './intervals.ts';
import type { KubePod, KubeState } from './kube-state.ts';
import type { LaterLife, LaterLook } from './later-lives.ts';
import { type PodRun, runOfPod } from './run-of-pod.ts';
import { MARGIN_MS } from './series.ts';
import { workloadFact } from './workload-facts.ts';

export type KubeRuns = Readonly<{
  /** Allocations of a hold, under the run that its pod belongs to; `null` when it belongs to none. */
  allocate(hold: Hold): readonly AllocationFact[] | null;
  workloads: readonly WorkloadFact[];
  runs: readonly RunFact[];
}>;

/**
 * Puts pods together to runs, and cuts what they held into attempts. A run is one workload however many pods and devices it has, since
 * what is asked is what the run costs; each attempt is a workload of its own. See "Runs" in docs/guides/prometheus.md.
 */
export function readKubeRuns(
  kube: KubeState,
  holds: readonly Hold[],
  window: TimeWindow,
  later: LaterLook,
): KubeRuns {
  const holding = new Set(holds.map(({ holder }) => holder.workloadId));
  const members = [...kube.pods]
    .filter(([id, pod]) => holding.has(id) || pod.life.asksForGpus)
    .flatMap(([id, pod]) => {
      const run = trainedBy(id, pod, kube);
      return run === null ? [] : [{ id, pod, run }];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const seenUntilMs = Math.min(window.toMs, lastSeen(kube));
  const stintsOfPod = new Map<string, readonly Stint[]>();
  const runs: RunFact[] = [];
  const workloads: WorkloadFact[] = [];
  for (const ofRun of groupBy(members, ({ run }) => run.runId).values()) {
    const stints = ofRun.flatMap((member) => stintsOf(member, ofRun, seenUntilMs, later.get(member.id)));
    for (const [attempt, ofAttempt] of [...groupBy(stints, (stint) => stint.attempt)].sort(
      ([a], [b]) => a - b,
    )) {
      const fact = runFact(attempt, ofAttempt, seenUntilMs);
      const isLost = LOST.includes(fact.state);
      for (const stint of ofAttempt)
        stintsOfPod.set(stint.member.id, [
          ...(stintsOfPod.get(stint.member.id) ?? []),
          { ...stint, isLost: isLost || stint.isLost },
        ]);
      const isHeld = ofAttempt.some(({ member }) => holding.has(member.id));
      if (isHeld || isKnown(fact)) workloads.push(runWorkload(fact.workloadId!, ofAttempt, kube));
      if (isKnown(fact)) runs.push(fact);
    }
  }
  return {
    runs,
    workloads,
    allocate(hold) {
      const stints = hold.holder.kind === 'pod' ? stintsOfPod.get(hold.holder.workloadId) : undefined;
      return stints?.flatMap((stint) => stintAllocations(hold, stint, window)) ?? null;
    },
  };
}

/** Until when kube-state-metrics was there to tell. */
function lastSeen({ nodes, pods }: KubeState): EpochMs {
  const ofNodes = [...nodes.values()].map(({ listed }) => listed.at(-1)?.toMs ?? 0);
  return [...pods.values()].reduce(
    (last, { life }) => Math.max(last, life.phaseUntilMs ?? 0),
    Math.max(0, ...ofNodes),
  );
}

type Member = Readonly<{ id: string; pod: KubePod; run: PodRun }>;

/** One life of a pod's containers: from its start, or from a restart, to the next. */
type Stint = Readonly<{
  member: Member;
  attempt: number;
  /** What of the pod's time belongs to it. */
  span: TimeWindow;
  queuedMs: EpochMs | null;
  startMs: EpochMs | null;
  endMs: EpochMs | null;
  state: RunState;
  detail: string;
  isLost: boolean;
}>;

const LOST: readonly RunState[] = ['failed', 'preempted'];

/** Servers and notebooks are no runs, whatever controls them. */
function trainedBy(workloadId: string, pod: KubePod, kube: KubeState): PodRun | null {
  const { namespace, pod: name } = pod;
  const { kind } = workloadFact({ kind: 'pod', workloadId, namespace, pod: name }, kube);
  return kind === 'training' || kind === 'batch' ? runOfPod(pod) : null;
}

function stintsOf(
  member: Member,
  ofRun: readonly Member[],
  seenUntilMs: EpochMs,
  later: LaterLife | undefined,
): Stint[] {
  const { life } = member.pod;
  const base = attemptsBefore(member, ofRun);
  const turns = life.restarts.length > 0 ? life.restarts : [{ atMs: 0, count: 0, startedMs: null }];
  return turns.map(({ atMs, count, startedMs }, index): Stint => {
    const next = turns[index + 1];
    const isFirst = count === 0;
    const startMs = isFirst ? (life.startedMs ?? startedMs) : (startedMs ?? (index > 0 ? atMs : null));
    const isRestartedLater = later !== undefined && later.restarts > count;
    const end = next
      ? { state: 'failed' as const, detail: 'restarted', endMs: next.startedMs ?? next.atMs }
      : isRestartedLater
        ? { state: 'failed' as const, detail: 'restarted', endMs: null }
        : endOf(member.pod, seenUntilMs, later);
    return {
      member,
      attempt: 1 + base + count,
      span: {
        fromMs: index === 0 ? Number.NEGATIVE_INFINITY : (startedMs ?? atMs),
        toMs: next ? (next.startedMs ?? next.atMs) : Number.POSITIVE_INFINITY,
      },
      queuedMs: isFirst ? queuedSince(member.pod, base === 0) : null,
      startMs: life.phase === 'Pending' ? null : startMs,
      ...end,
      isLost: LOST.includes(end.state),
    };
  });
}

/** A Job is asked for before a queue lets it have pods; pods that replace others are asked for when these failed. */
function queuedSince({ life: { createdMs }, jobCreatedMs }: KubePod, isFirst: boolean): EpochMs | null {
  if (!isFirst || jobCreatedMs === null) return createdMs;
  return Math.min(jobCreatedMs, createdMs ?? jobCreatedMs);
}

/**
 * The controller's own count; otherwise every life of the pods whose place this one took: of the same index, and failed before it was
 * created.
 */
function attemptsBefore({ id, pod, run }: Member, ofRun: readonly Member[]): number {
  if (run.restartAttempt !== null) return run.restartAttempt;
  const { createdMs } = pod.life;
  if (createdMs === null) return 0;
  return ofRun
    .filter(({ id: other, run: { slot } }) => other !== id && slot === run.slot)
    .filter(
      ({ pod: { life } }) =>
        life.phase === 'Failed' && (life.completedMs ?? life.createdMs ?? Infinity) <= createdMs,
    )
    .reduce((sum, { pod: { life } }) => sum + 1 + (life.restarts.at(-1)?.count ?? 0), 0);
}

function endOf(
  { life }: KubePod,
  seenUntilMs: EpochMs,
  later: LaterLife | undefined,
): Pick<Stint, 'state' | 'detail' | 'endMs'> {
  const phase = life.phase === 'Running' ? (later?.phase ?? life.phase) : life.phase;
  const completedMs = life.completedMs ?? later?.completedMs ?? null;
  if (phase === 'Succeeded')
    return { state: 'succeeded', detail: phase, endMs: completedMs ?? life.phaseUntilMs };
  if (phase === 'Failed')
    return {
      state: life.reason === null ? 'failed' : 'preempted',
      detail: life.reason ?? phase,
      endMs: completedMs ?? life.phaseUntilMs,
    };
  if (phase === 'Pending') return { state: 'waiting', detail: phase, endMs: null };
  // A pod is gone when others went on to be listed; two scrapes may be missing.
  const isAlive = life.phaseUntilMs === null || life.phaseUntilMs >= seenUntilMs - MARGIN_MS / 2;
  if (isAlive) return { state: 'running', detail: 'Running', endMs: null };
  return { state: 'unknown', detail: 'deleted while it ran', endMs: life.phaseUntilMs };
}

/** Runs as long as one of its pods does; then as bad as the worst of them. */
const FIRST_WINS: readonly RunState[] = ['running', 'failed', 'preempted', 'unknown', 'waiting', 'succeeded'];

function runFact(attempt: number, stints: readonly Stint[], seenUntilMs: EpochMs): RunFact {
  const { run, pod } = stints[0]!.member;
  const deciding = [...stints].sort((a, b) => FIRST_WINS.indexOf(a.state) - FIRST_WINS.indexOf(b.state))[0]!;
  const starts = stints.flatMap(({ startMs }) => startMs ?? []);
  const queued = stints.flatMap(({ queuedMs }) => queuedMs ?? []);
  const ends = stints.flatMap(({ endMs }) => endMs ?? []);
  const isOver = deciding.state !== 'running' && deciding.state !== 'waiting';
  return {
    runId: run.runId,
    attempt,
    name: run.name,
    experiment: run.experiment,
    state: deciding.state,
    stateDetail: deciding.detail,
    queue: run.queue,
    queuedMs: queued.length === 0 ? null : Math.min(...queued),
    startMs: starts.length === 0 ? null : Math.min(...starts),
    endMs: isOver && ends.length > 0 ? Math.max(...ends) : null,
    gangUntilMs: gangWait(stints, starts, seenUntilMs),
    workloadId: `${run.runId}${attempt === 1 ? '' : `:${attempt}`}`,
    parentRunId: null,
    fingerprint: null,
    parameters: {},
    metrics: {},
    attributes: sharedAttributes(stints, pod),
  };
}

/** Pods that started minutes apart were never a gang, or its wait is not worth a word. */
const LEAST_GANG_WAIT_MS = 5 * MINUTE_MS;

/** Those that have not started go on being waited for. */
function gangWait(
  stints: readonly Stint[],
  starts: readonly EpochMs[],
  seenUntilMs: EpochMs,
): EpochMs | null {
  // Pods with an index belong together; others of a Job work one by one.
  if (starts.length === 0 || stints.some(({ member }) => member.run.slot === null)) return null;
  const isWaiting = stints.some(({ state }) => state === 'waiting');
  const untilMs = isWaiting ? Math.max(seenUntilMs, ...starts) : Math.max(...starts);
  return untilMs - Math.min(...starts) >= LEAST_GANG_WAIT_MS ? untilMs : null;
}

/** Without its start, an attempt of which this hour shows the middle would look as if it had begun in it. */
function isKnown({ state, startMs }: RunFact): boolean {
  return startMs !== null || state === 'waiting';
}

function runWorkload(workloadId: string, stints: readonly Stint[], kube: KubeState): WorkloadFact {
  const { id, pod } = stints[0]!.member;
  const ofPod = workloadFact({ kind: 'pod', workloadId: id, namespace: pod.namespace, pod: pod.pod }, kube);
  const { controller, controllerKind } = ofPod.attributes;
  return {
    workloadId,
    kind: ofPod.kind,
    name: ofPod.name,
    attributes: {
      ...sharedAttributes(stints, pod),
      ...(controller !== undefined && { controller }),
      ...(controllerKind !== undefined && { controllerKind }),
    },
  };
}

/** What all of its pods say: an index, or the name of a pod, is none of a run's own. */
function sharedAttributes(stints: readonly Stint[], { namespace }: KubePod): Record<string, string> {
  const [first, ...others] = stints.map(({ member }) => member.pod.labels);
  const shared = Object.entries(first!).filter(
    ([key, value]) =>
      key.startsWith('label_') && value !== '' && others.every((labels) => labels[key] === value),
  );
  return {
    ...Object.fromEntries(shared.map(([key, value]) => [`label:${key.slice('label_'.length)}`, value])),
    ...(namespace !== null && { namespace }),
  };
}

function stintAllocations(hold: Hold, stint: Stint, window: TimeWindow): AllocationFact[] {
  const { run } = stint.member;
  const workloadId = `${run.runId}${stint.attempt === 1 ? '' : `:${stint.attempt}`}`;
  return allocationFacts({ ...hold, held: intersect(hold.held, [stint.span]) }, window).map((allocation) => ({
    ...allocation,
    workloadId,
    lostFromMs: stint.isLost ? allocation.startMs : null,
  }));
}
