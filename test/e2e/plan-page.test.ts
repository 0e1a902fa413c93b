import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it, test } from 'vitest';
import type { CommitmentReport } from '../../src/app/results/commitments.ts';
import type { BillPlan } from '../../src/app/results/plan.ts';
import { exactMoney, formatMoney } from '../../web/src/format/money.ts';
import { findBarriers, sidewaysScroll } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const DAY_MS = 86_400_000;
const dayBack = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
const [FROM, TO] = [dayBack(30), dayBack(2)];

describeInBrowser('the plan page', () => {
  const { complaints, demo, open } = useDemoPages();

  async function opened(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(`/plan?from=${FROM}&to=${TO}${search}`, options);
    await table(page).waitFor({ timeout: 60_000 });
    return page;
  }

  const plan = async (...words: string[]): Promise<BillPlan> =>
    JSON.parse(await demo.tare('plan', '--from', FROM, '--to', TO, '--json', ...words));

  it('shows what the command line says, to the digit', { timeout: 120_000 }, async () => {
    const said = await plan();
    const page = await opened();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(said.sentence);
    const figures = await table(page)
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [...row.querySelectorAll('.figure')].map((one) => one.getAttribute('title'))),
      );
    const exact = (amount: string) => exactMoney(amount, said.currency);
    expect(figures).toEqual([
      [exact(said.bill.total)],
      ...said.rows.map((row) => [row.inPlanSaving, row.billAfter, row.aloneSaving.expected].map(exact)),
    ]);
    const total = table(page).locator('tfoot .figure');
    expect(await total.evaluateAll((all) => all.map((one) => one.getAttribute('title')))).toEqual(
      [said.planSaving.expected, said.billAfter].map(exact),
    );
    expect(complaints).toEqual([]);
  });

  it('says how far it is, and can be stopped', { timeout: 120_000 }, async () => {
    const page = await open(`/plan?from=${FROM}&to=${TO}&growth=2%25`);
    await page.getByRole('progressbar', { name: 'Weighed so far' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'Stopped; nothing was weighed' }).waitFor();
    await page.getByRole('button', { name: 'Weigh plans' }).click();
    await table(page).waitFor({ timeout: 60_000 });
    expect(complaints).toEqual([]);
  });

  it('adds up to the cent, as printed', { timeout: 120_000 }, async () => {
    const page = await opened();
    const cents = (text: string) => Math.round(Number(text.replace(/[^\d.]/g, '')) * 100);
    const rows = await table(page)
      .locator('tbody tr:not(.plan-whole)')
      .evaluateAll((all) => all.map((row) => row.querySelector('.figure')!.textContent!));
    const [saved, after] = await table(page).locator('tfoot .figure').allTextContents();
    const today = await table(page).locator('.plan-whole .figure').textContent();
    expect(rows.reduce((sum, text) => sum + cents(text), 0)).toBe(cents(saved!));
    expect(cents(today!) - cents(saved!)).toBe(cents(after!));
  });

  it('keeps to limits, which are in the address', { timeout: 120_000 }, async () => {
    const said = await plan('--no-spot');
    const page = await opened();
    await page.getByRole('switch', { name: 'No spot' }).check();
    await page.waitForURL(/spot=no/);
    const saved = table(page).locator('tfoot .figure').first();
    await expect
      .poll(() => saved.textContent(), { timeout: 90_000 })
      .toContain(formatMoney(said.planSaving.expected, said.currency, 2));
    expect(await table(page).textContent()).not.toContain('· spot');
  });

  it('shows what is held, when it ends and what to renew, to the digit', { timeout: 180_000 }, async () => {
    // What the test before has asked for is answered first.
    const page = await opened();
    const held: CommitmentReport = JSON.parse(
      await demo.tare('report', 'commitments', '--from', FROM, '--to', TO, '--json'),
    );
    const [first] = held.rows;
    expect(first).toMatchObject({ name: 'p5 savings plan', state: 'ends_soon', source: 'both' });
    expect(Number(first!.unusedCost)).toBeGreaterThan(0);
    const said = await plan();
    expect(said.renewals.length).toBeGreaterThan(0);
    const exact = (amount: string | null) => exactMoney(amount!, held.currency);
    const titles = (name: string) =>
      page
        .getByRole('region', { name })
        .locator('tbody .figure')
        .evaluateAll((all) => all.map((one) => one.getAttribute('title')));
    await page.getByRole('region', { name: 'Table of commitments held' }).waitFor();
    expect(await titles('Table of commitments held')).toEqual(
      held.rows
        .flatMap((row) => [row.boughtCost, row.usedCost, row.unusedCost, row.unusedPerMonth])
        .map(exact),
    );
    expect(await titles('Table of commitments to renew')).toEqual(
      said.renewals
        .flatMap((row) => [row.onDemandPerMonth, row.renewedPerMonth, row.savesPerMonth])
        .map(exact),
    );
    await page.locator('#held .chart svg').waitFor();
    await page.locator('#held').getByText('Table', { exact: true }).click();
    await page.getByRole('region', { name: 'Day, GPU-hours' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('grows, and says so', { timeout: 180_000 }, async () => {
    const said = await plan('--growth', '3%');
    expect(Number(said.growth!.adds)).toBeGreaterThan(0);
    const page = await opened();
    await page.getByRole('combobox', { name: 'Demand' }).selectOption('3%');
    await page.waitForURL(/growth=3%25/);
    const heading = page.getByRole('heading', { level: 1 });
    await expect.poll(() => heading.textContent(), { timeout: 90_000 }).toBe(said.sentence);
    expect(said.sentence).toContain('It rests on demand that grows by 3.0 % a month, as stated.');
  });

  it('says why, and plans without a change that is not wanted', { timeout: 180_000 }, async () => {
    const page = await opened();
    const before = await table(page).locator('tbody tr').count();
    await table(page).getByRole('button', { expanded: false }).first().click();
    await page.getByRole('heading', { name: 'What was seen' }).waitFor();
    await page.getByRole('button', { name: 'Plan without it' }).click();
    await page.waitForURL(/without=/);
    await page.getByRole('list', { name: 'Not wanted' }).waitFor();
    await expect
      .poll(() => table(page).locator('tbody tr').count(), { timeout: 90_000 })
      .toBeLessThan(before);
  });

  describe('for everyone', () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of [
        { width: 1440, height: 900 },
        { width: 390, height: 844 },
      ]) {
        test(`axe finds nothing: ${colorScheme}, ${viewport.width} px`, { timeout: 120_000 }, async () => {
          const page = await opened('', { colorScheme, viewport });
          await table(page).getByRole('button', { expanded: false }).first().click();
          await page.locator('#held .chart svg').waitFor();
          const shots = process.env['TARE_SHOTS'];
          if (shots) {
            const name = `${shots}/plan-${viewport.width}-${colorScheme}`;
            await page.screenshot({ path: `${name}.png`, fullPage: true });
            await page.locator('#held').screenshot({ path: `${name}-held.png` });
            await page.locator('#commitments').screenshot({ path: `${name}-commitments.png` });
          }
          expect(await findBarriers(page)).toEqual([]);
          expect(await sidewaysScroll(page)).toBe(0);
          expect(complaints).toEqual([]);
        });
      }
    }
  });
});

function table(page: Page) {
  return page.getByRole('region', { name: 'Table of the plan' }).getByRole('table');
}
