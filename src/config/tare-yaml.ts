import { z } from 'zod';
import { LIFECYCLES } from '../domain/facts/facts.ts';

/**
 * The shape of `tare.yaml`, before secrets are expanded and defaults filled in. The JSON Schema for editors
 * (docs/reference/tare.schema.json) is made from it.
 */

/** Kinds that read files; `path` may hold `*`, `**` and `?`. */
export const FILE_SOURCE_KINDS = ['focus', 'usage', 'capacity', 'allocations'] as const;

/** Amounts are read as the file spells them and never pass through a float; `monthly: 1.10` and `monthly: "1.10"` are the same. */
export const decimalText = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'expected a decimal such as 1.08')
  .meta({ type: ['string', 'number'] });

const secret = z
  .string()
  .min(1)
  .describe('A secret: ${ENVIRONMENT_VARIABLE} or file:PATH, never the text itself.');
const duration = z.string().regex(/^\d+(s|m|h|d)$/, 'expected a duration such as 30s, 5m, 2h or 7d');
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
  fileSource('focus'),
  fileSource('usage'),
  fileSource('capacity'),
  fileSource('allocations'),
]);

const budget = z.strictObject({
  name: z.string().min(1),
  team: z.string().optional(),
  model: z.string().optional(),
  environment: z.string().optional(),
  monthly: decimalText,
  warn: z.number().min(0).max(1).optional().describe('Share of the budget at which to warn.'),
});

const policy = z.discriminatedUnion('rule', [
  z.strictObject({
    rule: z.literal('allowed-gpu'),
    team: z.string().optional(),
    models: z.array(z.string()).min(1),
  }),
  z.strictObject({
    rule: z.literal('max-idle'),
    kind: z.enum(['training', 'inference', 'notebook', 'batch', 'system']).optional(),
    team: z.string().optional(),
    for: duration,
  }),
]);

export const tareYaml = z
  .strictObject({
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'expected a three-letter currency code such as USD')
      .describe('The one currency of the ledger.'),
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
    prices: z.strictObject({
      contracts: z.string().min(1).describe('CSV or YAML file of contract prices.').optional(),
    }),
    server: z.strictObject({
      host: z.string().min(1).optional(),
      port: z.int().min(0).max(65535).optional(),
      tokens: z
        .array(secret)
        .describe('Who holds one of these may read. As ${ENV}, file:PATH or sha256:HEX.')
        .optional(),
    }),
    budgets: z.array(budget).describe('Kept for the guardrails; not enforced by this version.'),
    policies: z.array(policy).describe('Kept for the guardrails; not enforced by this version.'),
  })
  .partial()
  .meta({ title: 'tare.yaml' });

export type TareYaml = z.infer<typeof tareYaml>;
export type SourceConfig = NonNullable<TareYaml['sources']>[number];
export type PrometheusConfig = Extract<SourceConfig, { kind: 'prometheus' }>;
export type NvidiaSmiConfig = Extract<SourceConfig, { kind: 'nvidia-smi' }>;
export type LiveSourceConfig = PrometheusConfig | NvidiaSmiConfig;
export type FileSourceConfig = Exclude<SourceConfig, LiveSourceConfig>;
