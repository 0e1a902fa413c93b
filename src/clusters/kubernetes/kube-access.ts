import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Clock } from '../../ports/clock.ts';
import { OutsideFailure } from '../../ports/failures.ts';
import { type CredentialSource, createExecCredential, type ExecConfig } from './exec-credential.ts';

/** How an API server is reached; secrets are in it, and never in a message. */
export type KubeAccess = Readonly<{
  /** `https://HOST:PORT` */
  server: string;
  ca: Buffer | undefined;
  token: string | undefined;
  cert: Buffer | undefined;
  key: Buffer | undefined;
  isUnverified: boolean;
  /** Signs in by a program, instead of token and certificate. */
  signIn?: CredentialSource;
}>;

/** What a program that signs in is run with. */
export type SignInParts = Readonly<{
  clock: Clock;
  environment: Readonly<Record<string, string | undefined>>;
}>;

type Named<T> = readonly (Readonly<{ name: string }> & T)[];
type Kubeconfig = Readonly<{
  'current-context'?: string;
  clusters?: Named<{ cluster: Readonly<Record<string, unknown>> }>;
  users?: Named<{ user: Readonly<Record<string, unknown>> }>;
  contexts?: Named<{ context: Readonly<{ cluster: string; user: string }> }>;
}>;

/** One context of a kubeconfig; paths in it are relative to it, data is base64. */
export async function readKubeconfig(
  path: string,
  contextName: string | null,
  { clock, environment }: SignInParts,
): Promise<KubeAccess> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unusable(`${path} cannot be read`, 'check --kubeconfig', error);
  });
  const config = parse(text) as Kubeconfig | null;
  const wanted = contextName ?? config?.['current-context'] ?? '';
  const context = named(config?.contexts, wanted)?.context;
  if (context === undefined) throw unusable(`${path} has no context "${wanted}"`, 'name one with --context');
  const cluster = named(config?.clusters, context.cluster)?.cluster ?? {};
  const user = named(config?.users, context.user)?.user ?? {};
  const server = cluster['server'];
  if (typeof server !== 'string')
    throw unusable(`${path} names no server for the context "${wanted}"`, 'correct it');
  const exec = user['exec'] as ExecConfig | undefined;
  const isSignedIn = exec !== undefined && user['token'] === undefined;
  const options = { directory: dirname(path), cluster, environment, clock };
  const at = (name: unknown) =>
    typeof name === 'string' ? readFile(resolve(dirname(path), name)) : undefined;
  const data = (name: unknown) => (typeof name === 'string' ? Buffer.from(name, 'base64') : undefined);
  const tokenFile = await at(user['tokenFile']);
  return {
    server,
    ca: data(cluster['certificate-authority-data']) ?? (await at(cluster['certificate-authority'])),
    token: (user['token'] as string | undefined) ?? tokenFile?.toString().trim(),
    cert: data(user['client-certificate-data']) ?? (await at(user['client-certificate'])),
    key: data(user['client-key-data']) ?? (await at(user['client-key'])),
    isUnverified: cluster['insecure-skip-tls-verify'] === true,
    ...(isSignedIn && { signIn: createExecCredential(exec, options) }),
  };
}

/** An address, and files that hold a token and the authority of the server. */
export async function readServerAccess(
  server: string,
  tokenFile: string | null,
  caFile: string | null,
): Promise<KubeAccess> {
  const read = async (path: string | null) =>
    path === null
      ? undefined
      : readFile(path).catch((error: unknown) => {
          throw unusable(`${path} cannot be read`, 'check --token-file and --server-ca', error);
        });
  return {
    server: server.replace(/\/+$/, ''),
    ca: await read(caFile),
    token: (await read(tokenFile))?.toString().trim(),
    cert: undefined,
    key: undefined,
    isUnverified: false,
  };
}

function named<T>(list: Named<T> | undefined, name: string) {
  return list?.find((one) => one.name === name);
}

function unusable(message: string, remedy: string, cause?: unknown): OutsideFailure {
  return new OutsideFailure('unreachable', message, remedy, cause);
}
