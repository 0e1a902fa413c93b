import type { SpotReport } from '../../../src/app/results/spot.ts';
import type { ChangeState } from '../state/use-page-state.ts';
import type { SpotState } from './spot-state.ts';

/** What every part of the page is given. */
export type SpotPartProps = Readonly<{
  report: SpotReport;
  state: SpotState;
  change: ChangeState<SpotState>;
}>;
