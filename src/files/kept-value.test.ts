import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openKeptValue } from './kept-value.ts';

it('gives back what was written last, and nothing where nothing can be read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tare-kept-'));
  const path = join(folder, 'deeper', 'value.json');
  const kept = openKeptValue<{ n: number }>(path);
  expect(await kept.read()).toBeNull();
  await kept.write({ n: 1 });
  await kept.write({ n: 2 });
  expect(await openKeptValue(path).read()).toEqual({ n: 2 });
  expect(readdirSync(join(folder, 'deeper'))).toEqual(['value.json']);
  writeFileSync(path, '{"n":');
  expect(await kept.read()).toBeNull();
  rmSync(folder, { recursive: true });
});
