import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { ClusterObject, OwnerReference } from '../../domain/actions/change-for.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { OutsideFailure } from '../../ports/failures.ts';
import type { KubeAccess } from './kube-access.ts';

const TIMEOUT_MS = 15_000;

/** A cluster by the API of Kubernetes: reads objects, and makes merge patches of them. */
export function createKubeCluster(access: KubeAccess): Cluster {
  const get = async (path: string) => {
    const { status, body } = await ask(access, 'GET', path, null);
    if (status === 404) return null;
    return understood(access, status, body, path);
  };
  return {
    name: access.server,
    pod: (namespace, name) => get(`/api/v1/namespaces/${encode(namespace)}/pods/${encode(name)}`),
    owner: (namespace, reference) => get(pathOf(namespace, reference)),
    async patch(object, patch, isDryRun) {
      const { name, namespace = 'default', resourceVersion } = object.metadata;
      const path = pathOf(namespace, { ...object, name });
      // The version that was read: what has changed since is refused, and looked at again.
      const metadata = {
        ...(patch['metadata'] as object | undefined),
        ...(resourceVersion && { resourceVersion }),
      };
      const query = `?fieldManager=tare${isDryRun ? '&dryRun=All' : ''}`;
      const { status, body } = await ask(access, 'PATCH', `${path}${query}`, { ...patch, metadata });
      return understood(access, status, body, path);
    },
  };
}

/** Plurals of kinds are their own; those that are acted on follow the rule. */
function pathOf(
  namespace: string,
  { apiVersion, kind, name }: Pick<OwnerReference, 'apiVersion' | 'kind' | 'name'>,
): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/namespaces/${encode(namespace)}/${kind.toLowerCase()}s/${encode(name)}`;
}

function encode(part: string): string {
  return encodeURIComponent(part);
}

type Answer = Readonly<{ status: number; body: unknown }>;

const UNAUTHORIZED = 401;

/** A credential may be taken back before it expires: what refuses one is asked again with another, once. */
async function ask(access: KubeAccess, method: string, path: string, body: object | null): Promise<Answer> {
  const { signIn } = access;
  if (signIn === undefined) return send(access, method, path, body);
  const answer = await send({ ...access, ...(await signIn()) }, method, path, body);
  if (answer.status !== UNAUTHORIZED) return answer;
  return send({ ...access, ...(await signIn(true)) }, method, path, body);
}

function send(
  { server, ca, token, cert, key, isUnverified }: KubeAccess,
  method: string,
  path: string,
  body: object | null,
): Promise<Answer> {
  const url = new URL(`${server}${path}`);
  const request = url.protocol === 'http:' ? requestPlain : requestSecure;
  const headers = {
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== null && { 'content-type': 'application/merge-patch+json' }),
  };
  return new Promise((resolve, reject) => {
    const failed = (error: Error) =>
      reject(
        new OutsideFailure(
          'unreachable',
          `the API server ${server} cannot be reached: ${(error as NodeJS.ErrnoException).code ?? error.message}`,
          'check --kubeconfig or --server, and that kubectl reaches it from here',
          error,
        ),
      );
    const options = {
      method,
      headers,
      ca,
      cert,
      key,
      rejectUnauthorized: !isUnverified,
      timeout: TIMEOUT_MS,
    };
    const asked = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', failed);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) }),
      );
    });
    asked.on('error', failed);
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} seconds`)));
    asked.end(body === null ? undefined : JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function understood({ server }: KubeAccess, status: number, body: unknown, path: string): ClusterObject {
  const object = body as (ClusterObject & { message?: string }) | null;
  if (status >= 200 && status < 300 && object?.metadata?.name !== undefined) return object;
  const said = object?.message ?? `HTTP ${status}`;
  if (status === 401 || status === 403 || status === 409 || status === 422)
    throw new OutsideFailure(
      'refused',
      `the API server refused ${path}: ${said}`,
      status === 409
        ? 'it has changed meanwhile: look at it again'
        : 'the user needs get and patch for it; see docs/guides/actions.md',
    );
  throw new OutsideFailure(
    'answer-unexpected',
    `${server} answered ${path} with ${status}: ${said}`,
    'see its log',
  );
}
