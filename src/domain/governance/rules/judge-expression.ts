import { picosToNumber } from '../../money/picos.ts';
import { evaluateExpression, type Names } from '../expression/evaluate-expression.ts';
import type { Value } from '../expression/expression.ts';
import type { LookUp } from '../expression/functions.ts';
import type { JudgedLaunch, Objection } from '../judged-launch.ts';
import { gpuModelsOf, gpusOf, labelOf } from '../launch.ts';
import type { PolicyRule } from '../policy.ts';
import { objection } from './objection.ts';

/** Objects when the expression is true, and when it cannot be computed; what rests on the unknown is let through. */
export function judgeExpression(
  { deny, source }: Extract<PolicyRule, { rule: 'expression' }>,
  judged: JudgedLaunch,
): readonly Objection[] {
  const found = evaluateExpression(deny, namesOf(judged), lookUpOf(judged));
  if (found.kind === 'mistake')
    return [undecided(`"${source}" cannot be judged: ${found.message}`, 'correct the policy in tare.yaml')];
  if (found.value === true)
    return [objection(null, `not allowed: ${source}`, 'change the launch so that this is not true of it')];
  if (found.value === false || found.value === null) return [];
  return [undecided(`"${source}" is neither true nor false`, 'write a comparison under deny: in tare.yaml')];
}

function undecided(message: string, fix: string): Objection {
  return { ...objection(null, message, fix), isUndecided: true };
}

export function lookUpOf({ launch, owner }: JudgedLaunch): LookUp {
  return {
    label: (name) => labelOf(launch, name),
    owner: (dimension) => (Object.hasOwn(owner, dimension) ? owner[dimension]! : null),
  };
}

/** In the order of `EXPRESSION_NAMES`. */
export function namesOf({ launch, owner, estimate }: JudgedLaunch): Names {
  const { copies, parts } = launch;
  const gpus = gpusOf(launch);
  const money = (picos: bigint | undefined) => (picos === undefined ? null : picosToNumber(picos));
  const values: Readonly<Record<string, Value>> = {
    name: launch.name,
    namespace: launch.namespace,
    kind: launch.kind,
    resource: launch.resourceKind,
    file: launch.file,
    queue: launch.queue,
    team: owner['team'] ?? null,
    model: owner['model'] ?? null,
    environment: owner['environment'] ?? null,
    gpus: gpus.high,
    minGpus: gpus.low,
    gpusPerNode: Math.max(0, ...parts.map(({ gpusPerNode }) => gpusPerNode)),
    nodes: parts.reduce((sum, { nodes }) => sum + nodes, 0),
    gpuModels: gpuModelsOf(launch),
    lifecycle: launch.lifecycle,
    isSpot: launch.lifecycle === 'spot',
    provider: launch.provider,
    region: launch.region,
    minReplicas: copies.min,
    maxReplicas: copies.max,
    isAutoscaled: copies.isAutoscaled,
    limitHours: launch.limitHours,
    idleLimitHours: launch.idleLimitHours,
    hours: estimate.hours?.expected ?? null,
    costPerHour: money(estimate.perHour?.high),
    costPerRun: money(estimate.perRun?.expected),
    costPerMonth: money(estimate.perMonth?.high),
  };
  return new Map(Object.entries(values));
}
