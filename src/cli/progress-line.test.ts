import { describe, expect, it } from 'vitest';
import { createProgressLine, describeProgress } from './progress-line.ts';

function recorder(isTerminal: boolean, isQuiet = false) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const line = createProgressLine({
    write: (text) => void written.push(text),
    isTerminal,
    isQuiet,
    width: 40,
    nowMs: () => clock.ms,
  });
  const at = (ms: number, done: number) => {
    clock.ms = ms;
    line.progress({ task: 'reading a.csv', done, total: 1000, unit: 'rows' });
  };
  return { written, at, end: line.end };
}

describe('createProgressLine', () => {
  it('says nothing about what takes less than half a second', () => {
    const { written, at, end } = recorder(true);
    at(100, 500);
    at(499, 1000);
    end();
    expect(written).toEqual([]);
  });

  it('draws one line over itself on a terminal, and clears it', () => {
    const { written, at, end } = recorder(true);
    at(0, 0);
    at(600, 500);
    at(650, 510);
    at(750, 600);
    end();
    expect(written).toHaveLength(3);
    expect(written.every((text) => text.startsWith('\r\u001b[2K') && !text.includes('\n'))).toBe(true);
    expect(written.every((text) => text.length <= 40 + '\r\u001b[2K'.length)).toBe(true);
  });

  it('prints a plain line every tenth into a pipe, and never moves the cursor', () => {
    const { written, at, end } = recorder(false);
    for (let done = 0; done <= 1000; done += 10) at(done * 10, done);
    end();
    expect(written.length).toBeGreaterThanOrEqual(9);
    expect(written.length).toBeLessThanOrEqual(10);
    expect(written.join('')).not.toContain('\u001b');
    expect(written[0]).toMatch(/^reading a\.csv {2}10 % {2}100 rows {2}100 rows\/s {2}9 s left\n$/);
  });

  it('prints a plain line every ten seconds when it is slow', () => {
    const { written, at } = recorder(false);
    for (let second = 0; second <= 60; second++) at(second * 1000, second);
    expect(written).toHaveLength(6);
  });

  it('is silent when asked to be', () => {
    const { written, at } = recorder(true, true);
    at(5_000, 500);
    expect(written).toEqual([]);
  });
});

describe('describeProgress', () => {
  it.each([
    [
      { task: 'reading', done: 500, total: null, unit: 'rows' as const },
      1000,
      'reading  500 rows  500 rows/s',
    ],
    [
      { task: 'reading', done: 3e6, total: 6e6, unit: 'bytes' as const },
      2000,
      'reading  50 %  3.0 MB  1.5 MB/s  2 s left',
    ],
    [
      { task: 'building', done: 5, total: 720, unit: 'hours' as const },
      5000,
      'building  0 %  5 hours  1 hours/s  12 min left',
    ],
    [
      { task: 'asking', done: 1, total: 4, unit: 'chunks' as const },
      1000,
      'asking  25 %  1 chunks  3 s left',
    ],
  ])('%o', (event, elapsedMs, expected) => {
    expect(describeProgress(event, elapsedMs)).toBe(expected);
  });
});
