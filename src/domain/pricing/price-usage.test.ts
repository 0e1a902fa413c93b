import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatPicos, parsePicos } from '../money/picos.ts';
import { priceUsage, type UsageRate } from './price-usage.ts';

const at = (price: string): UsageRate => ({ picos: parsePicos(price)!.picos, tiers: [] });
const cliff = (price: string, above: number, dearer: string): UsageRate => ({
  picos: parsePicos(price)!.picos,
  tiers: [{ above, picos: parsePicos(dearer)!.picos }],
});

const chat = { input_mtok: at('3'), output_mtok: at('15') };
const cached = { ...chat, cache_read_mtok: at('0.3'), cache_write_mtok: at('3.75') };
const hourly = { ...cached, cache_write_1h_mtok: at('6') };

function total(rates: Readonly<Record<string, UsageRate>>, usage: Readonly<Record<string, number>>): string {
  const cost = priceUsage(rates, usage);
  if (cost.kind === 'inconsistent') return cost.message;
  return formatPicos(cost.picos.input + cost.picos.output + cost.picos.other);
}

describe('priceUsage', () => {
  test.each([
    {
      what: 'input and output',
      rates: chat,
      usage: { input_tokens: 1000, output_tokens: 500 },
      expected: '0.0105',
    },
    { what: 'nothing used', rates: chat, usage: { input_tokens: 0, output_tokens: 0 }, expected: '0.00' },
    {
      what: 'cached tokens at their own price, the others at theirs',
      rates: cached,
      usage: { input_tokens: 1000, cache_read_tokens: 900, output_tokens: 0 },
      expected: '0.00057',
    },
    {
      what: 'cached tokens without a price of their own are part of the input',
      rates: chat,
      usage: { input_tokens: 1000, cache_read_tokens: 900 },
      expected: '0.003',
    },
    {
      what: 'writes for five minutes and for an hour at two rates',
      rates: hourly,
      usage: { input_tokens: 1000, cache_write_tokens: 600, cache_write_1h_tokens: 200 },
      expected: '0.0039',
    },
    {
      what: 'reasoning tokens are billed once',
      rates: { ...chat, output_reasoning_mtok: at('20') },
      usage: { input_tokens: 0, output_tokens: 100, output_reasoning_tokens: 40 },
      expected: '0.0017',
    },
    {
      what: 'at the threshold the base price holds',
      rates: { input_mtok: cliff('3', 200_000, '6') },
      usage: { input_tokens: 200_000 },
      expected: '0.60',
    },
    {
      what: 'one above it all tokens are dear',
      rates: { input_mtok: cliff('3', 200_000, '6') },
      usage: { input_tokens: 200_001 },
      expected: '1.200006',
    },
    {
      what: 'the cliff of the input moves the output too',
      rates: { input_mtok: at('1'), output_mtok: cliff('10', 200_000, '15') },
      usage: { input_tokens: 200_001, output_tokens: 1000 },
      expected: '0.215001',
    },
    {
      what: 'searches',
      rates: { ...chat, web_searches_kcount: at('10') },
      usage: { input_tokens: 0, web_searches: 3 },
      expected: '0.03',
    },
    {
      what: 'a price for each request',
      rates: { requests_kcount: at('5') },
      usage: { input_tokens: 9 },
      expected: '0.005',
    },
    {
      what: 'seconds of audio',
      rates: { audio_hours: at('0.36') },
      usage: { audio_seconds: 12.5 },
      expected: '0.00125',
    },
    {
      what: 'more cached tokens than tokens',
      rates: cached,
      usage: { input_tokens: 100, cache_read_tokens: 101 },
      expected: 'cache_read_tokens 101 do not fit into input_tokens 100',
    },
    {
      what: 'cached tokens without tokens',
      rates: cached,
      usage: { cache_read_tokens: 1 },
      expected: 'cache_read_tokens is reported and input_tokens, which contains it, is not',
    },
    {
      what: 'an overlap that has a price and no count',
      rates: { ...cached, input_audio_mtok: at('10'), cache_audio_read_mtok: at('1') },
      usage: { input_tokens: 100, cache_read_tokens: 10, input_audio_tokens: 10 },
      expected:
        'cache_read_tokens and input_audio_tokens are reported and cache_audio_read_tokens, what is both, is not',
    },
    {
      what: 'a negative count',
      rates: chat,
      usage: { input_tokens: -1 },
      expected: 'input_tokens is -1; expected a count',
    },
  ])('$what', ({ rates, usage, expected }) => expect(total(rates, usage)).toBe(expected));

  it('puts every token into exactly one price: with one rate for all, the parts do not matter', () => {
    const one = at('2');
    const rates = {
      input_mtok: one,
      cache_read_mtok: one,
      cache_write_mtok: one,
      output_mtok: one,
      output_reasoning_mtok: one,
    };
    fc.assert(
      fc.property(
        fc.tuple(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6), fc.nat(1e6), fc.nat(1e6)),
        ([fresh, read, written, said, thought]) => {
          const usage = {
            input_tokens: fresh + read + written,
            cache_read_tokens: read,
            cache_write_tokens: written,
            output_tokens: said + thought,
            output_reasoning_tokens: thought,
          };
          const tokens = BigInt(fresh + read + written + said + thought);
          expect(total(rates, usage)).toBe(formatPicos(tokens * 2_000_000n));
        },
      ),
    );
  });
});
