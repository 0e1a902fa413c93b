import { describe, expect, it, test } from 'vitest';
import { idleQuery } from '../api/fetch-levers.ts';
import { makeIdle, makeLever, makeLevers } from '../dev/make-levers.ts';
import { readLeverState, writeLeverState } from '../lever/lever-state.ts';
import {
  leverCsv,
  leverSentence,
  viewLeverCards,
  viewLeverCauses,
  viewLeverCost,
} from '../lever/lever-views.ts';
import { CAUSE_LOOKS } from './causes.ts';
import { readSavingsState, writeSavingsState } from './savings-state.ts';
import {
  idleCsv,
  leversCsv,
  rangeText,
  viewCauses,
  viewIdleDays,
  viewIdleDevices,
  viewLevers,
  viewMissing,
  viewSavingsCards,
} from './savings-views.ts';

describe('the address', () => {
  test.each(['', '?from=2026-10', '?idle=device&look=table', '?from=7d&sort=place'])(
    'of savings: %s is read and written back',
    (search) => expect(writeSavingsState(readSavingsState(search))).toBe(search),
  );

  test.each(['', '?from=2026-10&to=2026-11&measure=causes', '?look=table'])(
    'of a lever: %s is read and written back',
    (search) => expect(writeLeverState(readLeverState(search))).toBe(search),
  );

  it('falls back to what means something', () => {
    expect(readSavingsState('?idle=banana&look=x&sort=y')).toEqual(readSavingsState(''));
  });

  it('asks for few devices, and for all days and causes', () => {
    expect(String(idleQuery(['device'], { from: '7d', to: null }))).toBe('from=7d&by=device&top=25');
    expect(String(idleQuery(['cause', 'day'], { from: null, to: null }))).toBe('by=cause%2Cday');
  });
});

describe('cards', () => {
  it('say what could be saved, of what, and what stood still while others waited', () => {
    const cards = viewSavingsCards(makeLevers());
    expect(cards.map(({ title, value }) => [title, value])).toEqual([
      ['Open savings, a month', '$3,000'],
      ['GPU cost, a month', '$10,000'],
      ['Levers', '3'],
      ['Idle while others queued', '$400'],
    ]);
    expect(cards[0]!.lines[0]!.text).toBe('$2,500.00–3,400.00, from resampled history');
    expect(cards[1]!.lines[0]!.text).toBe('the plan would save 30\u00a0% of it');
    expect(cards[2]!.lines[0]!.text).toBe('2 of them at low risk');
  });

  it('never take unknown for nothing', () => {
    const [, , , waited] = viewSavingsCards(makeLevers({ whileOthersWaited: null }));
    expect(waited).toMatchObject({ value: '–', lines: [{ isGap: true }] });
  });

  it('say so when nothing is worth a change', () => {
    const cards = viewSavingsCards(makeLevers({ rows: [] }));
    expect(cards.map(({ lines }) => lines[0]!.text)).toContain('nothing is worth a change');
  });
});

describe('levers', () => {
  test.each([
    ['inPlan', ['scale-to-zero/chat', 'reclaim/old', 'share/a, b']],
    ['alone', ['scale-to-zero/chat', 'share/a, b', 'reclaim/old']],
    ['cost', ['share/a, b', 'scale-to-zero/chat', 'reclaim/old']],
    ['place', ['reclaim/old', 'scale-to-zero/chat', 'share/a, b']],
  ] as const)('by %s', (sort, ids) => {
    expect(viewLevers(makeLevers(), sort).map(({ row }) => row.id)).toEqual(ids);
  });

  it('have a band from low to high, and the replay in it', () => {
    for (const { low, middle, high } of viewLevers(makeLevers())) {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(middle).toBeGreaterThanOrEqual(low);
      expect(high).toBeGreaterThanOrEqual(middle);
      expect(high).toBeLessThanOrEqual(1);
    }
    expect(rangeText({ low: '1.5', expected: '2', high: '3000.004' }, 'USD')).toBe('$1.50–3,000.00');
  });

  it('go into a file in the order of the plan, with every digit', () => {
    const [header, ...lines] = leversCsv(makeLevers()).trim().split('\r\n');
    expect(header!.split(',').slice(0, 3)).toEqual(['id', 'lever', 'target']);
    expect(lines.map((line) => line.split(',')[0])).toEqual([
      'reclaim/old',
      'scale-to-zero/chat',
      '"share/a',
    ]);
  });

  it('that could not be judged are grouped by what is missing', () => {
    const missing = ['a', 'b', null].map((target) => ({ lever: 'batch', target, reason: 'no samples' }));
    expect(viewMissing([...missing, { lever: 'share', target: 'c', reason: 'no memory' }])).toEqual([
      { lever: 'batch', reason: 'no samples', targets: ['a', 'b'] },
      { lever: 'share', reason: 'no memory', targets: ['c'] },
    ]);
  });
});

describe('idle time', () => {
  it('has what others waited for first, and leaves out what worked', () => {
    expect(viewCauses(makeIdle(['cause'])).map(({ cause, hours, share }) => [cause, hours, share])).toEqual([
      ['did-not-fit', '10.0', '25\u00a0%'],
      ['forgotten', '30.0', '75\u00a0%'],
    ]);
  });

  it('is stacked by day, with the hours of all days beside it', () => {
    const view = viewIdleDays(makeIdle(['cause', 'day']), makeIdle(['cause']));
    expect(view.points.map(({ label }) => label)).toEqual(['1 Oct', '2 Oct']);
    expect(view.series.map(({ key, heights, whole }) => [key, heights, whole])).toEqual([
      ['forgotten', [10, 20], '30.0'],
      ['did-not-fit', [10, 0], '10.0'],
    ]);
    expect(view.summary).toBe(
      '40.0 of 100 GPU-hours in 2 days did nothing; most of it, 30.0: held and forgotten.',
    );
  });

  it('by device draws none for the rest, and has it in the table', () => {
    const view = viewIdleDevices(makeIdle(['device']));
    expect(view.points.map(({ name }) => name)).toEqual(['gpu-a', '2 other devices']);
    expect(view.series[0]).toMatchObject({ heights: [30, null], texts: ['30.0', '0'], whole: '30.0' });
  });

  it('goes into a file with what was left out as one row', () => {
    const lines = idleCsv(makeIdle(['device']))
      .trim()
      .split('\r\n');
    expect(lines[1]!.startsWith('gpu-a,30,')).toBe(true);
    expect(lines[2]!.startsWith('2 others,0,10,')).toBe(true);
  });

  it('has colours and patterns that tell any two causes apart', () => {
    expect(new Set(CAUSE_LOOKS.map(({ color }) => color.light)).size).toBe(CAUSE_LOOKS.length);
    expect(new Set(CAUSE_LOOKS.map(({ color, pattern }) => `${color.dark}${pattern}`)).size).toBe(
      CAUSE_LOOKS.length,
    );
  });
});

describe('one lever', () => {
  it('begins with what to do and what it is worth', () => {
    expect(leverSentence(makeLever())).toBe('Stop old after 2 h: $600.00 a month ($500.00–700.00).');
    expect(viewLeverCards(makeLever()).map(({ value }) => value)).toEqual([
      '$600.00',
      '$600.00',
      '$900.00',
      'Low',
    ]);
  });

  it('cuts the cost of each day into what is saved and what is left', () => {
    const view = viewLeverCost(makeLever());
    expect(view.series.map(({ key, texts, whole }) => [key, texts, whole])).toEqual([
      ['left', ['$4.00', '$12.00'], '$16.00'],
      ['saved', ['$8.00', '$0.00'], '$8.00'],
    ]);
    const [left, saved] = view.series.map(({ heights }) => heights as readonly number[]);
    expect(left!.map((height, day) => height + saved![day]!)).toEqual([12, 12]);
  });

  it('has the hours that did nothing by cause', () => {
    expect(viewLeverCauses(makeLever()).series.map(({ key, heights }) => [key, heights])).toEqual([
      ['interactive', [0, 1]],
      ['forgotten', [3, 0]],
    ]);
    expect(viewLeverCauses(makeLever()).summary).toBe(
      'Of 6.0 GPU-hours: held and forgotten 3.0, between two cells 1.0.',
    );
  });

  it('goes into a file by day', () => {
    expect(leverCsv(makeLever()).split('\r\n').slice(0, 2)).toEqual([
      'day,gpuHours,cost,saved,idle: forgotten,idle: interactive,currency',
      '2026-10-01,3,12.00,8.00,3,0,USD',
    ]);
  });
});
