import { describe, expect, it } from 'vitest';
import { makeEndpointReceipt, makeFigures, makeScore, UNPRICED_FIGURES } from '../dev/make-units.ts';
import { receiptSentence, viewBuckets, viewFacts, viewReceipt } from './receipt-view.ts';

describe('the lines', () => {
  it('add up with a pencil to the total', () => {
    const { lines, total } = viewReceipt(makeEndpointReceipt());
    expect(lines.map(({ what, quantity, unitPrice, amount }) => [what, quantity, unitPrice, amount])).toEqual(
      [
        ['H100-SXM5-80GB, on demand', '500 GPU-h', '$4.0000', '$2,000.00'],
        ['Direct charges', '', '', '$0.00'],
        ['Shared costs', '', '', '$500.00'],
      ],
    );
    expect(total).toMatchObject({ amount: '$2,500.00', exact: '2500.004 USD', quantity: '500 GPU-h' });
  });

  it('go on to the cost of a unit', () => {
    const { steps } = viewReceipt(makeEndpointReceipt());
    expect(steps.map(({ what, how, amount }) => [what, how, amount])).toEqual([
      ['1,000 requests', '÷ 1,000,000 requests × 1,000', '$2.5000'],
      ['1M input tokens', '1.0\u00a0% of it ÷ 400,000,000 tokens × 1,000,000, by measured time', '$0.0625'],
      ['1M output tokens', '99.0\u00a0% of it ÷ 100,000,000 tokens × 1,000,000, by measured time', '$24.75'],
      ['1,000 good requests', '÷ 999,000 good requests × 1,000', '$2.5025'],
    ]);
  });

  it('have gaps for what has no price, and no sum of it', () => {
    const devices = makeEndpointReceipt().devices.map((line) => ({
      ...line,
      perGpuHour: null,
      amount: null,
    }));
    const { lines, total, steps } = viewReceipt(
      makeEndpointReceipt({ devices, figures: makeFigures(UNPRICED_FIGURES) }),
    );
    expect(lines[0]).toMatchObject({ amount: '? unpriced', unitPrice: '–', isGap: true });
    expect(total).toMatchObject({ amount: '? unpriced', isGap: true });
    expect(steps).toEqual([]);
  });

  it('are calls where it is an API', () => {
    const { lines } = viewReceipt(
      makeEndpointReceipt({ serving: 'api', devices: [], figures: makeFigures({ gpuHours: null }) }),
    );
    expect(lines).toMatchObject([{ quantity: '1,000,000 calls', amount: '$2,500.00' }]);
  });
});

it.each([
  [{}, '1,000 requests of chat cost $2.5000: $2,500.00 for 1,000,000.'],
  [{ requests: 0, costPer1kRequests: null }, 'chat cost $2,500.00, and nobody was seen asking.'],
  [UNPRICED_FIGURES, 'Nobody knows what 1,000,000 requests of chat cost.'],
])('%j reads %s', (figures, sentence) => {
  expect(receiptSentence(makeEndpointReceipt({ figures: makeFigures(figures) }))).toBe(sentence);
});

it('has buckets that add up, and none of an API', () => {
  const rows = viewBuckets(makeEndpointReceipt())!;
  expect(rows.map(({ bucket, cost, share }) => [bucket, cost, share])).toEqual([
    ['productive', '$600.00', '30.0\u00a0%'],
    ['underused', '$400.00', '20.0\u00a0%'],
    ['idle', '$1,000.00', '50.0\u00a0%'],
    ['lost', '$0.00', '0.0\u00a0%'],
    ['unobserved', '$0.00', '0.0\u00a0%'],
  ]);
  expect(viewBuckets(makeEndpointReceipt({ gpuHoursByBucket: null, costByBucket: null }))).toBeNull();
});

it('leaves out what is not known', () => {
  const figures = makeFigures({ quality: [makeScore('helpfulness', 0.9)], errors: 0, batchSize: null });
  const names = viewFacts(makeEndpointReceipt({ figures, size: null })).map(([name]) => name);
  expect(names).toContain('helpfulness');
  expect(names).not.toContain('Failed');
  expect(names).not.toContain('Batch');
  expect(names).not.toContain('Replicas');
  const facts = new Map(viewFacts(makeEndpointReceipt()));
  expect(facts.get('for certain between')).toBe('2,000\u00a0ms and 2,500\u00a0ms');
});
