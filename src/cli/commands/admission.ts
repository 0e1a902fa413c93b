import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Admission, createAdmission } from '../../app/admission/create-admission.ts';
import { keepLedgerFresh } from '../../app/admission/keep-ledger-fresh.ts';
import { TareError, toTareError } from '../../app/errors.ts';
import type { Config } from '../../config/load-config.ts';
import {
  ADMISSION_PATH,
  WEBHOOK_TIMEOUT_SECONDS,
  type WebhookAddress,
  webhookConfiguration,
} from '../../domain/governance/admission/webhook-configuration.ts';
import { formatInstant } from '../../domain/time/window.ts';
import { admissionMetrics } from '../../http/admission/admission-metrics.ts';
import {
  type AdmissionServer,
  DEFAULT_ADMISSION_LIMITS,
  serveAdmission,
} from '../../http/admission/admission-server.ts';
import { ensureSelfSigned, readTls, type TlsPaths } from '../../http/admission/tls-files.ts';
import { storeFile } from '../../http/server-note.ts';
import type { AdmissionJournal, AdmissionTally } from '../../ports/admission-journal.ts';
import { askLedgerApart } from '../ask-ledger-apart.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { AdmissionFlags } from '../flags.ts';
import { readConfig, storeOf } from '../open-tare.ts';
import { reportError } from '../report-error.ts';
import { waitFor } from '../serve.ts';
import { clusterOf } from './act.ts';
import { limitLines } from './limit-lines.ts';

/** `tare admission`: answers an API server until it is stopped. */
export async function admission(context: CommandContext, flags: AdmissionFlags): Promise<number> {
  const config = readConfig(context, flags, false);
  const address = addressOf(flags);
  const paths = await tlsPathsOf(context, flags, config, address);
  if (flags.printConfiguration || flags.selfSigned)
    await printConfiguration(context, flags, address, paths.authority);
  if (flags.printConfiguration) return EXIT.fine;

  const signal = context.interruption.signal();
  const say = (line: string) => context.terminal.note(`${clockTime(context)}  ${line}`);
  const { openAdmissionJournal, openAdmissionTally } = await import('../../compose.ts');
  const store = storeOf(context, flags, config);
  const [journal, tally] = [await openAdmissionJournal(store), await openAdmissionTally(store)];
  const webhook = await open(context, flags, config, journal, say);
  webhook.warmUp();
  const server = await serveAdmission(webhook, {
    host: flags.host,
    port: flags.port,
    tls: await readTls(paths),
    limits: { ...DEFAULT_ADMISSION_LIMITS, timeMs: flags.timeLimit },
    metrics: () => admissionMetrics(webhook.figures(), ledgerAge(webhook, context), journal.dropped()),
  });
  say(greeting(flags, config, server.port));
  await Promise.all([
    flags.offline ? null : askOn(context, flags, webhook, say, signal),
    renewCertificates(server, paths, say, signal),
    leaveTotals(context, webhook, tally, signal),
    untilStopped(signal),
  ]);
  await server.close();
  await journal.close();
  return context.interruption.exitCode();
}

type Say = (line: string) => void;

async function open(
  context: CommandContext,
  flags: AdmissionFlags,
  config: Config,
  journal: AdmissionJournal,
  say: Say,
): Promise<Admission> {
  const { composeCheck } = await import('../../compose.ts');
  const readInput = async () => '';
  const { parts, reader } = await composeCheck({
    config,
    directory: context.directory,
    clock: context,
    readInput,
  });
  const cluster = await clusterOf(context, flags);
  return createAdmission({
    check: parts,
    findObject:
      cluster && ((namespace, kind, name) => cluster.owner(namespace, { apiVersion: 'apps/v1', kind, name })),
    reader,
    isDryRun: flags.dryRun ?? false,
    isFailClosed: flags.failClosed ?? false,
    expectsLedger: !flags.offline,
    clock: context,
    journal,
    say: limitLines(say, context),
    onBug: (error) => void reportError(error, context.terminal),
  });
}

function addressOf({ url, service }: AdmissionFlags): WebhookAddress {
  if (url !== undefined) {
    if (URL.canParse(url) && new URL(url).protocol === 'https:') return { kind: 'url', url };
    throw new TareError(
      'usage',
      `--url "${url}" is no https address`,
      `write https://HOST:PORT${ADMISSION_PATH}`,
    );
  }
  const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9-]+)$/.exec(service) ?? [];
  if (namespace !== undefined && name !== undefined) return { kind: 'service', namespace, name, port: 443 };
  throw new TareError(
    'usage',
    `--service "${service}" is not NAMESPACE/NAME`,
    'write it as tare/tare-admission',
  );
}

type OwnPaths = TlsPaths & Readonly<{ authority: string | null }>;

async function tlsPathsOf(
  context: CommandContext,
  flags: AdmissionFlags,
  config: Config,
  address: WebhookAddress,
): Promise<OwnPaths> {
  const { tlsCert, tlsKey, tlsCa, clientCa, selfSigned, printConfiguration } = flags;
  const at = (path: string) => resolve(context.directory, path);
  const clientAuthority = clientCa === undefined ? null : at(clientCa);
  if (selfSigned) {
    const { url, directory } = storeOf(context, flags, config);
    const file = storeFile(url, directory);
    const folder = join(file === null ? join(directory, '.tare') : dirname(file), 'admission');
    return { ...(await ensureSelfSigned(folder, hostsOf(address), context.nowMs())), clientAuthority };
  }
  if (printConfiguration && tlsCert === undefined)
    return { certificate: '', key: '', clientAuthority, authority: await readAuthority(tlsCa, at) };
  if (tlsCert === undefined || tlsKey === undefined)
    throw new TareError(
      'usage',
      'an API server asks over TLS, and there is no certificate',
      'give --tls-cert and --tls-key, or --self-signed',
    );
  return {
    certificate: at(tlsCert),
    key: at(tlsKey),
    clientAuthority,
    authority: await readAuthority(tlsCa, at),
  };
}

async function readAuthority(path: string | undefined, at: (path: string) => string): Promise<string | null> {
  if (path === undefined) return null;
  const { readPem } = await import('../../http/admission/tls-files.ts');
  return readPem(at(path));
}

/** As the API server will call it. */
function hostsOf(address: WebhookAddress): string[] {
  if (address.kind === 'url') return [new URL(address.url).hostname.replace(/^\[|\]$/g, '')];
  const { name, namespace } = address;
  return [
    `${name}.${namespace}.svc`,
    `${name}.${namespace}.svc.cluster.local`,
    `${name}.${namespace}`,
    hostname(),
  ];
}

async function printConfiguration(
  { terminal }: CommandContext,
  { failClosed }: AdmissionFlags,
  address: WebhookAddress,
  authority: string | null,
): Promise<void> {
  const { objectsText } = await import('../../reports/objects-text.ts');
  const configuration = webhookConfiguration({
    address,
    authority,
    isFailClosed: failClosed ?? false,
    timeoutSeconds: WEBHOOK_TIMEOUT_SECONDS,
  });
  terminal.write(objectsText('tare admission', [configuration]));
}

function greeting(
  { dryRun, failClosed, offline, host }: AdmissionFlags,
  config: Config,
  port: number,
): string {
  const policies = `${config.policies.length} policies, ${config.budgets.length} budgets`;
  const mode = dryRun ? 'dry run: nothing is refused' : 'refuses what violates them';
  const failure = failClosed ? 'refuses what cannot be judged' : 'lets through what cannot be judged';
  return `admission  https://${host}:${port}${ADMISSION_PATH} · ${policies} · ${mode} · ${failure}${offline ? ' · asks no ledger' : ''}`;
}

async function askOn(
  context: CommandContext,
  flags: AdmissionFlags,
  webhook: Admission,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  await keepLedgerFresh(
    webhook,
    {
      ask: (stop) => askLedgerApart(context, flags, stop),
      everyMs: flags.every,
      timeoutMs: Math.max(LEAST_PATIENCE_MS, flags.every),
      clock: context,
      say,
    },
    signal,
  );
}

const LEAST_PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 10_000;

/** Looks at the files now and then: what mounts them replaces links, which nothing tells reliably. Files that cannot be used leave things as they are. */
async function renewCertificates(
  server: AdmissionServer,
  paths: TlsPaths,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  let known = JSON.stringify(await readTls(paths));
  let complaint = '';
  while ((await waitFor(LOOK_EVERY_MS, signal)) === 'elapsed') {
    try {
      const tls = await readTls(paths);
      if (JSON.stringify(tls) !== known) {
        server.renew(tls);
        say('takes the new certificate');
      }
      known = JSON.stringify(tls);
      complaint = '';
    } catch (thrown) {
      const { message } = toTareError(thrown);
      if (message !== complaint) say(`keeps the old certificate: ${message}`);
      complaint = message;
    }
  }
}

const TOTALS_EVERY_MS = 5_000;

/** Leaves word of how often it answered what, for those who look from elsewhere; a disk that takes nothing is no reason to stop. */
async function leaveTotals(
  { nowMs }: CommandContext,
  webhook: Admission,
  tally: AdmissionTally,
  signal: AbortSignal,
): Promise<void> {
  const since = formatInstant(nowMs());
  let known = '';
  for (;;) {
    const { decisions } = webhook.figures();
    const text = JSON.stringify(decisions);
    if (text !== known)
      await tally.write({ since, until: formatInstant(nowMs()), decisions }).then(
        () => {
          known = text;
        },
        () => {},
      );
    if (signal.aborted) return;
    await waitFor(TOTALS_EVERY_MS, signal);
  }
}

function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function ledgerAge(webhook: Admission, { nowMs }: CommandContext): number | null {
  const { takenAtMs } = webhook.memory();
  return takenAtMs === null ? null : Math.round((nowMs() - takenAtMs) / 1_000);
}

function clockTime({ nowMs }: CommandContext): string {
  return formatInstant(Math.floor(nowMs() / 1000) * 1000).slice(11);
}
