import type { ActionKind } from './find-idle-now.ts';

/** An object of Kubernetes, as far as a change looks at it. */
export type ClusterObject = Readonly<{
  apiVersion: string;
  kind: string;
  metadata: Readonly<{
    name: string;
    namespace?: string;
    resourceVersion?: string;
    annotations?: Readonly<Record<string, string>>;
    ownerReferences?: readonly OwnerReference[];
  }>;
  spec?: Readonly<Record<string, unknown>>;
}>;

export type OwnerReference = Readonly<{
  apiVersion: string;
  kind: string;
  name: string;
  controller?: boolean;
}>;

/** Merge patches (RFC 7396): what is done, and what takes it back. `null` where nothing does. */
export type ClusterChange = Readonly<{
  patch: PatchDocument;
  undo: PatchDocument | null;
  /** `spec.replicas: 3 → 0`. */
  words: string;
  /** What to know before it is done. */
  notes: readonly string[];
}>;

export type PatchDocument = Readonly<Record<string, unknown>>;

export const STOPPED = 'kubeflow-resource-stopped';

/**
 * How the topmost owner of an idle pod gives its GPUs back. A text says why it cannot: it is of a kind that nothing is known about, or it has done so
 * already. `at` is an instant, which Kubeflow's annotation holds.
 */
export function changeFor(action: ActionKind, object: ClusterObject, at: string): ClusterChange | string {
  switch (object.kind) {
    case 'Notebook':
      return stopNotebook(object, at);
    case 'InferenceService':
      return letScaleToZero(object);
    case 'Deployment':
    case 'StatefulSet':
      return scaleToNone(action, object);
    case 'Job':
      return suspend(object);
    default:
      return `nothing is known about how a ${object.kind} gives its GPUs back`;
  }
}

/** Kubeflow's controller takes the pod away, and keeps the volume. */
function stopNotebook({ metadata }: ClusterObject, at: string): ClusterChange | string {
  if (metadata.annotations?.[STOPPED] !== undefined) return 'it is stopped already';
  return {
    patch: { metadata: { annotations: { [STOPPED]: at } } },
    undo: { metadata: { annotations: { [STOPPED]: null } } },
    words: `annotation ${STOPPED}: ${at}`,
    notes: ['its volume is kept; what is in memory is lost'],
  };
}

function letScaleToZero({ spec }: ClusterObject): ClusterChange | string {
  const predictor = (spec?.['predictor'] ?? {}) as Readonly<Record<string, unknown>>;
  const before = predictor['minReplicas'];
  if (before === 0) return 'it scales to zero by itself already';
  return {
    patch: { spec: { predictor: { minReplicas: 0 } } },
    undo: { spec: { predictor: { minReplicas: before ?? null } } },
    words: `spec.predictor.minReplicas: ${before ?? 'not set'} → 0`,
    notes: ['KServe brings it back with the next request, in serverless mode'],
  };
}

function scaleToNone(action: ActionKind, { kind, spec }: ClusterObject): ClusterChange | string {
  const before = typeof spec?.['replicas'] === 'number' ? spec['replicas'] : 1;
  if (before === 0) return 'it is at zero already';
  return {
    patch: { spec: { replicas: 0 } },
    undo: { spec: { replicas: before } },
    words: `spec.replicas: ${before} → 0`,
    notes: [
      ...(action === 'scale-to-zero'
        ? [
            'no request brings it back: tare act undo does, or whoever owns it; an autoscaler with a minimum may, too',
          ]
        : []),
      ...(kind === 'StatefulSet' ? ['its volumes are kept'] : []),
    ],
  };
}

/** A suspended Job loses its pods, and starts new ones when it goes on. */
function suspend({ spec }: ClusterObject): ClusterChange | string {
  if (spec?.['suspend'] === true) return 'it is suspended already';
  return {
    patch: { spec: { suspend: true } },
    undo: { spec: { suspend: false } },
    words: 'spec.suspend: false → true',
    notes: ['its pods are ended; from where they left off they go on only with a checkpoint'],
  };
}
