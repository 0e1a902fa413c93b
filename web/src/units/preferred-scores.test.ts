import { expect, test } from 'vitest';
import { isLessBetter, preferredScores } from './preferred-scores.ts';

const score = (name: string, scored = 10, passing: number | null = null) => ({
  score: name,
  mean: 0.5,
  scored,
  passing,
});
const order = (...scores: ReturnType<typeof score>[]) =>
  preferredScores(scores as never).map(({ score: name }) => name);

test('a stated bar comes before everything', () => {
  expect(order(score('helpful', 99), score('toxicity', 5, 0.9))).toEqual(['toxicity', 'helpful']);
});

test('what is better when there is less of it stands for nothing else', () => {
  expect(order(score('hallucination', 99), score('relevance', 5), score('bias', 200))).toEqual([
    'relevance',
    'bias',
    'hallucination',
  ]);
});

test('among equals the one given most often, then by name', () => {
  expect(order(score('b'), score('a'), score('c', 11))).toEqual(['c', 'a', 'b']);
});

test.each([
  ['toxicity', true],
  ['answer_errors', true],
  ['wordErrorRate', true],
  ['judge/WER', true],
  ['helpfulness', false],
  ['losslessness', false],
  ['unbiased', false],
])('%s: less is better is %s', (name, expected) => expect(isLessBetter(score(name))).toBe(expected));
