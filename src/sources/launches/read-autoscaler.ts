import type { Copies, Launch } from '../../domain/governance/launch.ts';
import type { Tree } from './tree.ts';

/** What changes the number of copies of another object: a HorizontalPodAutoscaler, or a ScaledObject of KEDA. */
export type Autoscaler = Readonly<{
  namespace: string | null;
  kind: string;
  name: string;
  min: number;
  max: number;
  /** After how long without work KEDA goes to zero. */
  idleHours: number | null;
}>;

const KEDA_COOLDOWN_SECONDS = 300; // KEDA's default for cooldownPeriod
const KEDA_MOST = 100; // and for maxReplicaCount

export function readAutoscaler(object: Tree): Autoscaler | null {
  const kind = object.at('kind').text();
  const target = object.at('spec', 'scaleTargetRef');
  const name = target.at('name').text();
  if (name === null || (kind !== 'HorizontalPodAutoscaler' && kind !== 'ScaledObject')) return null;
  const common = {
    namespace: object.at('metadata', 'namespace').text(),
    kind: target.at('kind').text() ?? 'Deployment',
    name,
  };
  const spec = object.at('spec');
  if (kind === 'HorizontalPodAutoscaler') {
    const min = spec.at('minReplicas').count() ?? 1;
    return { ...common, min, max: Math.max(min, spec.at('maxReplicas').count() ?? min), idleHours: null };
  }
  const min = spec.at('idleReplicaCount').count() ?? spec.at('minReplicaCount').count() ?? 0;
  const cooldown = spec.at('cooldownPeriod').count() ?? KEDA_COOLDOWN_SECONDS;
  return {
    ...common,
    min,
    max: Math.max(min, spec.at('maxReplicaCount').count() ?? KEDA_MOST),
    idleHours: min === 0 ? cooldown / 3_600 : null,
  };
}

/** Launches with the bounds that their autoscalers set, in whatever file those stand. */
export function applyAutoscalers(
  launches: readonly Launch[],
  autoscalers: readonly Autoscaler[],
): readonly Launch[] {
  if (autoscalers.length === 0) return launches;
  return launches.map((launch) => {
    const found = autoscalers.find(
      ({ namespace, kind, name }) =>
        kind === launch.resourceKind &&
        name === launch.name &&
        (namespace ?? launch.namespace) === launch.namespace,
    );
    if (found === undefined) return launch;
    const { min, max, idleHours } = found;
    const copies: Copies = {
      stated: Math.min(max, Math.max(min, launch.copies.stated)),
      min,
      max,
      isAutoscaled: true,
    };
    return { ...launch, copies, idleLimitHours: launch.idleLimitHours ?? idleHours };
  });
}
