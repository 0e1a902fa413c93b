import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it, test } from 'vitest';
import type { BillPlan } from '../../src/app/results/plan.ts';
import type { SpotReport } from '../../src/app/results/spot.ts';
import { exactMoney } from '../../web/src/format/money.ts';
import { expectNoBarriers } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const DAY_MS = 86_400_000;
const dayBack = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
const [FROM, TO] = [dayBack(30), dayBack(2)];
const PAGE_ROWS = 25;

describeInBrowser('the spot page', () => {
  const { complaints, demo, open } = useDemoPages(60_000);

  async function opened(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(`/spot?from=${FROM}&to=${TO}${search}`, options);
    await table(page).waitFor();
    return page;
  }

  const report = async (...words: string[]): Promise<SpotReport> =>
    JSON.parse(await demo.tare('report', 'spot', '--from', FROM, '--to', TO, '--json', ...words));

  it('shows what the command line says, to the digit', { timeout: 120_000 }, async () => {
    const said = await report('--top', String(PAGE_ROWS));
    const page = await opened();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(said.sentence);
    const exact = (amount: string | undefined | null) =>
      amount === null || amount === undefined ? [] : [exactMoney(amount, said.currency)];
    expect(await titlesOf(page, 'tbody tr')).toEqual(
      said.rows.map(({ heldCost, spotCost, saved, aloneSaving }) =>
        [heldCost, spotCost, saved, aloneSaving?.expected].flatMap(exact),
      ),
    );
    const { heldCost, spotCost, saved, aloneSaving } = said.total;
    expect(await titlesOf(page, 'tfoot tr')).toEqual([
      [heldCost, spotCost, saved, aloneSaving.expected].flatMap(exact),
    ]);
    expect(complaints).toEqual([]);
  });

  it('promises what the lever does alone', { timeout: 120_000 }, async () => {
    const plan: BillPlan = JSON.parse(await demo.tare('plan', '--from', FROM, '--to', TO, '--json'));
    const lever = plan.rows.find(({ id }) => id.startsWith('spot/'))!;
    const page = await opened();
    const pools = page.getByRole('region', { name: 'Table of pools' });
    const line = pools.locator('tbody tr', { hasText: lever.id });
    const titles = await line
      .locator('.figure')
      .evaluateAll((all) => all.map((one) => one.getAttribute('title')));
    expect(titles.at(-1)).toBe(exactMoney(lever.aloneSaving.expected, plan.currency));
    await line.locator('a:not(.estimate)').click();
    await page.waitForURL(/\/plan\?.*open=spot/);
  });

  it('lists workloads, a side of them, and the runs of one; all of it in the address', async () => {
    const page = await opened();
    await page.locator('#spot-rows').getByText('Workloads', { exact: true }).click();
    await page.waitForURL(/by=workload/);
    await page.locator('#spot-rows').getByText('Could', { exact: true }).click();
    await page.waitForURL(/only=could/);
    await table(page).locator('tbody tr').first().getByRole('button').click();
    await page.waitForURL(/workload=/);
    const link = table(page).locator('tbody a[href^="/runs/"]').first();
    await link.click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/runs\//);
    await page.goBack();
    await page.getByRole('button', { name: /^Remove workload/ }).click();
    await page.waitForURL((url) => !url.search.includes('workload='));
  });

  it('turns pages, and saves all rows', async () => {
    const said = await report();
    const page = await opened();
    const first = await table(page).locator('tbody tr').first().textContent();
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.waitForURL(/page=2/);
    await expect.poll(() => table(page).locator('tbody tr').first().textContent()).not.toBe(first);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Spot as CSV' }).click(),
    ]);
    const saved: Record<string, string>[] = parse(readFileSync(await download.path()), { columns: true });
    const rows = saved.filter(({ run }) => run !== 'TOTAL');
    expect(rows.map(({ heldCost }) => heldCost)).toEqual(said.rows.map(({ heldCost }) => heldCost));
  });

  it('asks with a price of one’s own', async () => {
    const said = await report('--spot-price', 'H100-SXM5-80GB=5.50');
    const page = await opened();
    await page.getByRole('textbox', { name: 'GPU', exact: true }).fill('H100-SXM5-80GB');
    await page.getByRole('textbox', { name: /a GPU-hour on spot/ }).fill('5.50');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.waitForURL(/price=H100/);
    await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toBe(said.sentence);
  });

  it('plays all policies for a run, with the share of the gap that is closed', {
    timeout: 120_000,
  }, async () => {
    const page = await opened();
    const policies = page.getByRole('region', { name: 'Policies side by side' });
    await policies.getByRole('button', { name: /use the example/ }).click();
    // The example record is twelve hours long: a short run has room in it.
    const run = policies.getByRole('combobox', { name: 'Run' });
    await run.selectOption({ index: (await run.locator('option').count()) - 1 });
    await policies.getByRole('textbox', { name: /^Deadline/ }).fill('11');
    await policies.getByRole('button', { name: 'Play the policies' }).click();
    await page.waitForURL(/simulation=/);
    const result = page.getByRole('region', { name: 'What each policy would have paid', exact: true });
    await result.getByRole('table').waitFor();
    const names = await result.locator('tbody th').allTextContents();
    expect(names.join(' ')).toMatch(/on-demand.*greedy.*uniform-progress.*optimal.*tare/s);
    expect(await result.textContent()).toMatch(/of the gap/);
  });

  it('moves along the bars by arrow keys, and has their table', async () => {
    const page = await opened();
    const chart = page.getByLabel(/^Bars by what was held/);
    await page.locator('#spot-bars .bars-chart svg').first().waitFor();
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    await page
      .getByText(/^(pool ranking-train|pool burst)$/)
      .first()
      .waitFor();
    await page.keyboard.press('l');
    await page.waitForURL(/look=table/);
    await page
      .getByRole('region', { name: /^What was held/ })
      .getByRole('table')
      .waitFor();
  });

  describe('for everyone', () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of [
        { width: 1440, height: 900 },
        { width: 390, height: 844 },
      ]) {
        test(`axe finds nothing: ${colorScheme}, ${viewport.width} px`, { timeout: 120_000 }, async () => {
          const page = await opened('', { colorScheme, viewport });
          await page.locator('#spot-bars .bars-chart svg').first().waitFor();
          await page.getByRole('button', { name: 'Play the policies' }).waitFor();
          await expectNoBarriers(page, `spot-${viewport.width}-${colorScheme}`);
          expect(complaints).toEqual([]);
        });
      }
    }
  });
});

function table(page: Page) {
  return page.getByRole('region', { name: 'Table of what could run on spot' }).getByRole('table');
}

function titlesOf(page: Page, rows: string): Promise<(string | null)[][]> {
  return table(page)
    .locator(rows)
    .evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll('.figure')].map((one) => one.getAttribute('title'))),
    );
}
