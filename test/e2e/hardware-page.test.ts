import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it, test } from 'vitest';
import type { HardwareReport } from '../../src/app/results/hardware.ts';
import type { BillPlan } from '../../src/app/results/plan.ts';
import { exactMoney } from '../../web/src/format/money.ts';
import { expectNoBarriers } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const DAY_MS = 86_400_000;
const dayBack = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
const [FROM, TO] = [dayBack(30), dayBack(2)];
const PAGE_ROWS = 25;

describeInBrowser('the hardware page', () => {
  const { complaints, demo, open } = useDemoPages(60_000);

  async function opened(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(`/hardware?from=${FROM}&to=${TO}${search}`, options);
    await targets(page).waitFor();
    return page;
  }

  const report = async (...words: string[]): Promise<HardwareReport> =>
    JSON.parse(await demo.tare('report', 'hardware', '--from', FROM, '--to', TO, '--json', ...words));

  it('shows what the command line says, to the digit', { timeout: 120_000 }, async () => {
    const said = await report('--top', String(PAGE_ROWS));
    const exact = (amount: string | null | undefined) =>
      amount === null || amount === undefined ? [] : [exactMoney(amount, said.currency)];
    const page = await opened();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(said.sentence);
    expect(await titlesOf(targets(page), 'tbody tr')).toEqual(
      said.rows.map(({ heldCost, aloneSaving }) => [heldCost, aloneSaving?.expected].flatMap(exact)),
    );
    const [first] = said.rows;
    const kinds = page.getByRole('region', { name: 'Table of kinds of GPU' }).getByRole('table');
    const costs = await kinds
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [
          row.querySelector('th')!.firstChild!.textContent,
          ...[...row.querySelectorAll('.figure')].map((one) => one.getAttribute('title')),
        ]),
      );
    expect(costs.map(([name]) => name)).toEqual(first!.options.map(({ gpuModel }) => gpuModel));
    for (const [index, option] of first!.options.entries()) {
      const shown = costs[index]!;
      for (const amount of [option.perGpuHour, option.cost, option.saving].flatMap(exact))
        expect(shown).toContain(amount);
    }
    expect(complaints).toEqual([]);
  });

  it('promises what the lever does alone', { timeout: 120_000 }, async () => {
    const plan: BillPlan = JSON.parse(await demo.tare('plan', '--from', FROM, '--to', TO, '--json'));
    const said = await report();
    const alone = new Map(
      said.rows.flatMap(({ lever, aloneSaving }) => (lever ? [[lever, aloneSaving]] : [])),
    );
    const levers = plan.rows.filter(({ lever }) => lever === 'right-size');
    expect(levers.length).toBeGreaterThan(0);
    for (const { id, aloneSaving } of levers) expect(alone.get(id)).toEqual(aloneSaving);
  });

  it('takes another workload apart by pointing and by key, with its prices', async () => {
    const page = await opened();
    const heading = page.getByRole('heading', { name: /, side by side$/ });
    const before = await heading.textContent();
    await page.locator('body').press('j');
    await page.waitForURL(/open=/);
    await expect.poll(() => heading.textContent()).not.toBe(before);
    await targets(page).locator('tbody tr').nth(3).getByRole('button').click();
    await expect
      .poll(() => targets(page).locator('tbody tr').nth(3).getByRole('button').getAttribute('aria-pressed'))
      .toBe('true');
    await page.getByRole('region', { name: 'Table of prices' }).getByRole('table').waitFor();
    await page.locator('#side-by-side').getByText('Table', { exact: true }).click();
    await page.waitForURL(/look=table/);
    await page
      .getByRole('region', { name: /^GPU, / })
      .getByRole('table')
      .waitFor();
  });

  it('saves every combination', async () => {
    const said = await report();
    const page = await opened();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Hardware as CSV' }).click(),
    ]);
    const saved: Record<string, string>[] = parse(readFileSync(await download.path()), { columns: true });
    expect(saved.map(({ workload, gpuModel, cost }) => [workload, gpuModel, cost])).toEqual(
      said.rows.flatMap(({ workload, options }) =>
        options.map(({ gpuModel, cost }) => [workload, gpuModel, cost ?? '']),
      ),
    );
  });

  it('says what to do where there is nothing', async () => {
    const page = await open('/hardware?from=2020-01');
    await page.getByRole('heading', { level: 1, name: /too little history/ }).waitFor();
    await page.getByText('tare collect --from 30d').waitFor();
  });

  describe('for everyone', () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of [
        { width: 1440, height: 900 },
        { width: 390, height: 844 },
      ]) {
        test(`axe finds nothing: ${colorScheme}, ${viewport.width} px`, { timeout: 120_000 }, async () => {
          const page = await opened('', { colorScheme, viewport });
          await page.locator('#side-by-side .bars-chart svg').first().waitFor();
          await expectNoBarriers(page, `hardware-${viewport.width}-${colorScheme}`);
          expect(complaints).toEqual([]);
        });
      }
    }
  });
});

function targets(page: Page) {
  return page.getByRole('region', { name: 'Table of workloads' }).getByRole('table');
}

function titlesOf(table: ReturnType<typeof targets>, rows: string): Promise<(string | null)[][]> {
  return table
    .locator(rows)
    .evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll('.figure')].map((one) => one.getAttribute('title'))),
    );
}
