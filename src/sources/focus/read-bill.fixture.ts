import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChargeFact } from '../../domain/facts/facts.ts';
import type { FileReadOptions, ReadSummary } from '../../ports/source.ts';
import { createFocusSource } from './create-focus-source.ts';
import { smallCatalog } from './hardware-catalog.fixture.ts';

export type Bill = Readonly<{ charges: readonly ChargeFact[]; summary: ReadSummary }>;

const OPTIONS: FileReadOptions = {
  map: {},
  set: {},
  fields: null,
  currency: 'USD',
  rates: {},
  nowMs: Date.UTC(2026, 9, 14),
  signal: new AbortController().signal,
};

/** Reads a whole bill, for the tests of this folder. */
export async function readBill(path: string, options: Partial<FileReadOptions> = {}): Promise<Bill> {
  const { batches, summary } = createFocusSource({ catalog: smallCatalog }).read(path, {
    ...OPTIONS,
    ...options,
  });
  const charges: ChargeFact[] = [];
  for await (const batch of batches) charges.push(...(batch.charges ?? []));
  return { charges, summary };
}

/** Writes a bill under this name, reads it, and deletes it. */
export async function readBillText(
  content: string | Buffer,
  options: Partial<FileReadOptions> = {},
  name = 'bill.csv',
): Promise<Bill> {
  const folder = mkdtempSync(join(tmpdir(), 'tare-focus-'));
  try {
    writeFileSync(join(folder, name), content);
    return await readBill(join(folder, name), options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A CSV with these rows; the columns are the keys of the first. */
export function csvOf(rows: readonly Readonly<Record<string, string>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => columns.map((column) => quoted(row[column] ?? '')).join(','));
  return `${[columns.map(quoted).join(','), ...lines].join('\n')}\n`;
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** An hour of a p5.48xlarge, as AWS would bill it. */
export const P5_HOUR = {
  BillingPeriodStart: '2026-09-01T00:00:00Z',
  BillingPeriodEnd: '2026-10-01T00:00:00Z',
  ChargePeriodStart: '2026-09-05T10:00:00Z',
  ChargePeriodEnd: '2026-09-05T11:00:00Z',
  ChargeCategory: 'Usage',
  ChargeClass: '',
  ChargeDescription: 'eight GPUs for an hour',
  PricingCategory: 'Standard',
  CommitmentDiscountId: '',
  CommitmentDiscountStatus: '',
  ProviderName: 'AWS',
  BillingAccountId: '100200300',
  SubAccountId: '400500600',
  SubAccountName: 'research',
  ServiceName: 'Amazon Elastic Compute Cloud',
  RegionId: 'us-east-1',
  ResourceId: 'arn:aws:ec2:us-east-1:400500600:instance/i-0abc123',
  ResourceName: 'trainer-1',
  BillingCurrency: 'USD',
  BilledCost: '90.125',
  EffectiveCost: '55.0625',
  ListCost: '98.5',
  ContractedCost: '90.125',
  ConsumedQuantity: '1',
  ConsumedUnit: 'Hours',
  SkuPriceDetails: '{"InstanceType":"p5.48xlarge","GpuCount":8}',
  Tags: '{"team":"nlp"}',
} as const;
