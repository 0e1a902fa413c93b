import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { BudgetReport } from '../../app/results/budgets.ts';
import type { budgetReport } from './budgets.ts';

type Frozen<T> = T extends object ? { readonly [key in keyof T]: Frozen<T[key]> } : T;

it('answers exactly what the application returns', () => {
  expectTypeOf<Frozen<z.infer<typeof budgetReport>>>().toExtend<BudgetReport>();
  expectTypeOf<BudgetReport>().toExtend<Frozen<z.infer<typeof budgetReport>>>();
});
