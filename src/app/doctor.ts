import {
  DAY_MS,
  type EpochMs,
  formatInstant,
  HOUR_MS,
  MINUTE_MS,
  type TimeWindow,
} from '../domain/time/window.ts';
import { displayHours } from '../domain/units/display-hours.ts';
import type { Clock } from '../ports/clock.ts';
import type { LiveSource, ProbeFinding } from '../ports/source.ts';
import type { DatasetRecord, Extent, Store } from '../ports/store.ts';
import { toTareError } from './errors.ts';
import { sumAggregates } from './figures/aggregates.ts';
import { observedFraction } from './figures/coverage-figures.ts';
import { percent } from './figures/money-sentence.ts';
import { servingCoverage } from './figures/serving-coverage.ts';
import { rowsRejected } from './figures/source-figures.ts';
import { windowName } from './figures/window-name.ts';
import type { ReportParts } from './report-ledger.ts';
import type { DoctorReport, Finding } from './results/results.ts';

export type DoctorParts = ReportParts &
  Readonly<{
    liveSources: readonly LiveSource[];
    clock: Clock;
    /** What reading the configuration found; a door that could not read it at all says so here. */
    configFindings: readonly Finding[];
  }>;

const PROBE_TIMEOUT_MS = 10_000;
const EXIT_CONFIG = 2;
const EXIT_DATA = 4;
const EXIT_OUTSIDE = 5;

type Judged = Readonly<{ finding: Finding; exitCode: number }>;

/** Looks at everything the figures rest on. The exit code is the highest that a failing finding would give elsewhere. */
export async function doctor(parts: DoctorParts, signal: AbortSignal): Promise<DoctorReport> {
  const judged = [
    ...parts.configFindings.map((finding) => ({ finding, exitCode: EXIT_CONFIG })),
    ...(await Promise.all(parts.liveSources.map((source) => probe(source, signal)))).flat(),
    ...(await examineStore(parts)),
  ];
  const failing = judged
    .filter(({ finding }) => finding.status === 'failing')
    .map(({ exitCode }) => exitCode);
  return { findings: judged.map(({ finding }) => finding), exitCode: Math.max(0, ...failing) };
}

async function probe(source: LiveSource, signal: AbortSignal): Promise<Judged[]> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]);
  try {
    const found = await Promise.race([source.probe(limited), rejectWhenAborted(limited)]);
    return found.map((finding) => outside({ subject: source.name, ...finding }));
  } catch (thrown) {
    return [outside({ subject: source.name, ...failureOf(thrown, signal, limited) })];
  }
}

/** A source that ignores its signal must not hold the doctor up. */
function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function failureOf(thrown: unknown, asked: AbortSignal, limited: AbortSignal): ProbeFinding {
  if (limited.aborted && !asked.aborted) {
    const message = `no answer within ${PROBE_TIMEOUT_MS / 1000} s`;
    return { status: 'failing', message, remedy: 'check its address, and that it is running' };
  }
  const { message, remedy } = toTareError(thrown);
  return { status: 'failing', message, remedy };
}

async function examineStore({ store, liveSources, clock }: DoctorParts): Promise<Judged[]> {
  const nowMs = clock.nowMs();
  try {
    const [extent, datasets] = await Promise.all([store.extent(), store.datasets()]);
    return [
      storeFinding(store, extent, datasets),
      ...freshnessFindings(extent, nowMs, liveSources.length > 0),
      ...rejectFindings(datasets),
      ...clockFindings(extent, nowMs),
      ...(extent.ledger ? await ledgerFindings(store, extent.ledger) : []),
    ];
  } catch (thrown) {
    const { message, remedy } = toTareError(thrown);
    return [outside({ subject: 'store', status: 'failing', message, remedy })];
  }
}

function storeFinding(store: Store, { ledger }: Extent, datasets: readonly DatasetRecord[]): Judged {
  if (datasets.length === 0) {
    const remedy = 'tare import FILE --kind KIND, tare collect, or tare demo';
    return data({
      subject: 'store',
      status: 'failing',
      message: `${store.url}, nothing imported yet`,
      remedy,
    });
  }
  const reach = ledger === null ? 'no ledger yet' : `ledger ${windowName(ledger)}`;
  return data({ subject: 'store', status: 'fine', message: `${store.url}, ${reach}`, remedy: null });
}

type Expectation = Readonly<{
  subject: string;
  newestMs: EpochMs | null;
  /** Older than this someone should look at it. */
  lookAfterMs: number;
  /** Older than this it is broken; only where a live source should have brought it. */
  failAfterMs: number;
  absent: string;
  remedy: string;
}>;

/** Bills come once a day and late; samples come by the minute when a live source brings them. */
function freshnessFindings({ newest }: Extent, nowMs: EpochMs, isLive: boolean): Judged[] {
  const expectations: Expectation[] = [
    {
      subject: 'usage',
      newestMs: newest.usageMs,
      lookAfterMs: isLive ? HOUR_MS : 2 * DAY_MS,
      failAfterMs: isLive ? 6 * HOUR_MS : Number.POSITIVE_INFINITY,
      absent: 'nothing says what the GPUs did',
      remedy: 'collect from the metrics server, or import usage or nvidia-smi files',
    },
    {
      subject: 'capacity',
      newestMs: newest.capacityMs,
      lookAfterMs: isLive ? DAY_MS : Number.POSITIVE_INFINITY,
      failAfterMs: Number.POSITIVE_INFINITY,
      absent: 'nothing says which GPUs are paid for, beyond those that were measured or billed',
      remedy: 'import capacity files, or collect from a metrics server that knows the nodes',
    },
    {
      subject: 'allocations',
      newestMs: newest.allocationMs,
      lookAfterMs: Number.POSITIVE_INFINITY,
      failAfterMs: Number.POSITIVE_INFINITY,
      absent: 'nothing says who held the GPUs',
      remedy: 'import allocations, or collect from a metrics server that knows the pods',
    },
    {
      subject: 'charges',
      newestMs: newest.chargeMs,
      lookAfterMs: 3 * DAY_MS,
      failAfterMs: Number.POSITIVE_INFINITY,
      absent: 'no bill was imported: all cost is an estimate',
      remedy: 'tare import bill.parquet --kind focus',
    },
  ];
  // Where nothing is served, nothing is missing.
  const ofServing: Expectation[] = [
    {
      subject: 'traffic',
      newestMs: newest.trafficMs,
      lookAfterMs: isLive ? HOUR_MS : 2 * DAY_MS,
      failAfterMs: Number.POSITIVE_INFINITY,
      absent: '',
      remedy: 'check that the metrics server still scrapes the model servers, or import newer files of them',
    },
    {
      subject: 'requests',
      newestMs: newest.requestMs,
      lookAfterMs: 2 * DAY_MS,
      failAfterMs: Number.POSITIVE_INFINITY,
      absent: '',
      remedy: 'check the gateway and the exporters of traces, or import newer files of calls',
    },
  ];
  expectations.push(...ofServing.filter(({ newestMs }) => newestMs !== null));
  return expectations.map((expectation) => data(freshnessFinding(expectation, nowMs)));
}

function freshnessFinding(expectation: Expectation, nowMs: EpochMs): Finding {
  const { subject, newestMs, lookAfterMs, failAfterMs, absent, remedy } = expectation;
  if (newestMs === null) return { subject, status: 'look', message: absent, remedy };
  const ageMs = nowMs - newestMs;
  const message = `newest ${formatInstant(newestMs)}, ${ageName(ageMs)}`;
  if (ageMs <= lookAfterMs) return { subject, status: 'fine', message, remedy: null };
  return { subject, status: ageMs > failAfterMs ? 'failing' : 'look', message, remedy };
}

function ageName(ageMs: number): string {
  if (ageMs < MINUTE_MS) return 'just now';
  if (ageMs < HOUR_MS) return `${Math.round(ageMs / MINUTE_MS)} min old`;
  return ageMs < 2 * DAY_MS
    ? `${Math.round(ageMs / HOUR_MS)} h old`
    : `${Math.round(ageMs / DAY_MS)} days old`;
}

function rejectFindings(datasets: readonly DatasetRecord[]): Judged[] {
  return datasets
    .filter((dataset) => rowsRejected(dataset) > 0)
    .map((dataset) => {
      const [first] = dataset.rejects;
      const message = `${rowsRejected(dataset)} of ${dataset.rowsRead} rows rejected${first ? `; first ${first.where}: ${first.message}` : ''}`;
      const remedy = 'correct the file and import it again; only what changed is taken';
      return data({ subject: dataset.name, status: 'look', message, remedy });
    });
}

/** Clocks of a few minutes' difference are everyday; a fact from further ahead has a wrong clock or a wrong time zone. */
const CLOCK_TOLERANCE_MS = 5 * MINUTE_MS;

function clockFindings({ newest }: Extent, nowMs: EpochMs): Judged[] {
  const ahead = (
    [
      ['usage', newest.usageMs],
      ['capacity', newest.capacityMs],
      ['allocations', newest.allocationMs],
    ] as const
  ).filter(([, newestMs]) => newestMs !== null && newestMs > nowMs + CLOCK_TOLERANCE_MS);
  const now = `it is ${formatInstant(nowMs)} here`;
  if (ahead.length === 0)
    return [data({ subject: 'clock', status: 'fine', message: `${now}; no fact is later`, remedy: null })];
  const facts = ahead.map(([name, newestMs]) => `${name} of ${formatInstant(newestMs ?? nowMs)}`).join(', ');
  const remedy = 'check the clocks, and that times without a zone in the files are UTC';
  return [data({ subject: 'clock', status: 'look', message: `${now}, but there is ${facts}`, remedy })];
}

async function ledgerFindings(store: Store, window: TimeWindow): Promise<Judged[]> {
  const [whole, unpriced, reconciliation] = await Promise.all([
    store.ledger({ window, by: [] }),
    store.unpriced(window),
    store.reconcile(window),
  ]);
  const total = sumAggregates(whole);
  const models = [...new Set(unpriced.map(({ gpuModel }) => gpuModel))].join(', ');
  const isReconciled = reconciliation.billPicos === reconciliation.ledgerPicos;
  return [
    ...(await servingFindings(store, window)),
    data({
      subject: 'prices',
      status: total.unpricedTicks === 0n ? 'fine' : 'look',
      message:
        total.unpricedTicks === 0n
          ? 'every GPU-hour has a price'
          : `${displayHours(total.unpricedTicks)} GPU-hours have no price (${models})`,
      remedy:
        total.unpricedTicks === 0n ? null : 'import the bill that pays for them, or state contract prices',
    }),
    data({
      subject: 'coverage',
      status: 'fine',
      message: `${percent(observedFraction(total))} of the paid GPU-hours are observed`,
      remedy: null,
    }),
    data({
      subject: 'reconciliation',
      status: isReconciled ? 'fine' : 'failing',
      message: isReconciled ? 'the ledger agrees with the bill' : 'the ledger and the bill differ',
      remedy: isReconciled
        ? null
        : 'tare report coverage shows the days; import the bill of these days again',
    }),
  ];
}

const SERVING_DAYS = 30;
const MOSTLY = 0.8;

/** Of the last month: what endpoints cost is of use beside what was asked of them. */
async function servingFindings(store: Store, { fromMs, toMs }: TimeWindow): Promise<Judged[]> {
  const serving = await servingCoverage(store, {
    fromMs: Math.max(fromMs, toMs - SERVING_DAYS * DAY_MS),
    toMs,
  });
  if (serving === null) return [];
  const { costWithTraffic, withoutTraffic, paidCalls, unpricedCalls, unpricedModels } = serving;
  const isKnown = costWithTraffic === null || costWithTraffic >= MOSTLY;
  const silent = withoutTraffic.slice(0, 3).map(({ endpoint }) => endpoint);
  const share = data({
    subject: 'serving',
    status: isKnown ? 'fine' : 'look',
    message: `${percent(costWithTraffic)} of what serving cost has traffic beside it${silent.length > 0 ? `; none of ${silent.join(', ')}` : ''}`,
    remedy: isKnown ? null : 'collect the counters of the model servers, or send or import their calls',
  });
  const models = unpricedModels.slice(0, 3).map(({ model }) => model);
  const prices = data({
    subject: 'calls',
    status: unpricedCalls === 0 ? 'fine' : 'look',
    message:
      unpricedCalls === 0
        ? 'every paid call has a price'
        : `${unpricedCalls} of ${paidCalls} paid calls have no price (${models.join(', ')})`,
    remedy: unpricedCalls === 0 ? null : 'state their prices under prices.models in tare.yaml',
  });
  return [...(costWithTraffic === null ? [] : [share]), ...(paidCalls === 0 ? [] : [prices])];
}

function data(finding: Finding): Judged {
  return { finding, exitCode: EXIT_DATA };
}

function outside(finding: Finding): Judged {
  return { finding, exitCode: EXIT_OUTSIDE };
}
