import {
  type AdmissionRequest,
  asObject,
  nameOf,
  type PlainObject,
} from '../../domain/governance/admission/admission-request.ts';
import { SCALED_RESOURCES } from '../../domain/governance/admission/webhook-configuration.ts';

/** What `kubectl scale` and autoscalers send is a number of replicas; what they are replicas of has to be known from elsewhere. */
export type ScaledObjects = Readonly<{
  /** Keeps what was let through, for the day when it is scaled. */
  note(request: AdmissionRequest): void;
  /** The update of the object that a scaling stands for; why there is none, or `null` where nothing grows. */
  updateOf(request: AdmissionRequest): AdmissionRequest | string | null;
  /** Asks the cluster about what is not known yet; `null` where there is nothing to ask. */
  learn(request: AdmissionRequest): Promise<void> | null;
}>;

/** Reads an object of `apps/v1` from the cluster. */
export type FindObject = (namespace: string, kind: string, name: string) => Promise<PlainObject | null>;

/** Objects of a large cluster take some kilobytes each. */
const MOST_OBJECTS = 10_000;

export function createScaledObjects(find: FindObject | null): ScaledObjects {
  const known = new Map<string, PlainObject>();
  const failures = new Map<string, string>();

  function keep(key: string, object: PlainObject): void {
    known.delete(key);
    known.set(key, object);
    failures.delete(key);
    if (known.size > MOST_OBJECTS) known.delete(known.keys().next().value!);
  }

  return {
    note(request) {
      const { kind, subresource, isDryRun, object } = request;
      const isScaled = Object.values(SCALED_RESOURCES).includes(kind);
      if (isScaled && subresource === '' && !isDryRun && object !== null) keep(keyOf(request, kind), object);
    },
    updateOf(request) {
      const kind = scaledKindOf(request);
      if (kind === null || !grows(request)) return null;
      const key = keyOf(request, kind);
      const object = known.get(key);
      if (object === undefined) return whyUnknown(key, failures.get(key), find !== null);
      return {
        ...request,
        kind,
        subresource: '',
        object: withReplicas(object, replicasOf(request.object)!),
        oldObject: withReplicas(object, replicasOf(request.oldObject) ?? 0),
      };
    },
    learn(request) {
      const kind = scaledKindOf(request);
      if (find === null || kind === null || !grows(request)) return null;
      const key = keyOf(request, kind);
      if (known.has(key)) return null;
      return find(request.namespace ?? '', kind, nameOf(request)).then(
        (object) => (object === null ? void failures.set(key, 'it is not there') : keep(key, object)),
        (error: Error) => void failures.set(key, error.message),
      );
    },
  };
}

function scaledKindOf({ subresource, resource, operation }: AdmissionRequest): string | null {
  if (subresource !== 'scale' || operation !== 'UPDATE') return null;
  return SCALED_RESOURCES[resource] ?? null;
}

function grows({ object, oldObject }: AdmissionRequest): boolean {
  const wanted = replicasOf(object);
  return wanted !== null && wanted > (replicasOf(oldObject) ?? 0);
}

function replicasOf(object: PlainObject | null): number | null {
  const replicas = asObject(object?.['spec'])?.['replicas'];
  return typeof replicas === 'number' ? replicas : null;
}

function withReplicas(object: PlainObject, replicas: number): PlainObject {
  return { ...object, spec: { ...asObject(object['spec']), replicas } };
}

function keyOf(request: AdmissionRequest, kind: string): string {
  return `${kind} ${request.namespace ?? ''}/${nameOf(request)}`;
}

function whyUnknown(key: string, failure: string | undefined, asksCluster: boolean): string {
  if (failure !== undefined) return `${key} is scaled, and cannot be read: ${failure}`;
  const remedy = asksCluster ? '' : '; with --kubeconfig or --server it would be looked up';
  return `${key} is scaled, and was not seen since this webhook began${remedy}`;
}
