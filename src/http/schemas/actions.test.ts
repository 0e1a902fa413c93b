import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { IdleNowReport } from '../../app/results/actions.ts';
import type { AdmissionReport } from '../../app/results/admission.ts';
import type { idleNowReport } from './actions.ts';
import type { admissionReport } from './admission.ts';

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

it('schemas and results are the same', () => {
  expectTypeOf<Frozen<z.infer<typeof idleNowReport>>>().toExtend<IdleNowReport>();
  expectTypeOf<IdleNowReport>().toExtend<Frozen<z.infer<typeof idleNowReport>>>();
  expectTypeOf<Frozen<z.infer<typeof admissionReport>>>().toExtend<AdmissionReport>();
  expectTypeOf<AdmissionReport>().toExtend<Frozen<z.infer<typeof admissionReport>>>();
});
