import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { makeLine, makeReceipt, makeRun } from '../dev/make-runs.ts';
import { exactText } from '../format/decimal.ts';
import { receiptSentence, viewBuckets, viewReceipt } from './receipt-view.ts';
import { timelineOption } from './timeline-option.ts';
import { viewTimeline } from './timeline-view.ts';

const centsOf = (text: string): number =>
  Math.round(Number(text.replace(/[$,]/g, '').replace('−', '-')) * 100);

describe('the receipt', () => {
  it('prints amounts that add up to the printed total', () => {
    const picos = fc.bigInt({ min: 0n, max: 10n ** 17n });
    fc.assert(
      fc.property(
        fc.array(picos, { minLength: 1, maxLength: 8 }),
        picos,
        fc.array(picos, { maxLength: 3 }),
        (lines, shared, charges) => {
          const total = [...lines, shared, ...charges].reduce((sum, value) => sum + value, 0n);
          const view = viewReceipt(
            makeReceipt({
              run: makeRun({ cost: exactText(total), shared: exactText(shared) }),
              lines: lines.map((amount) => makeLine({ amount: exactText(amount) })),
              charges: charges.map((amount) => ({
                description: 'disk',
                amount: exactText(amount),
                source: 'bill',
              })),
            }),
          );
          const printed = [...view.attempts.flatMap((attempt) => attempt.lines), ...view.beside];
          const sum = printed.reduce((cents, { amount }) => cents + centsOf(amount), 0);
          expect(sum).toBe(centsOf(view.total.amount));
        },
      ),
    );
  });

  it('shows quantity, price, share and where the price is from', () => {
    const line = makeLine({
      share: 0.75,
      deviceHours: 4,
      priceSource: 'price_book',
      priceReference: '2026-10-01, list',
    });
    expect(viewReceipt(makeReceipt({ lines: [line] })).attempts[0]!.lines[0]).toMatchObject({
      what: 'H100-SXM5-80GB, on demand',
      quantity: '4 GPU-h',
      unitPrice: '$4.0000',
      share: '0.75',
      source: 'price book, 2026-10-01, list',
      amount: '$12.00',
      exact: '12.00 USD',
    });
  });

  it('marks what has no price, and does not call it nothing', () => {
    const view = viewReceipt(
      makeReceipt({
        run: makeRun({ cost: null, shared: '0.00' }),
        lines: [makeLine({ amount: null, unitPrice: null })],
      }),
    );
    expect(view.attempts[0]!.lines[0]).toMatchObject({ amount: '? unpriced', unitPrice: '–', isGap: true });
    expect(view.total).toMatchObject({ amount: '? unknown', isGap: true });
  });

  it('puts each line under its attempt, and says how that ended', () => {
    const [attempt] = makeReceipt().attempts;
    const view = viewReceipt(
      makeReceipt({
        attempts: [
          { ...attempt!, state: 'timed_out', lost: '1.00 GPU-hours since the checkpoint of 10:00' },
          { ...attempt!, attempt: 2 },
        ],
        lines: [makeLine(), makeLine({ attempt: 2, amount: '0.00' })],
      }),
    );
    expect(
      view.attempts.map(({ number, state, isLost, lines }) => [number, state, isLost, lines.length]),
    ).toEqual([
      [1, 'timed out', true, 1],
      [2, 'succeeded', false, 1],
    ]);
    expect(view.attempts[0]!.lost).toContain('since the checkpoint');
  });

  test.each([
    [{}, 'job-1 cost $12.35 for 3.0 GPU-hours in 1 attempt; $1.00 of it was lost.'],
    [{ lostCost: '0.00' }, 'job-1 cost $12.35 for 3.0 GPU-hours in 1 attempt.'],
    [
      { lostCost: '0.00', state: 'failed' as const },
      'job-1 cost $12.35 for 3.0 GPU-hours in 1 attempt; it ended failed.',
    ],
    [
      { state: 'failed' as const },
      'job-1 cost $12.35 for 3.0 GPU-hours in 1 attempt; $1.00 of it was lost, and it ended failed.',
    ],
    [
      { state: 'running' as const, lostCost: '0.00' },
      'job-1 has cost $12.35 for 3.0 GPU-hours in 1 attempt.',
    ],
    [{ state: 'waiting' as const, startedAt: null }, 'job-1 waits, and has cost nothing yet.'],
    [{ cost: null }, 'What job-1 cost is not known.'],
    [{ cost: null, unpricedGpuHours: 3 }, 'No price is known for the 3.0 GPU-hours of job-1.'],
  ])('leads with a sentence: %o', (part, sentence) => {
    expect(receiptSentence(makeReceipt({ run: makeRun(part) }))).toBe(sentence);
  });
});

describe('buckets of a run', () => {
  it('add up to its GPU cost as printed', () => {
    const rows = viewBuckets(makeReceipt())!;
    expect(rows.map(({ bucket }) => bucket)).toEqual([
      'productive',
      'underused',
      'idle',
      'lost',
      'unobserved',
    ]);
    expect(rows.reduce((cents, { cost }) => cents + centsOf(cost), 0)).toBe(1_200);
  });

  it('are hours alone without a price, and nothing without hours', () => {
    const unpriced = makeRun({ productiveCost: null, idleCost: null, gpuCost: null });
    expect(viewBuckets(makeReceipt({ run: unpriced }))![0]).toMatchObject({
      cost: 'unpriced',
      share: '58.3\u00a0%',
    });
    expect(viewBuckets(makeReceipt({ run: makeRun({ gpuHoursByBucket: null }) }))).toBeNull();
  });
});

describe('the timeline', () => {
  const entry = makeReceipt().timeline[0]!;
  const at = (hour: number, attempt: number) => ({ ...entry, hour: `2026-10-14T${hour}:00:00Z`, attempt });

  it('has every hour between the first and the last, and gaps where no attempt went on', () => {
    const { hours } = viewTimeline(makeReceipt({ timeline: [at(10, 1), at(13, 2)] }));
    expect(hours.map(({ name, cost }) => [name, cost])).toEqual([
      ['14 Oct 2026 10:00', 4],
      ['14 Oct 2026 11:00', null],
      ['14 Oct 2026 12:00', null],
      ['14 Oct 2026 13:00', 4],
    ]);
  });

  it('adds up attempts that share an hour, and knows which attempt had which hours', () => {
    const [attempt] = makeReceipt().attempts;
    const { hours, spans } = viewTimeline(
      makeReceipt({
        timeline: [at(10, 1), at(11, 1), at(11, 2)],
        attempts: [
          { ...attempt!, state: 'failed', lost: 'all' },
          { ...attempt!, attempt: 2 },
        ],
      }),
    );
    expect(hours[1]!.texts).toMatchObject({ attempts: '1, 2', gpuHours: '2.0', cost: '$8.00' });
    expect(spans).toEqual([
      { attempt: 1, first: 0, last: 1, label: '1 failed', isLost: true },
      { attempt: 2, first: 1, last: 1, label: '2 succeeded', isLost: false },
    ]);
  });

  it('leaves unknown what is unknown', () => {
    const unknown = { ...at(10, 1), cost: null, activity: null, powerWatts: null };
    const view = viewTimeline(makeReceipt({ timeline: [unknown] }));
    expect(view.hours[0]).toMatchObject({ cost: null, activity: null, kilowatts: null });
    expect(view.hours[0]!.texts).toMatchObject({ cost: '–', activity: '–', power: '–' });
    expect(view.summary).toContain('Nothing says what its devices did');
  });

  it('is drawn as one point for each hour in each lane', () => {
    const view = viewTimeline(makeReceipt());
    const { series } = timelineOption(view, 'USD', 'light', 900) as {
      series: { name: string; data: unknown[] }[];
    };
    expect(series.map(({ name, data }) => [name, data.length])).toEqual([
      ['Attempts', 3],
      ['Activity, %', 3],
      ['Power, kW', 3],
      ['Cost, USD', 3],
    ]);
  });
});
