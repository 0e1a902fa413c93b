import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import { InputFailure } from '../../ports/failures.ts';
import { readBill } from './read-bill.fixture.ts';

/** Public bills and examples, outside of this repository; their sums are published beside them. */
const FOLDER = resolve(import.meta.dirname, '../../../../shared/data/focus');
const WHY_SKIPPED = existsSync(FOLDER) ? '' : ' (skipped: ../shared/data/focus is not here)';

type Example = Readonly<{
  file: string;
  rows: number;
  billed: string;
  effective: string;
  warns?: readonly string[];
}>;

const FLEX = 'commitment_discount_flexibility/';
const SCENARIO = 'commitment_discount_scenarios/commitment_discount_';
const SAAS = 'saas_examples/';
const BARE = ['currency-missing', 'provider-missing'];

const EXAMPLES: readonly Example[] = [
  { file: `${SCENARIO}usage_scenario_1`, rows: 1, billed: '0.00', effective: '1.00', warns: BARE },
  { file: `${SCENARIO}usage_scenario_2`, rows: 1, billed: '0.00', effective: '1.00', warns: BARE },
  { file: `${SCENARIO}usage_scenario_3`, rows: 2, billed: '0.00', effective: '1.00', warns: BARE },
  { file: `${SCENARIO}purchase_scenario_1`, rows: 1, billed: '8760.00', effective: '0.00', warns: BARE },
  {
    file: `${SCENARIO}purchase_scenario_2`,
    rows: 3,
    billed: '3.00',
    effective: '0.00',
    warns: [...BARE, 'hour-overflow'],
  },
  {
    file: `${FLEX}one_hundred_percent_utilization_with_commitment_discount_flexibility_with_1_resource`,
    rows: 3,
    billed: '2.75',
    effective: '2.75',
    warns: BARE,
  },
  {
    file: `${FLEX}one_hundred_percent_utilization_without_commitment_discount_flexibility`,
    rows: 2,
    billed: '1.50',
    effective: '1.50',
    warns: BARE,
  },
  {
    file: `${FLEX}zero_percent_utilization_without_commitment_discount_flexibility`,
    rows: 3,
    billed: '3.50',
    effective: '3.50',
    warns: BARE,
  },
  {
    file: `${SAAS}virtual_currency_pricing_model_a1`,
    rows: 1,
    billed: '200000.00',
    effective: '0.00',
    warns: ['us-dates'],
  },
  {
    file: `${SAAS}virtual_currency_pricing_model_a2`,
    rows: 3,
    billed: '0.00',
    effective: '1230.00',
    warns: ['us-dates'],
  },
  {
    file: `${SAAS}virtual_currency_pricing_model_c`,
    rows: 2,
    billed: '53000.00',
    effective: '0.00',
    warns: ['us-dates'],
  },
  {
    file: `${SAAS}spend_agreements/saas_spend_agreements_a1`,
    rows: 4,
    billed: '1200.00',
    effective: '1200.00',
    warns: ['us-dates'],
  },
  {
    file: `${SAAS}spend_agreements/saas_spend_agreements_a2`,
    rows: 13,
    billed: '1200.00',
    effective: '1200.00',
    warns: ['us-dates'],
  },
];

const IN_DOLLARS: readonly Example[] = [
  { file: 'simple_saas_agreements_a1', rows: 1, billed: '10000.00', effective: '10000.00' },
  { file: 'simple_saas_agreements_a2', rows: 1, billed: '50000.00', effective: '50000.00' },
  { file: 'simple_saas_agreements_a3', rows: 1, billed: '1000.00', effective: '1000.00' },
  { file: 'simple_saas_agreements_b', rows: 1, billed: '50000.00', effective: '50000.00' },
  { file: 'simple_saas_agreements_c', rows: 3, billed: '35800.00', effective: '35800.00' },
];

describe.skipIf(WHY_SKIPPED !== '')(`public bills${WHY_SKIPPED}`, () => {
  test('the FOCUS sample adds up to the digit, and its rounded EffectiveCost is not believed', async () => {
    const { charges, summary } = await readBill(`${FOLDER}/focus_sample.dev.csv`);
    expect(summary.rowsRead).toBe(612);
    expect(summary.rejects).toEqual([]);
    expect(summary.totals).toMatchObject({
      charges: 612,
      billedCost: '11.15367699036',
      effectiveCost: '6.97651418586',
      listCost: '10.93927699036',
      contractedCost: '6.97626039326',
      cost: '11.15367699036',
      gpuHours: 1.986945,
      providers: expect.stringContaining('AWS 558'),
    });
    expect(summary.warnings).toMatchObject([
      { code: 'effective-cost-rounded', count: 558 },
      { code: 'effective-cost-zero', count: 3 },
    ]);
    const gpus = charges.filter(({ gpu }) => gpu !== null);
    expect(gpus.map(({ gpu }) => gpu!.instanceType)).toEqual(['g5.4xlarge', 'g5.4xlarge', 'g5.4xlarge']);
    expect(gpus.map(({ gpu }) => ticksToHours(gpu!.ticks)).toSorted()).toEqual([0.303056, 0.683889, 1]);
    const tags = charges.filter(({ attributes }) => attributes['tag:business_unit'] === 'PeoriaData');
    expect(tags.length).toBeGreaterThanOrEqual(70);
  });

  test.each(EXAMPLES)('$file', async ({ file, rows, billed, effective, warns = [] }) => {
    const { summary } = await readBill(`${FOLDER}/spec-examples/${file}.csv`);
    expect(summary.rejects).toEqual([]);
    expect(summary.totals).toMatchObject({ charges: rows, billedCost: billed, effectiveCost: effective });
    expect(summary.warnings.map(({ code }) => code).toSorted()).toEqual([...warns].toSorted());
  });

  test.each(IN_DOLLARS)(
    '$file is refused as it is, and read when told how',
    async ({ file, rows, billed, effective }) => {
      const path = `${FOLDER}/spec-examples/saas_examples/simple_agreements/${file}.csv`;
      const plain = await readBill(path);
      expect(plain.charges).toEqual([]);
      expect(plain.summary.rejects).toHaveLength(rows);
      expect(plain.summary.rejects[0]).toMatchObject({
        where: `${file}.csv:2:BilledCost`,
        code: 'not-a-decimal',
      });
      const { summary } = await readBill(path, { set: { numbers: 'us-currency' } });
      expect(summary.rejects).toEqual([]);
      expect(summary.totals).toMatchObject({ charges: rows, billedCost: billed, effectiveCost: effective });
    },
  );

  test.each([
    { file: 'native/sample-anonymous-aws-export-dataset.csv', is: 'an AWS Cost and Usage Report' },
    { file: 'native/sample-anonymous-ea-export-dataset.csv', is: 'an Azure actual or amortized cost export' },
    { file: 'native/EA_ActualCost_Small.csv', is: 'an Azure actual or amortized cost export' },
    ...['Enterprise', 'EnterpriseCamel', 'German', 'PayAsYouGo', 'YA', 'BOM'].map((name) => ({
      file: `../opencost-prices/azure-billing/headersets/${name}.csv`,
      is: 'an Azure actual or amortized cost export',
    })),
    { file: 'native/conversion-rules-aws.csv', is: 'this is not a bill' },
    { file: 'azure-open-data/Services.csv', is: 'this is not a bill' },
    { file: '../alibaba-gpu-2023/openb_pod_list_default.csv', is: 'this is not a bill' },
  ])('$file is named for what it is', async ({ file, is }) => {
    const failure = await readBill(`${FOLDER}/${file}`).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputFailure);
    expect((failure as InputFailure).message).toContain(is);
  });
});
