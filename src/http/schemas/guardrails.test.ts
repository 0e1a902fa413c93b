import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { AlertReport, AlertSending } from '../../app/results/alerts.ts';
import type { AnomalyReport } from '../../app/results/anomalies.ts';
import type { ForecastReport } from '../../app/results/forecast.ts';
import type { AnomalyJudgement } from '../../domain/governance/anomalies/judgement.ts';
import type { alertReport, alertSending, anomalyReport, forecastReport, judgement } from './guardrails.ts';

type Frozen<T> = T extends object ? { readonly [key in keyof T]: Frozen<T[key]> } : T;

it('answers exactly what the application returns', () => {
  expectTypeOf<Frozen<z.infer<typeof anomalyReport>>>().toExtend<AnomalyReport>();
  expectTypeOf<AnomalyReport>().toExtend<Frozen<z.infer<typeof anomalyReport>>>();
  expectTypeOf<Frozen<z.infer<typeof judgement>>>().toExtend<AnomalyJudgement>();
  expectTypeOf<AnomalyJudgement>().toExtend<Frozen<z.infer<typeof judgement>>>();
  expectTypeOf<Frozen<z.infer<typeof forecastReport>>>().toExtend<ForecastReport>();
  expectTypeOf<ForecastReport>().toExtend<Frozen<z.infer<typeof forecastReport>>>();
  expectTypeOf<Frozen<z.infer<typeof alertReport>>>().toExtend<AlertReport>();
  expectTypeOf<AlertReport>().toExtend<Frozen<z.infer<typeof alertReport>>>();
  expectTypeOf<Frozen<z.infer<typeof alertSending>>>().toExtend<AlertSending>();
  expectTypeOf<AlertSending>().toExtend<Frozen<z.infer<typeof alertSending>>>();
});
