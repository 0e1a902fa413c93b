import { asObject, type PlainObject } from './admission-request.ts';

const BUILT_IN = /^(Deployment|ReplicaSet|StatefulSet|DaemonSet|Job|CronJob)$/;
const CLUSTER_ACCOUNT = /^system:(kube-controller-manager|serviceaccount:kube-system:)/;
const ANY_ACCOUNT = /^system:serviceaccount:/;

/**
 * The kind of what started an object, when that was judged itself: a pod of a Deployment was judged with the Deployment. `null` where nothing of a kind that
 * is judged did, or where a person says so: only controllers of the cluster start what built-in kinds own, and only service accounts what operators own.
 */
export function controlledBy(
  object: PlainObject,
  userName: string,
  isJudged: (kind: string) => boolean,
): string | null {
  const owners = asObject(object['metadata'])?.['ownerReferences'];
  const owner = (Array.isArray(owners) ? owners : [])
    .map(asObject)
    .find((one) => one?.['controller'] === true);
  const kind = owner?.['kind'];
  if (typeof kind !== 'string' || !isJudged(kind)) return null;
  return (BUILT_IN.test(kind) ? CLUSTER_ACCOUNT : ANY_ACCOUNT).test(userName) ? kind : null;
}
