import { expect, test } from 'vitest';
import { type SampleTime, surveySamples } from './survey-samples.ts';

const at = (deviceId: string, ...times: number[]): SampleTime[] => times.map((atMs) => ({ deviceId, atMs }));

test.each([
  ['one step', at('a', 0, 57, 114), { intervalMs: 57, isOrdered: true }],
  ['gaps', at('a', 0, 60, 120, 240, 300, 600), { intervalMs: 60, isOrdered: true }],
  [
    'devices in turn',
    [...at('a', 0), ...at('b', 5), ...at('a', 60), ...at('b', 65)],
    { intervalMs: 60, isOrdered: true },
  ],
  [
    'devices one after the other',
    [...at('a', 0, 60), ...at('b', 0, 60)],
    { intervalMs: 60, isOrdered: true },
  ],
  ['rows out of order', at('a', 120, 0, 60), { intervalMs: 60, isOrdered: false }],
  ['a repeated moment', at('a', 0, 0, 60, 60), { intervalMs: 60, isOrdered: true }],
  ['a tie', at('a', 0, 60, 180), { intervalMs: 60, isOrdered: true }],
  ['jitter', at('a', 0, 60_003, 119_998, 180_001, 260_001, 320_002), { intervalMs: 60_000, isOrdered: true }],
  ['a device alone', [...at('a', 0), ...at('b', 60)], { intervalMs: null, isOrdered: true }],
  ['nothing', [], { intervalMs: null, isOrdered: true }],
])('%s', async (_, samples, expected) => {
  const survey = await surveySamples(async function* () {
    yield* samples;
  });
  expect(survey).toEqual(expected);
});
