import fc from 'fast-check';
import type { RunFact } from '../../src/domain/facts/facts.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/time/window.ts';
import { runFact } from './facts.ts';
import { HOURS, START } from './random-fleet.ts';

const WORKLOADS = ['search/llm-0', 'search/llm-1', 'research/notebook', 'ranking/train', 'never/seen', null];

const instant = fc
  .oneof(
    fc.integer({ min: -HOUR_MS, max: (HOURS + 1) * HOUR_MS }),
    fc.integer({ min: 0, max: HOURS * 60 }).map((minute) => minute * MINUTE_MS),
  )
  .map((offset) => START + offset);

const attempt = fc.record({
  startMs: fc.option(instant, { freq: 6 }),
  lengthMs: fc.option(fc.integer({ min: 0, max: HOURS * HOUR_MS }), { freq: 5 }),
  workloadId: fc.constantFrom(...WORKLOADS),
  state: fc.constantFrom('succeeded' as const, 'failed' as const, 'running' as const),
});

/** Up to five runs of up to three attempts, on the workloads of a random fleet: alone, side by side, nested, outside of any hold. */
export const randomRuns: fc.Arbitrary<readonly RunFact[]> = fc
  .array(fc.array(attempt, { minLength: 1, maxLength: 3 }), { maxLength: 5 })
  .map((runs) =>
    runs.flatMap((attempts, run) =>
      attempts.map(({ startMs, lengthMs, workloadId, state }, index) =>
        runFact(`test:run-${run}`, {
          attempt: index + 1,
          queuedMs: startMs === null ? START : startMs - MINUTE_MS,
          startMs,
          endMs: startMs === null || lengthMs === null ? null : startMs + lengthMs,
          workloadId,
          state,
          attributes: run % 2 === 0 ? { 'label:team': 'search' } : {},
        }),
      ),
    ),
  );
