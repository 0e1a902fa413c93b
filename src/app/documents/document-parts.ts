import type { Store } from '../../ports/store.ts';
import type { Tare, TareSettings } from '../tare.ts';

/** A document asks the other reports, so that its figures are theirs. */
export type DocumentParts = Readonly<{
  tare: Pick<
    Tare,
    | 'reportLedger'
    | 'reportCharges'
    | 'reportCoverage'
    | 'reportBudgets'
    | 'reportForecast'
    | 'reportInference'
    | 'planBill'
    | 'reportTaken'
  >;
  store: Pick<Store, 'extent' | 'readNote'>;
  settings: TareSettings;
}>;
