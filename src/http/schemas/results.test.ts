import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { PriceReport } from '../../app/results/prices.ts';
import type {
  ChargeReport,
  CoverageReport,
  DoctorReport,
  Explanation,
  IdleReport,
  ImportResult,
  LedgerReport,
  Overview,
} from '../../app/results/results.ts';
import type { CadenceReport, RunReceipt, RunsReport } from '../../app/results/runs.ts';
import type { EndpointReceipt, UnitsReport } from '../../app/results/units.ts';
import type { CollectResult } from '../../app/tare.ts';
import type * as results from './results.ts';
import type * as runs from './runs.ts';
import type * as units from './units.ts';

type Schemas = typeof results & typeof runs & typeof units;
type Answer<Name extends keyof Schemas> = Frozen<z.infer<Schemas[Name]>>;
type Frozen<T> = T extends object ? { readonly [key in keyof T]: Frozen<T[key]> } : T;

it('answers exactly what the application returns', () => {
  expectTypeOf<Answer<'ledgerReport'>>().toExtend<LedgerReport>();
  expectTypeOf<LedgerReport>().toExtend<Answer<'ledgerReport'>>();
  expectTypeOf<Answer<'chargeReport'>>().toExtend<ChargeReport>();
  expectTypeOf<ChargeReport>().toExtend<Answer<'chargeReport'>>();
  expectTypeOf<Answer<'idleReport'>>().toExtend<IdleReport>();
  expectTypeOf<IdleReport>().toExtend<Answer<'idleReport'>>();
  expectTypeOf<Answer<'coverageReport'>>().toExtend<CoverageReport>();
  expectTypeOf<CoverageReport>().toExtend<Answer<'coverageReport'>>();
  expectTypeOf<Answer<'overview'>>().toExtend<Overview>();
  expectTypeOf<Overview>().toExtend<Answer<'overview'>>();
  expectTypeOf<Answer<'importResult'>>().toExtend<ImportResult>();
  expectTypeOf<ImportResult>().toExtend<Answer<'importResult'>>();
  expectTypeOf<Answer<'collectResult'>>().toExtend<CollectResult>();
  expectTypeOf<CollectResult>().toExtend<Answer<'collectResult'>>();
  expectTypeOf<Answer<'explanation'>>().toExtend<Explanation>();
  expectTypeOf<Explanation>().toExtend<Answer<'explanation'>>();
  expectTypeOf<Answer<'doctorReport'>>().toExtend<DoctorReport>();
  expectTypeOf<DoctorReport>().toExtend<Answer<'doctorReport'>>();
  expectTypeOf<Answer<'runsReport'>>().toExtend<RunsReport>();
  expectTypeOf<RunsReport>().toExtend<Answer<'runsReport'>>();
  expectTypeOf<Answer<'runReceipt'>>().toExtend<RunReceipt>();
  expectTypeOf<RunReceipt>().toExtend<Answer<'runReceipt'>>();
  expectTypeOf<Answer<'cadenceReport'>>().toExtend<CadenceReport>();
  expectTypeOf<CadenceReport>().toExtend<Answer<'cadenceReport'>>();
  expectTypeOf<Answer<'unitsReport'>>().toExtend<UnitsReport>();
  expectTypeOf<UnitsReport>().toExtend<Answer<'unitsReport'>>();
  expectTypeOf<Answer<'endpointReceipt'>>().toExtend<EndpointReceipt>();
  expectTypeOf<EndpointReceipt>().toExtend<Answer<'endpointReceipt'>>();
  expectTypeOf<Answer<'priceReport'>>().toExtend<PriceReport>();
  expectTypeOf<PriceReport>().toExtend<Answer<'priceReport'>>();
});
