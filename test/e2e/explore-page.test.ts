import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it, test } from 'vitest';
import type { Explanation, LedgerReport } from '../../src/app/results/results.ts';
import { exactMoney } from '../../web/src/format/money.ts';
import { expectNoBarriers } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const DAY_MS = 86_400_000;
/** Whole days of the past, so that an hour that ends meanwhile moves nothing. */
const dayBack = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
const [FROM, TO] = [dayBack(30), dayBack(2)];
const WINDOW = `from=${FROM}&to=${TO}`;

describeInBrowser('the explore page', () => {
  const { complaints, demo, open: openDemo } = useDemoPages();

  async function open(search: string, options: BrowserContextOptions = {}): Promise<Page> {
    return openDemo(`/explore?${WINDOW}${search}`, options);
  }

  const opened = async (search = '', options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await open(search, options);
    await table(page).waitFor();
    return page;
  };

  const report = async (...words: string[]): Promise<LedgerReport> =>
    JSON.parse(await demo.tare('report', 'ledger', '--from', FROM, '--to', TO, '--json', ...words));

  it('shows what the command line says, to the digit', async () => {
    const said = await report('--by', 'team,gpuModel', '--compare');
    const page = await opened('&by=team,gpuModel&compare=before');
    expect(said.previous).not.toBeNull();
    const { currency } = said;
    const lines = await table(page)
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => ({
          name: [...row.querySelectorAll('a:not(.estimate)')].map((one) => one.textContent),
          figures: [...row.querySelectorAll('td .figure')].map((one) => one.getAttribute('title')),
        })),
      );
    const expected = said.rows.map((row) => ({
      name: [row['team'], row['gpuModel']],
      figures: [
        `${row.gpuHours.gross} GPU-hours`,
        ...[
          row.totalCost,
          row.before!.totalCost,
          row.before!.change,
          row.cost.gross,
          row.direct,
          row.shared,
        ].map((amount) => exactMoney(amount, currency)),
      ],
    }));
    const byName = (a: { name: unknown[] }, b: { name: unknown[] }) =>
      String(a.name) < String(b.name) ? -1 : 1;
    expect(lines.toSorted(byName)).toEqual(expected.toSorted(byName));
    expect(
      await table(page)
        .locator('tfoot .figure')
        .evaluateAll((all) => all.map((one) => one.getAttribute('title'))),
    ).toEqual([
      `${said.total.gpuHours.gross} GPU-hours`,
      ...[
        said.total.totalCost,
        said.previous!.totalCost,
        said.previous!.change,
        said.total.cost.gross,
        said.total.direct,
        said.total.shared,
      ].map((amount) => exactMoney(amount, currency)),
    ]);
    expect(complaints).toEqual([]);
  });

  it('prints columns that add up', async () => {
    const page = await opened('&by=gpuModel&columns=buckets');
    const rows = await table(page)
      .locator('tbody tr')
      .evaluateAll((all) =>
        all.map((row) => [...row.querySelectorAll('td.number')].map((one) => one.textContent ?? '')),
      );
    const total = await table(page).locator('tfoot td.number').allTextContents();
    const last = rows[0]!.length - 1;
    expect(rows.reduce((sum, row) => sum + cents(row[last]!), 0)).toBe(cents(total[last]!));
  });

  it('leads from a team down to the receipt of one hour, and each step can be taken back', async () => {
    const page = await opened();
    await table(page).getByRole('link', { name: 'search', exact: true }).click();
    for (const step of ['Workload', 'Device', 'Day', 'Hour']) {
      await table(page).getByRole('columnheader', { name: step, exact: true }).waitFor();
      await table(page).locator('tbody a').first().click();
    }
    const receipt = page.getByRole('region', { name: 'Where these figures come from' });
    await receipt.waitFor();
    const [row] = await receipt
      .locator('section.row-receipt')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')!));
    await receipt.getByRole('heading', { level: 3 }).first().waitFor();
    const said: Explanation = JSON.parse(await demo.tare('explain', row!, '--json'));
    expect(await receipt.getByRole('heading', { level: 3 }).first().textContent()).toBe(said.title);
    expect(await receipt.getByRole('table').first().locator('td.number').allTextContents()).toEqual(
      said.lines.map(({ figure }) => figure),
    );
    await page.goBack();
    await page.getByRole('heading', { level: 2, name: 'By hour' }).waitFor();
    await page.getByRole('button', { name: 'Remove team search' }).click();
    await expect
      .poll(() => new URL(page.url()).searchParams.getAll('filter').some((one) => one.startsWith('team')))
      .toBe(false);
  });

  it('saves every row, with every digit', async () => {
    const said = await report('--by', 'workload');
    const page = await opened('&by=workload');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Ledger as CSV' }).click(),
    ]);
    const rows: Record<string, string>[] = parse(readFileSync(await download.path()), { columns: true });
    const saved = new Map(rows.map((row) => [row['workload'], row['totalCost']]));
    for (const row of said.rows) expect(saved.get(String(row['workload']))).toBe(row.totalCost);
  });

  it('says when nothing is like that, and leads back', async () => {
    const page = await open('&filter=team=nobody-like-that');
    await page.getByRole('heading', { name: /^No rows in/ }).waitFor();
    await page.getByRole('button', { name: 'Clear the selection' }).click();
    await table(page).waitFor();
  });

  it('prints no figure that is none', async () => {
    const page = await opened('&by=priceSource,lifecycle&compare=before&columns=buckets');
    expect(await page.locator('main').textContent()).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  describe('for everyone', () => {
    const PLACES = [
      ['teams', ''],
      ['two dimensions, compared', '&by=team,kind&compare=before&columns=buckets'],
      ['inside a team, in hours', '&by=workload&filter=team=search&measure=gpu-hours&look=table'],
    ] as const;
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of [
        { width: 1440, height: 900 },
        { width: 390, height: 844 },
      ]) {
        test.each(PLACES)(
          `axe finds nothing: ${colorScheme}, ${viewport.width} px, %s`,
          async (name, search) => {
            const page = await opened(search, { colorScheme, viewport });
            if (!search.includes('look=table')) await page.locator('#days svg').waitFor();
            await expectNoBarriers(page, `${name.replaceAll(/\W+/g, '-')}-${viewport.width}-${colorScheme}`);
            expect(complaints).toEqual([]);
          },
        );
      }
    }
  });
});

function table(page: Page) {
  return page.getByRole('region', { name: 'Table of the ledger' }).getByRole('table');
}

function cents(text: string): number {
  return Math.round(Number(text.replace(/[^\d.]/g, '')) * 100) * (text.startsWith('−') ? -1 : 1);
}
