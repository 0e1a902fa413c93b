import { reportAdmission } from '../../app/admission/report-admission.ts';
import { toTareError } from '../../app/errors.ts';
import type { CollectResult, Tare } from '../../app/tare.ts';
import { formatInstant } from '../../domain/time/window.ts';
import { checkAddress } from '../../http/server.ts';
import { storeFile } from '../../http/server-note.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { ServeFlags } from '../flags.ts';
import { readConfig, refuseSecondServer, storeOf } from '../open-tare.ts';
import { reportError } from '../report-error.ts';
import { openBrowser, serve, waitFor } from '../serve.ts';
import { describe } from './alerts.ts';

/** Collects, builds and serves until it is stopped. A source that fails is tried again at the next pass. */
export async function up(context: CommandContext, flags: ServeFlags): Promise<number> {
  const config = readConfig(context, flags, true);
  const host = flags.host ?? config.server.host;
  checkAddress(host, config.server.tokenHashes.length);
  const store = storeOf(context, flags, config);
  await refuseSecondServer(store);

  const signal = context.interruption.signal();
  const { composeTare, openAdmissionJournal, openAdmissionTally } = await import('../../compose.ts');
  const { tare, searchPrices, telemetry, revisions } = await composeTare({
    config,
    store,
    clock: context,
    receivesTelemetry: true,
    everyMs: flags.every,
  });
  const journal = await openAdmissionJournal(store);
  const tally = await openAdmissionTally(store);
  let isReady = false;
  try {
    const server = await serve(context, {
      tare,
      searchPrices,
      storeFile: storeFile(store.url, store.directory),
      host,
      port: flags.port ?? config.server.port,
      tokenHashes: config.server.tokenHashes,
      isReady: () => isReady,
      telemetry,
      revisions,
      telemetryPort: flags.otlpPort ?? null,
      readAdmission: (request) => reportAdmission(journal, request, tally),
    });
    const sources = config.sources.length;
    const guard =
      config.server.tokenHashes.length > 0 ? 'tokens required' : 'loopback only: no tokens configured';
    context.terminal.write(
      `tare  store ${store.url} · ${sources} ${sources === 1 ? 'source' : 'sources'} · dashboard and API ${server.url} · OTLP ${server.telemetryUrl}/v1/traces · ${guard}`,
    );
    if (flags.open) openBrowser(context, server.url);
    do {
      await pass(context, tare, signal);
      isReady = true;
      if (config.notify.length > 0) await tellOfAlerts(context, tare, signal);
    } while (!signal.aborted && (await waitFor(flags.every, signal)) === 'elapsed');
    await server.stop();
  } finally {
    await tare.close();
  }
  context.terminal.note('stopped; everything that was collected is kept');
  return context.interruption.exitCode();
}

async function pass(context: CommandContext, tare: Tare, signal: AbortSignal): Promise<void> {
  try {
    const collected = await tare.collect(
      { window: null, sources: null },
      context.progressLine.progress,
      signal,
    );
    context.progressLine.end();
    say(context, 'collect', describeSources(collected));
  } catch (error) {
    if (signal.aborted) return;
    complain(context, error);
  }
  try {
    const startedMs = performance.now();
    const { hours } = await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    if (hours > 0) say(context, 'ledger', `rebuilt ${hours} ${hours === 1 ? 'hour' : 'hours'}, ${seconds} s`);
  } catch (error) {
    if (!signal.aborted) complain(context, error);
  }
}

async function tellOfAlerts(context: CommandContext, tare: Tare, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  try {
    const sent = await tare.sendAlerts({ test: false, recipient: null }, signal);
    const isNews = sent.begun + sent.ended + sent.messages + sent.failures.length > 0;
    if (isNews) say(context, 'alerts', describe(sent));
  } catch (error) {
    if (!signal.aborted) complain(context, error);
  }
}

/** A source that is away is news for the log; a bug is reported in full. */
function complain(context: CommandContext, thrown: unknown): void {
  context.progressLine.end();
  const error = toTareError(thrown);
  if (error.exitCode === EXIT.bug) reportError(thrown, context.terminal);
  else say(context, 'failed', `${error.code}  ${error.message}: ${error.remedy}`);
}

function describeSources({ sources }: CollectResult): string {
  if (sources.length === 0) return 'no sources configured: see tare init';
  return sources
    .map(({ name, rowsRead, rowsImported, rowsRejected }) => {
      const rejected = rowsRejected > 0 ? `, ${rowsRejected} rejected` : '';
      return rowsImported === 0 && rowsRejected === 0
        ? `${name} nothing new`
        : `${name} ${rowsRead.toLocaleString('en-US')} rows${rejected}`;
    })
    .join(' · ');
}

function say({ terminal, nowMs }: CommandContext, subject: string, text: string): void {
  terminal.write(
    `${formatInstant(Math.floor(nowMs() / 1000) * 1000).slice(11)}  ${subject.padEnd(8)} ${text}`,
  );
}
