import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { PoliciesReport, PolicyPreview, PolicyReadingReport } from '../../app/results/policies.ts';
import type { policiesReport, policyPreview, policyReadingReport } from './policies.ts';

type Frozen<T> = T extends object ? { readonly [key in keyof T]: Frozen<T[key]> } : T;

it('answers exactly what the application returns', () => {
  expectTypeOf<Frozen<z.infer<typeof policiesReport>>>().toEqualTypeOf<Frozen<PoliciesReport>>();
  expectTypeOf<Frozen<z.infer<typeof policyReadingReport>>>().toEqualTypeOf<Frozen<PolicyReadingReport>>();
  expectTypeOf<Frozen<z.infer<typeof policyPreview>>>().toExtend<PolicyPreview>();
  expectTypeOf<PolicyPreview>().toExtend<Frozen<z.infer<typeof policyPreview>>>();
});
