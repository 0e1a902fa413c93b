import { z } from 'zod';
import { LIFECYCLES, WORKLOAD_KINDS } from '../domain/facts/facts.ts';
import { parseInstant } from '../domain/time/window.ts';
import { commitment } from './commitments-yaml.ts';
import { budget, check, policy } from './guardrails-yaml.ts';
import { alerts, anomalies, recipient } from './notify-yaml.ts';
import { scheduledReport } from './reports-yaml.ts';
import { decimalText, duration, readDuration } from './yaml-values.ts';

/** Levers and profiles look at single samples of a month. */
const LEAST_KEPT_MS = 35 * 86_400_000;

/**
 * The shape of `tare.yaml`, before secrets are expanded and defaults filled in. The JSON Schema for editors
 * (docs/reference/tare.schema.json) is made from it.
 */

/** Kinds that read files; `path` may hold `*` and `?`. */
export const FILE_SOURCE_KINDS = [
  'focus',
  'usage',
  'capacity',
  'allocations',
  'requests',
  'langfuse',
  'runs',
  'wandb',
  'sacct',
  'scores',
  'revenue',
] as const;

const currencyCode = z.string().regex(/^[A-Z]{3}$/, 'expected a three-letter currency code such as USD');
const secret = z
  .string()
  .min(1)
  .describe('A secret: ${ENVIRONMENT_VARIABLE} or file:PATH, never the text itself.');
const columns = z.record(z.string(), z.string());

const prometheusSource = z.strictObject({
  kind: z.literal('prometheus'),
  name: z.string().min(1).optional().describe('Unique among the sources; default is the kind.'),
  url: z.string().min(1).describe('http(s) address of Prometheus, Thanos, Mimir or VictoriaMetrics.'),
  bearerToken: secret.optional(),
  username: z.string().optional(),
  password: secret.optional(),
  headers: z
    .record(z.string(), secret)
    .optional()
    .describe('Sent with every request, such as X-Scope-OrgID.'),
  matchers: z.string().optional().describe('Label matchers added to every selector, such as cluster="prod".'),
  provider: z.string().optional().describe('Who rents out the nodes, where their labels do not say.'),
  step: duration.optional().describe('Distance between the samples asked for; default 1m.'),
});

const nvidiaSmiSource = z
  .strictObject({
    kind: z.literal('nvidia-smi'),
    name: z.string().min(1).optional(),
    binary: z.string().min(1).optional().describe('Path of the program; default: found on the PATH.'),
    interval: duration.optional().describe('What a sample stands for; default 1m, as tare up collects.'),
    node: z.string().min(1).optional().describe('Name of this machine; default: the host name.'),
    lifecycle: z.enum(LIFECYCLES).optional().describe('How this machine is paid; default: owned.'),
    provider: z.string().optional(),
    region: z.string().optional(),
    instanceType: z.string().optional(),
    pool: z.string().optional(),
    resourceId: z.string().optional().describe('ResourceId of this machine on the bill.'),
  })
  .describe('The GPUs of the machine that tare runs on.');

const litellmSource = z
  .strictObject({
    kind: z.literal('litellm'),
    name: z.string().min(1).optional().describe('Unique among the sources; default is the kind.'),
    url: z.string().min(1).describe('http(s) address of the LiteLLM proxy.'),
    key: secret.describe('Its master key, or a key that may read spend.'),
    headers: z.record(z.string(), secret).optional().describe('Sent with every request.'),
  })
  .describe('Spend logs of a LiteLLM proxy.');
const slurmSource = z
  .strictObject({
    kind: z.literal('slurm'),
    name: z.string().min(1).optional().describe('Unique among the sources; default is the kind.'),
    binary: z.string().min(1).optional().describe('Path of sacct; default: found on the PATH.'),
    clusters: z.array(z.string().min(1)).optional().describe('Clusters to ask for; default: the local one.'),
    devices: z
      .enum(['own', 'telemetry'])
      .optional()
      .describe(
        'own (default): numbered devices on each node. telemetry: a Prometheus source shows the real ones, and that job:ID holds them.',
      ),
    gpuModel: z.string().optional().describe('GPU model where Slurm names no type that is known.'),
    jobs: z.enum(WORKLOAD_KINDS).optional().describe('What the jobs are; default training.'),
    cpuJobs: z.enum(['count', 'keep']).optional().describe('keep: jobs without GPUs are runs, too.'),
    checkpointInterval: duration
      .optional()
      .describe('How often every job saves its work; stated, not measured.'),
    gaps: z.enum(['paid', 'unpaid']).optional().describe('Time between two jobs on a device; default paid.'),
    lifecycle: z.enum(LIFECYCLES).optional().describe('How the nodes are paid; default: owned.'),
    provider: z.string().optional(),
    region: z.string().optional(),
    instanceType: z.string().optional(),
    pool: z.string().optional(),
  })
  .describe('The jobs of a Slurm cluster, by running sacct on this machine.');

const mlflowSource = z
  .strictObject({
    kind: z.literal('mlflow'),
    name: z.string().min(1).optional().describe('Unique among the sources; default is the kind.'),
    url: z.string().min(1).describe('http(s) address of the tracking server, as MLFLOW_TRACKING_URI has it.'),
    bearerToken: secret.optional(),
    username: z.string().optional(),
    password: secret.optional(),
    headers: z.record(z.string(), secret).optional().describe('Sent with every request.'),
    experiments: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Names of experiments, * for any part of one; absent: all of them.'),
    slurmCluster: z
      .string()
      .min(1)
      .optional()
      .describe('Cluster of the Slurm jobs that runs name, where a slurm source brings their devices.'),
    checkpointMetrics: z
      .array(z.string().min(1))
      .optional()
      .describe('Metrics that a run logs when it saves its work; default checkpoint and checkpoint_step.'),
    silentAfter: duration
      .optional()
      .describe('A run that is said to run and logged no metric for this long has ended then; default 6h.'),
    gpuModel: z
      .string()
      .min(1)
      .optional()
      .describe('Of the GPUs that only the system metrics of runs tell of, which do not name it.'),
    lifecycle: z.enum(LIFECYCLES).optional().describe('How those GPUs are paid; default: owned.'),
    provider: z.string().optional().describe('Who rents those GPUs out.'),
    region: z.string().optional(),
    instanceType: z.string().optional(),
  })
  .describe('Runs of an MLflow tracking server.');

function fileSource<Kind extends (typeof FILE_SOURCE_KINDS)[number]>(kind: Kind) {
  return z.strictObject({
    kind: z.literal(kind),
    name: z.string().min(1).optional(),
    path: z.string().min(1).describe('File, folder or pattern, relative to this file.'),
    map: columns.optional().describe('Our column: theirs.'),
    set: columns.optional().describe('Our column: a constant for every row.'),
    fields: z.array(z.string()).optional().describe('Column names of files without a header line.'),
  });
}

const source = z.discriminatedUnion('kind', [
  prometheusSource,
  nvidiaSmiSource,
  litellmSource,
  slurmSource,
  mlflowSource,
  fileSource('focus'),
  fileSource('usage'),
  fileSource('capacity'),
  fileSource('allocations'),
  fileSource('requests'),
  fileSource('langfuse'),
  fileSource('runs'),
  fileSource('wandb'),
  fileSource('sacct'),
  fileSource('scores'),
  fileSource('revenue'),
]);

const contract = z.strictObject({
  provider: z.string().optional().describe('Absent: any.'),
  region: z.string().optional().describe('Absent: every region.'),
  instanceType: z.string().optional(),
  gpuModel: z.string().optional().describe('In any spelling.'),
  lifecycle: z.enum(LIFECYCLES).optional().describe('Absent: all but owned.'),
  price: decimalText.optional().describe('Per unit; or a discount instead.'),
  unit: z.enum(['gpu-hour', 'instance-hour']).optional(),
  gpus: decimalText.optional().describe('GPUs in the machine, where the catalogue does not know it.'),
  currency: currencyCode.optional(),
  discount: decimalText.optional().describe('Off the list price, as a fraction: 0.15 is 15 %.'),
  from: z.string().describe('First day of the price.'),
  to: z.string().optional().describe('Day it ends before.'),
});

const owned = z.strictObject({
  match: z
    .strictObject({
      gpuModel: z.string().min(1).optional(),
      node: z.string().min(1).optional().describe('May hold * and ?.'),
      pool: z.string().min(1).optional(),
    })
    .optional(),
  gpus: z.int().positive().describe('GPUs in one machine; the amounts below are for all of them together.'),
  capital: decimalText,
  currency: currencyCode.optional(),
  years: decimalText.describe('Life.'),
  residual: decimalText
    .optional()
    .describe('Worth at the end: an amount, or up to 1 a share of the capital.'),
  powerWatts: decimalText.optional().describe('At full load; absent: the board power of the GPUs.'),
  utilisationOfPower: decimalText.optional().describe('Average draw as a share of full load.'),
  pue: decimalText.optional(),
  tariff: decimalText.describe('Per kilowatt-hour.'),
  colocation: decimalText.optional().describe('A month.'),
  other: decimalText.optional().describe('A month.'),
  support: decimalText.optional().describe('A year.'),
  from: z.string().describe('Day it was put into service.'),
  to: z.string().optional(),
});

const run = z
  .strictObject({
    team: z.string().min(1).optional(),
    model: z.string().min(1).optional(),
    environment: z.string().min(1).optional(),
    experiment: z.string().min(1).optional(),
    tags: z.record(z.string(), z.string()).optional().describe('For owner rules, as tag:NAME.'),
    interval: duration.optional().describe('Between samples; default 1s at first, 5s later.'),
    checkpoints: z
      .array(z.string().min(1))
      .optional()
      .describe('Patterns of files whose time of change is a checkpoint, relative to where a run starts.'),
    node: z.string().min(1).optional().describe('Name of this machine; default: the host name.'),
    lifecycle: z
      .enum(LIFECYCLES)
      .optional()
      .describe('How this machine is paid; default: on_demand with a provider or instanceType, else owned.'),
    provider: z.string().optional(),
    region: z.string().optional(),
    instanceType: z.string().optional(),
    pool: z.string().optional(),
    resourceId: z.string().optional().describe('ResourceId of this machine on the bill.'),
    heldOnly: z
      .boolean()
      .optional()
      .describe('Whether others measure these GPUs, so that tare run records only who held them.'),
  })
  .describe('What tare run takes for granted; its flags and TARE_TEAM, TARE_MODEL and the like go before.');
const modelPrice = z.strictObject({
  model: z.string().min(1).describe('As the calls name it; may hold * and ?.'),
  provider: z.string().min(1).optional().describe('Absent: any.'),
  tier: z.string().min(1).optional().describe('batch, flex, priority; absent: the standard one.'),
  inputMtok: decimalText.optional().describe('Of a million input tokens.'),
  cacheReadMtok: decimalText.optional().describe('Of those, read from a cache.'),
  cacheWriteMtok: decimalText.optional().describe('Of those, written to a cache.'),
  cacheWrite1hMtok: decimalText.optional().describe('Of those, kept there for an hour.'),
  outputMtok: decimalText.optional().describe('Of a million output tokens.'),
  reasoningMtok: decimalText.optional().describe('Of those, reasoning, where it costs otherwise.'),
  perThousandRequests: decimalText.optional(),
  discount: decimalText.optional().describe('Off the published price instead, as a fraction: 0.15 is 15 %.'),
  currency: currencyCode.optional().describe('Absent: that of the ledger.'),
  from: z.string().optional().describe('First day of the price.'),
  to: z.string().optional().describe('Day it ends before.'),
});

const revenue = z.strictObject({
  endpoint: z.string().min(1).describe('As the inference report has it.'),
  model: z.string().min(1).optional().describe('Absent: any.'),
  per1kRequests: decimalText.describe('What 1,000 requests earn, in the currency of the ledger.'),
  from: z
    .string()
    .refine((text) => parseInstant(text) !== undefined, 'expected a day such as 2026-10-01')
    .optional()
    .describe('Day it holds from; absent: since ever.'),
});

export const tareYaml = z
  .strictObject({
    currency: currencyCode.describe('The one currency of the ledger.'),
    store: z.string().min(1).describe('duckdb:PATH, duckdb::memory: or clickhouse://HOST/DATABASE.'),
    sources: z.array(source),
    owners: z
      .record(z.string(), z.array(z.string().min(1)).min(1))
      .describe('Dimension: where its value is found; the first match wins.'),
    shared: z.enum(['proportional', 'even', 'none']).describe('How shared charges are spread over owners.'),
    rates: z
      .record(
        z.string().regex(/^[A-Z]{3}$/, 'expected a three-letter currency code such as EUR'),
        decimalText,
      )
      .describe('Currency: what one unit of it is worth in the currency of the ledger.'),
    ledger: z.strictObject({
      maxHoldIntervals: z
        .number()
        .min(1)
        .describe('How many usual intervals a sample stands for at most.')
        .optional(),
    }),
    retention: z.strictObject({
      samples: duration
        .refine(
          (text) => !(readDuration(text) < LEAST_KEPT_MS),
          'keep samples for 35d at least: levers replay a month of them',
        )
        .describe(
          'How long single samples are kept; older ones are rolled up by the hour, and the ledger stays as it is. Default: for ever.',
        )
        .optional(),
    }),
    prices: z.strictObject({
      contracts: z
        .union([z.string().min(1), z.array(contract)])
        .describe(
          'What was agreed: a table (CSV, JSON, Parquet) with the columns below, or the rows themselves.',
        )
        .optional(),
      models: z
        .array(modelPrice)
        .describe(
          'What calls of model APIs cost, before the published prices; the first row that fits counts.',
        )
        .optional(),
      owned: z.array(owned).describe('Machines of your own, and what they cost.').optional(),
    }),
    server: z.strictObject({
      host: z.string().min(1).optional(),
      port: z.int().min(0).max(65535).optional(),
      publicUrl: z
        .string()
        .regex(/^https?:\/\/./, 'expected an http(s) address')
        .optional()
        .describe('Where people find this server, such as https://tare.example.com; reports link to it.'),
      tokens: z
        .array(secret)
        .describe('Who holds one of these may read. As ${ENV}, file:PATH or sha256:HEX.')
        .optional(),
    }),
    run,
    otlp: z
      .strictObject({
        tokenConvention: z
          .enum(['includes-cached', 'excludes-cached'])
          .optional()
          .describe(
            'Whether input tokens hold cached ones, where the library that wrote a span leaves it open.',
          ),
        importAfter: duration
          .optional()
          .describe('How long what comes in is collected before it is imported; default 30s.'),
        maxBacklogMib: z
          .int()
          .positive()
          .optional()
          .describe(
            'How much may wait to be imported before senders are told to come again later; default 1024.',
          ),
      })
      .describe('What tare up receives from OpenTelemetry.'),
    commitments: z
      .array(commitment)
      .describe('Commitments that are held, with what no bill says of them: when they end.'),
    revenue: z.array(revenue).describe('What endpoints earn, for margins.'),
    budgets: z.array(budget).describe('What may be spent, by whom, in which period.'),
    policies: z.array(policy).describe('What launches have to keep to; tare check judges them.'),
    check,
    anomalies,
    alerts,
    notify: z
      .array(recipient)
      .describe('Who is told of alerts while tare up runs; nobody unless named here.'),
    reports: z
      .array(scheduledReport)
      .describe('Documents that tare up sends by itself; none unless written here.'),
  })
  .partial()
  .meta({ title: 'tare.yaml' });

export type TareYaml = z.infer<typeof tareYaml>;
export type SourceConfig = NonNullable<TareYaml['sources']>[number];
export type RevenueConfig = NonNullable<TareYaml['revenue']>[number];
export type PrometheusConfig = Extract<SourceConfig, { kind: 'prometheus' }>;
export type NvidiaSmiConfig = Extract<SourceConfig, { kind: 'nvidia-smi' }>;
export type LitellmConfig = Extract<SourceConfig, { kind: 'litellm' }>;
export type SlurmConfig = Extract<SourceConfig, { kind: 'slurm' }>;
export type MlflowConfig = Extract<SourceConfig, { kind: 'mlflow' }>;
export type LiveSourceConfig =
  | PrometheusConfig
  | NvidiaSmiConfig
  | SlurmConfig
  | MlflowConfig
  | LitellmConfig;
export type FileSourceConfig = Exclude<SourceConfig, LiveSourceConfig>;
