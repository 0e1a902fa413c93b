import type { JudgedLaunch, Objection } from '../judged-launch.ts';
import { gpuModelsOf, gpusOf, labelOf } from '../launch.ts';
import type { PolicyRule } from '../policy.ts';
import { judgeCost } from './judge-cost.ts';
import { judgeExpression } from './judge-expression.ts';
import { judgeOversized } from './judge-oversized.ts';
import { objection } from './objection.ts';

/** What a rule has against a launch: nothing, or one objection for each thing that is wrong. */
export function judge(rule: PolicyRule, judged: JudgedLaunch): readonly Objection[] {
  switch (rule.rule) {
    case 'allowed-gpu':
      return judgeGpu(rule, judged);
    case 'max-gpus':
      return judgeGpuCount(rule, judged);
    case 'allowed-lifecycle':
      return judgeLifecycle(rule, judged);
    case 'allowed-region':
      return judgeRegion(rule, judged);
    case 'require-spot':
      return judgeSpotRequired(judged);
    case 'forbid-spot':
      return judgeSpotForbidden(judged);
    case 'require-autoscaling':
      return judgeAutoscaling(judged);
    case 'require-scale-to-zero':
      return judgeScaleToZero(judged);
    case 'max-idle':
      return judgeIdle(rule, judged);
    case 'max-hours':
      return judgeHours(rule, judged);
    case 'required-tags':
      return judgeTags(rule, judged);
    case 'oversized-gpu':
      return judgeOversized(rule, judged);
    case 'max-cost':
      return judgeCost(rule, judged);
    case 'expression':
      return judgeExpression(rule, judged);
    default:
      return rule satisfies never;
  }
}

type Rule<Name extends PolicyRule['rule']> = Extract<PolicyRule, { rule: Name }>;

function judgeGpu({ models }: Rule<'allowed-gpu'>, { launch, gpus }: JudgedLaunch): Objection[] {
  const asked = gpuModelsOf(launch);
  const list = models.join(', ');
  if (asked.length === 0) {
    const message = `nothing says which GPU it gets, and only ${list} ${models.length === 1 ? 'is' : 'are'} allowed`;
    return [
      objection(
        'gpus',
        message,
        `ask for ${orList(models)} by a node selector, a GPU type or a machine type`,
      ),
    ];
  }
  const refused = asked.filter((model) => !models.some((name) => gpus.isCalled(model, name)));
  if (refused.length === 0) return [];
  return [objection('gpuModel', `${refused.join(', ')} is not allowed here`, `ask for ${orList(models)}`)];
}

function judgeGpuCount({ perLaunch, perNode }: Rule<'max-gpus'>, { launch }: JudgedLaunch): Objection[] {
  const { high } = gpusOf(launch);
  const largest = Math.max(0, ...launch.parts.map(({ gpusPerNode }) => gpusPerNode));
  const found: Objection[] = [];
  if (perLaunch !== null && high > perLaunch)
    found.push(
      objection(
        launch.copies.max > 1 ? 'copies' : 'gpus',
        `it may hold ${count(high)} GPUs, and at most ${count(perLaunch)} are allowed`,
        `ask for ${count(perLaunch)} or fewer, or for an exception`,
      ),
    );
  if (perNode !== null && largest > perNode)
    found.push(
      objection(
        'gpus',
        `one node holds ${count(largest)} GPUs, and at most ${count(perNode)} are allowed`,
        `ask for ${count(perNode)} or fewer per node`,
      ),
    );
  return found;
}

function judgeLifecycle({ lifecycles }: Rule<'allowed-lifecycle'>, { launch }: JudgedLaunch): Objection[] {
  const { lifecycle } = launch;
  const allowed = lifecycles.map(words);
  if (lifecycle !== null && lifecycles.includes(lifecycle)) return [];
  // What says nothing gets what the cluster has, which is on demand in most.
  if (lifecycle === null && lifecycles.includes('on_demand')) return [];
  const message =
    lifecycle === null
      ? `nothing says how it is paid, and only ${allowed.join(', ')} is allowed`
      : `${words(lifecycle)} is not allowed here`;
  return [objection('lifecycle', message, `ask for ${orList(allowed)} capacity`)];
}

function judgeRegion({ regions }: Rule<'allowed-region'>, { launch }: JudgedLaunch): Objection[] {
  const { region } = launch;
  if (region !== null && regions.some((allowed) => matchesGlob(region.toLowerCase(), allowed.toLowerCase())))
    return [];
  const message =
    region === null ? 'nothing says in which region it runs' : `region ${region} is not allowed here`;
  return [objection('region', message, `run it in ${orList(regions)}`)];
}

/** Training and batch work counts as interruptible unless a label says that it is not. */
function judgeSpotRequired({ launch }: JudgedLaunch): Objection[] {
  const mayStop = launch.kind === 'training' || launch.kind === 'batch';
  const isInterruptible = launch.isInterruptible ?? mayStop;
  if (!isInterruptible || launch.lifecycle === 'spot' || launch.lifecycle === 'owned') return [];
  return [
    objection(
      'lifecycle',
      'interruptible work has to run on spot capacity',
      'ask for spot capacity and write checkpoints, or label it tare.dev/interruptible: "false" if it cannot be stopped',
    ),
  ];
}

/** Serving counts as latency-critical unless a label says that it is not. */
function judgeSpotForbidden({ launch }: JudgedLaunch): Objection[] {
  const isCritical = launch.isLatencyCritical ?? launch.kind === 'inference';
  if (!isCritical || launch.lifecycle !== 'spot') return [];
  return [
    objection(
      'lifecycle',
      'people wait for its answers, and spot capacity may be taken away at any time',
      'run it on demand or on committed capacity, or label it tare.dev/latency-critical: "false" if nobody waits',
    ),
  ];
}

function judgeAutoscaling({ launch }: JudgedLaunch): Objection[] {
  if (launch.kind !== 'inference' || launch.copies.isAutoscaled) return [];
  return [
    objection(
      'copies',
      `it runs ${count(launch.copies.stated)} replicas whatever the load is`,
      'add a HorizontalPodAutoscaler or a KEDA ScaledObject for it, or minReplicas and maxReplicas',
    ),
  ];
}

function judgeScaleToZero({ launch }: JudgedLaunch): Objection[] {
  const isServed = launch.kind === 'inference' || launch.kind === 'notebook';
  if (!isServed || launch.copies.min === 0) return [];
  return [
    objection(
      'copies',
      `it keeps ${count(launch.copies.min)} or more replicas when nobody asks`,
      'let it scale to zero: minReplicas: 0, or minReplicaCount: 0 of a KEDA ScaledObject',
    ),
  ];
}

function judgeIdle({ hours }: Rule<'max-idle'>, { launch }: JudgedLaunch): Objection[] {
  const { idleLimitHours } = launch;
  if (idleLimitHours !== null && idleLimitHours <= hours) return [];
  const limit = printHours(hours);
  const message =
    idleLimitHours === null
      ? `it never stops when it is idle, and may idle for at most ${limit}`
      : `it stops after ${printHours(idleLimitHours)} without work, and may idle for at most ${limit}`;
  return [
    objection(
      'idle',
      message,
      `stop it by itself (autostop, cooldownPeriod, idleTimeoutSeconds), and say so by the annotation tare.dev/idle-limit: ${limit} where something else does it`,
    ),
  ];
}

function judgeHours({ hours }: Rule<'max-hours'>, { launch }: JudgedLaunch): Objection[] {
  if (launch.isContinuous || (launch.limitHours !== null && launch.limitHours <= hours)) return [];
  const limit = printHours(hours);
  const message =
    launch.limitHours === null
      ? `it has no time limit, and may run for at most ${limit}`
      : `it may run for ${printHours(launch.limitHours)}, and at most ${limit} are allowed`;
  return [objection('limit', message, `set activeDeadlineSeconds or --time to ${limit} or less`)];
}

/** An owner that only the namespace tells is no tag; one from an account or a partition is. */
function judgeTags({ tags }: Rule<'required-tags'>, judged: JudgedLaunch): Objection[] {
  const isStated = (tag: string) => {
    const owner = Object.hasOwn(judged.owner, tag) ? judged.owner[tag] : undefined;
    return labelOf(judged.launch, tag) !== null || (owner !== undefined && owner !== judged.launch.namespace);
  };
  const missing = tags.filter((tag) => !isStated(tag));
  if (missing.length === 0) return [];
  const noun = missing.length === 1 ? 'a label or tag is' : 'labels or tags are';
  return [
    objection(
      'labels',
      `${noun} missing: ${missing.join(', ')}`,
      `add ${missing.map((tag) => `${tag}: …`).join(', ')}`,
    ),
  ];
}

/** `*` stands for any characters. Linear in the text for each `*`. */
function matchesGlob(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === pattern;
  if (!text.startsWith(first)) return false;
  const last = rest.pop()!;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

function words(lifecycle: string): string {
  return lifecycle.replace('_', ' ');
}

function orList(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}

function count(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** `45m`, `2h`, `3d`. */
function printHours(hours: number): string {
  if (hours < 1) return `${Math.round(hours * 60)}m`;
  return hours >= 48 && hours % 24 === 0 ? `${hours / 24}d` : `${Number(hours.toFixed(1))}h`;
}
