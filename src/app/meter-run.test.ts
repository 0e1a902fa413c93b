import { expect, it } from 'vitest';
import type { MeteredRun, RunEnd, RunRecord } from '../ports/run-meter.ts';
import { type MeterRunParts, meterRun } from './meter-run.ts';
import type { MeteredReceipt } from './results/metered-receipt.ts';

const END: RunEnd = { atMs: 9, exitCode: 0, signal: null, stoppedBy: null };
const RUN = { runId: 'tare:r-1' } as MeteredRun;
const RECEIPT = { runId: 'tare:r-1' } as MeteredReceipt;

/** What the use-case asked for, in order, by parts of which each can be made to fail. */
function parts(failing: readonly string[], record: RunRecord = { path: 'r-1.jsonl', problems: [] }) {
  const calls: string[] = [];
  const step = async <T>(name: string, value: T): Promise<T> => {
    calls.push(name);
    if (failing.includes(name)) throw new Error(`no ${name}`);
    return value;
  };
  const made: MeterRunParts = {
    meter: { start: () => ({ end: () => step('end', record) }) },
    weigh: () => step('weigh', RECEIPT),
    record: () => step('record', 'duckdb:x'),
    remove: () => step('remove', undefined),
  };
  return { calls, made };
}

it.each([
  [
    [],
    { receipt: RECEIPT, recordedIn: 'duckdb:x', recordPath: null, problems: 0 },
    'end weigh record remove',
  ],
  [
    ['weigh'],
    { receipt: null, recordedIn: 'duckdb:x', recordPath: null, problems: 1 },
    'end weigh record remove',
  ],
  [
    ['record'],
    { receipt: RECEIPT, recordedIn: null, recordPath: 'r-1.jsonl', problems: 1 },
    'end weigh record',
  ],
  [
    ['weigh', 'record'],
    { receipt: null, recordedIn: null, recordPath: 'r-1.jsonl', problems: 2 },
    'end weigh record',
  ],
  [
    ['remove'],
    { receipt: RECEIPT, recordedIn: 'duckdb:x', recordPath: null, problems: 1 },
    'end weigh record remove',
  ],
  [['end'], { receipt: null, recordedIn: null, recordPath: null, problems: 1 }, 'end'],
])('without %j the rest is done', async (failing, expected, called) => {
  const { calls, made } = parts(failing);
  const outcome = await meterRun(made, RUN, Promise.resolve(END));
  expect({ ...outcome, problems: outcome.problems.length }).toEqual(expected);
  expect(calls.join(' ')).toBe(called);
});

it('says why there is no record', async () => {
  const { made } = parts([], { path: null, problems: ['the disk is full'] });
  expect(await meterRun(made, RUN, Promise.resolve(END))).toEqual({
    receipt: null,
    recordedIn: null,
    recordPath: null,
    problems: ['the disk is full'],
  });
});
