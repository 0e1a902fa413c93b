import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it, test } from 'vitest';
import type { RunReceipt, RunRow, RunsReport } from '../../src/app/results/runs.ts';
import { exactMoney, formatMoney } from '../../web/src/format/money.ts';
import { hoursText } from '../../web/src/format/quantity.ts';
import { pathBelow } from '../../web/src/frame/page-list.ts';
import { findBarriers, sidewaysScroll } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';
import type { DemoProcess } from './demo-process.ts';

const DAY_MS = 86_400_000;
/** Whole days of the past, so that an hour that ends meanwhile moves nothing. */
const TO = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);
const FROM = new Date(Date.now() - 30 * DAY_MS).toISOString().slice(0, 10);
const WINDOW = `from=${FROM}&to=${TO}`;
const PROBLEM = {
  type: 'about:blank',
  title: 'The store is busy',
  status: 503,
  detail: 'another process holds it',
  code: 'TARE-5011',
  remedy: 'Try again in a minute.',
};

describeInBrowser('the runs page', () => {
  const { browser, complaints, demo, open } = useDemoPages();

  const openRuns = async (search = '', options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await open(`/runs?${WINDOW}${search}`, options);
    await table(page).waitFor();
    return page;
  };

  const report = async (...words: string[]): Promise<RunsReport> =>
    JSON.parse(await demo.tare('report', 'runs', '--from', FROM, '--to', TO, '--json', ...words));

  describe('with runs', () => {
    it('shows what the command line says, to the digit', async () => {
      const said = await report('--top', '50');
      const page = await openRuns();
      const { currency } = said;

      expect(await headline(page)).toBe(said.sentence);
      const rows = table(page).locator('tbody tr');
      expect(await rows.count()).toBe(50);
      for (const [index, row] of (said.rows as RunRow[]).entries()) {
        const line = rows.nth(index);
        expect(await line.getByRole('rowheader').getByRole('link').textContent()).toBe(row.name);
        const figures = line.locator('td .figure');
        expect(await figures.evaluateAll((all) => all.map((one) => one.title))).toEqual([
          '',
          `${row.gpuHours} h`,
          exactMoney(row.cost, currency),
          exactMoney(row.lostCost, currency),
          exactMoney(row.idleCost, currency),
        ]);
        expect((await figures.allTextContents()).map((text) => text.replace('~ (estimate)', ''))).toEqual([
          String(row.attempts),
          hoursText(row.gpuHours),
          formatMoney(row.cost, currency, 2),
          formatMoney(row.lostCost, currency, 2),
          formatMoney(row.idleCost, currency, 2),
        ]);
      }
      const total = table(page).locator('tfoot');
      expect(await total.getByRole('rowheader').textContent()).toContain(`Total of ${said.total.runs} runs`);
      expect(await total.locator('.figure').nth(2).getAttribute('title')).toBe(
        exactMoney(said.total.cost, currency),
      );
      expect(complaints).toEqual([]);
    });

    it('leads to a receipt whose lines add up to the row', async () => {
      const page = await openRuns('&sort=-attempts');
      const first = table(page).locator('tbody tr').first();
      const printed = await first.locator('td .figure').nth(2).textContent();
      const exact = await first.locator('td .figure').nth(2).getAttribute('title');
      await first.getByRole('rowheader').getByRole('link').click();

      const receipt = page.getByRole('region', { name: 'Lines of the receipt' }).getByRole('table');
      await receipt.waitFor();
      const total = receipt.locator('tfoot .figure');
      expect([await total.textContent(), await total.getAttribute('title')]).toEqual([printed, exact]);
      const amounts = await receipt.locator('tbody .figure').allTextContents();
      expect(amounts.reduce((sum, text) => sum + cents(text), 0)).toBe(cents(printed!));
      expect(await receipt.locator('tbody').count()).toBeGreaterThan(2);
      await page.getByRole('link', { name: 'All runs' }).click();
      await table(page).waitFor();
      expect(new URL(page.url()).search).toContain('sort=-attempts');
    });

    it('opens a receipt by its address, and says what the command line says', async () => {
      const [row] = (await report('--top', '1', '--sort', 'lostCost')).rows as RunRow[];
      const said: RunReceipt = JSON.parse(await demo.tare('explain', row!.runId, '--json'));
      expect(row!.runId).toMatch(/^kubernetes:train\/.*\//);
      const page = await open(pathBelow('Runs', row!.runId));
      const receipt = page.getByRole('region', { name: 'Lines of the receipt' }).getByRole('table');
      await receipt.waitFor();
      const exact = said.lines.map(({ amount }) => exactMoney(amount, said.currency));
      const beside = [said.run.direct, said.run.shared].map((amount) => exactMoney(amount, said.currency));
      expect(
        await receipt.locator('tbody .figure').evaluateAll((all) => all.map((one) => one.title)),
      ).toEqual([...exact, ...beside]);
      expect(await headline(page)).toContain(formatMoney(said.run.cost, said.currency, 2));
    });

    it('groups, and leads from a group to its runs', async () => {
      const said = await report('--by', 'team');
      const page = await openRuns('&by=team');
      const rows = table(page).locator('tbody tr');
      expect(await rows.getByRole('rowheader').getByRole('link').allTextContents()).toEqual(
        said.rows.map((row) => (row as Record<string, unknown>)['team']),
      );
      expect(await rows.locator('td .figure').evaluateAll((all) => all.map((one) => one.title))).toEqual(
        expect.arrayContaining(said.rows.map(({ cost }) => exactMoney(cost, said.currency))),
      );
      await rows.getByRole('link', { name: 'search', exact: true }).click();
      await expect.poll(() => new URL(page.url()).searchParams.get('team')).toBe('search');
      await expect
        .poll(() => table(page).locator('tbody tr td.words-team').allTextContents())
        .toSatisfy((teams: string[]) => teams.length > 0 && teams.every((team) => team === 'search'));
    });

    it('finds, filters, sorts and pages, all of it in the address', async () => {
      const page = await openRuns();
      await page.getByLabel('Find', { exact: true }).fill('VISION-pretrain-1');
      await page.waitForURL(/text=VISION-pretrain-1/);
      const names = table(page).locator('tbody th a');
      await expect.poll(() => names.first().textContent()).toContain('vision-pretrain-1');
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await page.getByRole('combobox', { name: 'State' }).selectOption('failed');
      await page.waitForURL(/state=failed/);
      await expect.poll(() => page.locator('.words-state').first().textContent()).toBe('failed');
      await table(page).getByRole('button', { name: 'GPU-hours' }).click();
      await page.waitForURL(/sort=-gpuHours/);
      const hours = table(page).getByRole('columnheader', { name: 'GPU-hours' });
      expect(await hours.getAttribute('aria-sort')).toBe('descending');
      await page.getByRole('button', { name: 'Next page' }).click();
      await page.waitForURL(/page=2/);
      await page.goBack();
      await expect.poll(() => new URL(page.url()).searchParams.has('page')).toBe(false);
      await page.getByText(/^1–50 of \d+ runs$/).waitFor();
    });

    it('judges runs by a metric', async () => {
      const said = await report('--metric', 'loss', '--direction', 'min', '--sort', '+quality', '--top', '1');
      const page = await openRuns();
      await page.getByLabel('Judge by').selectOption('loss');
      await page.getByLabel('Better is').selectOption('min');
      await table(page).getByRole('button', { name: 'loss' }).click();
      await table(page).getByRole('button', { name: 'loss' }).click();
      await page.waitForURL(/sort=%2Bquality/);
      const first = table(page).locator('tbody tr').first();
      await expect
        .poll(() => first.getByRole('rowheader').getByRole('link').textContent())
        .toBe((said.rows[0] as RunRow).name);
    });

    it('compares two runs', async () => {
      const page = await openRuns('&team=ranking');
      const boxes = table(page).getByRole('checkbox');
      await boxes.nth(0).check();
      await page.getByText('Choose a second run in the table.').waitFor();
      await boxes.nth(1).check();
      const compared = page.getByRole('region', { name: 'Two runs' });
      await compared.waitFor();
      const names = await table(page).locator('tbody th a').allTextContents();
      expect(await compared.getByRole('columnheader').allTextContents()).toEqual([
        names[0],
        names[1],
        'Difference',
      ]);
      const costs = table(page).locator('tbody td .figure');
      const cost = compared.getByRole('row', { name: /^Cost \$/ }).getByRole('cell');
      expect(await cost.nth(0).getAttribute('title')).toBe(await costs.nth(2).getAttribute('title'));
      expect(new URL(page.url()).searchParams.getAll('compare')).toHaveLength(2);
      await page.reload();
      await compared.waitFor();
    });

    it('has columns on demand, and keeps them', async () => {
      const page = await openRuns();
      await page.getByText('Columns', { exact: true }).first().click();
      await page.getByRole('checkbox', { name: 'Waited, h' }).check();
      await page.getByRole('checkbox', { name: 'Parameters' }).check();
      await page.keyboard.press('Escape');
      await table(page).getByRole('columnheader', { name: 'Waited, h' }).waitFor();
      await page.reload();
      await table(page).getByRole('columnheader', { name: 'Parameters' }).waitFor();
    });

    it('counts runs of unknown cost, and shows no zero for them', async () => {
      const page = await openRuns('&experiment=tokenizer-probe');
      const rows = table(page).locator('tbody tr');
      expect(await rows.first().locator('.unpriced').allTextContents()).toEqual([
        '? unknown',
        '? unknown',
        '? unknown',
        '? unknown',
      ]);
      await page.getByText(/^\? without \d runs? of unknown cost$/).waitFor();
    });

    it('saves every run that is selected, not the page alone', async () => {
      const said = await report();
      const page = await openRuns();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Runs as CSV' }).click(),
      ]);
      const rows: Record<string, string>[] = parse(readFileSync(await download.path()), { columns: true });
      const runs = rows.filter((row) => row['name'] !== '');
      expect(runs.length).toBe(said.total.runs);
      expect(runs.slice(0, 5).map((row) => row['cost'])).toEqual(
        said.rows.slice(0, 5).map(({ cost }) => cost),
      );
    });

    it('draws the hours of a run, and has them as a table', async () => {
      const [row] = (await report('--top', '1')).rows as RunRow[];
      const said: RunReceipt = JSON.parse(await demo.tare('explain', row!.runId, '--json'));
      const page = await open(pathBelow('Runs', row!.runId));
      await page.locator('.hours-chart svg').waitFor();
      await page.locator('.hours-chart').focus();
      await page.keyboard.press('Home');
      const spoken = page.locator('.hours [role=status]');
      expect(await spoken.textContent()).toMatch(/UTC, attempt 1: activity .*kW, .* GPU-hours, \$/);
      await page.getByRole('radiogroup', { name: 'Shown as' }).getByText('Table').click();
      const hours = page.getByRole('region', { name: 'Hours, USD' });
      expect(await hours.locator('tbody tr').count()).toBeGreaterThanOrEqual(
        new Set(said.timeline.map(({ hour }) => hour)).size,
      );
    });

    it('prints no figure that is none', async () => {
      const page = await openRuns('&metric=accuracy');
      expect(await page.locator('main').textContent()).not.toMatch(/NaN|Infinity|undefined|null|-0\b/);
      await table(page).locator('tbody a').first().click();
      await page.locator('.hours-chart svg').waitFor();
      expect(await page.locator('main').textContent()).not.toMatch(/Infinity|undefined|null|-0\b/);
    });
  });

  describe('by keyboard', () => {
    it('goes from page to page, and begins each at its top', async () => {
      const page = await open(`/?${WINDOW}`);
      await page.getByRole('heading', { level: 1, name: /was tare/ }).waitFor();
      await page.keyboard.press('g');
      await page.keyboard.press('r');
      await table(page).waitFor();
      expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(`/runs?${WINDOW}`);
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
      await page.keyboard.press('/');
      expect(await page.evaluate('document.activeElement.placeholder')).toBe('name, id, experiment');
    });

    it('chooses columns, runs and pages', async () => {
      const page = await openRuns();
      await page
        .getByRole('navigation', { name: 'Pages', exact: true })
        .getByRole('link', { name: 'Runs' })
        .focus();
      const stops: string[] = [];
      for (let stop = 0; stop < 50; stop += 1) {
        await page.keyboard.press('Tab');
        stops.push(await page.evaluate<string>(FOCUSED_NAME));
      }
      for (const name of [
        'Window',
        'Columns',
        'Runs as CSV',
        'Find',
        'Team',
        'Group by',
        'Judge by',
        'Cost',
      ]) {
        expect(
          stops.some((stop) => stop.startsWith(name)),
          `${name} in ${stops}`,
        ).toBe(true);
      }
      expect(stops.some((stop) => stop.startsWith('Compare '))).toBe(true);
      await page.evaluate('document.activeElement.blur()');
      await page.keyboard.press('n');
      await page.waitForURL(/page=2/);
      await page.keyboard.press('p');
      await expect.poll(() => new URL(page.url()).searchParams.has('page')).toBe(false);
    });
  });

  describe('without runs', () => {
    it('leads from an empty window to one with runs', async () => {
      const page = await open('/runs?from=2020-01');
      await page.getByRole('heading', { name: /No run was waiting or going on in 1–31 Jan 2020/ }).waitFor();
      await page.getByRole('button', { name: /^Show / }).click();
      await table(page).waitFor();
    });

    it('says when nothing is like that', async () => {
      const page = await open(`/runs?${WINDOW}&text=nothing-like-that`);
      await page.getByText('Nothing in this window is like that.').waitFor();
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await table(page).waitFor();
    });

    it('says what went wrong, its code and what to do, and tries again', async () => {
      const page = await (await browser.newContext()).newPage();
      let fails = true;
      await page.route('**/api/v1/runs*', (route) =>
        fails
          ? route.fulfill({
              status: 503,
              contentType: 'application/problem+json',
              body: JSON.stringify(PROBLEM),
            })
          : route.continue(),
      );
      await page.goto(`${demo.url}/runs?${WINDOW}`);
      const alert = page.getByRole('alert');
      await alert.waitFor();
      for (const words of [PROBLEM.title, PROBLEM.detail, PROBLEM.code, PROBLEM.remedy]) {
        expect(await alert.textContent()).toContain(words);
      }
      fails = false;
      await alert.getByRole('button', { name: 'Try again' }).click();
      await table(page).waitFor();
    });

    it('says that there is no such run, and no such page', async () => {
      const page = await open('/runs/slurm:none:1');
      await page.getByRole('alert').getByText('tare report runs lists the runs').waitFor();
      await page.goto(`${demo.url}/nowhere`);
      await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
      await page.getByRole('main').getByRole('link', { name: 'Runs' }).click();
      await table(page).waitFor();
    });
  });

  describe('for everyone', () => {
    const SIZES = [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ];
    const PLACES: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
      ['the list', `/runs?${WINDOW}`, (page) => table(page).waitFor()],
      [
        'many columns and a metric',
        `/runs?${WINDOW}&metric=accuracy&columns=name,team,state,waitHours,cost,lostCost,parameters,notes`,
        (page) => table(page).waitFor(),
      ],
      ['groups', `/runs?${WINDOW}&by=experiment,state`, (page) => table(page).waitFor()],
      ['a receipt', '', (page) => page.locator('.hours-chart svg').waitFor()],
      [
        'an empty window',
        '/runs?from=2020-01',
        (page) => page.getByRole('button', { name: /^Show / }).waitFor(),
      ],
    ];
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of SIZES) {
        test.each(PLACES)(
          `axe finds nothing: ${colorScheme}, ${viewport.width} px, %s`,
          async (_, address, ready) => {
            const page = await open(address || (await receiptAddress(demo)), { colorScheme, viewport });
            await ready(page);
            expect(await findBarriers(page)).toEqual([]);
            expect(await sidewaysScroll(page)).toBe(0);
            expect(complaints).toEqual([]);
          },
        );
      }
    }

    it('compares, chooses columns and lists keys without a barrier', async () => {
      const page = await openRuns('&by=');
      await table(page).getByRole('checkbox').nth(0).check();
      await table(page).getByRole('checkbox').nth(1).check();
      await page.getByRole('region', { name: 'Two runs' }).waitFor();
      await page.getByText('Columns', { exact: true }).first().click();
      expect(await findBarriers(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      expect(await findBarriers(page)).toEqual([]);
    });

    it('reflows at 320 px without scrolling sideways', async () => {
      const page = await openRuns('', { viewport: { width: 320, height: 700 } });
      expect(await sidewaysScroll(page)).toBe(0);
    });

    it('prints the page that is open, and the table as a whole', async () => {
      const page = await openRuns();
      await page.emulateMedia({ media: 'print' });
      const nav = page.getByRole('navigation', { name: 'Pages', exact: true });
      expect(await nav.getByRole('link').allInnerTexts()).toEqual(['Runs']);
      expect(await page.getByLabel('Find', { exact: true }).isVisible()).toBe(false);
      expect(await table(page).isVisible()).toBe(true);
    });
  });
});

function table(page: Page) {
  return page.getByRole('region', { name: 'Table of runs' }).getByRole('table');
}

/** The heading and the notes below it are one sentence of the server. */
async function headline(page: Page): Promise<string> {
  const heading = await page.getByRole('heading', { level: 1 }).textContent();
  const notes = page.locator('.sentence-notes');
  return (await notes.count()) === 0 ? heading! : `${heading} ${await notes.textContent()}`;
}

async function receiptAddress(demo: Pick<DemoProcess, 'url'>): Promise<string> {
  const answer = await fetch(`${demo.url}/api/v1/runs?${WINDOW}&sort=-attempts&limit=1`);
  const { rows } = (await answer.json()) as { rows: RunRow[] };
  return pathBelow('Runs', rows[0]!.runId);
}

function cents(text: string): number {
  return Math.round(Number(text.replace(/[^\d.]/g, '')) * 100) * (text.startsWith('−') ? -1 : 1);
}

const FOCUSED_NAME = `(() => {
  const element = document.activeElement;
  return (element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent).trim();
})()`;
