import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findCheckpoints } from './find-checkpoints.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-checkpoints-'));
  const files = [
    'last.pt',
    'ckpt/step-1.pt',
    'ckpt/step-2.pt',
    'ckpt/deep/er/step-3.pt',
    'ckpt/.tmp.pt',
    'ckpt/log.txt',
  ];
  for (const [place, name] of files.entries()) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), name);
    utimesSync(join(folder, name), place + 1, place + 1);
  }
  utimesSync(join(folder, 'ckpt/deep'), 9, 9);
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  [['ckpt/*.pt'], [2, 3]],
  [['last.pt'], [1]],
  [
    ['./ckpt/step-?.pt', 'ckpt/*.pt'],
    [2, 3],
  ],
  [['ckpt/**/*.pt'], [2, 3, 4]],
  [['**/step-*.pt'], [2, 3, 4]],
  [['ckpt/de*'], [9]],
  [['ckpt/.*.pt'], [5]],
  [['nothing/*.pt', 'gone.pt'], []],
  [[], []],
])('%j was changed at %j', async (patterns, seconds) => {
  expect(await findCheckpoints(patterns, folder)).toEqual(seconds.map((second) => second * 1_000));
});

test('an absolute pattern stands for itself', async () => {
  expect(await findCheckpoints([join(folder, 'last.*')], '/')).toEqual([1_000]);
});
