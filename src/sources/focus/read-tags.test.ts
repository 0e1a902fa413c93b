import { expect, test } from 'vitest';
import { parseTags } from './read-tags.ts';

test.each([
  { name: 'a JSON object', text: '{"team": "nlp", "env": "prod"}', expected: { team: 'nlp', env: 'prod' } },
  { name: 'blanks around keys', text: '{" org": "trey"}', expected: { org: 'trey' } },
  {
    name: 'tags without a value',
    text: '{"gpu": true, "spot": null}',
    expected: { gpu: 'true', spot: 'true' },
  },
  { name: 'tags that nobody filled in', text: '{"team": "", "env": "dev"}', expected: { env: 'dev' } },
  { name: 'numbers and false', text: '{"cost": 12, "live": false}', expected: { cost: '12', live: 'false' } },
  { name: 'nested values', text: '{"a": {"b": 1}}', expected: { a: '{"b":1}' } },
  {
    name: 'Azure without braces',
    text: '"env": "prod","org": "trey"',
    expected: { env: 'prod', org: 'trey' },
  },
  {
    name: "Google's pairs",
    text: '[{"Key":"team","Value":"nlp"},{"key":"env","value":"prod","x_Inherited":true},{"Key":"net"}]',
    expected: { team: 'nlp', env: 'prod', net: 'true' },
  },
  { name: 'lists of two', text: '[["team","nlp"]]', expected: { team: 'nlp' } },
  { name: 'a printed map', text: '{team=nlp, url=a=b}', expected: { team: 'nlp', url: 'a=b' } },
  { name: 'nothing', text: '{}', expected: {} },
  { name: 'no pairs', text: '[]', expected: {} },
])('reads $name', ({ text, expected }) => {
  expect(parseTags(text)).toEqual(expected);
});

test.each(['team:nlp', '"nlp"', '[1, 2]', '{"team": ', '12'])('does not read %o', (text) => {
  expect(parseTags(text)).toBeUndefined();
});
