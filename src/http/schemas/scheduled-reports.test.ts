import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { ReportSending, ScheduledReports } from '../../app/results/scheduled-reports.ts';
import type { SendReportRequest } from '../../app/tare.ts';
import type * as scheduled from './scheduled-reports.ts';

type Frozen<T> = T extends object ? { readonly [key in keyof T]: Frozen<T[key]> } : T;
type Answer<Name extends keyof typeof scheduled> = Frozen<z.infer<(typeof scheduled)[Name]>>;

it('answers exactly what the application returns', () => {
  expectTypeOf<Answer<'scheduledReports'>>().toEqualTypeOf<Frozen<ScheduledReports>>();
  expectTypeOf<Answer<'reportSending'>>().toEqualTypeOf<Frozen<ReportSending>>();
  expectTypeOf<Answer<'sendReportBody'>>().toEqualTypeOf<Frozen<SendReportRequest>>();
});
