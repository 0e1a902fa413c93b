import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPdf } from '../../test/support/read-pdf.ts';
import { writeSmallFiles } from '../../test/support/small-files.ts';
import { type Composition, composeTare } from '../compose.ts';
import { hashToken, loadConfig } from '../config/load-config.ts';
import { createApi } from './api.ts';

const NOW_MS = Date.parse('2026-10-15T00:00:00Z');
const SIGNAL = new AbortController().signal;

let directory: string;
let composed: Composition;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tare-documents-'));
  writeSmallFiles(directory);
  const config = loadConfig({ path: undefined, directory, environment: {}, usesSources: true });
  const store = { url: 'duckdb::memory:', directory };
  composed = await composeTare({ config, store, clock: { nowMs: () => NOW_MS } });
});
afterAll(async () => {
  await composed.tare.close();
  rmSync(directory, { recursive: true });
});

function ask(path: string): Promise<Response> {
  const api = createApi(composed.tare, {
    clock: { nowMs: () => NOW_MS },
    access: { localTokenHash: hashToken('local'), tokenHashes: [], isLoopback: true },
    searchPrices: composed.searchPrices,
    dashboardDirectory: null,
    isReady: () => true,
    onBug: (error) => {
      throw error;
    },
  });
  return Promise.resolve(api.request(`/api/v1/documents/${path}`));
}

// biome-ignore lint/suspicious/noExplicitAny: the shape of each answer is what these tests look at
async function json(path: string): Promise<any> {
  return (await ask(path)).json();
}

describe('an empty store', () => {
  it.each(['board', 'chargeback', 'review', 'showback?team=search'])(
    'has no %s, and says what to do',
    async (path) => {
      const response = await ask(path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        code: 'TARE-4030',
        detail: 'there is nothing to report: the ledger is empty',
        remedy: expect.stringContaining('tare import FILE --kind KIND'),
      });
    },
  );
});

describe('a fleet that is weighed by hand', () => {
  beforeAll(async () => {
    for (const [kind, name] of [
      ['capacity', 'capacity.csv'],
      ['allocations', 'allocations.csv'],
      ['usage', 'usage.csv'],
      ['focus', 'bill.csv'],
    ] as const) {
      const paths = [join(directory, name)];
      await composed.tare.importFiles(
        { kind, paths, map: {}, set: {}, fields: null, isDryRun: false },
        () => {},
        SIGNAL,
      );
    }
  });

  it('is charged back to the cent, from the month that goes on', async () => {
    const statement = await json('chargeback');
    expect(statement).toMatchObject({
      number: 'TARE-202610-TEAM',
      asOf: '2026-10-14T12:00:00Z',
      isComplete: false,
      sentence:
        'October 2026: $37.00 over 1 owner, with 1 line that nobody owns; the difference to the bill is $0.00. 65 % of the total is estimated, because no bill covers it.',
      agreement: { bill: '13.00', estimated: '24.00', difference: '0.00', total: '37.00' },
      rows: [
        {
          owner: 'search',
          isUnassigned: false,
          cost: { gross: '12.00', productive: '3.00', idle: '9.00' },
          direct: '10.00',
          shared: '3.00',
          totalCost: '25.00',
          costBy: { bill: '0.00', contract: '12.00', priceBook: '0.00', ownership: '0.00' },
          pricedBy: { contract: 1, unpriced: 0 },
        },
        {
          owner: 'nobody',
          isUnassigned: true,
          cost: { unallocated: '12.00' },
          shared: '0.00',
          totalCost: '12.00',
        },
      ],
    });
  });

  it('has a board page that leaves open what nobody knows', async () => {
    const page = await json('board');
    expect(page).toMatchObject({ budget: null, previous: null, netFraction: 0.125, generated: null });
    expect(page.products.rows).toMatchObject([
      { endpoint: 'search-llm', cost: '15.00', requests: 0, costPer1kRequests: null, changeFraction: null },
    ]);
    expect(page.plan.decisions).toEqual([]);
    expect(page.savings).toMatchObject({ promised: null, realised: null });
    const markdown = await (await ask('board?format=md')).text();
    expect(markdown).toContain('- Budget: **–** (none is set)');
    expect(markdown).toContain('- Can be saved a month: **–** (no lever was found)');
    expect(markdown).not.toContain('Sample');
  });

  it('has a showback of its one team', async () => {
    const page = await json('showback?team=search&from=2026-10');
    expect(page).toMatchObject({
      team: 'search',
      total: { totalCost: '25.00' },
      platformFraction: 0.675675676,
      shared: { rule: 'proportional', amount: '3.00', total: '3.00', fraction: 1, services: ['Support'] },
    });
    expect(page.workloads.map(({ workload }: { workload: string }) => workload)).toEqual([
      'search-llm',
      'none',
    ]);
  });

  it.each([
    ['html', 'text/html; charset=utf-8', '<!doctype html>'],
    ['pdf', 'application/pdf', '%PDF-1.7'],
    ['png', 'image/png', '\u0089PNG'],
    ['svg', 'image/svg+xml; charset=utf-8', '<svg '],
    ['csv', 'text/csv; charset=utf-8', 'section,item,figure,value,unit'],
    ['md', 'text/markdown; charset=utf-8', '# GPU and ML spend, October 2026'],
    ['json', 'application/json', '{'],
  ])('is there as %s', async (format, type, start) => {
    const response = await ask(`board?format=${format}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('content-disposition')).toBe(
      `inline; filename="tare-board-2026-10.${format}"`,
    );
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.toString('latin1').startsWith(start)).toBe(true);
  });

  it('is dated by its data, and not by the clock', async () => {
    const pdf = readPdf(Buffer.from(await (await ask('board?format=pdf')).arrayBuffer()));
    expect(pdf).toMatchObject({ pages: 1, created: 'D:20261014120000Z', isTagged: true, untagged: 0 });
  });

  it.each([
    ['board?format=docx', 'TARE-2001', 'format'],
    ['board?team=search', 'TARE-2001', 'a board is about everybody'],
    ['showback', 'TARE-2001', 'a showback is about one team'],
    ['board?by=team', 'TARE-2001', 'a board is not split by anything'],
    ['chargeback?by=team,model', 'TARE-2001', '"team,model" is not one dimension'],
    ['chargeback?by=colour', 'TARE-2003', '"colour" is not a dimension'],
    ['chargeback?by=tag:colour', 'TARE-2003', 'no owner rule defines "tag:colour"'],
    ['showback?team=serach', 'TARE-4031', 'nothing is known of a team "serach"'],
    ['board?from=2025-01', 'TARE-4030', 'there is nothing to report of January 2025'],
    ['board?from=yesterday', 'TARE-2004', '"yesterday"'],
  ])('says what is wrong with %s', async (path, code, message) => {
    const problem = await json(path);
    expect(problem.code).toBe(code);
    expect(problem.detail).toContain(message);
  });

  it('is a document made anew once something was imported', async () => {
    const bill = readFileSync(join(directory, 'bill.csv'), 'utf8');
    const path = join(directory, 'another-bill.csv');
    writeFileSync(path, bill.replace(',storage,', ',backup,').replace(',support,', ',advice,'));
    const request = { kind: 'focus', paths: [path], map: {}, set: {}, fields: null, isDryRun: false };
    await composed.tare.importFiles(request, () => {}, SIGNAL);
    const statement = await json('chargeback');
    expect(statement.agreement).toEqual({
      bill: '26.00',
      estimated: '24.00',
      difference: '0.00',
      total: '50.00',
    });
  });
});
