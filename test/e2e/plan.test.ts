import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { BillPlan } from '../../src/app/results/plan.ts';
import type { VerificationReport } from '../../src/app/results/verification.ts';
import { DAY_MS } from '../../src/domain/time/window.ts';
import { createHardwareCatalog } from '../../src/price-books/bundled/create-hardware-catalog.ts';
import { generateFleet } from '../../src/sources/demo/generate-fleet.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ENTRY = join(ROOT, 'src', 'cli', 'main.ts');
const TSX = new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;

const UNTIL = Date.UTC(2026, 10, 24, 15);
const DAYS = 21;
const FROM = new Date(UNTIL - DAYS * DAY_MS).toISOString();
const WINDOW = ['--from', FROM, '--to', new Date(UNTIL).toISOString()];

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tare-plan-'));
  const store = await openDuckDbStore(`duckdb:${join(directory, 'fleet.duckdb')}`);
  const catalog = createHardwareCatalog();
  const fleet = generateFleet({ seed: 42, untilMs: UNTIL, days: DAYS, currency: 'USD', catalog });
  for (const { name, kind, batches } of fleet.datasets.filter((dataset) => !dataset.kind.endsWith('bill'))) {
    await store.importDataset({ name, kind, importedAtMs: UNTIL }, toAsync(batches));
  }
  await store.close();
  tare('report', 'ledger', ...WINDOW);
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true }));

async function* toAsync<Item>(items: Iterable<Item>): AsyncIterable<Item> {
  yield* items;
}

/** The command as a user calls it, over the store of this test. */
function tare(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', TSX, ENTRY, ...words, '--store', 'duckdb:fleet.duckdb'],
    {
      cwd: directory,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', HOME: directory, TMPDIR: directory },
    },
  );
  return { status, stdout, stderr };
}

describe('tare plan', () => {
  it('prints the way from the bill to what is left of it, and writes what is to be done', () => {
    const { status, stdout, stderr } = tare('plan', ...WINDOW, '--emit', 'changes');
    expect(stderr).toContain('files written to');
    expect(status).toBe(0);
    expect(stdout).toContain('PLAN');
    expect(stdout).toMatch(/CLAIMED .*BACKTESTED .*ORACLE/);
    const files = readdirSync(join(directory, 'changes'));
    expect(files).toContain('purchases.csv');
    const purchases = readFileSync(join(directory, 'changes', 'purchases.csv'), 'utf8');
    expect(purchases).toMatch(
      /^provider,gpuModel,units,term,perGpuHour,onDemandPerGpuHour,perMonth,savesPerMonth,currency\r?\n/,
    );
    expect(purchases).toMatch(/^AWS,[A-Z0-9-]+,\d+,1y,\d+\.\d+,/m);
    for (const file of files.filter((name) => name.endsWith('.yaml'))) {
      const text = readFileSync(join(directory, 'changes', file), 'utf8');
      expect(text).toMatch(/^# /);
      expect(parse(text)).toBeTypeOf('object');
    }
  }, 60_000);

  it('keeps limits, and takes evidence; a bad row of it is named', () => {
    writeFileSync(
      join(directory, 'evidence.csv'),
      [
        'lever,endpoint,throughputRatio,costFactor,qualityBefore,qualityAfter,tolerance,source',
        'quantise,answer-llm-70b,1.6,,0.8,0.799,0.01,load test of 3 November',
        'distil,answer-llm-70b,,0.4,,,,guess',
        'shrink,answer-llm-70b,,0.4,,,,guess',
      ].join('\n'),
    );
    const { status, stdout, stderr } = tare(
      'plan',
      ...WINDOW,
      '--json',
      '--evidence',
      'evidence.csv',
      '--max-committed',
      '0',
      '--exclude',
      'right-size',
    );
    expect(status).toBe(4);
    expect(stderr).toContain(
      'evidence.csv:4:lever  `shrink` is no lever on a model; expected quantise, distil, route, cache',
    );
    const plan = JSON.parse(stdout) as BillPlan;
    expect(plan.rows[0]!.id).toBe('quantise/answer-llm-70b');
    expect(plan.experiments[0]).toMatchObject({ lever: 'distil', target: 'answer-llm-70b' });
    expect(plan.rows.some(({ lever }) => lever === 'commit' || lever === 'right-size')).toBe(false);
  }, 60_000);

  it('refuses a share of more than all', () => {
    const { status, stderr } = tare('plan', '--max-committed', '120');
    expect(status).toBe(2);
    expect(stderr).toContain('120 % is more than all');
  });
});

describe('a lever that was taken', () => {
  const AT = new Date(UNTIL - 7 * DAY_MS).toISOString();

  it('is recorded with its promise, listed, and verified', () => {
    const taken = tare('levers', 'take', 'reclaim/test-pod', '--at', AT, '--by', 'amara', '--json');
    expect(JSON.parse(taken.stdout)).toMatchObject({ takenBy: 'amara', isNew: true });
    expect(Number(JSON.parse(taken.stdout).promised.expected)).toBeGreaterThan(0);
    const listed = tare('levers', 'taken');
    expect(listed.stdout).toMatch(/reclaim\/test-pod .*amara/);
    // Nobody stopped it: nothing is saved, and that is what is said.
    const verified = tare('verify', 'reclaim/test-pod', '--json');
    const report = JSON.parse(verified.stdout) as VerificationReport;
    expect(verified.status).toBe(0);
    expect(report).toMatchObject({ verdict: 'no_difference', promise: { state: 'not_shown' } });
    expect(tare('verify', 'reclaim/test-pod').stdout).toContain('no difference shown');
  }, 60_000);

  it('that nobody knows is refused with those that there are', () => {
    const { status, stderr } = tare('levers', 'take', 'reclaim/nobody', '--at', AT);
    expect(status).toBe(2);
    expect(stderr).toContain('has no "reclaim/nobody"');
    expect(stderr).toContain('reclaim/test-pod');
  }, 60_000);

  it('with too little on one side cannot be judged, and says so to scripts', () => {
    const at = new Date(UNTIL - DAY_MS).toISOString();
    const { status, stderr } = tare('verify', 'workload:test-pod', '--at', at);
    expect(status).toBe(4);
    expect(stderr).toContain('Too little to compare');
  }, 60_000);
});
