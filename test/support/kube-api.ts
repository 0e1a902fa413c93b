import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type KubeAnswer = Readonly<{
  status: number;
  body: KubeObject;
  /** What kubectl prints as `Warning:`. */
  warnings: readonly string[];
}>;

/** What tests look for in an object of Kubernetes, or in the Status that stands for a refusal. */
export type KubeObject = Readonly<{
  kind?: string;
  message?: string;
  reason?: string;
  metadata?: Readonly<{ name: string; annotations?: Readonly<Record<string, string>> }>;
  spec?: Readonly<Record<string, unknown>>;
  items?: readonly KubeObject[];
}>;

export type AuditEvent = Readonly<{
  verb: string;
  objectRef?: Readonly<{ resource: string; name?: string }>;
  annotations?: Readonly<Record<string, string>>;
}>;

export type RunningKubeApi = Readonly<{
  /** `https://127.0.0.1:PORT` */
  url: string;
  token: string;
  /** Certificate that the server can be known by. */
  authorityPath: string;
  /** A kubeconfig that names all of these. */
  kubeconfig: string;
  ask(method: string, path: string, body?: unknown): Promise<KubeAnswer>;
  /** Events of the audit log so far. */
  audit(): Promise<readonly AuditEvent[]>;
  stop(): Promise<void>;
}>;

const MODULE = readFileSync(resolve(import.meta.dirname, 'kube-apiserver/go.mod'), 'utf8');
const VERSION = /k8s\.io\/kubernetes v(\S+)/.exec(MODULE)![1]!;

/** Where `npm test` puts it, or `KUBE_APISERVER_BINARY`. */
function findBinary(): string | undefined {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const built = join(cache, 'tare', `kube-apiserver-${VERSION}`, 'kube-apiserver');
  return process.env['KUBE_APISERVER_BINARY'] ?? (existsSync(built) ? built : undefined);
}

/** Why tests with a real API server cannot run here; `null` when they can. */
export function kubeApiIsMissing(): string | null {
  if (findBinary() === undefined)
    return `kube-apiserver ${VERSION} is not built: npm test does it where Go is`;
  const etcd = spawnSync('etcd', ['--version'], { stdio: 'ignore' });
  return etcd.error === undefined ? null : 'etcd is not on PATH';
}

const TOKEN = 'a-token-for-tests';

/**
 * Starts a real kube-apiserver over a real etcd, both on free loopback ports. There are no controllers, no scheduler and no nodes: objects are
 * admitted, validated and kept, and nothing happens to them.
 */
export async function startKubeApi(): Promise<RunningKubeApi> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-kube-'));
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const etcd = start('etcd', [
    ...[
      '--data-dir',
      join(folder, 'etcd'),
      '--listen-client-urls',
      etcdUrl,
      '--advertise-client-urls',
      etcdUrl,
    ],
    ...['--listen-peer-urls', `http://127.0.0.1:${peerPort}`, '--unsafe-no-fsync'],
  ]);
  await writeFile(join(folder, 'tokens.csv'), `${TOKEN},ada,1,system:masters\n`);
  await writeFile(join(folder, 'audit.yaml'), AUDIT_POLICY);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyPath = join(folder, 'accounts.key');
  await writeFile(keyPath, privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const server = start(findBinary()!, [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=AlwaysAllow',
    '--disable-admission-plugins=ServiceAccount',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${keyPath}`,
    `--service-account-signing-key-file=${keyPath}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    `--audit-policy-file=${join(folder, 'audit.yaml')}`,
    `--audit-log-path=${join(folder, 'audit.log')}`,
    '--feature-gates=WatchList=false',
  ]);
  const url = `https://127.0.0.1:${port}`;
  const authorityPath = join(folder, 'certificates', 'apiserver.crt');
  const ask = (method: string, path: string, body?: unknown) =>
    askServer(url, authorityPath, method, path, body);
  const stop = async () => {
    await stopProcess(server);
    await stopProcess(etcd);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(ask, server);
    return {
      url,
      token: TOKEN,
      authorityPath,
      kubeconfig: await writeKubeconfig(folder, url, authorityPath),
      ask,
      audit: () => readAudit(join(folder, 'audit.log')),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{ level: Metadata, verbs: [create, update, patch] }]
`;

type Started = ChildProcess & { complaints?: () => string };

function start(command: string, words: readonly string[]): Started {
  const child: Started = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let tail = '';
  child.stderr!.on('data', (text: Buffer) => {
    tail = (tail + text.toString()).slice(-4_000);
  });
  child.complaints = () => tail;
  return child;
}

const READY_MS = 120_000;

async function untilReady(ask: RunningKubeApi['ask'], server: Started): Promise<void> {
  const untilMs = performance.now() + READY_MS;
  while (performance.now() < untilMs) {
    if (server.exitCode !== null) break;
    const ready = await ask('GET', '/readyz').catch(() => null);
    const namespace = ready?.status === 200 ? await ask('GET', '/api/v1/namespaces/default') : null;
    if (namespace?.status === 200) return;
    await sleep(200);
  }
  throw new Error(`kube-apiserver did not become ready: ${server.complaints?.()}`);
}

async function askServer(
  url: string,
  authorityPath: string,
  method: string,
  path: string,
  body: unknown,
): Promise<KubeAnswer> {
  const ca = await readFile(authorityPath);
  const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  return new Promise((resolve, reject) => {
    const asked = request(
      `${url}${path}`,
      { method, ca, headers: { authorization: `Bearer ${TOKEN}`, 'content-type': contentType } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = response.headers['content-type']?.includes('json') ?? false;
          resolve({
            status: response.statusCode ?? 0,
            body: isJson ? (JSON.parse(text) as KubeObject) : { message: text },
            warnings: warningsOf(response.rawHeaders),
          });
        });
      },
    );
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** `299 - "text"`, one header each. */
function warningsOf(headers: readonly string[]): string[] {
  return headers.flatMap((name, index) => {
    if (index % 2 !== 0 || name.toLowerCase() !== 'warning') return [];
    return [
      /^299 \S+ "(.*)"$/.exec(headers[index + 1]!)?.[1]?.replace(/\\(.)/g, '$1') ?? headers[index + 1]!,
    ];
  });
}

async function readAudit(path: string): Promise<readonly AuditEvent[]> {
  const text = await readFile(path, 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as AuditEvent]));
}

async function writeKubeconfig(folder: string, url: string, authorityPath: string): Promise<string> {
  const path = join(folder, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': authorityPath } }],
    users: [{ name: 'ada', user: { token: TOKEN } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'ada' } }],
    'current-context': 'test',
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('close', done));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}
