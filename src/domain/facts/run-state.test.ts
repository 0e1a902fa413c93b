import { describe, expect, it, test } from 'vitest';
import { RUN_STATES } from './facts.ts';
import { losesWork, readRunState } from './run-state.ts';

describe('readRunState', () => {
  test.each([
    ['COMPLETED', 'succeeded'],
    ['CANCELLED by 1000', 'cancelled'],
    ['CANCELLED+', 'cancelled'],
    ['NODE_FAIL', 'failed'],
    ['Node Fail', 'failed'],
    ['OUT_OF_MEMORY', 'failed'],
    ['OOMKilled', 'failed'],
    ['OUT_OF_ME+', 'failed'],
    ['TIMEOUT', 'timed_out'],
    ['DeadlineExceeded', 'timed_out'],
    ['PREEMPTED', 'preempted'],
    ['REQUEUED', 'preempted'],
    ['Evicted', 'preempted'],
    ['PD', 'waiting'],
    ['CONFIGURING', 'running'],
    ['RESIZING', 'running'],
    ['Running', 'running'],
    ['Succeeded', 'succeeded'],
    ['FINISHED', 'succeeded'],
    ['KILLED', 'cancelled'],
    ['SCHEDULED', 'waiting'],
    ['crashed', 'failed'],
    ['Failed: exit code 137', 'failed'],
    ['', 'unknown'],
    ['purple', 'unknown'],
    ['unfailing', 'unknown'],
  ] as const)('%s → %s', (text, expected) => {
    expect(readRunState(text)).toBe(expected);
  });

  it('reads what it writes', () => {
    expect(RUN_STATES.map(readRunState)).toEqual([...RUN_STATES]);
  });
});

it('loses the work of what ended before it was done', () => {
  expect(RUN_STATES.filter(losesWork)).toEqual(['failed', 'cancelled', 'preempted', 'timed_out']);
});
