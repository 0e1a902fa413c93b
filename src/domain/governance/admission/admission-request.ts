/** What an API server asks before it keeps an object: the request of an AdmissionReview, `admission.k8s.io/v1`. */
export type AdmissionRequest = Readonly<{
  uid: string;
  operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  /** `Deployment`. */
  kind: string;
  namespace: string | null;
  name: string | null;
  /** As the API calls many of it: `deployments`; of a subresource, what that is of. */
  resource: string;
  /** `scale`, `status`; empty for the object itself. */
  subresource: string;
  userName: string;
  /** Nothing will be kept, whatever is answered. */
  isDryRun: boolean;
  object: PlainObject | null;
  oldObject: PlainObject | null;
}>;

export type PlainObject = Readonly<Record<string, unknown>>;

export const ADMISSION_API = 'admission.k8s.io/v1';

const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

/** Reads a review; a text says why it is none. */
export function readAdmissionReview(review: unknown): AdmissionRequest | string {
  const { apiVersion, kind, request } = asObject(review) ?? {};
  if (kind !== 'AdmissionReview') return 'this is no AdmissionReview';
  if (apiVersion !== ADMISSION_API)
    return `the review is of ${String(apiVersion)}, and ${ADMISSION_API} is understood`;
  const asked = asObject(request);
  const uid = textOf(asked?.['uid']);
  const operation = OPERATIONS.find((one) => one === asked?.['operation']);
  if (!asked || uid === null || operation === undefined)
    return 'the review has no request with a uid and an operation';
  return {
    uid,
    operation,
    kind: textOf(asObject(asked['kind'])?.['kind']) ?? '',
    namespace: textOf(asked['namespace']),
    name: textOf(asked['name']),
    resource: textOf(asObject(asked['resource'])?.['resource']) ?? '',
    subresource: textOf(asked['subResource']) ?? '',
    userName: textOf(asObject(asked['userInfo'])?.['username']) ?? '',
    isDryRun: asked['dryRun'] === true,
    object: asObject(asked['object']),
    oldObject: asObject(asked['oldObject']),
  };
}

/** What an object calls itself, where the request does not: names may be made from a prefix. */
export function nameOf({ name, object }: AdmissionRequest): string {
  const metadata = asObject(object?.['metadata']);
  return (
    name ?? textOf(metadata?.['name']) ?? textOf(metadata?.['generateName'])?.replace(/-$/, '') ?? 'unnamed'
  );
}

export function asObject(value: unknown): PlainObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PlainObject) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
