import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { LeverDetail, LeversReport } from '../../app/results/levers.ts';
import type {
  HistoryChoices,
  HistoryTraces,
  Simulation,
  SimulatorForm,
} from '../../app/results/simulation.ts';
import type * as levers from './levers.ts';
import type * as simulations from './simulations.ts';

type Schemas = typeof simulations & typeof levers;
type Answer<Name extends keyof Schemas> = Schemas[Name] extends z.ZodType
  ? Frozen<z.infer<Schemas[Name]>>
  : never;
type Frozen<T> = T extends object ? { readonly [key in keyof T]: Frozen<T[key]> } : T;

it('answers exactly what the application returns', () => {
  expectTypeOf<Answer<'simulatorForms'>>().toExtend<readonly SimulatorForm[]>();
  expectTypeOf<readonly SimulatorForm[]>().toExtend<Answer<'simulatorForms'>>();
  expectTypeOf<Answer<'simulation'>>().toExtend<Simulation>();
  expectTypeOf<Simulation>().toExtend<Answer<'simulation'>>();
  expectTypeOf<Answer<'historyChoices'>>().toExtend<HistoryChoices>();
  expectTypeOf<HistoryChoices>().toExtend<Answer<'historyChoices'>>();
  expectTypeOf<Answer<'historyTraces'>>().toExtend<HistoryTraces>();
  expectTypeOf<HistoryTraces>().toExtend<Answer<'historyTraces'>>();
  expectTypeOf<Answer<'leversReport'>>().toExtend<LeversReport>();
  expectTypeOf<LeversReport>().toExtend<Answer<'leversReport'>>();
  expectTypeOf<Answer<'leverDetail'>>().toExtend<LeverDetail>();
  expectTypeOf<LeverDetail>().toExtend<Answer<'leverDetail'>>();
});
