import type { BudgetReport } from '../app/results/budgets.ts';
import type { InferenceFigures, InferenceReport } from '../app/results/inference.ts';
import type { CoverageReport, LedgerFigures, LedgerReport } from '../app/results/results.ts';
import { BUCKETS } from '../domain/ledger/buckets.ts';

/** What `/metrics` shows. The names of the windows become labels: `day`, `month`. */
export type MetricsFacts = Readonly<{
  /** By team. */
  ledgers: Readonly<Record<string, LedgerReport>>;
  /** Of the longest window. */
  coverage: CoverageReport;
  budgets: BudgetReport;
  /** By endpoint, of the shortest window that is worth a percentile. */
  inference: Readonly<{ window: string; report: InferenceReport }>;
}>;

/** More series than these say nothing on a dashboard and cost a metrics server dear; what is left out stands under `(other)`. */
export const MOST_OF_A_LABEL = 50;

const OTHER = '(other)';
/** Prometheus asks for base units. */
const SECONDS_PER_HOUR = 3_600;

type Labels = Readonly<Record<string, string>>;
type Sample = Readonly<{ labels: Labels; value: number | string | null }>;

/**
 * The figures of Tare in the text format of Prometheus (0.0.4). Everything is a gauge: what a window held when it was asked for, not
 * a counter. What is unknown has no sample. Money is in the currency of the ledger, which is a label.
 */
export function metricsText(facts: MetricsFacts): string {
  return [
    ...ledgerMetrics(facts.ledgers),
    ...healthMetrics(facts.coverage),
    ...budgetMetrics(facts.budgets),
    ...endpointMetrics(facts.inference),
  ]
    .filter(({ samples }) => samples.some(({ value }) => value !== null))
    .map(metricText)
    .join('');
}

type Metric = Readonly<{ name: string; help: string; samples: readonly Sample[] }>;

function ledgerMetrics(ledgers: MetricsFacts['ledgers']): readonly Metric[] {
  const windows = Object.entries(ledgers);
  const perTeam = (
    values: (figures: LedgerFigures, labels: Labels, currency: string) => readonly Sample[],
  ): readonly Sample[] =>
    windows.flatMap(([window, report]) =>
      teamsOf(report).flatMap(([team, figures]) => values(figures, { window, team }, report.currency)),
    );
  const perWindow = (value: (report: LedgerReport) => Sample['value'], isMoney = true): readonly Sample[] =>
    windows.map(([window, report]) => ({
      labels: { window, ...(isMoney && { currency: report.currency }) },
      value: value(report),
    }));
  return [
    {
      name: 'tare_gpu_cost',
      help: 'Cost of GPU time held in the window, by team and bucket.',
      samples: perTeam(({ cost }, labels, currency) =>
        BUCKETS.map((bucket) => ({ labels: { ...labels, bucket, currency }, value: cost[bucket] })),
      ),
    },
    {
      name: 'tare_beside_cost',
      help: 'Charges beside GPU time, by team: direct to somebody, or shared among all.',
      samples: perTeam(({ direct, shared }, labels, currency) => [
        { labels: { ...labels, kind: 'direct', currency }, value: direct },
        { labels: { ...labels, kind: 'shared', currency }, value: shared },
      ]),
    },
    {
      name: 'tare_gpu_seconds',
      help: 'GPU time paid for in the window, by team and bucket.',
      samples: perTeam(({ gpuHours }, labels) =>
        BUCKETS.map((bucket) => ({
          labels: { ...labels, bucket },
          value: gpuHours[bucket] * SECONDS_PER_HOUR,
        })),
      ),
    },
    {
      name: 'tare_unpriced_gpu_seconds',
      help: 'GPU time without a price, whose cost is missing above.',
      samples: perTeam(({ unpricedGpuHours }, labels) => [
        { labels, value: unpricedGpuHours * SECONDS_PER_HOUR },
      ]),
    },
    {
      name: 'tare_estimated_cost',
      help: 'Part of the cost that no bill covers yet.',
      samples: perWindow(({ total }) => total.estimatedCost),
    },
    {
      name: 'tare_bill',
      help: 'What the bills say for the window.',
      samples: perWindow(({ reconciliation }) => reconciliation.bill),
    },
    {
      name: 'tare_bill_difference',
      help: 'What the ledger holds for the bill, less the bill: zero unless something is wrong.',
      samples: perWindow(({ reconciliation }) => reconciliation.difference),
    },
    {
      name: 'tare_observed_ratio',
      help: 'Share of the paid GPU time that something measured, 0 to 1.',
      samples: perWindow(({ coverage }) => coverage.observed, false),
    },
  ];
}

/** The largest by name, the others as one; the ledger has summed them. */
function teamsOf({ rows, rest }: LedgerReport): readonly (readonly [string, LedgerFigures])[] {
  const named = rows.map((row) => [String(row['team']), row] as const);
  return rest ? [...named, [OTHER, rest] as const] : named;
}

function healthMetrics({ freshness, sources }: CoverageReport): readonly Metric[] {
  return [
    {
      name: 'tare_newest_fact_timestamp_seconds',
      help: 'When the newest fact of a kind is from, as seconds since 1970.',
      samples: freshness.map(({ fact, newest }) => ({
        labels: { fact },
        value: newest === null ? null : Date.parse(newest) / 1000,
      })),
    },
    {
      name: 'tare_rows_rejected',
      help: 'Rows that could not be read and wait for somebody to look, by kind of source.',
      samples: sources.map(({ kind, rowsRejected }) => ({ labels: { kind }, value: rowsRejected })),
    },
  ];
}

function budgetMetrics({ rows, currency }: BudgetReport): readonly Metric[] {
  const perBudget = (value: (row: BudgetReport['rows'][number]) => Sample['value']): readonly Sample[] =>
    rows.map((row) => ({ labels: { budget: row.name, period: row.period, currency }, value: value(row) }));
  return [
    {
      name: 'tare_budget_limit',
      help: 'What may be spent in the period.',
      samples: perBudget(({ limit }) => limit),
    },
    {
      name: 'tare_budget_spent',
      help: 'What is spent of it so far.',
      samples: perBudget(({ spent }) => spent),
    },
    {
      name: 'tare_budget_expected',
      help: 'What is expected at the end of the period, an estimate.',
      samples: perBudget(({ forecast }) => forecast?.expected ?? null),
    },
  ];
}

const PERCENTILES = ['p50', 'p95', 'p99'] as const;

function endpointMetrics({ window, report }: MetricsFacts['inference']): readonly Metric[] {
  const { currency } = report;
  const perEndpoint = (
    values: (figures: InferenceFigures, labels: Labels) => readonly Sample[],
  ): readonly Sample[] =>
    report.rows.flatMap((row) => values(row, { window, endpoint: String(row['endpoint']) }));
  return [
    {
      name: 'tare_endpoint_requests',
      help: 'Requests answered or failed in the window.',
      samples: perEndpoint(({ requests }, labels) => [{ labels, value: requests }]),
    },
    {
      name: 'tare_endpoint_cost_per_1000_requests',
      help: 'Cost of a thousand requests, idle time included.',
      samples: perEndpoint(({ costPer1kRequests }, labels) => [
        { labels: { ...labels, currency }, value: costPer1kRequests },
      ]),
    },
    {
      name: 'tare_endpoint_margin_per_1000_requests',
      help: 'Revenue less cost of a thousand requests; negative where it loses money.',
      samples: perEndpoint(({ marginPer1k }, labels) => [
        { labels: { ...labels, currency }, value: marginPer1k },
      ]),
    },
    {
      name: 'tare_endpoint_latency_seconds',
      help: 'Percentiles of the time to answer, from histograms.',
      samples: perEndpoint(({ latencyMs }, labels) =>
        PERCENTILES.map((percentile) => {
          const ms = latencyMs[percentile];
          return { labels: { ...labels, percentile }, value: ms === null ? null : ms / 1000 };
        }),
      ),
    },
  ];
}

function metricText({ name, help, samples }: Metric): string {
  const lines = samples.flatMap(({ labels, value }) =>
    value === null ? [] : [`${name}${labelsText(labels)} ${value}`],
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('\n')}\n`;
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
