import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { SizeReport } from '../../app/results/size.ts';
import type { sizeReport } from './size.ts';

type Frozen<T> = T extends object ? { readonly [key in keyof T]: Frozen<T[key]> } : T;

it('answers exactly what the application returns', () => {
  expectTypeOf<Frozen<z.infer<typeof sizeReport>>>().toExtend<SizeReport>();
  expectTypeOf<SizeReport>().toExtend<Frozen<z.infer<typeof sizeReport>>>();
});
