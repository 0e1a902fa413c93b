import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { OutsideFailure } from '../../ports/failures.ts';

/** What a server takes: a token, or a certificate with its key; secrets, that never are in a message. */
export type KubeCredential = Readonly<{
  token: string | undefined;
  cert: Buffer | undefined;
  key: Buffer | undefined;
}>;

/** `exec` of a user in a kubeconfig, as far as it is used. */
export type ExecConfig = Readonly<{
  apiVersion?: string;
  command?: string;
  args?: readonly string[] | null;
  env?: readonly Readonly<{ name: string; value: string }>[] | null;
  installHint?: string;
  provideClusterInfo?: boolean;
  interactiveMode?: string;
}>;

export type ExecOptions = Readonly<{
  /** What a relative path of a command is relative to: the folder of the kubeconfig. */
  directory: string;
  /** Of the kubeconfig, for plugins that ask for it. */
  cluster: Readonly<Record<string, unknown>>;
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
}>;

/** Gives the same credential until it expires; `isRefused` asks for another, as a server does with 401. */
export type CredentialSource = (isRefused?: boolean) => Promise<KubeCredential>;

/** Both have the same shape; what came before them is gone from Kubernetes since 1.24. */
const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** Plugins ask a cloud, which may take some seconds. */
const TIMEOUT_MS = 60_000;
/** A credential that is about to expire could do so on its way. */
const SPARE_MS = 10_000;

/**
 * Signs in by a program, as kubectl does: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins. It is run when
 * a credential is needed for the first time, has expired, or was refused; two that need one at the same time wait for one run.
 */
export function createExecCredential(exec: ExecConfig, options: ExecOptions): CredentialSource {
  const { command, apiVersion = '', interactiveMode } = exec;
  if (command === undefined || command === '')
    throw unusable(
      'the user of the kubeconfig is signed in by a program, and none is named',
      'add exec.command',
    );
  if (!VERSIONS.includes(apiVersion))
    throw unusable(
      `the program ${command} speaks "${apiVersion}", and ${VERSIONS.join(' and ')} are understood`,
      'renew the kubeconfig with the tool of your cloud',
    );
  if (interactiveMode === 'Always')
    throw unusable(
      `the program ${command} wants to ask a person (interactiveMode: Always), and nobody is there`,
      'use a kubeconfig that signs in without questions, or --server and --token-file',
    );
  let known: Readonly<{ credential: KubeCredential; untilMs: number }> | null = null;
  let running: Promise<KubeCredential> | null = null;
  const renew = async () => {
    const answer = await run(command, exec, options);
    known = readAnswer(command, apiVersion, answer);
    return known.credential;
  };
  return (isRefused = false) => {
    if (!isRefused && known !== null && options.clock.nowMs() < known.untilMs - SPARE_MS)
      return Promise.resolve(known.credential);
    running ??= renew().finally(() => {
      running = null;
    });
    return running;
  };
}

function run(command: string, exec: ExecConfig, options: ExecOptions): Promise<string> {
  const { directory, environment } = options;
  const own = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
  const path = command.includes('/') ? resolve(directory, command) : command;
  const child = spawn(path, [...(exec.args ?? [])], {
    env: { ...environment, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(infoOf(exec, options)) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += String(text)));
  child.stderr.on('data', (text) => (stderr += String(text)));
  return new Promise((done, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(notRun(command, exec, error)));
    child.on('close', (code, signal) =>
      code === 0 ? done(stdout) : reject(notSignedIn(command, code, signal, stderr)),
    );
  });
}

function infoOf({ apiVersion, provideClusterInfo }: ExecConfig, { cluster }: ExecOptions) {
  const about = {
    server: cluster['server'],
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': cluster['certificate-authority-data'],
    'proxy-url': cluster['proxy-url'],
  };
  return {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(provideClusterInfo === true && { cluster: about }) },
  };
}

function notRun(command: string, { installHint }: ExecConfig, error: NodeJS.ErrnoException): OutsideFailure {
  const why = error.code === 'ENOENT' ? 'is not there' : `cannot be run (${error.code ?? error.message})`;
  return unusable(
    `the program ${command}, which signs in to the cluster, ${why}`,
    installHint?.trim() || 'install it, or put it on PATH',
    error,
  );
}

function notSignedIn(
  command: string,
  code: number | null,
  signal: NodeJS.Signals | null,
  stderr: string,
): OutsideFailure {
  const said = stderr.trim().split('\n').at(-1)?.slice(0, MOST_SAID) ?? '';
  const ended =
    code === null
      ? `was ended by ${signal} after ${TIMEOUT_MS / 1000} seconds at most`
      : `ended with ${code}`;
  return new OutsideFailure(
    'refused',
    `the program ${command}, which signs in to the cluster, ${ended}${said === '' ? '' : `: ${said}`}`,
    'run it by itself, and sign in as it says',
  );
}

const MOST_SAID = 300;

function readAnswer(command: string, apiVersion: string, text: string) {
  const answer = parsed(text);
  if (answer === null || answer['kind'] !== 'ExecCredential')
    throw unexpected(command, 'printed no ExecCredential in JSON');
  if (answer['apiVersion'] !== apiVersion)
    throw unexpected(
      command,
      `printed ${String(answer['apiVersion'])}, and the kubeconfig says ${apiVersion}`,
    );
  const status = (answer['status'] ?? {}) as Readonly<Record<string, unknown>>;
  const textOf = (name: string) => {
    const value = status[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const token = textOf('token');
  const [cert, key] = [textOf('clientCertificateData'), textOf('clientKeyData')];
  if (token === undefined && (cert === undefined || key === undefined))
    throw unexpected(command, 'printed neither status.token nor a certificate with its key');
  const expires = textOf('expirationTimestamp');
  const untilMs = expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
  if (Number.isNaN(untilMs))
    throw unexpected(command, `says that it expires at "${expires}", which is no instant`);
  const credential = { token, cert: cert && Buffer.from(cert), key: key && Buffer.from(key) };
  return { credential: credential as KubeCredential, untilMs };
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function unexpected(command: string, what: string): OutsideFailure {
  return new OutsideFailure(
    'answer-unexpected',
    `the program ${command}, which signs in to the cluster, ${what}`,
    'run it by itself to see what it prints, and renew it',
  );
}

function unusable(message: string, remedy: string, cause?: unknown): OutsideFailure {
  return new OutsideFailure('unreachable', message, remedy, cause);
}
