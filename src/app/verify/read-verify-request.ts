import { parseWindow, type TimeWindow } from '../../domain/time/window.ts';
import { TareError } from '../errors.ts';
import { readInstant } from '../read-request.ts';
import type { VerificationUnit } from '../results/verification.ts';
import { DEFAULT_CONFIDENCE } from '../take-lever.ts';
import type { VerifyRequest } from '../tare.ts';

/** What flags and queries say about a verification, before it is read. */
export type VerifyWords = Readonly<{
  change: string;
  at?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  confidence?: number | undefined;
  tolerance?: number | undefined;
  unit?: VerificationUnit | undefined;
  lowerIsBetter: readonly string[];
  metrics: readonly string[];
}>;

export function readVerifyRequest(words: VerifyWords, nowMs: number): VerifyRequest {
  const { change, at, confidence = DEFAULT_CONFIDENCE, tolerance = 0, unit = null } = words;
  const { lowerIsBetter, metrics } = words;
  return {
    change,
    atMs: at === undefined ? null : readInstant(at, nowMs),
    window: readSides(words, nowMs),
    confidence,
    tolerance,
    unit,
    lowerIsBetter,
    metrics,
  };
}

/** Both ends or none: where one is missing nobody knows how much of either side was meant. */
function readSides({ from, to }: VerifyWords, nowMs: number): TimeWindow | null {
  if (from === undefined && to === undefined) return null;
  const window = from === undefined ? undefined : parseWindow(from, to ?? 'now', nowMs);
  if (window) return window;
  throw new TareError(
    'badWindow',
    from === undefined
      ? 'an end without a start says nothing of the time before the change'
      : `from "${from}" to "${to ?? 'now'}" is no window of time`,
    'write --from 2026-09-16 --to 2026-11-11, or leave both out for four weeks on either side',
  );
}
