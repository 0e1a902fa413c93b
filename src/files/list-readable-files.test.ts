import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { listReadableFiles } from './list-readable-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-list-'));
  await mkdir(join(folder, 'bills/2026'), { recursive: true });
  await mkdir(join(folder, 'empty'));
  for (const name of [
    'bills/b.csv',
    'bills/a.csv.gz',
    'bills/note.md',
    'bills/.hidden.csv',
    'bills/2026/c.PARQUET',
    'x*.csv',
  ])
    await writeFile(join(folder, name), 'x');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['a folder', ['bills'], ['bills/2026/c.PARQUET', 'bills/a.csv.gz', 'bills/b.csv']],
  ['a file of any name', ['bills/note.md'], ['bills/note.md']],
  ['a star', ['bills/*.csv'], ['bills/b.csv']],
  ['a star for a folder', ['bil*/20?6/*'], ['bills/2026/c.PARQUET']],
  ['a name that holds a star', ['x*.csv'], ['x*.csv']],
  ['the same file twice', ['bills/b.csv', 'bills/*.csv'], ['bills/b.csv']],
])('%s', async (_, paths, expected) => {
  const found = await listReadableFiles(
    paths.map((path) => join(folder, path)),
    ['csv', '.parquet'],
  );
  expect(found).toEqual(expected.map((path) => join(folder, path)));
});

it('says what it looked for', async () => {
  await expect(listReadableFiles([join(folder, 'empty')], ['csv'])).rejects.toMatchObject({
    code: 'no-match',
    message: expect.stringContaining('.csv'),
  });
  await expect(listReadableFiles([join(folder, '*.nothing')], ['csv'])).rejects.toMatchObject({
    code: 'no-match',
  });
  await expect(listReadableFiles([join(folder, 'gone')], ['csv'])).rejects.toMatchObject({
    code: 'no-such-file',
  });
});
