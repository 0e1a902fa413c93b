import { z } from 'zod';

/**
 * The schemas of everything the API answers, in the shapes of src/app/results/results.ts; a test holds the two together. They make
 * the OpenAPI document, and the client checks answers with them.
 */

export const money = z
  .string()
  .regex(/^-?\d+\.\d{2,12}$/)
  .meta({
    id: 'Money',
    description: 'Exact decimal text in the currency of the document.',
    example: '140000.00',
  });
export const hours = z.number().describe('GPU-hours.');
export const fraction = z.number().nullable().describe('0–1; null when unknown.');
export const instant = z
  .string()
  .meta({ id: 'Instant', description: 'ISO 8601 instant, UTC.', example: '2026-10-01T00:00:00Z' });

const buckets = ['gross', 'unobserved', 'unallocated', 'idle', 'underused', 'lost', 'productive'] as const;

function perBucket<Value extends z.ZodType>(value: Value) {
  return z.object(
    Object.fromEntries(buckets.map((bucket) => [bucket, value])) as Record<(typeof buckets)[number], Value>,
  );
}

export const ledgerBuckets = {
  hours: perBucket(hours).meta({ id: 'BucketHours' }),
  cost: perBucket(money).meta({ id: 'BucketCost' }),
};

export const figures = {
  gpuHours: ledgerBuckets.hours,
  cost: ledgerBuckets.cost,
  direct: money.describe('Charges that buy no GPU time and name an owner.'),
  shared: money.describe('Charges that name no owner, spread by the stated rule.'),
  totalCost: money,
  tareFraction: fraction,
  unpricedGpuHours: hours,
  estimatedCost: money.describe('Part of totalCost that no bill covers yet.'),
};
export const ledgerFigures = z.object(figures).meta({ id: 'LedgerFigures' });
export const figuresBefore = {
  totalCost: money,
  grossGpuHours: z.number(),
  tareFraction: z.number().nullable(),
  change: money.describe('`totalCost` now − before.'),
};
const before = z
  .object(figuresBefore)
  .optional()
  .describe('The same group in the window of the same length before.');
const ledgerRow = z.looseObject({ ...figures, before }).meta({
  id: 'LedgerRow',
  description: 'Figures, beside one text for each dimension of `by`.',
});

export const warning = z
  .object({ code: z.string(), message: z.string(), count: z.number() })
  .meta({ id: 'Warning' });

const reject = z.object({ where: z.string(), code: z.string(), message: z.string() }).meta({
  id: 'Reject',
  description: 'A row that could not be used: `bill.csv:14:BilledCost`, and what to do.',
});

export const reconciliation = z
  .object({
    bill: money,
    ledger: money.describe('What the ledger holds for what was billed.'),
    difference: money.describe('ledger − bill; zero unless something is wrong.'),
    estimated: money,
    trueUp: money.describe('Billed now − estimated before.'),
  })
  .meta({ id: 'Reconciliation' });

export const coverage = z
  .object({
    observed: fraction,
    basis: z.object({ smActive: z.number(), engineActive: z.number(), gpuUtil: z.number() }),
    owned: z.record(z.string(), fraction),
    pricedBy: z.object({
      bill: z.number(),
      contract: z.number(),
      priceBook: z.number(),
      ownership: z.number(),
      unpriced: z.number(),
    }),
    contradictoryGpuHours: hours,
  })
  .meta({ id: 'Coverage' });

const document = { currency: z.string(), from: instant, to: instant };
const by = z.array(z.string());

export const ledgerReport = z
  .object({
    ...document,
    by,
    sentence: z.string(),
    rows: z.array(ledgerRow),
    rest: z
      .object({ ...figures, rows: z.number(), before })
      .nullable()
      .describe('What `top` left out.'),
    total: ledgerFigures,
    previous: z
      .object({ ...figuresBefore, from: z.string(), to: z.string() })
      .nullable()
      .describe('The window of the same length before, where it was asked for and is known.'),
    reconciliation,
    coverage,
    warnings: z.array(warning),
  })
  .meta({ id: 'LedgerReport' });

const chargeValues = {
  rows: z.number(),
  billedCost: money,
  effectiveCost: money,
  listCost: money,
  contractedCost: money,
  cost: money.describe('What the ledger counts.'),
};

export const chargeReport = z
  .object({
    ...document,
    by,
    rows: z.array(z.looseObject(chargeValues)),
    rest: z.object({ ...chargeValues, rowsLeftOut: z.number() }).nullable(),
    total: z.object(chargeValues),
  })
  .meta({ id: 'ChargeReport' });

const idleValues = {
  gpuHours: z.object({ gross: hours, idle: hours, unallocated: hours, unobserved: hours }),
  cost: z.object({ gross: money, idle: money, unallocated: money, unobserved: money }),
  idleFraction: fraction.describe('Idle ÷ held.'),
  unpricedGpuHours: hours,
};

export const idleReport = z
  .object({
    ...document,
    by,
    rows: z.array(z.looseObject(idleValues)),
    rest: z.object({ ...idleValues, rows: z.number() }).nullable(),
    total: z.object(idleValues),
  })
  .meta({ id: 'IdleReport' });

const freshness = z.array(
  z.object({
    fact: z.enum(['usage', 'capacity', 'allocations', 'charges', 'traffic', 'requests']),
    newest: instant.nullable(),
    ageSeconds: z.number().nullable(),
    state: z
      .enum(['current', 'late', 'missing'])
      .describe('late: older than twice the interval at which such facts usually come.'),
  }),
);
const unpriced = z.array(
  z.object({
    gpuModel: z.string(),
    provider: z.string().nullable(),
    instanceType: z.string().nullable(),
    lifecycle: z.string(),
    gpuHours: hours,
    remedy: z.string(),
  }),
);

export const coverageReport = z
  .object({
    ...document,
    coverage,
    reconciliation,
    byDay: z.array(
      z.object({
        day: z.string(),
        bill: money,
        ledger: money,
        difference: money,
        estimated: money,
        observed: fraction,
      }),
    ),
    unpriced,
    freshness,
    serving: z
      .object({
        cost: money.describe('What the ledger holds for inference.'),
        costWithTraffic: fraction.describe('Share of it in days of endpoints whose requests are known.'),
        withoutTraffic: z.array(z.object({ endpoint: z.string(), cost: money })),
        paidCalls: z.number(),
        unpricedCalls: z.number(),
        unpricedModels: z.array(z.object({ model: z.string(), calls: z.number() })),
      })
      .nullable()
      .describe('null where nothing is served.'),
    sources: z.array(
      z.object({
        kind: z.string(),
        datasets: z.number(),
        facts: z.number(),
        newest: instant.nullable(),
        rowsRejected: z.number(),
        rejects: z.array(reject),
        warnings: z.array(warning),
      }),
    ),
  })
  .meta({ id: 'CoverageReport' });

export const generated = z
  .object({ seed: z.number(), description: z.string() })
  .nullable()
  .describe('Set when the facts were made by tare demo.');

export const funnelStep = z.object({
  step: z.enum(['paid', 'observed', 'allocated', 'active', 'effective', 'productive']),
  meaning: z.string(),
  gpuHours: hours,
  cost: money,
  fraction,
  loses: z.object({ bucket: z.string(), gpuHours: hours, cost: money }).nullable(),
});

export const overview = z
  .object({
    ...document,
    generated,
    sentence: z.string(),
    total: ledgerFigures,
    previous: z.object({ ...figures, from: instant, to: instant }).nullable(),
    unitCost: z.object({ perProductiveGpuHour: money.nullable(), perPaidGpuHour: money.nullable() }),
    funnel: z.array(funnelStep),
    days: z.array(z.object({ ...figures, day: z.string() })),
    teams: z.array(z.object({ ...figures, team: z.string() })),
    leaks: z.array(
      z.object({
        bucket: z.string(),
        workload: z.string(),
        kind: z.string(),
        team: z.string(),
        gpuHours: hours,
        cost: money,
        fraction: z.number(),
        advice: z.string(),
      }),
    ),
    health: z.object({
      coverage,
      reconciliation,
      freshness,
      unpriced,
      rowsRejected: z.number(),
      warnings: z.array(warning),
    }),
    extent: z.object({ from: instant, to: instant }).nullable(),
  })
  .meta({ id: 'Overview' });

const importValues = {
  kind: z.string(),
  files: z.number(),
  rowsRead: z.number(),
  rowsImported: z.number(),
  rowsUnchanged: z.number(),
  rowsRejected: z.number(),
  rowsRemoved: z.number(),
  rejects: z.array(reject),
  warnings: z.array(warning),
  totals: z.record(z.string(), z.union([z.string(), z.number()])),
};
export const importResult = z.object(importValues).meta({ id: 'ImportResult' });

export const collectResult = z
  .object({ sources: z.array(z.object({ ...importValues, name: z.string() })) })
  .meta({ id: 'CollectResult' });

export const buildResult = z.object({ hours: z.number(), rows: z.number() }).meta({ id: 'BuildResult' });

export const explanation = z
  .object({
    row: z.string(),
    currency: z.string(),
    title: z.string(),
    cost: money.nullable(),
    gpuHours: hours,
    lines: z.array(z.object({ figure: z.string(), what: z.string(), source: z.string() })),
  })
  .meta({ id: 'Explanation' });

export const doctorReport = z
  .object({
    findings: z.array(
      z.object({
        status: z.enum(['fine', 'look', 'failing']),
        subject: z.string(),
        message: z.string(),
        remedy: z.string().nullable(),
      }),
    ),
    exitCode: z.number(),
  })
  .meta({ id: 'DoctorReport' });

export const priceReport = z
  .object({
    at: z.string().describe('The day the prices are of.'),
    rows: z.array(
      z.object({
        provider: z.string(),
        region: z.string().describe('`*`: the same in every region.'),
        instanceType: z.string().nullable().describe('null: sold by the GPU.'),
        gpuModel: z.string(),
        gpuCount: z.number(),
        lifecycle: z.string(),
        term: z.string().nullable(),
        perGpuHour: money,
        perInstanceHour: money.nullable(),
        currency: z.string(),
        from: z.string(),
        source: z.string(),
        checked: z.string(),
        confidence: z.enum(['published', 'approximate']),
      }),
    ),
  })
  .meta({ id: 'PriceReport', description: 'List prices that stood on one day, cheapest GPU first.' });
