import { describe, expect, it, test } from 'vitest';
import { formatPicos } from '../../domain/money/picos.ts';
import { readAgreedModelPrices } from '../../price-books/models/agreed-model-price.ts';
import { createModelPriceBook } from '../../price-books/models/create-model-price-book.ts';
import { apiCost, COMPARED_EMBEDDERS, COMPARED_TEXT_MODELS, modelsToCompare } from './api-prices.ts';

const book = createModelPriceBook();
const AT_MS = Date.parse('2026-10-14T12:00:00Z');
const asked = {
  requests: 1_000,
  inputTokens: 2_000_000,
  cachedInputTokens: 500_000,
  outputTokens: 300_000,
};
const costOf = (name: string, more: Partial<typeof asked> = {}, isStated = true, from = book) => {
  const cost = apiCost(from, { name, isStated }, { ...asked, ...more }, AT_MS, 'USD');
  return cost && formatPicos(cost.picos);
};

describe('what an API asks for the same requests', () => {
  test.each([
    // 1.5M × 2 + 0.5M × 0.5 + 0.3M × 8.
    { what: 'cached input has its own price', name: 'openai/gpt-4.1', more: {}, expected: '5.65' },
    {
      what: 'a provider whose models have slashes',
      name: 'together/meta-llama/Llama-3.3-70B-Instruct-Turbo',
      more: { cachedInputTokens: 0 },
      expected: '2.024',
    },
    {
      what: 'an embedder without output',
      name: 'openai/text-embedding-3-small',
      more: { outputTokens: 0, cachedInputTokens: 0 },
      expected: '0.04',
    },
    // 150,000 tokens on average stay below the threshold at 200,000, though all of them together do not.
    {
      what: 'a threshold goes by the mean request',
      name: 'anthropic/claude-sonnet-4-5',
      more: { inputTokens: 150_000_000, cachedInputTokens: 0 },
      expected: '454.50',
    },
    {
      what: 'and doubles the price above it',
      name: 'anthropic/claude-sonnet-4-5',
      more: { inputTokens: 300_000_000, cachedInputTokens: 0 },
      expected: '1806.75',
    },
  ])('$what', ({ name, more, expected }) => {
    expect(costOf(name, more)).toBe(expected);
  });

  it('is the agreed price where there is one', () => {
    const { prices } = readAgreedModelPrices(
      [{ provider: 'openai', model: 'gpt-4.1', inputMtok: '1', cacheReadMtok: '0', outputMtok: '2' }],
      'tare.yaml',
    );
    // 1.5M × 1 + 0.3M × 2.
    expect(costOf('openai/gpt-4.1', {}, true, createModelPriceBook(prices))).toBe('2.10');
  });

  it('refuses a stated model without a price, and leaves out one of the list', () => {
    expect(() => costOf('openai/gpt-99')).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('cannot compare with "openai/gpt-99"'),
        remedy: expect.stringContaining('PROVIDER/MODEL'),
      }),
    );
    expect(costOf('openai/gpt-99', {}, false)).toBeNull();
  });
});

describe('the default list', () => {
  test.each([...COMPARED_TEXT_MODELS, ...COMPARED_EMBEDDERS])('%s has a published price', (name) => {
    expect(costOf(name, { cachedInputTokens: 0 })).not.toBeNull();
  });

  it('is for models that write, or for embedders; what is stated stays, once', () => {
    const names = (isEmbedder: boolean) =>
      modelsToCompare(['mistral/mistral-small-latest', 'default'], isEmbedder).map(({ name }) => name);
    expect(names(true)).toEqual(['mistral/mistral-small-latest', ...COMPARED_EMBEDDERS]);
    expect(new Set(names(false))).toEqual(new Set(COMPARED_TEXT_MODELS));
    expect(modelsToCompare([], false)).toEqual([]);
  });
});
