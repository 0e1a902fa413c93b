import { expect, it } from 'vitest';
import { createMemory } from './memory.ts';

it('asks once for each question, until it is told to forget', async () => {
  const memory = createMemory();
  let asked = 0;
  const ask = async () => ++asked;
  expect(await Promise.all([memory.of({ a: 1 }, ask), memory.of({ a: 1 }, ask)])).toEqual([1, 1]);
  expect(await memory.of({ a: 2 }, ask)).toBe(2);
  memory.forget();
  expect(await memory.of({ a: 1 }, ask)).toBe(3);
});

it('keeps no failure', async () => {
  const memory = createMemory();
  await expect(memory.of('x', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await memory.of('x', async () => 'there')).toBe('there');
});

it('does not grow without end', async () => {
  const memory = createMemory();
  let asked = 0;
  for (let question = 0; question < 200; question++) await memory.of(question, async () => ++asked);
  expect(await memory.of(0, async () => ++asked)).toBe(201);
});
