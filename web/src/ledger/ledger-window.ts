import type { Overview } from '../../../src/app/results/results.ts';

/** The days of a window and their total: of everything, or of what is selected. */
export type LedgerWindow = Pick<Overview, 'currency' | 'from' | 'to' | 'days' | 'total'>;
