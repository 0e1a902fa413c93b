import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { formatPicos, parsePicos } from '../../domain/money/picos.ts';
import type { CallPrice, PricedCall } from '../../domain/pricing/call-price.ts';
import { readAgreedModelPrices } from './agreed-model-price.ts';
import { createModelPriceBook } from './create-model-price-book.ts';
import { GENAI_PRICES_VERSION } from './genai-prices-version.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const USAGES = resolve(ROOT, '../shared/data/llm-prices/genai-prices.usages.dev.json');

const book = createModelPriceBook();
const call = (about: Partial<PricedCall>): PricedCall => ({
  provider: 'openai',
  model: 'gpt-4o',
  atMs: Date.parse('2026-10-14T12:00:00Z'),
  tier: null,
  usage: { input_tokens: 1000, output_tokens: 500 },
  ...about,
});
const shown = (price: CallPrice) => (price.kind === 'priced' ? formatPicos(price.totalPicos) : price.code);

it('names the version that is installed', () => {
  const installed = JSON.parse(
    readFileSync(resolve(ROOT, 'node_modules/@pydantic/genai-prices/package.json'), 'utf8'),
  ) as { version: string };
  expect(GENAI_PRICES_VERSION).toBe(installed.version);
});

describe('published prices', () => {
  test.each([
    { what: 'a plain call', about: {}, expected: '0.0075' },
    {
      what: 'cached input',
      about: { usage: { input_tokens: 1000, cache_read_tokens: 800, output_tokens: 0 } },
      expected: '0.0015',
    },
    {
      what: 'provider in front of the model',
      about: { provider: null, model: 'openai/gpt-4o' },
      expected: '0.0075',
    },
    { what: 'the same provider in both places', about: { model: 'openai/gpt-4o' }, expected: '0.0075' },
    { what: 'provider as OpenTelemetry has it', about: { provider: 'azure.ai.openai' }, expected: '0.0075' },
    { what: 'provider as the AI SDK has it', about: { provider: 'openai.chat' }, expected: '0.0075' },
    { what: 'batch at half', about: { tier: 'batch' }, expected: '0.00375' },
    { what: 'flex at half', about: { tier: 'flex' }, expected: '0.00375' },
    { what: 'the default tier by name', about: { tier: 'default' }, expected: '0.0075' },
    { what: 'a tier that nobody states', about: { tier: 'priority' }, expected: 'unknown-tier' },
    { what: 'a model that nobody knows', about: { model: 'gpt-nonsense' }, expected: 'unknown-model' },
    { what: 'a provider that nobody knows', about: { provider: 'acme' }, expected: 'unknown-model' },
    { what: 'no usage at all', about: { usage: {} }, expected: 'usage-unknown' },
    {
      what: 'more cached than used',
      about: { usage: { input_tokens: 1, cache_read_tokens: 2 } },
      expected: 'usage-inconsistent',
    },
  ])('$what', ({ about, expected }) => expect(shown(book.price(call(about), 'USD'))).toBe(expected));

  test.each([
    ['2026-06-15T23:59:59Z', '0.0014', 'mistral/mistral-medium-latest'],
    ['2026-06-16T00:00:00Z', '0.00525', 'mistral/mistral-medium-latest 2026-06-16'],
  ])('a call of %s has the price of its own time', (at, expected, name) => {
    const price = book.price(
      call({ provider: 'mistral', model: 'mistral-medium-latest', atMs: Date.parse(at) }),
      'USD',
    );
    expect(shown(price)).toBe(expected);
    expect(price).toMatchObject({ reference: `${name} (genai-prices ${GENAI_PRICES_VERSION})` });
  });

  test('prices that change by the hour of the day', () => {
    const at = (hour: string) =>
      book.price(
        call({ provider: 'deepseek', model: 'deepseek-chat', atMs: Date.parse(`2025-06-01T${hour}Z`) }),
        'USD',
      );
    expect(shown(at('12:00:00'))).not.toBe(shown(at('17:00:00')));
    expect(shown(at('00:29:59'))).toBe(shown(at('17:00:00')));
  });

  test('a batch at half says that this is assumed', () => {
    expect(book.price(call({ tier: 'batch' }), 'USD')).toMatchObject({
      assumptions: ['batch calls are taken at half of the standard price'],
    });
  });

  test('another currency needs a stated rate', () => {
    expect(shown(book.price(call({}), 'EUR'))).toBe('currency-unknown');
    expect(shown(createModelPriceBook([], { USD: '0.90' }).price(call({}), 'EUR'))).toBe('0.00675');
  });
});

describe('agreed prices', () => {
  const { prices, rejects } = readAgreedModelPrices(
    [
      { model: 'gpt-4o', provider: 'openai', tier: 'priority', inputMtok: '4.25', outputMtok: '17' },
      {
        model: 'gpt-4o',
        provider: 'openai',
        inputMtok: '2',
        outputMtok: '8',
        from: '2026-10-01',
        to: '2026-11-01',
      },
      { model: 'claude-*', provider: 'anthropic', discount: '0.15' },
      { model: 'house-?', inputMtok: '1', outputMtok: '1', currency: 'EUR' },
    ],
    'tare.yaml:prices.models',
  );
  const agreed = createModelPriceBook(prices, { EUR: '1.10' });

  test.each([
    { what: 'within its days', about: {}, expected: '0.006' },
    {
      what: 'after them the published price',
      about: { atMs: Date.parse('2026-11-01T00:00:00Z') },
      expected: '0.0075',
    },
    { what: 'a tier with a price of its own', about: { tier: 'priority' }, expected: '0.01275' },
    { what: 'batch at half of what was agreed', about: { tier: 'batch' }, expected: '0.003' },
    {
      what: 'a discount off the published price',
      about: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
      expected: '0.008925',
    },
    { what: 'in another currency', about: { provider: null, model: 'house-1' }, expected: '0.00165' },
    {
      what: 'cached tokens whose price was not agreed',
      about: { usage: { input_tokens: 10, cache_read_tokens: 5, output_tokens: 1 } },
      expected: 'missing-price',
    },
  ])('$what', ({ about, expected }) => {
    expect(rejects).toEqual([]);
    expect(shown(agreed.price(call(about), 'USD'))).toBe(expected);
  });

  test.each([
    [{ model: 'x' }, 'x: state either prices (inputMtok, outputMtok …) or a discount'],
    [
      { model: 'x', inputMtok: '1', discount: '0.1' },
      'x: state either prices (inputMtok, outputMtok …) or a discount',
    ],
    [{ model: 'x', discount: '15' }, 'x: a discount of 15 is more than everything; 0.15 is 15 %'],
    [
      { model: 'x', discount: '0.1', from: 'soon' },
      'x: from soon to undefined is no period; expected days such as 2026-10-01',
    ],
  ])('refuses %j', (row, message) => {
    expect(readAgreedModelPrices([row], 'tare.yaml:prices.models').rejects).toEqual([
      { where: 'tare.yaml:prices.models[0]', code: 'bad-model-price', message },
    ]);
  });
});

type Recorded = Readonly<{
  body: { model?: string };
  model?: string;
  extracted: readonly Readonly<{
    usage: Record<string, number>;
    extractors: readonly Readonly<{
      provider_id: string;
      input_price?: string;
      output_price?: string;
      total_price?: string;
    }>[];
  }>[];
}>;

/** Of these calls the newer data knows that above 200,000 tokens the model costs twice as much at this provider. */
const REPRICED_SINCE = [
  'google claude-sonnet-4-5-20250929 401468',
  'google claude-sonnet-4-5-20250929 494549',
];

describe.skipIf(!existsSync(USAGES))(
  '1,000 recorded usages (skipped without ../shared/data/llm-prices)',
  () => {
    it('costs what another program computed, for every provider that is priced there', () => {
      const recorded = JSON.parse(readFileSync(USAGES, 'utf8')) as Recorded[];
      const differing = new Set<string>();
      let [compared, inputPicos, outputPicos] = [0, 0n, 0n];
      for (const { body, model = body.model ?? '', extracted } of recorded) {
        for (const { usage, extractors } of extracted) {
          for (const { provider_id: provider, input_price, output_price, total_price } of extractors) {
            if (input_price === undefined && output_price === undefined) continue;
            compared += 1;
            const answer = [input_price, output_price].map((text) => parsePicos(text ?? '0')!.picos);
            const price = book.price(
              call({ provider, model, atMs: Date.parse('2026-06-15T12:00:00Z'), usage }),
              'USD',
            );
            inputPicos += answer[0]!;
            outputPicos += answer[1]!;
            const isSame =
              price.kind === 'priced' &&
              price.inputPicos === answer[0] &&
              price.outputPicos === answer[1] &&
              (total_price === undefined || price.totalPicos === parsePicos(total_price)!.picos);
            if (!isSame) differing.add(`${provider} ${model} ${usage['input_tokens']}`);
          }
        }
      }
      expect({
        compared,
        inputPicos: formatPicos(inputPicos),
        outputPicos: formatPicos(outputPicos),
      }).toEqual({
        compared: 1888,
        inputPicos: '25.844294377',
        outputPicos: '2.66767804',
      });
      expect([...differing].toSorted()).toEqual(REPRICED_SINCE);
    });
  },
);
