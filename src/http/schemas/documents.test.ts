import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type {
  BoardPage,
  ChargebackStatement,
  MonthlyReview,
  TeamShowback,
} from '../../app/results/documents.ts';
import type * as documents from './documents.ts';

type Frozen<T> = T extends object ? { readonly [key in keyof T]: Frozen<T[key]> } : T;
type Answer<Name extends keyof typeof documents> = Frozen<z.infer<(typeof documents)[Name]>>;

it('answers exactly what the application returns', () => {
  expectTypeOf<Answer<'boardPage'>>().toExtend<BoardPage>();
  expectTypeOf<BoardPage>().toExtend<Answer<'boardPage'>>();
  expectTypeOf<Answer<'teamShowback'>>().toExtend<TeamShowback>();
  expectTypeOf<TeamShowback>().toExtend<Answer<'teamShowback'>>();
  expectTypeOf<Answer<'chargebackStatement'>>().toExtend<ChargebackStatement>();
  expectTypeOf<ChargebackStatement>().toExtend<Answer<'chargebackStatement'>>();
  expectTypeOf<Answer<'monthlyReview'>>().toExtend<MonthlyReview>();
  expectTypeOf<MonthlyReview>().toExtend<Answer<'monthlyReview'>>();
});
