import type { DeclaredCommitment } from '../domain/commitments/held-commitment.ts';
import type { RevenueFact } from '../domain/facts/facts.ts';
import type { AnomalyJudgement, Verdict } from '../domain/governance/anomalies/judgement.ts';
import type { Measure } from '../domain/governance/anomalies/split-excess.ts';
import type { BudgetPeriod } from '../domain/governance/budgets/budget.ts';
import type { ModelEvidence } from '../domain/levers/model-levers.ts';
import type { EpochMs, TimeWindow } from '../domain/time/window.ts';
import type { ActionRecord } from '../ports/cluster.ts';
import type { RunDimension, RunFilter, RunSort } from '../ports/run-queries.ts';
import type { CallDimension } from '../ports/serving.ts';
import type { ChargeDimension, LedgerDimension, LedgerFilter, SharedRule } from '../ports/store.ts';
import type { ActionLog, IdleNowReport } from './results/actions.ts';
import type { AlertReport, AlertSending } from './results/alerts.ts';
import type { AnomalyReport } from './results/anomalies.ts';
import type { BudgetReport } from './results/budgets.ts';
import type { CommitmentReport } from './results/commitments.ts';
import type { DocumentKind, ReportDocument } from './results/documents.ts';
import type { FleetReport } from './results/fleet.ts';
import type { ForecastReport } from './results/forecast.ts';
import type { HardwareReport } from './results/hardware.ts';
import type { HealthReport } from './results/health.ts';
import type { InferenceReport } from './results/inference.ts';
import type { LeverDetail, LeversReport } from './results/levers.ts';
import type { BillPlan, PlanLimits } from './results/plan.ts';
import type { PoliciesReport, PolicyPreview, PolicyReadingReport } from './results/policies.ts';
import type {
  ChargeReport,
  CoverageReport,
  DoctorReport,
  Explanation,
  IdleReport,
  ImportResult,
  LedgerReport,
  Overview,
} from './results/results.ts';
import type { CadenceReport, RunReceipt, RunsReport } from './results/runs.ts';
import type { ReportSending, ScheduledReports } from './results/scheduled-reports.ts';
import type { SearchResult, ViewList, ViewRow } from './results/search.ts';
import type { HistoryChoices, HistoryTraces } from './results/simulation.ts';
import type { SpotGrain, SpotReport } from './results/spot.ts';
import type { EndpointReceipt, UnitsReport } from './results/units.ts';
import type {
  TakenRecord,
  TakenReport,
  VerificationReport,
  VerificationUnit,
} from './results/verification.ts';
import type { SaveViewRequest } from './saved-views.ts';
import type { SearchRequest } from './search-names.ts';

/**
 * Everything a door can ask for. It runs in this process over a store, or in another one over HTTP (a file store belongs to one
 * process): doors cannot tell which.
 */
export interface Tare {
  importFiles(request: ImportRequest, progress: Progress, signal: AbortSignal): Promise<ImportResult>;
  collect(request: CollectRequest, progress: Progress, signal: AbortSignal): Promise<CollectResult>;
  /** Brings the ledger up to date; every report does this first when something changed. */
  buildLedger(progress: Progress, signal: AbortSignal): Promise<Readonly<{ hours: number; rows: number }>>;

  reportLedger(request: LedgerRequest): Promise<LedgerReport>;
  /** What each node or device did over time, and what became of what was paid, pool by pool. */
  reportFleet(request: FleetRequest): Promise<FleetReport>;
  reportCharges(request: ChargeRequest): Promise<ChargeReport>;
  reportIdle(request: IdleRequest): Promise<IdleReport>;
  reportCoverage(window: TimeWindow): Promise<CoverageReport>;
  /** What is committed already: its use, what it covers, and when it ends. */
  reportCommitments(window: TimeWindow): Promise<CommitmentReport>;
  /** The same by source and by day, with every problem and its remedy. */
  reportHealth(window: TimeWindow): Promise<HealthReport>;
  /** What serving cost, beside how fast and how good it was. */
  reportInference(request: InferenceRequest): Promise<InferenceReport>;
  /** How the cost of a thousand requests moved, and what moved it. */
  reportUnits(request: UnitsRequest): Promise<UnitsReport>;
  /** The receipt of one endpoint: its devices and their prices, its traffic, and what that makes a thousand requests. */
  explainServing(request: ServingRequest): Promise<EndpointReceipt>;
  reportRuns(request: RunsRequest): Promise<RunsReport>;
  /** The receipt of one run: quantity × price × share for each line, its attempts, and its hours. */
  explainRun(runId: string): Promise<RunReceipt>;
  runsCadence(request: CadenceRequest): Promise<CadenceReport>;
  /** Budgets in the periods around an instant; `null` is now. */
  reportBudgets(atMs: number | null): Promise<BudgetReport>;
  /** The policies in force, and what others can be written with. */
  reportPolicies(): Promise<PoliciesReport>;
  /** What a text of policies says, what is wrong with it, and how it differs from what is in force. */
  readPolicies(text: string): Promise<PolicyReadingReport>;
  /** What policies would have stopped of the launches that really happened. */
  previewPolicies(request: PolicyPreviewRequest): Promise<PolicyPreview>;
  /** What has stood still for at least so many hours, up to the end of the ledger. */
  reportIdleNow(leastHours: number): Promise<IdleNowReport>;
  /** What was done to clusters, newest first. */
  actions(): Promise<ActionLog>;
  /** Writes down an action; the one of the same id is replaced. */
  keepAction(record: ActionRecord): Promise<void>;
  /** What cost too much in the window, by whom and why. */
  reportAnomalies(request: AnomalyRequest): Promise<AnomalyReport>;
  /** Keeps what someone says of an anomaly; saying it again changes nothing. */
  judgeAnomaly(request: JudgeRequest): Promise<AnomalyJudgement>;
  /** What owners will have spent at the end of the period, and how well such forecasts did before. */
  reportForecast(request: ForecastRequest): Promise<ForecastReport>;
  /** What is wrong now, and who was told; sends nothing. */
  reportAlerts(): Promise<AlertReport>;
  /** One look and one round of messages. With `test`, a test message to the recipient of that name, or to all. */
  sendAlerts(request: SendAlertsRequest, signal: AbortSignal): Promise<AlertSending>;
  overview(window: TimeWindow): Promise<Overview>;
  /** What to change, and what it would have saved: every lever replayed on the window, alone and in place. */
  planSavings(request: LeversRequest): Promise<LeversReport>;
  /** All levers together, prices and machines too: the best plan within limits. */
  /** Takes seconds: `progress` is told of each step, between which `signal` stops it. */
  planBill(request: PlanRequest, progress?: Progress, signal?: AbortSignal): Promise<BillPlan>;
  /** Which past work could have run on spot, what it would have cost there, and why the rest could not. */
  reportSpot(request: SpotReportRequest): Promise<SpotReport>;
  /** The kinds of GPU that each job and endpoint could run on, side by side. */
  reportHardware(request: HardwareRequest): Promise<HardwareReport>;
  /** Before a change against after it: did it save, did latency or quality slip. */
  verifySaving(request: VerifyRequest): Promise<VerificationReport>;
  /** Records that a lever was taken, with what it was promised to save. */
  takeLever(request: TakeRequest): Promise<TakenRecord>;
  /** Every recorded change: promised, realised, drift. */
  reportTaken(): Promise<TakenReport>;
  /** One lever of the plan, with what was replayed day by day and node by node. */
  explainLever(request: LeversRequest & Readonly<{ id: string }>): Promise<LeverDetail>;
  /** What a company sends: the figures of the other reports on one page. */
  reportDocument(request: DocumentRequest): Promise<ReportDocument>;
  /** What is sent by itself: when, to whom, and what became of the last one. Changes nothing and sends nothing. */
  reportSchedule(): Promise<ScheduledReports>;
  /** Makes a scheduled report now and sends it to everybody it is for; with `isDryRun` it is only made. */
  sendReport(request: SendReportRequest, signal: AbortSignal): Promise<ReportSending>;
  /** What of the fleet's own history a simulator could replay. */
  historyChoices(request: Omit<HistoryTracesRequest, 'about'>): Promise<HistoryChoices>;
  /** That history as the traces which the simulator reads. */
  historyTraces(request: HistoryTracesRequest): Promise<HistoryTraces>;
  /** `2026-10-14T09:00Z/DEVICE/WORKLOAD/BUCKET`; WORKLOAD may hold slashes and is empty for time that nobody held. `endpoint:chat@2026-10` for an endpoint. */
  explain(row: string): Promise<Explanation>;
  /** Names of everything that has one, by a part of it. */
  search(request: SearchRequest): Promise<SearchResult>;
  /** Pages of the dashboard under names. */
  views(): Promise<ViewList>;
  saveView(request: SaveViewRequest): Promise<ViewRow>;
  removeView(name: string): Promise<ViewRow>;
  doctor(signal: AbortSignal): Promise<DoctorReport>;
  close(): Promise<void>;
}

/** As long as nothing is called forgotten. */
export const DEFAULT_IDLE_HOURS = 2;

export type ImportRequest = Readonly<{
  kind: string;
  /** Files or folders; a folder stands for the files below it that the kind can read. */
  paths: readonly string[];
  map: Readonly<Record<string, string>>;
  set: Readonly<Record<string, string>>;
  fields: readonly string[] | null;
  /** Reads, checks and counts, and keeps nothing. */
  isDryRun: boolean;
}>;

/** Without a window: from each source's watermark (or 30 days back) to now. */
export type CollectRequest = Readonly<{ window: TimeWindow | null; sources: readonly string[] | null }>;
export type CollectResult = Readonly<{ sources: readonly (ImportResult & Readonly<{ name: string }>)[] }>;

export type LedgerRequest = Readonly<{
  window: TimeWindow;
  by: readonly LedgerDimension[];
  filters: readonly LedgerFilter[];
  /** Rows to keep, largest gross cost first (days and hours stay in time order and are not cut). */
  top: number | null;
  /** Each group beside itself in the window of the same length before. */
  isCompared?: boolean;
}>;

/** Why time stood still, as a dimension: of the idle report alone. */
export const CAUSE = 'cause';
export type IdleDimension = LedgerDimension | typeof CAUSE;
export type IdleRequest = Omit<LedgerRequest, 'by' | 'isCompared'> &
  Readonly<{ by: readonly IdleDimension[] }>;

/** `top`: rows to keep, the costliest first. */
export type FleetRequest = Readonly<{
  window: TimeWindow;
  by: 'node' | 'device';
  filters: readonly LedgerFilter[];
  top: number | null;
}>;

/** `seed` decides how history is resampled: the same seed, the same ranges. */
export type LeversRequest = Readonly<{
  window: TimeWindow;
  seed: number;
  /** Latencies that endpoints promise to 99 % of requests, ms, by name. */
  sloMs: Readonly<Record<string, number>>;
}>;
export const DEFAULT_LEVER_SEED = 42;

export const SPOT_SORTS = ['saved', 'heldCost', 'gpuHours', 'workload', 'startedAt'] as const;
export type SpotSort = (typeof SPOT_SORTS)[number];

export type SpotReportRequest = Omit<LeversRequest, 'sloMs'> &
  Readonly<{
    by: SpotGrain;
    /** `null`: both. */
    only: 'could' | 'could-not' | null;
    workload: string | null;
    sort: SpotSort;
    /** `null`: all of them. */
    limit: number | null;
    offset: number;
    /** Hours from the start of each run, by workload; beside what runs say themselves. */
    deadlines: Readonly<Record<string, number>>;
    /** Of a GPU-hour, decimal text, by kind of GPU: asked about instead of what is known. */
    spotPrices: Readonly<Record<string, string>>;
  }>;

export const HARDWARE_SORTS = ['saving', 'heldCost', 'workload'] as const;
export type HardwareSort = (typeof HARDWARE_SORTS)[number];

export type HardwareRequest = LeversRequest &
  Readonly<{
    workload: string | null;
    sort: HardwareSort;
    limit: number | null;
    offset: number;
    /** From profiles: how fast work went on kinds of GPU, in any unit of its own. */
    throughputs: readonly StatedThroughput[];
  }>;

/** 0: it was tried, and does not run. */
export type StatedThroughput = Readonly<{ workload: string; gpuModel: string; perSecond: number }>;
export type DocumentRequest = Readonly<{
  kind: DocumentKind;
  /** `null`: the last whole month that has data. */
  window: TimeWindow | null;
  /** Of a showback alone. */
  team: string | null;
  /** What a chargeback statement is split by; `null` is the team. */
  by: LedgerDimension | null;
}>;

export type AnomalyRequest = Readonly<{
  window: TimeWindow;
  /** Owner dimensions of the ledger, and `endpoint`. */
  by: readonly string[];
  measures: readonly Measure[];
}>;

export type ForecastRequest = Readonly<{
  /** `null`: everything together. */
  by: LedgerDimension | null;
  period: BudgetPeriod;
  /** `null` is now. */
  atMs: number | null;
}>;

export type JudgeRequest = Readonly<{
  /** As the report has it: `cost/team/search@2026-10-14T09`. */
  id: string;
  verdict: Verdict;
  note: string | null;
  by: string | null;
}>;

export type PolicyPreviewRequest = Readonly<{
  /** Policies as YAML; `null`: those in force. */
  text: string | null;
  /** `null`: the last 30 days of the ledger. */
  window: TimeWindow | null;
  /** Launches to list for each policy; `null` is 100. */
  top: number | null;
}>;

export type SendAlertsRequest = Readonly<{ test: boolean; recipient: string | null }>;

/** `name`: of `reports` in the configuration. */
export type SendReportRequest = Readonly<{ name: string; isDryRun: boolean }>;

export type PlanRequest = LeversRequest &
  Readonly<{
    limits: PlanLimits;
    /** What was measured of changes to models. */
    evidence: readonly ModelEvidence[];
    /** Chance that demand of today is still there a year later, for terms of commitments. */
    survivalPerYear: number;
    /** What demand does from now on; left out, it stays. */
    growth?: PlanGrowth | null;
  }>;

/** A share of demand each month of 730 hours, above −1; or what the ledger's own history shows. */
export type PlanGrowth = Readonly<{ kind: 'stated'; perMonth: number }> | Readonly<{ kind: 'history' }>;

export const NO_LIMITS: PlanLimits = {
  noSpot: false,
  maxCommittedPercent: null,
  noQualityRisk: false,
  exclude: [],
  only: [],
};
export const DEFAULT_SURVIVAL_PER_YEAR = 0.8;

export type VerifyRequest = Readonly<{
  /** `endpoint:chat`, `run:NAME`, `team:search`, or a lever as plans name it. */
  change: string;
  /** `null`: as it was recorded. */
  atMs: EpochMs | null;
  /** `null`: four weeks on either side. */
  window: TimeWindow | null;
  /** Of the verdict, 0–1. */
  confidence: number;
  /** A share by which latency and quality may get worse. */
  tolerance: number;
  /** What the cost is divided by; `null` takes requests where there are any. */
  unit: VerificationUnit | null;
  /** Scores and metrics of which less is better. */
  lowerIsBetter: readonly string[];
  /** Of runs: metrics that count as quality. */
  metrics: readonly string[];
}>;

export type TakeRequest = Readonly<{
  /** As plans name it: `scale-to-zero/search-staging`. */
  changeId: string;
  atMs: EpochMs;
  takenBy: string | null;
  /** What a month was to save, as decimal text; `null` takes it from the plan of the weeks before. */
  promised: string | null;
}>;
/** Simulators that can replay what the ledger knows. */
export const HISTORY_SIMULATORS = ['scale-to-zero', 'commitment', 'packing'] as const;
export type HistorySimulator = (typeof HISTORY_SIMULATORS)[number];
/** `about` names an endpoint, a GPU model or a pool; `null` is all of them. */
export type HistoryTracesRequest = Readonly<{ simulator: string; window: TimeWindow; about: string | null }>;

export type ChargeRequest = Readonly<{
  window: TimeWindow;
  by: readonly ChargeDimension[];
  top: number | null;
}>;

export type InferenceRequest = Readonly<{
  window: TimeWindow;
  by: readonly CallDimension[];
  filters: readonly Readonly<{ dimension: CallDimension; values: readonly string[] }>[];
  top: number | null;
  basis: 'allocated' | 'used';
  /** A request that takes longer is not good. */
  sloMs: number | null;
  /** `helpfulness=0.8`, `hallucination<=0.1`; see `readBar` for this and the next ones. */
  minQuality: readonly string[];
  /** `1:2.5`: input to output; without it the measured times decide, or this weight. */
  tokenWeight: string | null;
  /** `3/15`: what an API asks for a million input and output tokens, to compare with. */
  apiPrice: string | null;
  /** `openai/gpt-5-mini`: models of APIs to compare with by their published prices; `default` is a list of well-known ones. */
  against?: readonly string[];
  /** `NAME=INPUT/OUTPUT@GPUSxMODEL`: tokens a second of a server that could answer an API's calls; see `readThroughput`. */
  throughput?: readonly string[];
  /** `NAME=COST/INFERENCES`, of an endpoint or a model. */
  training: readonly string[];
}>;

/** By day or hour, and against as much time before; see `InferenceRequest`. */
export type UnitsRequest = Omit<InferenceRequest, 'by' | 'top' | 'apiPrice' | 'against' | 'throughput'>;

/** One endpoint; the figures are on the allocated basis, which agrees with the bill. */
export type ServingRequest = Readonly<{ endpoint: string }> &
  Pick<
    InferenceRequest,
    'window' | 'sloMs' | 'minQuality' | 'tokenWeight' | 'apiPrice' | 'against' | 'throughput' | 'training'
  >;

/** Runs that were waiting or going on in the window. Their figures are of whole runs. */
export type RunsRequest = Readonly<{
  window: TimeWindow;
  /** Groups instead of runs. */
  by: readonly RunDimension[];
  filters: readonly RunFilter[];
  /** Part of the name, the id or the experiment, in any case. */
  text?: string | null;
  sort: RunSort | 'quality' | 'costPerPoint';
  isDescending: boolean;
  /** `null`: all of them. */
  limit: number | null;
  offset: number;
  /** What runs are judged by, where they carry it. */
  metric: Readonly<{ name: string; direction: 'max' | 'min'; baseline: number | null }> | null;
}>;

export type CadenceRequest = Readonly<{
  model: string;
  /** The runs that count, by their start; `null` is all. */
  window: TimeWindow | null;
  filters: readonly RunFilter[];
  /** Worth of one point of quality on one day, as decimal text. */
  valuePerPointDay: string;
  /** Stated cost of a run, as decimal text; `null` is measured. */
  costPerRun: string | null;
  decay: CadenceDecay;
  seed: number;
}>;

/** How fast quality goes: stated, or measured on successive runs. */
export type CadenceDecay =
  | Readonly<{ kind: 'stated'; perDay: number; limit: number | null }>
  | Readonly<{ kind: 'points'; points: readonly Readonly<{ days: number; loss: number }>[] }>
  /** `metric` is what a run reached, `before` what the model that it replaces still reached then. */
  | Readonly<{ kind: 'runs'; metric: string; before: string; direction: 'max' | 'min' }>
  /** Scores of the model by that name, over the days between trainings. */
  | Readonly<{ kind: 'scores'; score: string; direction: 'max' | 'min' }>;

/** Called often; the door decides how much of it to show. */
export type Progress = (event: ProgressEvent) => void;
export type ProgressEvent = Readonly<{
  /** `reading bills/2026-10.parquet`, `building 2026-10-14`. */
  task: string;
  done: number;
  /** In the unit of `done`; `null` when nobody knows yet. */
  total: number | null;
  unit: 'rows' | 'bytes' | 'hours' | 'chunks' | 'steps';
}>;

/** What `tare.yaml` settles for the use-cases; parsed and checked by `src/config`. */
export type TareSettings = Readonly<{
  currency: string;
  shared: SharedRule;
  maxHoldIntervals: number;
  /** Older samples are rolled up to what the ledger needs of them; absent: every sample is kept. */
  keepSamplesMs?: number;
  /** Stated rates into the ledger's currency. */
  exchangeRates: Readonly<Record<string, string>>;
  owners: Readonly<Record<string, readonly string[]>>;
  /** What endpoints earn, as the configuration states it; beside what was imported. */
  revenues?: readonly RevenueFact[];
  /** Commitments that are held, as the configuration states them; bills say the rest. */
  commitments?: readonly DeclaredCommitment[];
}>;
