import type { Sensitivity } from '../domain/governance/anomalies/find-episodes.ts';
import type { Budget } from '../domain/governance/budgets/budget.ts';
import type { Clock } from '../ports/clock.ts';
import type { LoadModelPrices } from '../ports/model-price-book.ts';
import type { PoliciesInForce } from '../ports/policy-reader.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { FileSource, LiveSource } from '../ports/source.ts';
import type { BuildCounts, Store } from '../ports/store.ts';
import { keepAction, readActions } from './actions/action-records.ts';
import { reportIdleNow } from './actions/report-idle-now.ts';
import type { NotifierFor } from './alerts/alert-watch.ts';
import { createAlerting } from './alerts/alerting.ts';
import { judgeAnomaly } from './anomalies/judge-anomaly.ts';
import { reportAnomalies } from './anomalies/report-anomalies.ts';
import { buildLedger } from './build-ledger.ts';
import { collect } from './collect.ts';
import { doctor } from './doctor.ts';
import { reportDocument } from './documents/report-document.ts';
import { TareError, toTareError } from './errors.ts';
import { explain } from './explain/explain.ts';
import { explainRun } from './explain/explain-run.ts';
import { explainLever } from './explain-lever.ts';
import { reportForecast } from './forecast/report-forecast.ts';
import { reportHardware } from './hardware/report-hardware.ts';
import { reportHealth } from './health/report-health.ts';
import { historyChoices, historyTraces } from './history-traces.ts';
import { importFacts, type ListFiles } from './import-facts.ts';
import { explainServing } from './inference/endpoint-receipt.ts';
import { explainEndpoint } from './inference/explain-endpoint.ts';
import { namesEndpoint } from './inference/names-endpoint.ts';
import { createMemory } from './memory.ts';
import { overview } from './overview.ts';
import { planSteps } from './plan/plan-steps.ts';
import type { Market } from './plan/priced-evidence.ts';
import { planBill } from './plan-bill.ts';
import { planSavings } from './plan-savings.ts';
import { previewPolicies } from './policies/preview-policies.ts';
import { readPolicyText, reportPolicies } from './policies/report-policies.ts';
import { reportBudgets } from './report-budgets.ts';
import { reportCharges } from './report-charges.ts';
import { reportCommitments } from './report-commitments.ts';
import { reportCoverage } from './report-coverage.ts';
import { reportFleet } from './report-fleet.ts';
import { reportIdle } from './report-idle.ts';
import { reportInference } from './report-inference.ts';
import { reportLedger } from './report-ledger.ts';
import { reportRuns } from './report-runs.ts';
import { reportUnits } from './report-units.ts';
import type { Finding } from './results/results.ts';
import { runsCadence } from './runs-cadence.ts';
import { listViews, removeView, saveView } from './saved-views.ts';
import type { ReportMakingParts } from './scheduled-reports/make-report.ts';
import type { ReportSetting } from './scheduled-reports/report-setting.ts';
import { searchNames } from './search-names.ts';
import { reportSpot } from './spot/report-spot.ts';
import { reportTaken, takeLever } from './take-lever.ts';
import type { Progress, Tare, TareSettings } from './tare.ts';
import { createTurns } from './turns.ts';
import { verifySaving } from './verify-saving.ts';

export type TareParts = Readonly<{
  store: Store;
  fileSources: readonly FileSource[];
  liveSources: readonly LiveSource[];
  /** In the order of trust. */
  priceBooks: readonly PriceBook[];
  settings: TareSettings;
  budgets?: readonly Budget[];
  /** Without them no policy can be read or tried. */
  policies?: PoliciesInForce;
  /** What is worth a word, and whose figures are looked at for alerts. */
  anomalies?: Sensitivity & Readonly<{ by: readonly string[] }>;
  notifiers?: readonly NotifierFor[];
  /** What is sent by itself, and what makes files of documents. */
  scheduled?: Omit<ReportMakingParts, 'reportDocument'> & Readonly<{ reports: readonly ReportSetting[] }>;
  /** How long settled alerts are kept. */
  keepAlertsMs?: number;
  clock: Clock;
  /** Without it levers on prices and machines cannot be judged. */
  market?: Market;
  listFiles: ListFiles;
  /** Published prices of model APIs, for whoever compares with them. */
  loadModelPrices?: LoadModelPrices;
  /** What reading the configuration found, for `doctor`. */
  configFindings?: readonly Finding[];
}>;

/**
 * Tare in this process. What writes takes turns; what reads does not wait for it, but brings the ledger up to date first when
 * something changed and nobody is writing.
 */
export function createTare(parts: TareParts): Tare {
  const { store } = parts;
  const turns = createTurns<'write' | 'build'>();
  const memory = createMemory();
  let isCurrent = false;

  async function build(progress: Progress, signal: AbortSignal): Promise<BuildCounts> {
    const counts = await buildLedger(parts, progress, signal);
    isCurrent = true;
    if (counts.hours > 0) memory.forget();
    return counts;
  }

  /** Whatever a write brought, even one that failed halfway, has to be built. */
  function write<T>(work: () => Promise<T>): Promise<T> {
    return turns.take('write', async () => {
      isCurrent = false;
      memory.forget();
      try {
        return await work();
      } finally {
        memory.forget();
      }
    });
  }

  async function read<T>(work: () => Promise<T>): Promise<T> {
    try {
      // During a long collection the ledger as it stands answers; waiting for the end of it would take hours.
      if (turns.running() !== 'write' && !isCurrent) {
        await turns.take('build', async () => isCurrent || (await build(() => {}, NEVER_ABORTED)));
      }
      return await work();
    } catch (thrown) {
      throw toTareError(thrown);
    }
  }

  // What others write into a server is not seen here.
  const isOwned = store.url.startsWith('duckdb:');
  async function told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw toTareError(thrown);
    }
  }

  const anomalyParts = { ...parts, ...(parts.anomalies && { sensitivity: parts.anomalies }) };
  const { scheduled, ...others } = parts;
  const alerting = createAlerting(
    {
      ...others,
      serving: parts,
      ...(scheduled && {
        scheduled: { ...scheduled, reportDocument: (request) => tare.reportDocument(request) },
      }),
    },
    anomalyParts,
  );

  const tare: Tare = {
    importFiles: (request, progress, signal) =>
      request.isDryRun
        ? importFacts(parts, request, progress, signal)
        : write(() => importFacts(parts, request, progress, signal)),
    collect: (request, progress, signal) => write(() => collect(parts, request, progress, signal)),
    buildLedger: (progress, signal) => turns.take('build', () => build(progress, signal)),
    reportLedger: (request) => read(() => reportLedger(parts, request)),
    reportFleet: (request) => read(() => reportFleet(parts, request)),
    reportCharges: (request) => read(() => reportCharges(parts, request)),
    reportIdle: (request) => read(() => reportIdle(parts, request)),
    reportCoverage: (window) => read(() => reportCoverage(parts, window)),
    reportCommitments: (window) => read(() => reportCommitments(parts, window)),
    reportHealth: (window) => read(() => reportHealth(parts, window)),
    reportInference: (request) => read(() => reportInference(parts, request)),
    reportUnits: (request) => read(() => reportUnits(parts, request)),
    explainServing: (request) => read(() => explainServing(parts, request)),
    reportRuns: (request) => read(() => reportRuns(parts, request)),
    explainRun: (runId) => read(() => explainRun(parts, runId)),
    runsCadence: (request) => read(() => runsCadence(parts, request)),
    reportBudgets: (atMs) => read(() => reportBudgets({ ...parts, serving: parts }, atMs)),
    reportPolicies: async () => reportPolicies(policiesOf(parts)),
    readPolicies: async (text) => readPolicyText(policiesOf(parts), text),
    previewPolicies: (request) =>
      read(() => previewPolicies({ ...parts, policies: policiesOf(parts) }, request)),
    reportIdleNow: (leastHours) => read(() => reportIdleNow(parts, leastHours)),
    actions: async () => ({ rows: await readActions(store) }),
    keepAction: (record) => turns.take('build', () => keepAction(store, record)),
    reportAnomalies: (request) => read(() => reportAnomalies(anomalyParts, request)),
    judgeAnomaly: (request) => read(() => judgeAnomaly(anomalyParts, parts.clock, request)),
    reportForecast: (request) => read(() => reportForecast(parts, request)),
    reportAlerts: () => read(() => alerting.report()),
    sendAlerts: (request, signal) => read(() => alerting.send(request, signal)),
    overview: (window) => read(() => overview(parts, window)),
    planSavings: (request) => read(() => planSavings(parts, request)),
    planBill: (request, progress = () => {}, signal = NEVER_ABORTED) =>
      read(() => planBill(parts, request, planSteps(progress, signal))),
    reportSpot: (request) => read(() => reportSpot(parts, request)),
    reportHardware: (request) => read(() => reportHardware(parts, request)),
    verifySaving: (request) => read(() => verifySaving(parts, request)),
    // What was promised is read from the ledger, which has to be current for that.
    takeLever: (request) => read(async () => {}).then(() => write(() => takeLever(parts, request))),
    reportTaken: () => read(() => reportTaken(parts)),
    explainLever: (request) => read(() => explainLever(parts, request)),
    historyChoices: (request) => read(() => historyChoices(parts, request)),
    historyTraces: (request) => read(() => historyTraces(parts, request)),
    explain: (row) => read(() => (namesEndpoint(row) ? explainEndpoint(parts, row) : explain(parts, row))),
    search: (request) => told(() => searchNames(store, request)),
    views: () => told(() => listViews(store)),
    // Changes nothing that is weighed, so that it waits for no collection.
    saveView: (request) => told(() => saveView(store, parts.clock, request)),
    removeView: (name) => told(() => removeView(store, name)),
    doctor: (signal) => doctor({ ...parts, configFindings: parts.configFindings ?? [] }, signal),
    reportDocument: (request) =>
      read(() => {
        if (!isOwned) return reportDocument({ ...parts, tare }, request);
        const planBill: Tare['planBill'] = (plan) => memory.of(plan, () => tare.planBill(plan));
        return memory.of(request, () => reportDocument({ ...parts, tare: { ...tare, planBill } }, request));
      }),
    reportSchedule: () => alerting.schedule(),
    sendReport: (request, signal) => read(() => alerting.sendReport(request, signal)),
    close: () => store.close(),
  };
  return tare;
}

function policiesOf({ policies }: TareParts): PoliciesInForce {
  if (policies !== undefined) return policies;
  throw new TareError('usage', 'policies cannot be read here', 'start Tare with a configuration');
}

const NEVER_ABORTED = new AbortController().signal;
