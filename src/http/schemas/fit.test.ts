import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { HardwareReport } from '../../app/results/hardware.ts';
import type { SpotReport } from '../../app/results/spot.ts';
import type { hardwareReport } from './hardware.ts';
import type { spotReport } from './spot.ts';

type Frozen<T> = T extends object ? { readonly [key in keyof T]: Frozen<T[key]> } : T;

it('answers exactly what the application returns', () => {
  expectTypeOf<Frozen<z.infer<typeof spotReport>>>().toExtend<SpotReport>();
  expectTypeOf<SpotReport>().toExtend<Frozen<z.infer<typeof spotReport>>>();
  expectTypeOf<Frozen<z.infer<typeof hardwareReport>>>().toExtend<HardwareReport>();
  expectTypeOf<HardwareReport>().toExtend<Frozen<z.infer<typeof hardwareReport>>>();
});
