import type { ReportDocument } from '../../app/results/documents.ts';
import { coverageNote } from '../coverage-note.ts';
import { printAmount, printHours } from '../print-amount.ts';

type Told = Pick<
  ReportDocument,
  'currency' | 'coverage' | 'total' | 'reconciliation' | 'warnings' | 'isComplete' | 'asOf'
>;

/** How the figures came about and how far they can be trusted, in the digits of the reports. */
export function methodLines(document: Told): string[] {
  return [
    `Method: billed cost where a bill covers the time, agreed and list prices and cost of ownership elsewhere; every paid GPU-hour is in one of six buckets. ${coverageNote(document)}.`,
    agreement(document),
    unpriced(document),
    ...document.warnings.map(({ message }) => `Warning: ${message}.`),
  ].filter((line) => line !== '');
}

function agreement({ reconciliation, currency }: Told): string {
  const { bill, ledger, difference, estimated } = reconciliation;
  if (Number(bill) === 0)
    return `No bill in this window: all ${printAmount(estimated)} ${currency} is estimated.`;
  return `Bill ${printAmount(bill)}, ledger of what is billed ${printAmount(ledger)}, difference ${printAmount(difference)}; not billed, by estimate ${printAmount(estimated)} ${currency}.`;
}

function unpriced({ total }: Told): string {
  if (total.unpricedGpuHours === 0) return '';
  return `${printHours(total.unpricedGpuHours)} GPU-hours have no price, and are missing in every amount here.`;
}

export const STAMP = 'Sample: generated data';
