import type { LedgerDimension } from '../ports/store.ts';
import { readLedgerDimensions } from './read-request.ts';
import { CAUSE, type IdleDimension } from './tare.ts';

/** As `readLedgerDimensions`, with `cause` among them. */
export function readIdleDimensions(text: string): IdleDimension[] {
  return text
    .split(',')
    .flatMap((word): IdleDimension[] => (word.trim() === CAUSE ? [CAUSE] : readLedgerDimensions(word)));
}

export function withoutCause(by: readonly IdleDimension[]): LedgerDimension[] {
  return by.filter((dimension): dimension is LedgerDimension => dimension !== CAUSE);
}
