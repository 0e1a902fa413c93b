import { expect, it } from 'vitest';
import { flattenJson } from './flatten-json.ts';

it('names leaves by their path and keeps numbers as they are spelled', () => {
  const text =
    '{"lr": 0.10, "model": {"depth": 12, "name": "gpt"}, "seed": null, "layers": [1, 2], "text": "{not json"}';
  expect(Object.fromEntries(flattenJson(text))).toEqual({
    lr: '0.10',
    'model.depth': '12',
    'model.name': 'gpt',
    layers: '[1, 2]',
    text: '{not json',
  });
});

it('refuses what is no object', () => {
  expect(() => flattenJson('[1]')).toThrow(SyntaxError);
});
