import { expect, test } from 'vitest';
import { inclusiveTokens, type TokenConvention } from './token-convention.ts';

const counts = (
  input: number | null,
  cachedInput: number | null,
  cacheWrittenInput: number | null = null,
) => ({
  input,
  cachedInput,
  cacheWrittenInput,
  output: 10,
  reasoning: null,
});

test.each<[string, ReturnType<typeof counts>, TokenConvention | null, number | string | null]>([
  ['nothing cached needs no convention', counts(100, 0), null, 100],
  ['nothing reported stays unknown', counts(null, null), null, null],
  ['included', counts(100, 60, 20), 'includes-cached', 100],
  ['beside: the same call as reported by another', counts(20, 60, 20), 'excludes-cached', 100],
  ['cached, and nobody says', counts(100, 60), null, 'token-convention-unknown'],
  ['more cached than the input that includes it', counts(50, 60), 'includes-cached', 'tokens-inconsistent'],
  ['cached and no input', counts(null, 60), 'includes-cached', 'tokens-inconsistent'],
])('%s', (_, reported, convention, expected) => {
  const read = inclusiveTokens(reported, convention);
  expect('tokens' in read ? read.tokens.input : read.problem.code).toBe(expected);
});

test('more reasoning than output that includes it', () => {
  const read = inclusiveTokens({ ...counts(1, null), reasoning: 11 }, null);
  expect(read).toMatchObject({ problem: { code: 'tokens-inconsistent' } });
});
