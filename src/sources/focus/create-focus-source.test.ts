import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it, test } from 'vitest';
import { formatPicos, parsePicos } from '../../domain/money/picos.ts';
import { formatInstant } from '../../domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../../domain/units/gpu-time.ts';
import { InputFailure } from '../../ports/failures.ts';
import { csvOf, P5_HOUR, readBill, readBillText } from './read-bill.fixture.ts';

const picos = (text: string) => parsePicos(text)!.picos;
const codes = (warnings: readonly { code: string; count: number }[]) =>
  Object.fromEntries(warnings.map(({ code, count }) => [code, count]));

/** The cells of a bill beside `P5_HOUR`, without the columns that are left out. */
function rowWithout(...columns: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(P5_HOUR).filter(([name]) => !columns.includes(name)));
}

describe('a charge', () => {
  it('holds what the row says', async () => {
    const { charges, summary } = await readBillText(csvOf([P5_HOUR]));
    expect(charges).toEqual([
      {
        where: 'bill.csv:2',
        billingPeriodStartMs: Date.UTC(2026, 8, 1),
        billingPeriodEndMs: Date.UTC(2026, 9, 1),
        chargePeriodStartMs: Date.UTC(2026, 8, 5, 10),
        chargePeriodEndMs: Date.UTC(2026, 8, 5, 11),
        chargeCategory: 'Usage',
        chargeClass: null,
        chargeDescription: 'eight GPUs for an hour',
        chargeFrequency: null,
        pricingCategory: 'Standard',
        commitmentDiscountId: null,
        commitmentDiscountStatus: null,
        provider: 'AWS',
        billingAccountId: '100200300',
        subAccountId: '400500600',
        serviceCategory: null,
        serviceName: 'Amazon Elastic Compute Cloud',
        skuId: null,
        regionId: 'us-east-1',
        resourceId: 'arn:aws:ec2:us-east-1:400500600:instance/i-0abc123',
        resourceKey: 'i-0abc123',
        pricingQuantity: null,
        pricingUnit: null,
        consumedQuantity: '1',
        consumedUnit: 'Hours',
        billedPicos: picos('90.125'),
        effectivePicos: picos('55.0625'),
        listPicos: picos('98.5'),
        contractedPicos: picos('90.125'),
        costPicos: picos('55.0625'),
        costBasis: 'effective',
        currency: 'USD',
        gpu: {
          instanceType: 'p5.48xlarge',
          gpuModel: 'H100-SXM5-80GB',
          gpuCount: 8,
          ticks: 8n * TICKS_PER_GPU_HOUR,
        },
        attributes: {
          account: 'research',
          accountId: '400500600',
          provider: 'AWS',
          service: 'Amazon Elastic Compute Cloud',
          region: 'us-east-1',
          resource: 'trainer-1',
          'tag:team': 'nlp',
        },
      },
    ]);
    expect(summary).toEqual({
      rowsRead: 1,
      rejects: [],
      warnings: [],
      totals: {
        charges: 1,
        billedCost: '90.125',
        effectiveCost: '55.0625',
        listCost: '98.50',
        contractedCost: '90.125',
        cost: '55.0625',
        gpuHours: 8,
        from: '2026-09-05T10:00:00Z',
        to: '2026-09-05T11:00:00Z',
        providers: 'AWS 1',
      },
    });
  });

  it('says what its commitment is, where it belongs to one', async () => {
    const row = {
      ...P5_HOUR,
      CommitmentDiscountId: 'sp-1',
      CommitmentDiscountStatus: 'Used',
      CommitmentDiscountName: 'p5 plan',
      CommitmentDiscountType: 'Savings Plan',
      CommitmentDiscountCategory: 'Spend',
      CommitmentDiscountQuantity: '55.0625',
      CommitmentDiscountUnit: 'USD',
    };
    const { charges } = await readBillText(csvOf([row, { ...row, CommitmentDiscountId: '' }]));
    expect(charges[0]).toMatchObject({ commitmentDiscountId: 'sp-1', commitmentDiscountStatus: 'Used' });
    expect(charges[0]!.commitment).toEqual({
      name: 'p5 plan',
      type: 'Savings Plan',
      category: 'Spend',
      quantityPicos: picos('55.0625'),
      unit: 'USD',
    });
    expect(charges[1]).not.toHaveProperty('commitment');
    const bare = { ...P5_HOUR, CommitmentDiscountId: 'sp-1', CommitmentDiscountStatus: 'Used' };
    const [plain] = (await readBillText(csvOf([bare]))).charges;
    expect(plain!.commitment).toEqual({
      name: null,
      type: null,
      category: null,
      quantityPicos: null,
      unit: null,
    });
  });

  it('is the same whatever the order and the case of the columns, and whatever stands beside them', async () => {
    const reversed = Object.entries({ ...P5_HOUR, Id: '17', x_Unheard: 'of' })
      .reverse()
      .map(([name, cell]) => [name.toUpperCase(), cell] as const);
    const plain = await readBillText(csvOf([P5_HOUR]));
    const shuffled = await readBillText(csvOf([Object.fromEntries(reversed)]));
    expect(shuffled).toEqual(plain);
  });

  it('is the same from CSV, gzipped CSV, JSON, lines of JSON and Parquet', async () => {
    const plain = await readBillText(csvOf([P5_HOUR]));
    const gzipped = await readBillText(gzipSync(csvOf([P5_HOUR])), {}, 'bill.csv.gz');
    const json = await readBillText(JSON.stringify([P5_HOUR]), {}, 'bill.json');
    const lines = await readBillText(`${JSON.stringify(P5_HOUR)}\n`, {}, 'bill.ndjson');
    const parquet = await readParquet();
    for (const other of [gzipped, json, lines, parquet]) {
      expect(other.charges.map((charge) => ({ ...charge, where: 'bill.csv:2' }))).toEqual(plain.charges);
      expect(other.summary).toEqual(plain.summary);
    }
  });

  it('reads the names of 1.0-preview', async () => {
    const { ConsumedQuantity, ConsumedUnit, RegionId, PricingCategory: _, ...rest } = P5_HOUR;
    const old = {
      ...rest,
      UsageQuantity: ConsumedQuantity,
      UsageUnit: ConsumedUnit,
      Region: RegionId,
      PricingCategory: 'Commitment-Based',
      ChargeSubcategory: 'Used Commitment',
    };
    const { charges } = await readBillText(csvOf([old]));
    expect(charges[0]).toMatchObject({
      consumedQuantity: '1',
      consumedUnit: 'Hours',
      regionId: 'us-east-1',
      pricingCategory: 'Committed',
      commitmentDiscountStatus: 'Used',
      gpu: { gpuCount: 8 },
    });
  });

  it("takes Google's labels for tags, the nearest first", async () => {
    const google = {
      ...rowWithout('Tags', 'SkuPriceDetails'),
      ProviderName: 'Google Cloud',
      x_Labels: '[{"Key":"team","Value":"nlp"}]',
      x_ProjectLabels: '[{"Key":"team","Value":"platform"},{"Key":"env","Value":"prod"}]',
      x_Tags: '[{"Key":"cost","Value":"ml","x_Inherited":false,"x_Namespace":"org"}]',
      x_Credits: '[{"Name":"promotion","Amount":-1.5}]',
    };
    const { charges, summary } = await readBillText(csvOf([google]));
    expect(charges[0]!.attributes).toMatchObject({ 'tag:team': 'nlp', 'tag:env': 'prod', 'tag:cost': 'ml' });
    expect(summary.warnings).toEqual([]);
  });

  it('takes the service provider of 1.3 before the older names', async () => {
    const row = { ...P5_HOUR, ServiceProviderName: 'Lambda', HostProviderName: 'Equinix' };
    expect((await readBillText(csvOf([row]))).charges[0]!.provider).toBe('Lambda');
  });
});

async function readParquet() {
  const folder = mkdtempSync(join(tmpdir(), 'tare-focus-'));
  const path = join(folder, 'bill.parquet');
  const casts: Partial<Record<keyof typeof P5_HOUR, string>> = {
    BilledCost: 'DECIMAL(30, 12)',
    EffectiveCost: 'DOUBLE',
    ChargePeriodStart: 'TIMESTAMP',
    ChargePeriodEnd: 'TIMESTAMPTZ',
  };
  const columns = Object.entries(P5_HOUR).map(([name, cell]) => {
    if (name === 'Tags') return `MAP {'team': 'nlp'} AS Tags`;
    const value = cell === '' ? 'NULL' : `'${cell}'`;
    return `CAST(${value} AS ${casts[name as keyof typeof P5_HOUR] ?? 'VARCHAR'}) AS "${name}"`;
  });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (SELECT ${columns.join(', ')}) TO '${path}' (FORMAT parquet)`);
    return await readBill(path);
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true });
  }
}

describe('rows that cannot be used', () => {
  test.each([
    {
      cells: { BilledCost: '$10,000.00 ' },
      column: 'BilledCost',
      code: 'not-a-decimal',
      says: 'numbers=us-currency',
    },
    { cells: { BilledCost: '12,5' }, column: 'BilledCost', code: 'not-a-decimal', says: 'decimal comma' },
    { cells: { EffectiveCost: 'lots' }, column: 'EffectiveCost', code: 'not-a-decimal', says: '`lots`' },
    { cells: { ListCost: '1e400' }, column: 'ListCost', code: 'amount-too-large', says: '26 digits' },
    { cells: { BilledCost: 'NULL' }, column: 'BilledCost', code: 'missing-value', says: 'blank' },
    {
      cells: { ChargeCategory: 'Fee' },
      column: 'ChargeCategory',
      code: 'unknown-charge-category',
      says: '`Fee`',
    },
    {
      cells: { ChargeCategory: '' },
      column: 'ChargeCategory',
      code: 'unknown-charge-category',
      says: 'blank',
    },
    {
      cells: { ChargePeriodStart: 'soon' },
      column: 'ChargePeriodStart',
      code: 'not-an-instant',
      says: '`soon`',
    },
    {
      cells: { ChargePeriodEnd: '2026-09-05T09:00:00Z' },
      column: 'ChargePeriodEnd',
      code: 'period-backwards',
      says: 'before it starts',
    },
    {
      cells: { ChargePeriodStart: '2028-01-01T00:00:00Z', ChargePeriodEnd: '2028-01-01T01:00:00Z' },
      column: 'ChargePeriodStart',
      code: 'clock-in-the-future',
      says: '400 days',
    },
    {
      cells: { BillingCurrency: 'EUR' },
      column: 'BillingCurrency',
      code: 'currency-mismatch',
      says: 'rates: { EUR:',
    },
    {
      cells: { ChargePeriodStart: '', BillingPeriodStart: '' },
      column: 'ChargePeriodStart',
      code: 'missing-value',
      says: 'billing period',
    },
  ])('$column: $code', async ({ cells, column, code, says }) => {
    const { charges, summary } = await readBillText(csvOf([P5_HOUR, { ...P5_HOUR, ...cells }, P5_HOUR]));
    expect(charges.map(({ where }) => where)).toEqual(['bill.csv:2', 'bill.csv:4']);
    expect(summary.rowsRead).toBe(3);
    expect(summary.totals['billedCost']).toBe('180.25');
    expect(summary.rejects).toEqual([
      { where: `bill.csv:3:${column}`, code, message: expect.stringContaining(says) },
    ]);
  });

  it('are named by the column of the file', async () => {
    const renamed = csvOf([{ ...P5_HOUR, BilledCost: 'x' }]).replace('BilledCost', 'amount');
    const { summary } = await readBillText(renamed, { map: { BilledCost: 'amount' } });
    expect(summary.rejects[0]).toMatchObject({ where: 'bill.csv:2:amount', code: 'not-a-decimal' });
  });

  it('are listed when they cannot be taken apart', async () => {
    const { charges, summary } = await readBillText(`${csvOf([P5_HOUR])}only,three,cells\n`);
    expect(charges).toHaveLength(1);
    expect(summary.rejects).toMatchObject([{ where: 'bill.csv:3', code: 'broken-row' }]);
  });
});

describe('what is read by a rule', () => {
  it('US dollars, exactly, when stated', async () => {
    const row = {
      ...P5_HOUR,
      BilledCost: '$10,000.10 ',
      EffectiveCost: '($3.25)',
      ConsumedQuantity: '1,000',
    };
    const { charges } = await readBillText(csvOf([row]), { set: { numbers: 'us-currency' } });
    expect(charges[0]).toMatchObject({
      billedPicos: picos('10000.10'),
      effectivePicos: picos('-3.25'),
      consumedQuantity: '1000',
      gpu: { ticks: 8000n * TICKS_PER_GPU_HOUR },
    });
  });

  it('decimal commas, when stated', async () => {
    const row = {
      ...P5_HOUR,
      BilledCost: '1.234,5',
      EffectiveCost: '12,5',
      ListCost: '',
      ContractedCost: '',
    };
    const { charges } = await readBillText(csvOf([row]), { set: { numbers: 'decimal-comma' } });
    expect(charges[0]).toMatchObject({ billedPicos: picos('1234.5'), effectivePicos: picos('12.5') });
  });

  it('dates with slashes', async () => {
    const row = { ...P5_HOUR, ChargePeriodStart: '9/8/26', ChargePeriodEnd: '9/9/26' };
    const guessed = await readBillText(csvOf([row]));
    expect(formatInstant(guessed.charges[0]!.chargePeriodStartMs)).toBe('2026-09-08T00:00:00Z');
    expect(codes(guessed.summary.warnings)).toEqual({ 'us-dates': 2 });
    const stated = await readBillText(csvOf([row]), { set: { dates: 'day-first' } });
    expect(formatInstant(stated.charges[0]!.chargePeriodStartMs)).toBe('2026-08-09T00:00:00Z');
    expect(stated.summary.warnings).toEqual([]);
  });

  it('the thirtieth hour of a day', async () => {
    const { charges, summary } = await readBillText(
      csvOf([{ ...P5_HOUR, ChargePeriodEnd: '2026-09-05T30:00:00Z' }]),
    );
    expect(formatInstant(charges[0]!.chargePeriodEndMs)).toBe('2026-09-06T06:00:00Z');
    expect(codes(summary.warnings)).toEqual({ 'hour-overflow': 1 });
  });

  it('periods that are missing or empty', async () => {
    const { charges, summary } = await readBillText(
      csvOf([
        { ...P5_HOUR, BillingPeriodStart: '', BillingPeriodEnd: '' },
        { ...P5_HOUR, ChargePeriodStart: '', ChargePeriodEnd: 'NULL' },
        { ...P5_HOUR, ChargePeriodStart: '2026-09-05T23:59:59Z', ChargePeriodEnd: '2026-09-05T23:59:59Z' },
        { ...P5_HOUR, ChargePeriodStart: '2026-09-05', ChargePeriodEnd: '2026-09-05' },
      ]),
    );
    const periods = charges.map((charge) =>
      [charge.billingPeriodEndMs, charge.chargePeriodEndMs].map(formatInstant),
    );
    expect(periods).toEqual([
      ['2026-10-01T00:00:00Z', '2026-09-05T11:00:00Z'],
      ['2026-10-01T00:00:00Z', '2026-10-01T00:00:00Z'],
      ['2026-10-01T00:00:00Z', '2026-09-06T00:00:00Z'],
      ['2026-10-01T00:00:00Z', '2026-09-06T00:00:00Z'],
    ]);
    expect(codes(summary.warnings)).toEqual({
      'billing-period-derived': 1,
      'charge-period-derived': 1,
      'empty-period': 2,
    });
  });

  it('more than twelve decimals, half to even', async () => {
    const { charges, summary } = await readBillText(
      csvOf([{ ...P5_HOUR, BilledCost: '5.6490212345675E-05' }]),
    );
    expect(formatPicos(charges[0]!.billedPicos)).toBe('0.000056490212');
    expect(codes(summary.warnings)).toEqual({ 'rounded-to-picos': 1 });
  });

  it('no currency, no provider, no EffectiveCost', async () => {
    const { charges, summary } = await readBillText(
      csvOf([rowWithout('BillingCurrency', 'ProviderName', 'EffectiveCost')]),
    );
    expect(charges[0]).toMatchObject({
      currency: 'USD',
      provider: 'unknown',
      effectivePicos: null,
      costPicos: picos('90.125'),
      costBasis: 'billed',
    });
    expect(codes(summary.warnings)).toEqual({
      'currency-missing': 1,
      'provider-missing': 1,
      'effective-cost-missing': 1,
    });
  });

  it('another currency, at the stated rate, to the digit', async () => {
    const { charges, summary } = await readBillText(csvOf([{ ...P5_HOUR, BillingCurrency: 'eur' }]), {
      rates: { EUR: '1.08' },
    });
    expect(charges[0]).toMatchObject({
      currency: 'USD',
      billedPicos: picos('97.335'),
      listPicos: picos('106.38'),
    });
    expect(summary.totals['billedCost']).toBe('97.335');
    expect(codes(summary.warnings)).toEqual({ converted: 1 });
    const rejected = await readBillText(csvOf([{ ...P5_HOUR, BillingCurrency: 'EUR', ListCost: 'x' }]), {
      rates: { EUR: '1.08' },
    });
    expect(rejected.summary).toMatchObject({ rejects: [{ code: 'not-a-decimal' }], warnings: [] });
  });

  it('quantities and tags that are unreadable cost no money', async () => {
    const { charges, summary } = await readBillText(
      csvOf([{ ...P5_HOUR, ConsumedQuantity: 'many', Tags: 'team:nlp' }]),
    );
    expect(charges[0]).toMatchObject({ billedPicos: picos('90.125'), consumedQuantity: null, gpu: null });
    expect(codes(summary.warnings)).toEqual({ 'quantity-unreadable': 1, 'tags-unreadable': 1 });
  });

  it("Azure's list price of 0 is unknown", async () => {
    const row = { ...P5_HOUR, ProviderName: 'Microsoft', ListCost: '0', ContractedCost: '0.00' };
    const azure = await readBillText(csvOf([row]));
    expect(azure.charges[0]).toMatchObject({ listPicos: null, contractedPicos: null });
    expect(codes(azure.summary.warnings)).toEqual({ 'list-cost-zero': 1 });
    const free = await readBillText(csvOf([{ ...row, BilledCost: '0', EffectiveCost: '0' }]));
    expect(free.charges[0]).toMatchObject({ listPicos: 0n, contractedPicos: 0n });
  });

  it('an EffectiveCost that is rounded is not counted, for that provider alone', async () => {
    const rounded = { ...P5_HOUR, EffectiveCost: '90' };
    const sound = { ...P5_HOUR, ProviderName: 'Microsoft' };
    const { charges, summary } = await readBillText(
      csvOf([rounded, sound, { ...rounded, BilledCost: '0', EffectiveCost: '0' }]),
    );
    expect(charges.map(({ costBasis, costPicos }) => ({ costBasis, costPicos }))).toEqual([
      { costBasis: 'billed', costPicos: picos('90.125') },
      { costBasis: 'effective', costPicos: picos('55.0625') },
      { costBasis: 'billed', costPicos: 0n },
    ]);
    expect(charges[0]!.effectivePicos).toBe(picos('90'));
    expect(codes(summary.warnings)).toEqual({ 'effective-cost-rounded': 2 });
    expect(summary.totals['effectiveCost']).toBe('145.0625');
  });

  it('a column that stands in the file twice', async () => {
    const twice = csvOf([P5_HOUR]).replace('ResourceName', 'ResourceId');
    const { charges, summary } = await readBillText(twice);
    expect(charges[0]!.resourceKey).toBe('i-0abc123');
    expect(codes(summary.warnings)).toEqual({ 'duplicate-column': 1 });
  });
});

describe('--map and --set', () => {
  it('make a bill of any table', async () => {
    const table =
      'day,usd,what,gpu_hours,project\n2026-09-01,12.50,H100 SXM,4.5,vision\n2026-09-02,6.25,H100 SXM,2.25,\n';
    const { charges, summary } = await readBillText(table, {
      map: {
        BilledCost: 'usd',
        ChargePeriodStart: 'day',
        ChargePeriodEnd: 'day',
        ChargeDescription: 'what',
        consumedQuantity: 'gpu_hours',
        'tag:team': 'project',
      },
      set: {
        ChargeCategory: 'Usage',
        ConsumedUnit: 'GPU-Hours',
        ProviderName: 'Neo',
        BillingCurrency: 'USD',
        'tag:team': 'unnamed',
      },
    });
    expect(charges.map(({ attributes }) => attributes['tag:team'])).toEqual(['vision', 'unnamed']);
    expect(charges[0]!.gpu).toMatchObject({ gpuModel: 'H100-SXM5-80GB', gpuCount: 1 });
    expect(summary.totals).toMatchObject({ billedCost: '18.75', gpuHours: 6.75, providers: 'Neo 2' });
    expect(summary.rejects).toEqual([]);
  });

  it('give names to a file without a header', async () => {
    const { charges } = await readBillText('2026-09-01,2026-09-02,Usage,3.50\n', {
      fields: ['ChargePeriodStart', 'ChargePeriodEnd', 'ChargeCategory', 'BilledCost'],
    });
    expect(charges).toMatchObject([{ where: 'bill.csv:1', billedPicos: picos('3.50') }]);
  });

  test.each([
    { options: { map: { BilledCost: 'price' } }, says: '--map BilledCost=price' },
    { options: { map: { Bill: 'BilledCost' } }, says: 'a bill has no column Bill' },
    { options: { set: { team: 'nlp' } }, says: 'a bill has no column team' },
    { options: { set: { numbers: 'roman' } }, says: '--set numbers=roman' },
    { options: { rates: { EUR: '1,08' } }, says: 'EUR: 1,08' },
  ])('refuse what they do not understand: $says', async ({ options, says }) => {
    await expect(readBillText(csvOf([P5_HOUR]), options)).rejects.toThrow(says);
  });
});

describe('files that are no FOCUS bill', () => {
  test.each([
    {
      name: 'AWS CUR 1',
      columns: 'identity/LineItemId,lineItem/UsageStartDate,lineItem/UnblendedCost',
      is: 'an AWS Cost and Usage Report',
      fix: 'Data Exports',
    },
    {
      name: 'AWS CUR 2',
      columns: 'line_item_usage_start_date,line_item_unblended_cost,bill_payer_account_id',
      is: 'an AWS Cost and Usage Report',
      fix: 'FOCUS with AWS columns',
    },
    {
      name: 'Azure EA',
      columns: 'Date,MeterId,Quantity,CostInBillingCurrency,BillingCurrencyCode,ResourceId,Tags',
      is: 'an Azure actual or amortized cost export',
      fix: 'Cost and usage details (FOCUS)',
    },
    {
      name: 'Azure MCA',
      columns: 'date,meterId,quantity,cost,billingCurrency,ChargeType,PublisherName,SubscriptionId',
      is: 'an Azure actual or amortized cost export',
      fix: 'Cost Management',
    },
    {
      name: 'Azure in German',
      columns:
        'Kategorie der Verbrauchseinheit (MeterCategory),UsageDateTime (UsageDateTime),PreTaxCost (PreTaxCost)',
      is: 'an Azure actual or amortized cost export',
      fix: 'Cost Management',
    },
    {
      name: 'Google detailed export',
      columns: 'billing_account_id,usage_start_time,usage_end_time,cost,sku.description',
      is: 'a Google Cloud billing export',
      fix: 'BigQuery',
    },
    {
      name: 'OCI cost report',
      columns: 'lineItem/referenceNo,lineItem/tenantId,cost/myCost',
      is: 'an OCI cost or usage report',
      fix: 'FOCUS Reports',
    },
    {
      name: 'Kubecost',
      columns: 'Namespace,CPUCost,RAMCost,GPUCost,TotalCost',
      is: 'an allocation from OpenCost or Kubecost',
      fix: 'estimates',
    },
    {
      name: 'contract commitments',
      columns: 'ContractCommitmentId,ContractId,ContractCommitmentCategory,BillingCurrency',
      is: 'a FOCUS contract commitment dataset',
      fix: 'cost and usage dataset',
    },
    {
      name: 'a list of pods',
      columns: 'name,cpu_milli,memory_mib,num_gpu',
      is: 'this is not a bill: it has the columns name, cpu_milli',
      fix: '--map',
    },
  ])('$name', async ({ columns, is, fix }) => {
    const failure = await readBillText(`${columns}\n`).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputFailure);
    expect(failure).toMatchObject({ code: 'format-unknown', message: expect.stringContaining(is) });
    expect((failure as InputFailure).message).toMatch(/^bill\.csv: /);
    expect((failure as InputFailure).remedy).toContain(fix);
  });

  it('a bill that lacks a column says which, and what is there', async () => {
    const failure = await readBillText(csvOf([rowWithout('BilledCost')])).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'columns-missing',
      message: expect.stringMatching(/this bill has no BilledCost; it has BillingPeriodStart, .*Tags/),
    });
  });
});

it('reads bills longer than a batch, in order', async () => {
  const rows = Array.from({ length: 4_500 }, (_, index) => ({ ...P5_HOUR, BilledCost: `${index}.5` }));
  const { charges, summary } = await readBillText(csvOf(rows));
  expect(charges.map(({ where }) => where)).toEqual(rows.map((_, index) => `bill.csv:${index + 2}`));
  expect(summary.totals['billedCost']).toBe(`${(4_499 * 4_500) / 2 + 2_250}.00`);
});

it('stops when told to', async () => {
  const signal = AbortSignal.abort();
  await expect(readBillText(csvOf([P5_HOUR]), { signal })).rejects.toThrow();
});

it('documents every warning in the guide', () => {
  const guide = readFileSync(new URL('../../../docs/guides/bills.md', import.meta.url), 'utf8');
  const source = readFileSync(new URL('./bill-warnings.ts', import.meta.url), 'utf8');
  const named = [...source.matchAll(/^ {2}'?([a-z-]+)'?:$|^ {2}'?([a-z-]+)'?: '/gm)].map(
    (match) => match[1] ?? match[2]!,
  );
  expect(named.length).toBeGreaterThan(10);
  for (const code of [...named, 'effective-cost-zero', 'effective-cost-rounded'])
    expect(guide).toContain(`\`${code}\``);
});
