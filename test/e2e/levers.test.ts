import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { LeversReport } from '../../src/app/results/levers.ts';
import { type Composition, composeTare } from '../../src/compose.ts';
import { hashToken, loadConfig } from '../../src/config/load-config.ts';
import { DAY_MS, formatInstant } from '../../src/domain/time/window.ts';
import { createApi } from '../../src/http/api.ts';
import { connectTare } from '../../src/http/client.ts';
import { type Listening, listen } from '../../src/http/server.ts';
import { createHardwareCatalog } from '../../src/price-books/bundled/create-hardware-catalog.ts';
import { generateFleet } from '../../src/sources/demo/generate-fleet.ts';
import { PLANTED_LEAKS } from '../../src/sources/demo/planted-leaks.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { runTare } from '../support/start-tare.ts';

/** In the past of whoever runs the test: the command builds no hour that is still to come. */
const UNTIL = Date.UTC(2026, 9, 30, 15);
const WINDOW = { fromMs: UNTIL - 14 * DAY_MS, toMs: UNTIL };
const SPAN = ['--from', formatInstant(WINDOW.fromMs), '--to', formatInstant(WINDOW.toMs)];
const IGNORE = () => {};

let folder: string;
let printed: LeversReport;
let strict: LeversReport;
let markdown: string;
let here: Composition;
let listening: Listening;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tare-levers-'));
  writeFileSync(join(folder, 'tare.yaml'), 'store: duckdb:tare.duckdb\nprices:\n  contracts: contract.csv\n');
  writeFileSync(join(folder, 'contract.csv'), contract());
  const store = await openDuckDbStore(`duckdb:${join(folder, 'tare.duckdb')}`);
  const catalog = createHardwareCatalog();
  const { datasets } = generateFleet({ seed: 42, untilMs: UNTIL, days: 14, currency: 'USD', catalog });
  for (const { name, kind, batches } of datasets.filter((dataset) => !dataset.kind.endsWith('bill')))
    await store.importDataset({ name, kind, importedAtMs: UNTIL }, toAsync(batches));
  await store.close();

  // One process at a time has the file: first the command, then the server.
  printed = JSON.parse(await command('--format', 'json', '--emit', 'changes')) as LeversReport;
  strict = JSON.parse(await command('--format', 'json', '--slo', 'intent-classifier=11')) as LeversReport;
  markdown = await command('--format', 'markdown');

  const clock = { nowMs: () => UNTIL };
  const config = loadConfig({ path: undefined, directory: folder, environment: {}, usesSources: false });
  here = await composeTare({ config, store: { url: 'duckdb:tare.duckdb', directory: folder }, clock });
  const api = createApi(here.tare, {
    clock,
    access: { localTokenHash: hashToken('local'), tokenHashes: [], isLoopback: true },
    searchPrices: here.searchPrices,
    dashboardDirectory: null,
    isReady: () => true,
    onBug: IGNORE,
  });
  listening = await listen(api.fetch, '127.0.0.1', 0);
}, 180_000);

afterAll(async () => {
  await listening?.close();
  await here?.tare.close();
  rmSync(folder, { recursive: true });
});

async function command(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runTare(folder, ['levers', ...SPAN, ...words]);
  expect(code, stderr).toBe(0);
  return stdout;
}

/** Two dollars for every GPU-hour, whoever sells it. */
function contract(): string {
  const rows = ['on_demand', 'spot', 'committed', 'owned'].map(
    (lifecycle) => `,,,,${lifecycle},2.00,gpu-hour,USD,,2026-01-01,`,
  );
  return `provider,region,instanceType,gpuModel,lifecycle,price,unit,currency,discount,from,to\n${rows.join('\n')}\n`;
}

async function* toAsync<Item>(items: Iterable<Item>): AsyncIterable<Item> {
  yield* items;
}

async function ask(query: string): Promise<Response> {
  return fetch(`${listening.url}/api/v1/levers?${query}`, { headers: { Authorization: 'Bearer local' } });
}

describe('the plan', () => {
  it('is the same on the command line, over HTTP and through the client', async () => {
    const query = new URLSearchParams({ from: formatInstant(WINDOW.fromMs), to: formatInstant(WINDOW.toMs) });
    const answered = await ask(query.toString());
    expect(await answered.json()).toEqual(printed);
    const remote = connectTare({ url: listening.url, token: 'local' });
    expect(await remote.planSavings({ window: WINDOW, seed: 42, sloMs: {} })).toEqual(printed);
  });

  it('has every leak that was planted for a lever', () => {
    const found = printed.rows.map(({ lever, target }) => ({ lever, targets: target.split(', ') }));
    for (const { what, lever } of PLANTED_LEAKS) {
      if (lever === null) continue;
      expect(
        found.some((row) => row.lever === lever && row.targets.includes(what)),
        what,
      ).toBe(true);
    }
  });

  it('is printed with what stood idle while others queued in front of what else there is to say', () => {
    const [first, second] = markdown
      .split('\n')
      .filter((line) => /(Idle while others queued|USD a month)/.test(line));
    expect(first).toMatch(/Idle while others queued: \d+ GPU-hours/);
    expect(second).toMatch(/USD a month of 730 h/);
  });
});

describe('a promised latency', () => {
  const batchOf = (report: LeversReport) => report.rows.find(({ lever }) => lever === 'batch');
  const span = `from=${formatInstant(WINDOW.fromMs)}&to=${formatInstant(WINDOW.toMs)}`;

  it('is kept, whichever door it comes through', async () => {
    expect(batchOf(printed)?.target).toBe('intent-classifier');
    expect(batchOf(strict)).toBeUndefined();
    expect(await (await ask(`${span}&slo=intent-classifier%3D11`)).json()).toEqual(strict);
    const loose = (await (
      await ask(`${span}&slo=intent-classifier%3D200&slo=other%3D1`)
    ).json()) as LeversReport;
    expect(batchOf(loose)!.assumptions[0]).toBe('99 % of requests are promised within 200 ms');
  });

  it('is refused when it is none', async () => {
    const answered = await ask('slo=intent-classifier');
    expect(answered.status).toBe(400);
    expect(await answered.json()).toMatchObject({ detail: '"intent-classifier" promises no latency' });
  });
});

describe('--emit', () => {
  it('writes each change as the report has it, as YAML or as Triton reads it', () => {
    const target = join(folder, 'changes');
    const changes = printed.rows.flatMap((row) => row.changes);
    expect(readdirSync(target).sort()).toEqual(changes.map(({ file }) => file).sort());
    for (const { file, document } of changes) {
      const text = readFileSync(join(target, file), 'utf8');
      if (file.endsWith('.pbtxt')) expect(text).toContain('max_queue_delay_microseconds:');
      else expect(parse(text)).toEqual(document);
    }
  });
});
