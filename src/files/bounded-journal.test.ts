import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBoundedJournal } from './bounded-journal.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-journal-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('keeps what is added, in order, also for who opens it later', async () => {
  const path = join(folder, 'below', 'a.jsonl');
  const journal = openBoundedJournal<{ n: number }>(path);
  for (let n = 0; n < 100; n++) journal.add({ n });
  await journal.close();
  const read = await openBoundedJournal<{ n: number }>(path).read();
  expect(read.map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

it('does not grow beyond two files of its size', async () => {
  const path = join(folder, 'b.jsonl');
  const journal = openBoundedJournal<{ n: number }>(path, { bytes: 1_000, waiting: 100 });
  for (let n = 0; n < 1_000; n++) {
    journal.add({ n });
    await journal.close();
  }
  const kept = await journal.read();
  expect(kept.at(-1)).toEqual({ n: 999 });
  expect(kept.length).toBeGreaterThan(80);
  expect(statSync(path).size + statSync(`${path}.1`).size).toBeLessThan(2_100);
  expect(journal.dropped()).toBe(0);
});

it('drops and counts what the disk does not take, and never throws', async () => {
  writeFileSync(join(folder, 'c'), 'a file where a folder should be');
  const path = join(folder, 'c', 'c.jsonl');
  const journal = openBoundedJournal<{ n: number }>(path, { bytes: 1_000, waiting: 10 });
  for (let n = 0; n < 25; n++) journal.add({ n });
  await journal.close();
  expect(journal.dropped()).toBe(25);
});

it('leaves out what a killed process wrote half of', async () => {
  const path = join(folder, 'd.jsonl');
  writeFileSync(path, '{"n":1}\n{"n":\n{"n":3}\n');
  expect(await openBoundedJournal<{ n: number }>(path).read()).toEqual([{ n: 1 }, { n: 3 }]);
});
