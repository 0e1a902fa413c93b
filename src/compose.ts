import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_ANOMALY_DIMENSIONS, DEFAULT_SENSITIVITY } from './app/anomalies/report-anomalies.ts';
import type { CheckParts } from './app/check/check-launches.ts';
import { createGpuFacts } from './app/check/gpu-facts.ts';
import { withSpooledRuns } from './app/collect-spooled-runs.ts';
import { createTare } from './app/create-tare.ts';
import { TareError } from './app/errors.ts';
import { findPrices, type PriceQuery } from './app/find-prices.ts';
import { writeGeneratedMark } from './app/generated-mark.ts';
import type { MeteredReceipt } from './app/results/metered-receipt.ts';
import type { PriceReport } from './app/results/prices.ts';
import type { Finding, ImportResult } from './app/results/results.ts';
import type { CollectRequest, CollectResult, Progress, Tare, TareSettings } from './app/tare.ts';
import type { Config } from './config/load-config.ts';
import { readPolicies } from './config/read-policies.ts';
import type { FileSourceConfig, LiveSourceConfig } from './config/tare-yaml.ts';
import { readDuration } from './config/yaml-values.ts';
import { DEFAULT_OWNER_RULES } from './domain/ownership/owner.ts';
import { MINUTE_MS, SECOND_MS } from './domain/time/window.ts';
import { asInputFailure, withInputFailures } from './files/as-input-failure.ts';
import { listReadableFiles } from './files/list-readable-files.ts';
import { createNotifier } from './notifiers/create-notifier.ts';
import type { AdmissionJournal, AdmissionTally } from './ports/admission-journal.ts';
import type { Clock } from './ports/clock.ts';
import type { Cluster } from './ports/cluster.ts';
import type { HardwareCatalog } from './ports/hardware-catalog.ts';
import type { IntegerSolver } from './ports/integer-solver.ts';
import type { LaunchFiles, LaunchReader } from './ports/launch-source.ts';
import type { LoadModelPrices } from './ports/model-price-book.ts';
import type { PoliciesInForce } from './ports/policy-reader.ts';
import type { PriceBook } from './ports/price-book.ts';
import type { PriceList } from './ports/price-list.ts';
import type { Revisions } from './ports/revisions.ts';
import type { RunMeter, RunSpool } from './ports/run-meter.ts';
import type { FileSource, LiveSource, Reject } from './ports/source.ts';
import type { Store } from './ports/store.ts';
import type { TelemetryReceiver } from './ports/telemetry-receiver.ts';
import { createBundledPriceBook } from './price-books/bundled/create-bundled-price-book.ts';
import { createHardwareCatalog } from './price-books/bundled/create-hardware-catalog.ts';
import type { ContractRow } from './price-books/contract/contract-price.ts';
import { createContractPriceBook } from './price-books/contract/create-contract-price-book.ts';
import { parseContractRows, readContractPrices } from './price-books/contract/read-contract-prices.ts';
import { type ModelPriceRow, readAgreedModelPrices } from './price-books/models/agreed-model-price.ts';
import { createOwnershipPriceBook } from './price-books/ownership/create-ownership-price-book.ts';
import { parseOwnershipEntries } from './price-books/ownership/ownership-entry.ts';
import { createHighsSolver } from './solvers/highs/create-highs-solver.ts';
import { createAllocationsSource } from './sources/csv/allocations-source.ts';
import { createCapacitySource } from './sources/csv/capacity-source.ts';
import { createRequestsSource } from './sources/csv/requests-source.ts';
import { createRevenueSource } from './sources/csv/revenue-source.ts';
import { createRunsSource } from './sources/csv/runs-source.ts';
import { createScoresSource } from './sources/csv/scores-source.ts';
import { createUsageSource } from './sources/csv/usage-source.ts';
import { createFocusSource } from './sources/focus/create-focus-source.ts';
import { createLangfuseFileSource } from './sources/langfuse/langfuse-file-source.ts';
import { createLitellmFileSource } from './sources/litellm/litellm-file-source.ts';
import type { MlflowSourceOptions } from './sources/mlflow/live-source.ts';
import { NvidiaSmiFileSource } from './sources/nvidia-smi/nvidia-smi-file-source.ts';
import type { NvidiaSmiSettings } from './sources/nvidia-smi/nvidia-smi-live-source.ts';
import { createPrometheusTextSource } from './sources/prometheus/text-source.ts';
import { createRunSpool } from './sources/run-meter/create-run-spool.ts';
import { createTareRunSource } from './sources/run-meter/tare-run-source.ts';
import { createSacctFileSource } from './sources/slurm/sacct-file-source.ts';
import { createWandbSource } from './sources/wandb/wandb-source.ts';
import { openStore } from './stores/open-store.ts';
import { rememberAnswers } from './stores/remember-answers.ts';
import { watchWrites } from './stores/watch-writes.ts';

/** The one file that names concrete stores, sources and price books. Doors get everything from here. */

export type FileKind = Pick<FileSource, 'kind' | 'summary' | 'columns'>;

/** What `tare import` can read. */
export function fileKinds(): readonly FileKind[] {
  return createFileSources(createHardwareCatalog(), modelPricesOf([], '', {}));
}

export type Composition = Readonly<{
  tare: Tare;
  /** Takes OpenTelemetry, where that was asked for. */
  telemetry: TelemetryReceiver | null;
  /** Word of what this process writes. */
  revisions: Revisions;
  searchPrices(query: Omit<PriceQuery, 'currency'>): PriceReport;
}>;

export type ComposeOptions = Readonly<{
  config: Config;
  /** A path in the URL is relative to the directory. */
  store: Readonly<{ url: string; directory: string }>;
  clock: Clock;
  /** This process serves, and takes what OpenTelemetry exporters send. */
  receivesTelemetry?: boolean;
  /** Time between two passes, after which alerts are repeated to those that keep nothing. */
  everyMs?: number;
}>;

/** Tare in this process, as `tare.yaml` has it. */
export async function composeTare(options: ComposeOptions): Promise<Composition> {
  const { config, store, clock, everyMs = MINUTE_MS } = options;
  const catalog = createHardwareCatalog();
  const { settings } = config;
  const prices = pricesOf(config);
  const { bundled, priceBooks } = await createPriceBooks(prices, settings.exchangeRates, catalog);
  const loadModelPrices = modelPricesOf(config.prices.models ?? [], prices.where, settings.exchangeRates);
  const liveConfigs = config.sources.filter((source) => isLive(source));
  const configuredSources = await Promise.all(
    liveConfigs.map((source) =>
      createLiveSource(source, liveConfigs, catalog, clock, loadModelPrices, settings),
    ),
  );
  const { store: opened, revisions } = watchOwned(await openStoreIn(store));
  // Whoever owns the store owns what waits for it.
  const telemetry = await openTelemetry(options, loadModelPrices).catch(async (thrown: unknown) => {
    await opened.close();
    throw thrown;
  });
  const liveSources = telemetry.source ? [...configuredSources, telemetry.source] : configuredSources;
  const tare = createTare({
    store: opened,
    fileSources: createFileSources(catalog, loadModelPrices),
    liveSources,
    priceBooks,
    settings,
    budgets: config.budgets,
    policies: policiesInForce({ path: config.path, text: config.policiesText }, settings, catalog, bundled),
    anomalies: {
      by: config.anomalies.by ?? DEFAULT_ANOMALY_DIMENSIONS,
      fewestExcess: Number(config.anomalies.minimum ?? DEFAULT_SENSITIVITY.fewestExcess),
      fewestShare: config.anomalies.share ?? DEFAULT_SENSITIVITY.fewestShare,
    },
    ...(config.alerts.keep !== undefined && { keepAlertsMs: readDuration(config.alerts.keep) }),
    notifiers: config.notify.map((one) => createNotifier(one, everyMs)),
    scheduled: {
      reports: config.reports,
      publicUrl: config.server.publicUrl,
      renderDocument: async (document, formats) =>
        (await import('./reports/documents/render-report.ts')).renderReport(document, formats),
    },
    clock,
    market: { books: priceBooks, prices: bundled, hardware: catalog },
    listFiles,
    loadModelPrices,
    configFindings: findingsOf(config),
  });
  const fileConfigs = config.sources.filter((source) => !isLive(source)) as FileSourceConfig[];
  const whole = withSpooledRuns(
    withFileSources(tare, liveSources, fileConfigs, config.directory),
    createRunSpool(spoolFolder(store)),
  );
  return {
    tare: { ...whole, close: () => telemetry.close().finally(() => whole.close()) },
    telemetry: telemetry.receiver,
    revisions,
    searchPrices: (query) => findPrices(bundled, catalog, { ...query, currency: settings.currency }),
  };
}

function createFileSources(
  catalog: HardwareCatalog,
  loadModelPrices: LoadModelPrices,
): readonly FileSource[] {
  const parts = { catalog };
  const calls = { loadModelPrices };
  return [
    createFocusSource(parts),
    createUsageSource(parts),
    createCapacitySource(parts),
    createAllocationsSource(parts),
    createRequestsSource(calls),
    createLitellmFileSource(calls),
    createLangfuseFileSource(calls),
    createRunsSource(parts),
    createWandbSource(parts),
    createScoresSource(),
    createRevenueSource(),
    new NvidiaSmiFileSource(parts),
    createPrometheusTextSource(parts),
    createTareRunSource(),
    createSacctFileSource(parts),
  ].map(withInputFailures);
}

function isLive(source: Config['sources'][number]): source is LiveSourceConfig {
  return ['prometheus', 'nvidia-smi', 'slurm', 'mlflow', 'litellm'].includes(source.kind);
}

async function createLiveSource(
  source: LiveSourceConfig,
  all: readonly LiveSourceConfig[],
  catalog: HardwareCatalog,
  clock: Clock,
  loadModelPrices: LoadModelPrices,
  { currency, exchangeRates: rates }: TareSettings,
): Promise<LiveSource> {
  if (source.kind === 'prometheus') {
    const { createPrometheusSource } = await import('./sources/prometheus/live-source.ts');
    const {
      name = source.kind,
      url,
      step,
      bearerToken,
      username,
      password,
      headers,
      matchers,
      provider,
    } = source;
    const basic = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
    return createPrometheusSource({
      name,
      url,
      catalog,
      clock,
      ...(step !== undefined && { stepSeconds: readDuration(step) / SECOND_MS }),
      ...(bearerToken !== undefined && { bearerToken }),
      headers: { ...(username !== undefined && { authorization: `Basic ${basic}` }), ...headers },
      ...(matchers !== undefined && { extraMatchers: matchers }),
      ...(provider !== undefined && { provider }),
      areJobsDescribedElsewhere: all.some((one) => one.kind === 'slurm' && one.devices === 'telemetry'),
    });
  }
  if (source.kind === 'slurm') {
    const { SlurmLiveSource } = await import('./sources/slurm/slurm-live-source.ts');
    const { kind, name = kind, binary, clusters, jobs, ...rest } = source;
    const set = { ...rest, ...(jobs !== undefined && { kind: jobs }) } as Record<string, string>;
    const parts = { name, set, ...(binary !== undefined && { binary }), ...(clusters && { clusters }) };
    return new SlurmLiveSource(parts, { catalog, clock });
  }
  if (source.kind === 'mlflow') {
    const { createMlflowSource } = await import('./sources/mlflow/live-source.ts');
    const { kind, name = kind, silentAfter, ...rest } = source;
    const stated = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    return createMlflowSource({
      ...(stated as Pick<MlflowSourceOptions, 'url'>),
      name,
      catalog,
      clock,
      ...(silentAfter !== undefined && { silentAfterMs: readDuration(silentAfter) }),
    });
  }
  if (source.kind === 'litellm') {
    const { LitellmLiveSource } = await import('./sources/litellm/litellm-live-source.ts');
    const { kind: _kind, name = 'litellm', ...rest } = source;
    return new LitellmLiveSource(
      { name, url: rest.url, key: rest.key, headers: rest.headers ?? {}, currency, rates },
      { loadModelPrices, clock },
    );
  }
  const { NvidiaSmiLiveSource } = await import('./sources/nvidia-smi/nvidia-smi-live-source.ts');
  const { kind: _kind, interval, ...rest } = source;
  const intervalMs = interval === undefined ? MINUTE_MS : readDuration(interval);
  return new NvidiaSmiLiveSource({ ...(rest as NvidiaSmiSettings), intervalMs }, { catalog, clock });
}

type Telemetry = Readonly<{
  source: LiveSource | null;
  receiver: TelemetryReceiver | null;
  close(): Promise<void>;
}>;

/** What is received, and what an earlier process received and did not import. */
async function openTelemetry(
  { config, store, clock, receivesTelemetry = false }: ComposeOptions,
  loadModelPrices: LoadModelPrices,
): Promise<Telemetry> {
  const folder = telemetryFolder(store);
  const none = { source: null, receiver: null, close: async () => {} };
  if (!receivesTelemetry && !existsSync(folder)) return none;
  const { Journal } = await import('./sources/otlp/journal.ts');
  const { OtlpSource } = await import('./sources/otlp/otlp-source.ts');
  const { currency, exchangeRates: rates } = config.settings;
  if (!receivesTelemetry)
    return {
      ...none,
      source: new OtlpSource({ folder, journal: null, sealAfterMs: 0, currency, rates }, loadModelPrices),
    };
  const { createTelemetryReceiver, DEFAULT_LIMITS } = await import('./sources/otlp/telemetry-receiver.ts');
  const journal = await Journal.open(folder, clock);
  const { tokenConvention = null, maxBacklogMib, importAfter = '30s' } = config.otlp;
  const limits =
    maxBacklogMib === undefined
      ? DEFAULT_LIMITS
      : { ...DEFAULT_LIMITS, backlogBytes: maxBacklogMib * 1024 * 1024 };
  return {
    source: new OtlpSource(
      { folder, journal, sealAfterMs: readDuration(importAfter), currency, rates },
      loadModelPrices,
    ),
    receiver: createTelemetryReceiver(journal, tokenConvention, limits),
    close: () => journal.close(),
  };
}

/** Beside the store's file; for a store that is none, in the folder that such a file would be in. */
function telemetryFolder({ url, directory }: ComposeOptions['store']): string {
  const [, path] = /^duckdb:([^?]+)/.exec(url) ?? [];
  const isFile = path !== undefined && path !== ':memory:';
  return isFile ? `${resolve(directory, path)}.otlp` : resolve(directory, '.tare/otlp');
}

type Prices = Readonly<{
  contracts: string | readonly Readonly<Record<string, string | null | undefined>>[];
  owned: readonly unknown[];
  /** Names the lists in messages, and what a path is relative to. */
  where: string;
  directory: string;
}>;

function pricesOf({ prices, path, directory }: Config): Prices {
  return { contracts: prices.contracts ?? [], owned: prices.owned ?? [], where: path ?? '', directory };
}

/** In the order of trust. */
async function createPriceBooks(
  { contracts, owned, where, directory }: Prices,
  exchangeRates: Readonly<Record<string, string>>,
  catalog: HardwareCatalog,
): Promise<Readonly<{ bundled: PriceBook & PriceList; priceBooks: readonly PriceBook[] }>> {
  const bundled = createBundledPriceBook({ catalog, exchangeRates });
  const contract =
    typeof contracts === 'string'
      ? await readContractFile(resolve(directory, contracts), catalog)
      : parseContractRows(contracts as readonly ContractRow[], `${where}:prices.contracts`, catalog);
  const machines = parseOwnershipEntries(owned, `${where}:prices.owned`);
  refuseRejects([...contract.rejects, ...machines.rejects]);
  return {
    bundled,
    priceBooks: [
      createContractPriceBook(contract.prices, bundled, catalog, exchangeRates),
      bundled,
      createOwnershipPriceBook(machines.entries, catalog, exchangeRates),
    ],
  };
}

function modelPricesOf(
  rows: readonly ModelPriceRow[],
  where: string,
  exchangeRates: Readonly<Record<string, string>>,
): LoadModelPrices {
  const { prices, rejects } = readAgreedModelPrices(rows, `${where}:prices.models`);
  refuseRejects(rejects);
  return async () => {
    const { createModelPriceBook } = await import('./price-books/models/create-model-price-book.ts');
    return createModelPriceBook(prices, exchangeRates);
  };
}

async function readContractFile(path: string, catalog: HardwareCatalog) {
  try {
    return await readContractPrices(path, catalog, NEVER_ABORTED);
  } catch (thrown) {
    throw asInputFailure(thrown);
  }
}

const NEVER_ABORTED = new AbortController().signal;

/** Rather no ledger than one at half the prices that were agreed. */
function refuseRejects(rejects: readonly Reject[]): void {
  const [first] = rejects;
  if (!first) return;
  const more = rejects.length > 1 ? ` (and ${rejects.length - 1} more)` : '';
  throw new TareError(
    'badConfig',
    `${first.where}  ${first.message}${more}`,
    'correct the price, or take it out',
  );
}

/** Relative to the folder of whoever named the store. */
function openStoreIn({ url, directory }: ComposeOptions['store']): Promise<Store> {
  if (/^clickhouses?:\/\/./.test(url)) return openStore(url);
  const [, path, options = ''] = /^duckdb:([^?]+)(\?.*)?$/.exec(url) ?? [];
  if (path !== undefined) {
    return openStore(`duckdb:${path === ':memory:' ? path : resolve(directory, path)}${options}`);
  }
  throw new TareError(
    'badStoreUrl',
    `"${url.replace(/\/\/.*@/, '//…@')}" is not a store`,
    'write duckdb:PATH, such as duckdb:.tare/tare.duckdb, duckdb::memory:, or clickhouse://HOST/DATABASE',
  );
}

/** A file belongs to this process alone; a server has other writers. */
function rememberOwned(store: Store): Store {
  return store.url.startsWith('duckdb:') ? rememberAnswers(store) : store;
}

/** With word of what is written; another start of the process is another state, since anything may have happened in between. */
function watchOwned(store: Store): ReturnType<typeof watchWrites> {
  return watchWrites(rememberOwned(store), randomUUID().slice(0, 8));
}

/** What folders of each kind are searched for, beside the tables that every kind can be. */
const TABLE_EXTENSIONS = ['csv', 'tsv', 'json', 'jsonl', 'ndjson', 'parquet'];
const MORE_EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  'nvidia-smi': ['txt', 'log'],
  'prometheus-text': ['txt', 'prom'],
  sacct: ['txt', 'log'],
};

async function listFiles(paths: readonly string[], kind: string): Promise<readonly string[]> {
  try {
    return await listReadableFiles(paths, [...TABLE_EXTENSIONS, ...(MORE_EXTENSIONS[kind] ?? [])]);
  } catch (thrown) {
    throw asInputFailure(thrown);
  }
}

function findingsOf({ path, budgets, policies }: Config): Finding[] {
  const subject = path ?? 'tare.yaml';
  if (path === null) {
    const message = 'there is none: defaults apply';
    return [{ subject, status: 'look', message, remedy: 'tare init writes one' }];
  }
  const counts = [
    ...(budgets.length > 0 ? [`${budgets.length} budgets (tare budget)`] : []),
    ...(policies.length > 0 ? [`${policies.length} policies (tare check)`] : []),
  ];
  return [{ subject, status: 'fine', message: ['understood', ...counts].join(', '), remedy: null }];
}

/**
 * Lets `collect` also import the files that `tare.yaml` names. A file that did not change since this process imported it is not
 * read again.
 */
function withFileSources(
  tare: Tare,
  liveSources: readonly LiveSource[],
  fileSources: readonly FileSourceConfig[],
  directory: string,
): Tare {
  if (fileSources.length === 0) return tare;
  const known = new Map<string, string>();

  async function importChanged(source: FileSourceConfig, progress: Progress, signal: AbortSignal) {
    const files = await listFiles([resolve(directory, source.path)], source.kind);
    const states = await Promise.all(files.map(async (file) => [file, await stateOf(file)] as const));
    const changed = states.filter(([file, state]) => known.get(file) !== state);
    const { kind, map = {}, set = {}, fields = null } = source;
    if (changed.length === 0) return nothingNew(kind);
    const request = { kind, paths: changed.map(([file]) => file), map, set, fields, isDryRun: false };
    const result = await tare.importFiles(request, progress, signal);
    for (const [file, state] of changed) known.set(file, state);
    return result;
  }

  async function collect(
    request: CollectRequest,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<CollectResult> {
    const wanted = ({ name }: { name: string }) => request.sources?.includes(name) ?? true;
    const collected: CollectResult['sources'][number][] = [];
    const failures: unknown[] = [];
    const named = fileSources.map((source) => ({
      name: source.name ?? `${source.kind} ${source.path}`,
      source,
    }));
    for (const { name, source } of named.filter(wanted)) {
      try {
        collected.push({ name, ...(await importChanged(source, progress, signal)) });
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        failures.push(thrown);
      }
    }
    const others = request.sources?.filter((name) => !named.some((one) => one.name === name)) ?? null;
    const isLiveWanted = others === null ? liveSources.length > 0 : others.length > 0;
    const live = isLiveWanted
      ? await tare.collect({ ...request, sources: others }, progress, signal)
      : { sources: [] };
    if (failures.length > 0) throw failures[0];
    return { sources: [...live.sources, ...collected] };
  }
  return { ...tare, collect };
}

async function stateOf(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return `${size} ${mtimeMs}`;
}

function nothingNew(kind: string): ImportResult {
  const none = { rowsRead: 0, rowsImported: 0, rowsUnchanged: 0, rowsRejected: 0, rowsRemoved: 0 };
  return { kind, files: 0, ...none, rejects: [], warnings: [], totals: {} };
}

export type RunMetering = Readonly<{
  meter: RunMeter;
  spool: RunSpool;
  weigh(path: string): Promise<MeteredReceipt>;
}>;

export type RunMeteringOptions = ComposeOptions & Readonly<{ statedPrice: StatedPrice | null }>;
/** What a user says that a GPU-hour costs. */
export type StatedPrice = Readonly<{ perGpuHour: string; lifecycle: string }>;

/** A receipt of more than this long is given up; the record is kept. */
const WEIGHING_MS = 60_000;

/** What `tare run` needs: a meter, where its records lie until they are in the store, and a scale for one record. */
export async function composeRunMetering(options: RunMeteringOptions): Promise<RunMetering> {
  const { createNvidiaSmiProbe } = await import('./sources/nvidia-smi/nvidia-smi-probe.ts');
  const { createRunMeter } = await import('./sources/run-meter/create-run-meter.ts');
  const { config, store, clock } = options;
  const catalog = createHardwareCatalog();
  const folder = spoolFolder(store);
  const { node } = config.run;
  return {
    meter: createRunMeter({
      probe: createNvidiaSmiProbe({ catalog, ...(node !== undefined && { node }) }),
      clock,
      // A folder that cannot be written in must not lose the run.
      folders: [folder, join(tmpdir(), `tare-runs-${userInfo().uid}`)],
    }),
    spool: createRunSpool(folder),
    weigh: (path) => weighRecord(options, catalog, path),
  };
}

async function weighRecord(
  { config, clock, statedPrice }: RunMeteringOptions,
  catalog: HardwareCatalog,
  path: string,
): Promise<MeteredReceipt> {
  const { weighRun } = await import('./app/weigh-run.ts');
  const { settings } = config;
  const { bundled, priceBooks } = await createPriceBooks(pricesOf(config), settings.exchangeRates, catalog);
  const stated = statedPrice === null ? [] : [statedPriceBook(statedPrice, bundled, catalog)];
  const source = withInputFailures(createTareRunSource());
  const parts = { source, priceBooks: [...stated, ...priceBooks], settings, clock };
  const openEmptyStore = () => openStore('duckdb::memory:');
  return weighRun({ ...parts, openStore: openEmptyStore }, path, AbortSignal.timeout(WEIGHING_MS));
}

function statedPriceBook(
  { perGpuHour, lifecycle }: StatedPrice,
  bundled: PriceBook,
  catalog: HardwareCatalog,
): PriceBook {
  const row = { price: perGpuHour, unit: 'gpu-hour', lifecycle, from: '1970-01-01' };
  const { prices, rejects } = parseContractRows([row], '--gpu-hour-price', catalog);
  refuseRejects(rejects);
  return createContractPriceBook(prices, bundled, catalog, {});
}

/** Beside the file of the store, or in `.tare` beside the configuration. */
function spoolFolder({ url, directory }: ComposeOptions['store']): string {
  const [, path] = /^duckdb:([^?]+)/.exec(url) ?? [];
  const isFile = path !== undefined && path !== ':memory:';
  return isFile ? join(dirname(resolve(directory, path)), 'runs') : resolve(directory, '.tare', 'runs');
}

function policiesInForce(
  given: Pick<PoliciesInForce, 'path' | 'text'>,
  { owners, currency }: TareSettings,
  catalog: HardwareCatalog,
  list: PriceList,
): PoliciesInForce {
  const dimensions = Object.keys({ ...DEFAULT_OWNER_RULES, ...owners });
  return {
    ...given,
    dimensions,
    read: (text) => readPolicies(text, dimensions),
    gpus: (atMs) => createGpuFacts(catalog, list, currency, atMs),
  };
}

const DEMO_DAYS = 62;

/** What is known about GPUs without any store. */
export function hardwareCatalog(): HardwareCatalog {
  return createHardwareCatalog();
}

/** What `tare check` needs beside a ledger: files, what reads them, and prices. */
export async function composeCheck({
  config,
  directory,
  clock,
  readInput,
}: Readonly<{
  config: Config;
  directory: string;
  clock: Clock;
  readInput: () => Promise<string>;
}>): Promise<Readonly<{ files: LaunchFiles; reader: LaunchReader; parts: CheckParts }>> {
  const { createLaunchReader } = await import('./sources/launches/create-launch-reader.ts');
  const { createLaunchFiles } = await import('./sources/launches/launch-files.ts');
  const catalog = createHardwareCatalog();
  const { currency, exchangeRates, owners } = config.settings;
  const { bundled, priceBooks } = await createPriceBooks(pricesOf(config), exchangeRates, catalog);
  const { policies, budgets, check } = config;
  return {
    files: createLaunchFiles(directory, readInput),
    reader: createLaunchReader(catalog),
    parts: {
      catalog,
      priceBooks,
      list: bundled,
      currency,
      assume: check.assume ?? {},
      gpus: createGpuFacts(catalog, bundled, currency, clock.nowMs()),
      owners,
      policies,
      budgets,
    },
  };
}

export type ClusterAddress =
  | Readonly<{ kind: 'kubeconfig'; path: string; context: string | null }>
  | Readonly<{ kind: 'server'; url: string; tokenFile: string | null; caFile: string | null }>;

/** A cluster that actions change. */
export async function connectCluster(
  address: ClusterAddress,
  signIn: Readonly<{ clock: Clock; environment: Readonly<Record<string, string | undefined>> }>,
): Promise<Cluster> {
  const { readKubeconfig, readServerAccess } = await import('./clusters/kubernetes/kube-access.ts');
  const { createKubeCluster } = await import('./clusters/kubernetes/create-kube-cluster.ts');
  const access =
    address.kind === 'kubeconfig'
      ? await readKubeconfig(address.path, address.context, signIn)
      : await readServerAccess(address.url, address.tokenFile, address.caFile);
  return createKubeCluster(access);
}

/** Where an admission webhook writes down what it did: beside the store's file, or in `.tare`. */
export async function openAdmissionJournal(store: ComposeOptions['store']): Promise<AdmissionJournal> {
  const { openBoundedJournal } = await import('./files/bounded-journal.ts');
  return openBoundedJournal(join(dirname(spoolFolder(store)), 'admission.jsonl'));
}

/** Where it leaves how often it answered what. */
export async function openAdmissionTally(store: ComposeOptions['store']): Promise<AdmissionTally> {
  const { openKeptValue } = await import('./files/kept-value.ts');
  return openKeptValue(join(dirname(spoolFolder(store)), 'admission-totals.json'));
}

/** Solves the integer programmes of simulators. */
export function createIntegerSolver(): IntegerSolver {
  return createHighsSolver();
}

/** The invented fleet of `tare demo`, imported and built. */
export async function composeDemo(
  { storeUrl, clock, seed }: Readonly<{ storeUrl: string; clock: Clock; seed: number }>,
  progress: Progress,
  signal: AbortSignal,
): Promise<Composition & Readonly<{ description: string }>> {
  const { generateFleet } = await import('./sources/demo/generate-fleet.ts');
  const { demoCommitments, demoSettings } = await import('./sources/demo/demo-settings.ts');
  const catalog = createHardwareCatalog();
  const settings: TareSettings = {
    currency: 'USD',
    shared: demoSettings.shared,
    maxHoldIntervals: 2,
    exchangeRates: {},
    owners: demoSettings.owners,
    commitments: demoCommitments(clock.nowMs()),
  };
  const nowMs = clock.nowMs();
  const fleet = generateFleet({
    seed,
    untilMs: nowMs,
    days: DEMO_DAYS,
    currency: settings.currency,
    catalog,
  });
  const prices = {
    contracts: [...demoSettings.contracts, ...demoSettings.offers],
    owned: demoSettings.ownership,
    where: 'demo',
    directory: '.',
  };
  const { bundled, priceBooks } = await createPriceBooks(prices, {}, catalog);
  const { store, revisions } = watchOwned(await openStore(storeUrl));
  try {
    for (const [index, { name, kind, batches }] of fleet.datasets.entries()) {
      progress({ task: `making ${name}`, done: index, total: fleet.datasets.length, unit: 'chunks' });
      await store.importDataset({ name, kind, importedAtMs: nowMs }, untilAborted(batches, signal));
    }
    await writeGeneratedMark(store, { seed, description: fleet.description });
    const loadModelPrices = modelPricesOf([], '', {});
    const tare = createTare({
      store,
      loadModelPrices,
      fileSources: createFileSources(catalog, loadModelPrices),
      liveSources: [],
      priceBooks,
      settings,
      budgets: demoSettings.budgets,
      policies: policiesInForce({ path: null, text: demoSettings.policies }, settings, catalog, bundled),
      clock,
      market: { books: priceBooks, prices: bundled, hardware: catalog },
      listFiles,
    });
    await tare.buildLedger(progress, signal);
    const searchPrices: Composition['searchPrices'] = (query) =>
      findPrices(bundled, catalog, { ...query, currency: settings.currency });
    return { tare, telemetry: null, revisions, searchPrices, description: fleet.description };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function* untilAborted<T>(items: Iterable<T>, signal: AbortSignal): AsyncIterable<T> {
  for (const item of items) {
    signal.throwIfAborted();
    yield item;
  }
}
