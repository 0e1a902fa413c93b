import { expect, it } from 'vitest';
import { createTurns } from './turns.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('runs one after the other, in the order of asking', async () => {
  const turns = createTurns<'a' | 'b'>();
  const events: string[] = [];
  const work = (name: string, ms: number) => async () => {
    events.push(`${name} begins`);
    await pause(ms);
    events.push(`${name} ends`);
  };
  await Promise.all([turns.take('a', work('slow', 20)), turns.take('b', work('quick', 0))]);
  expect(events).toEqual(['slow begins', 'slow ends', 'quick begins', 'quick ends']);
});

it('goes on after a failure, which only its own caller sees', async () => {
  const turns = createTurns<'a'>();
  const failing = turns.take('a', () => Promise.reject(new Error('no')));
  const fine = turns.take('a', async () => 7);
  await expect(failing).rejects.toThrow('no');
  expect(await fine).toBe(7);
});

it('knows what runs', async () => {
  const turns = createTurns<'a'>();
  expect(turns.running()).toBeUndefined();
  const running = turns.take('a', () => pause(5));
  expect(turns.running()).toBe('a');
  await running;
  expect(turns.running()).toBeUndefined();
});
