import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A fleet as files, small enough to weigh by hand: two H100 on node `a3-04` for three hours of 14 October 2026, at 4.00 a GPU-hour.
 *
 * - `gpu-a` is held by `search-llm` of team search, and a kernel runs a quarter of the time: 3.00 productive, 9.00 idle
 * - `gpu-b` is observed and held by nobody: 12.00 unallocated
 *
 * The bill has 10.00 for storage of team search and 3.00 for support that names nobody. `bad-bill.csv` has a line that cannot be read.
 */
export function writeSmallFiles(directory: string): void {
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(directory, name), `${lines.join('\n')}\n`);
  write('tare.yaml', [
    'store: duckdb:.tare/tare.duckdb',
    'prices:',
    '  contracts: [{ gpuModel: H100, price: 4.00, unit: gpu-hour, from: 2026-01-01 }]',
  ]);
  write('capacity.csv', [
    'device,node,gpuModel,start,end,lifecycle,provider',
    'gpu-a,a3-04,H100,2026-10-14T09:00Z,2026-10-14T12:00Z,on_demand,aws',
    'gpu-b,a3-04,H100,2026-10-14T09:00Z,2026-10-14T12:00Z,on_demand,aws',
  ]);
  write('allocations.csv', [
    'workload,device,start,end,kind,team',
    'search-llm,gpu-a,2026-10-14T09:00Z,2026-10-14T12:00Z,inference,search',
  ]);
  write('usage.csv', ['time,device,engineActive', ...samples()]);
  write('bill.csv', [BILL_HEADER, ...BILL_LINES]);
  write('bad-bill.csv', [BILL_HEADER, ...BILL_LINES, BILL_LINES[0]!.replaceAll('10.00', '"12,5"')]);
}

const FIRST_SAMPLE = Date.UTC(2026, 9, 14, 9);
const MINUTE_MS = 60_000;

function samples(): string[] {
  return Array.from({ length: 180 }, (_, minute) => {
    const time = new Date(FIRST_SAMPLE + minute * MINUTE_MS).toISOString();
    return [`${time},gpu-a,0.25`, `${time},gpu-b,0`];
  }).flat();
}

const BILL_HEADER =
  'BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ChargeDescription,ProviderName,ServiceCategory,ServiceName,Tags';
const PERIODS =
  'USD,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-14T09:00:00Z,2026-10-14T10:00:00Z,Usage';
const BILL_LINES = [
  `10.00,10.00,10.00,10.00,${PERIODS},storage,AWS,Storage,S3,"{""team"":""search""}"`,
  `3.00,3.00,3.00,3.00,${PERIODS},support,AWS,Other,Support,{}`,
];
