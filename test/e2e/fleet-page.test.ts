import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it, test } from 'vitest';
import type { LedgerReport } from '../../src/app/results/results.ts';
import { exactMoney } from '../../web/src/format/money.ts';
import { expectNoBarriers } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const DAY_MS = 86_400_000;
const dayBack = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
const [FROM, TO] = [dayBack(30), dayBack(2)];

describeInBrowser('the fleet page', () => {
  const { complaints, demo, open } = useDemoPages();

  async function opened(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(`/fleet?from=${FROM}&to=${TO}${search}`, options);
    await map(page).waitFor();
    return page;
  }

  const report = async (...words: string[]): Promise<LedgerReport> =>
    JSON.parse(await demo.tare('report', 'ledger', '--from', FROM, '--to', TO, '--json', ...words));

  it('shows every node, with the cost that the command line says', async () => {
    const said = await report('--by', 'node');
    const page = await opened();
    const costs = await map(page)
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [
          row.querySelector('a')?.textContent,
          row.querySelector('.figure')?.getAttribute('title'),
        ]),
      );
    const nodes = said.rows.filter((row) => row['node'] !== 'none');
    expect(Object.fromEntries(costs)).toEqual(
      Object.fromEntries(nodes.map((row) => [row['node'], exactMoney(row.cost.gross, said.currency)])),
    );
    expect(complaints).toEqual([]);
  });

  it('has a cell for each day, whose hours are those of the ledger', async () => {
    const said = await report('--by', 'node,day');
    const page = await opened();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Fleet as CSV' }).click(),
    ]);
    const saved: Record<string, string>[] = parse(readFileSync(await download.path()), { columns: true });
    const hours = new Map(saved.map((row) => [`${row['node']} ${row['from']!.slice(0, 10)}`, row]));
    const rows = said.rows.filter((row) => row['node'] !== 'none' && row.gpuHours.gross > 0);
    expect(saved.length).toBe(rows.length);
    for (const row of rows) {
      const cell = hours.get(`${row['node']} ${row['day']}`)!;
      for (const bucket of [
        'unobserved',
        'unallocated',
        'idle',
        'underused',
        'lost',
        'productive',
      ] as const) {
        expect(Number(cell[`${bucket}GpuHours`])).toBeCloseTo(row.gpuHours[bucket], 5);
      }
    }
  });

  it('leads from a pool to its nodes, to the devices of one, and to their ledger', async () => {
    const page = await opened();
    const before = await map(page).locator('tbody tr').count();
    await page.getByRole('region', { name: 'Pools' }).getByRole('button').first().click();
    await page.waitForURL(/pool=/);
    await expect.poll(() => map(page).locator('tbody tr').count()).toBeLessThan(before);
    await map(page).locator('tbody a').first().click();
    await page.waitForURL(/by=device/);
    await map(page).getByRole('columnheader', { name: 'Device' }).waitFor();
    await map(page).locator('tbody a[href^="/explore"]').first().click();
    await page.getByRole('region', { name: 'Table of the ledger' }).getByRole('table').waitFor();
    expect(new URL(page.url()).searchParams.get('filter')).toMatch(/^device=GPU-/);
  });

  it('tells the share of another bucket', async () => {
    const page = await opened();
    await page.getByRole('radio', { name: 'idle' }).check();
    await page.waitForURL(/bucket=idle/);
    expect(await map(page).locator('td.heat-cell').first().textContent()).toMatch(
      /(<|>)?[\d.]+\s% idle|nothing paid/,
    );
  });

  describe('for everyone', () => {
    const PLACES = [
      ['nodes', ''],
      ['devices of a bucket', '&by=device&bucket=unallocated'],
    ] as const;
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of [
        { width: 1440, height: 900 },
        { width: 390, height: 844 },
      ]) {
        test.each(PLACES)(
          `axe finds nothing: ${colorScheme}, ${viewport.width} px, %s`,
          { timeout: 120_000 },
          async (name, search) => {
            const page = await opened(search, { colorScheme, viewport });
            await expectNoBarriers(
              page,
              `fleet-${name.replaceAll(/\W+/g, '-')}-${viewport.width}-${colorScheme}`,
            );
            expect(complaints).toEqual([]);
          },
        );
      }
    }
  });
});

function map(page: Page) {
  return page.getByRole('region', { name: 'Machines over time' }).getByRole('table');
}
