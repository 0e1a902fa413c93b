import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type SmtpMode = 'starttls' | 'tls' | 'plain' | 'drop' | 'refuse' | 'picky';

export type ReceivedMail = Readonly<{
  from: string;
  to: readonly string[];
  subject: string;
  messageId: string;
  fromHeader: string;
  text: string;
  html: string | null;
  files: readonly Readonly<{ name: string; type: string; base64: string }>[];
  /** What is wrong with it as MIME. */
  defects: readonly string[];
  isEncrypted: boolean;
  isAuthenticated: boolean;
}>;

export type RunningSmtp = Readonly<{
  port: number;
  /** PEM of the certificate, which is for 127.0.0.1 and signed by itself. */
  ca: string;
  /** What it got; waits until there are so many, since it says so a moment after it answers. */
  mails(atLeast: number): Promise<readonly ReceivedMail[]>;
  stop(): Promise<void>;
}>;

const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, 'aiosmtpd.json'), 'utf8')) as {
  version: string;
};

/** Where `npm test` puts it. */
function findPython(): string | undefined {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'tare', `aiosmtpd-${version}`);
  return existsSync(join(folder, 'installed')) ? join(folder, 'bin', 'python') : undefined;
}

/** Why tests with a real mail server cannot run here; `null` when they can. */
export function smtpIsMissing(): string | null {
  if (findPython() === undefined) return `aiosmtpd ${version} is not installed: npm test does it`;
  return spawnSync('openssl', ['version']).error === undefined ? null : 'openssl not on PATH';
}

/** Starts a real mail server (aiosmtpd) on a free loopback port. The user is `tare` with the password `päss`. */
export async function startSmtp(mode: SmtpMode): Promise<RunningSmtp> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-smtp-'));
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...[
      '-keyout',
      key,
      '-out',
      certificate,
      '-subj',
      '/CN=127.0.0.1',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    ],
  ]);
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  const port = await freePort();
  const script = resolve(import.meta.dirname, 'smtp-server.py');
  const server = spawn(findPython()!, [script, String(port), certificate, key, mode], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaint = '';
  server.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  server.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  for (let attempt = 0; !said.startsWith('ready'); attempt++) {
    if (server.exitCode !== null || attempt > 300)
      throw new Error(`the mail server did not start: ${complaint}`);
    await sleep(50);
  }
  const mails = () =>
    said
      .split('\n')
      .slice(1, -1)
      .map((line) => JSON.parse(line) as ReceivedMail);
  return {
    port,
    ca: await readFile(certificate, 'utf8'),
    mails: async (atLeast) => {
      for (let attempt = 0; mails().length < atLeast && attempt < 200; attempt++) await sleep(50);
      return mails();
    },
    stop: async () => {
      await stopProcess(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('close', done));
  child.kill('SIGKILL');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
