import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it, test } from 'vitest';
import type { HealthReport } from '../../src/app/results/health.ts';
import { exactMoney } from '../../web/src/format/money.ts';
import { expectNoBarriers } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const DAY_MS = 86_400_000;
const dayBack = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
const [FROM, TO] = [dayBack(21), dayBack(0)];
const BILLED_DAY = dayBack(10);

describeInBrowser('the page of data health', () => {
  const { complaints, demo, open } = useDemoPages();

  async function opened(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(`/health?from=${FROM}&to=${TO}${search}`, options);
    await panel(page, 'Imports').getByRole('table').waitFor();
    return page;
  }

  const report = async (from = FROM, to = TO): Promise<HealthReport> =>
    JSON.parse(await demo.tare('report', 'health', '--from', from, '--to', to, '--json'));

  it('says what the command line says: each problem with its remedy and a command', async () => {
    const said = await report();
    const page = await opened();
    expect(await page.locator('h1').textContent()).toBe(said.sentence.split(/(?<=look at\.) /)[0]);
    const shown = await panel(page, 'What to look at')
      .locator('li')
      .evaluateAll((items) =>
        items.map((item) => [item.getAttribute('data-problem'), item.querySelector('code')?.textContent]),
      );
    expect(shown).toEqual(said.problems.map(({ id, command }) => [id, command]));
    expect(said.problems.length).toBeGreaterThan(4);
    expect(said.problems.map(({ command }) => command)).not.toContain(null);
    expect(complaints).toEqual([]);
  });

  it('gives commands that run', async () => {
    const { problems } = await report();
    for (const { command } of problems) {
      // What imports a file needs the file.
      if (command!.startsWith('tare import') || command === 'tare doctor') continue;
      expect(await demo.tare(...command!.split(' ').slice(1)), command!).not.toBe('');
    }
  });

  it('copies the command of a problem', async () => {
    const page = await opened('', { permissions: ['clipboard-read', 'clipboard-write'] });
    const first = panel(page, 'What to look at').locator('li').first();
    await first.getByRole('button', { name: /^Copy/ }).click();
    await first.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      await first.locator('code').textContent(),
    );
  });

  it('has the bill of each day beside the ledger, and as CSV every digit of it', async () => {
    const said = await report();
    const page = await opened();
    await panel(page, 'The bill against the ledger').getByText('Table').click();
    const cells = await panel(page, 'The bill against the ledger')
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [
          row.getAttribute('data-day'),
          ...[...row.querySelectorAll('[title]')].slice(0, 3).map((cell) => cell.getAttribute('title')),
        ]),
      );
    const money = (amount: string) => exactMoney(amount, said.currency);
    expect(cells).toEqual(
      said.byDay.map(({ day, bill, ledger, difference }) => [
        day,
        money(bill),
        money(ledger),
        money(difference),
      ]),
    );
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'The bill by day as CSV' }).click(),
    ]);
    const saved: Record<string, string>[] = parse(readFileSync(await download.path()), { columns: true });
    expect(saved.filter(({ day }) => day !== 'TOTAL').map(({ day, bill }) => [day, bill])).toEqual(
      said.byDay.map(({ day, bill }) => [day, bill]),
    );
  });

  it('leads from a day to its services and from a service to its charges', async () => {
    const said = await report(BILLED_DAY, dayBack(9));
    const page = await opened();
    await panel(page, 'The bill against the ledger').getByText('Table').click();
    await page.locator(`tr[data-day="${BILLED_DAY}"] button`).click();
    await page.waitForURL(/day=/);
    const services = page.getByRole('region', { name: 'Services of the day' });
    await services.getByRole('table').waitFor();
    expect(await services.locator('tbody tr').count()).toBe(said.services.length);
    expect(said.services.map(({ difference }) => difference)).toEqual(said.services.map(() => '0.00'));
    await services.locator('tbody tr button').first().click();
    await page.waitForURL(/service=/);
    await page.getByRole('region', { name: 'Charges of the service' }).getByRole('table').waitFor();
    await page.goBack();
    await page.waitForURL(({ search }) => search.includes('day=') && !search.includes('service='));
  });

  it('reads the calendar by arrow keys, and shows it as a table', async () => {
    const said = await report();
    const page = await opened();
    const calendar = panel(page, 'Calendar of coverage');
    await calendar.getByRole('group', { name: /^Days by source/ }).focus();
    await page.keyboard.press('ArrowLeft');
    await calendar.locator('.calendar-reading', { hasText: 'GPU-hours observed:' }).waitFor();
    expect(await calendar.locator('.calendar-cell').count()).toBe(
      said.calendar.rows.length * said.calendar.days.length,
    );
    await calendar.getByText('Table').click();
    expect(await calendar.locator('tbody tr').count()).toBe(said.calendar.days.length);
  });

  it('is where the pill and the mark of an estimate lead', async () => {
    for (const target of ['.pill', '.card .estimate']) {
      const page = await open(`/?from=${FROM}&to=${TO}`);
      await page.locator(target).first().click();
      await page.waitForURL(`**/health?from=${FROM}&to=${TO}`);
      await panel(page, 'Imports').waitFor();
    }
  });

  describe('for everyone', () => {
    const PLACES = [
      ['all', ''],
      ['a day', `&day=${BILLED_DAY}`],
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
            await page.locator('.chart svg').first().waitFor();
            if (search) await page.getByRole('region', { name: 'Services of the day' }).waitFor();
            await expectNoBarriers(
              page,
              `health-${name.replaceAll(/\W+/g, '-')}-${viewport.width}-${colorScheme}`,
            );
            expect(complaints).toEqual([]);
          },
        );
      }
    }
  });
});

function panel(page: Page, name: string) {
  return page.getByRole('region', { name, exact: true });
}
