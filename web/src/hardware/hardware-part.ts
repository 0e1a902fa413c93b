import type { HardwareReport } from '../../../src/app/results/hardware.ts';
import type { ChangeState } from '../state/use-page-state.ts';
import type { HardwareState } from './hardware-state.ts';

/** What every part of the page is given. */
export type HardwarePartProps = Readonly<{
  report: HardwareReport;
  state: HardwareState;
  change: ChangeState<HardwareState>;
}>;
