import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it, test } from 'vitest';
import type { InferenceReport } from '../../src/app/results/inference.ts';
import type { Explanation } from '../../src/app/results/results.ts';
import type { UnitsReport } from '../../src/app/results/units.ts';
import { exactMoney, formatMoney } from '../../web/src/format/money.ts';
import { formatCount } from '../../web/src/format/quantity.ts';
import { formatUnitChange, formatUnitMoney } from '../../web/src/format/unit-money.ts';
import { findBarriers, sidewaysScroll } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const DAY_MS = 86_400_000;
/** Whole days of the past, so that an hour that ends meanwhile moves nothing; as many before them are in the demo, too. */
const TO = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);
const FROM = new Date(Date.now() - 16 * DAY_MS).toISOString().slice(0, 10);
const WINDOW = `from=${FROM}&to=${TO}`;
const JUDGED = `${WINDOW}&sloMs=2000&minQuality=helpfulness%3D0.8`;
const ENDPOINT = 'answer-llm-70b';
/** An answer of the server may take as long on a busy machine. */
const PATIENT = { timeout: 60_000 };
const PROBLEM = {
  type: 'about:blank',
  title: 'The store is busy',
  status: 503,
  detail: 'another process holds it',
  code: 'TARE-5011',
  remedy: 'Try again in a minute.',
};

describeInBrowser('the units page', () => {
  const { browser, complaints, demo, open } = useDemoPages(PATIENT.timeout);

  const openUnits = async (search = WINDOW, options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await open(`/units?${search}`, options);
    await table(page).waitFor();
    return page;
  };

  const said = async <Report>(...words: string[]): Promise<Report> =>
    JSON.parse(await demo.tare(...words, '--from', FROM, '--to', TO, '--json'));

  describe('with requests', () => {
    it('shows what the command line says, to the digit', async () => {
      const report = await said<InferenceReport>(
        ...['report', 'inference', '--slo-ms', '2000', '--min-quality', 'helpfulness=0.8'],
      );
      const page = await openUnits(JUDGED);
      const { currency } = report;

      expect(await headline(page)).toBe(report.sentence);
      const rows = table(page).locator('tbody tr');
      expect(await rows.count()).toBe(report.rows.length);
      for (const [index, row] of report.rows.entries()) {
        const line = rows.nth(index);
        expect(await line.getByRole('rowheader').first().textContent()).toContain(String(row['endpoint']));
        expect(await line.locator('.unit-requests').textContent()).toBe(formatCount(row.requests));
        const cost = line.locator('.unit-cost');
        if (row.cost === null) {
          expect(await cost.textContent()).toContain('? unpriced');
          continue;
        }
        expect(await cost.locator('.figure').getAttribute('title')).toBe(exactMoney(row.cost, currency));
        expect(await cost.locator('.figure').textContent()).toBe(formatMoney(row.cost, currency, 2));
        for (const name of [
          'costPer1kRequests',
          'costPer1mOutputTokens',
          'costPer1kGood',
          'marginPer1k',
        ] as const) {
          const figure = line.locator(`.unit-${name} .figure`);
          expect(await figure.textContent()).toBe(formatUnitMoney(row[name], currency));
          if (row[name] !== null)
            expect(await figure.getAttribute('title')).toBe(exactMoney(row[name], currency));
        }
      }
      const total = table(page).locator('tfoot .unit-costPer1kRequests .figure');
      expect(await total.getAttribute('title')).toBe(exactMoney(report.total.costPer1kRequests, currency));
      expect(await page.getByRole('article').first().locator('.card-value').textContent()).toBe(
        formatUnitMoney(report.total.costPer1kRequests, currency),
      );
      expect(complaints).toEqual([]);
    });

    it('turns to the used basis, groups and filters, all of it in the address', async () => {
      const used = await said<InferenceReport>(
        ...['report', 'inference', '--basis', 'used', '--by', 'step', '--filter', 'team=search'],
      );
      const page = await openUnits();
      await page.getByRole('radiogroup', { name: 'Basis' }).getByText('Used').click();
      await page.waitForURL(/basis=used/);
      await page.getByLabel('and by').selectOption('');
      await page.getByLabel('Group by').selectOption('step');
      await page.getByLabel('Team', { exact: true }).selectOption('search');
      await page.waitForURL(/team=search/);
      const costs = table(page).locator('tbody .unit-cost .figure');
      await expect
        .poll(() => costs.evaluateAll((all) => all.map((one) => one.title)), PATIENT)
        .toEqual(used.rows.flatMap(({ cost }) => (cost === null ? [] : [exactMoney(cost, used.currency)])));
      await page.goBack();
      await expect.poll(() => new URL(page.url()).searchParams.has('team'), PATIENT).toBe(false);
    });

    it('sorts by any column, with what is not known last', async () => {
      const page = await openUnits();
      await table(page).getByRole('button', { name: 'Per 1,000', exact: true }).click();
      await page.waitForURL(/sort=-costPer1kRequests/);
      const figures = table(page).locator('tbody .unit-costPer1kRequests');
      const amounts = (await figures.allTextContents()).map((text) =>
        /\d/.test(text) ? Number(text.replace(/[^\d.−]/g, '').replace('−', '-')) : null,
      );
      const known = amounts.filter((amount) => amount !== null);
      expect(known).toEqual([...known].sort((a, b) => b - a));
      expect(amounts.lastIndexOf(known.at(-1)!)).toBeLessThan(amounts.length);
      expect(amounts.slice(known.length).every((amount) => amount === null)).toBe(true);
    });

    it('is loud about what loses money, and names what nobody asks', async () => {
      const report = await said<InferenceReport>('report', 'inference');
      const losing = report.rows.filter(({ isLosingMoney }) => isLosingMoney);
      expect(losing.length).toBeGreaterThan(0);
      const page = await openUnits();
      const sign = page.getByRole('complementary', { name: 'Loses money' });
      for (const row of losing) {
        expect(await sign.textContent()).toContain(String(row['endpoint']));
        expect(await sign.textContent()).toContain(formatUnitMoney(row.marginPer1k, report.currency));
      }
      const unasked = report.endpoints.filter(({ diagnosis }) => diagnosis === 'no_traffic');
      expect(unasked.length).toBeGreaterThan(0);
      const field = page
        .getByRole('list', { name: 'Allocated against used' })
        .locator('[data-place=unasked]');
      expect(await field.getByRole('link').allTextContents()).toEqual(
        unasked.map(({ endpoint }) => endpoint),
      );
    });

    it('tells what moved the unit cost as the command line does, and each day of it', async () => {
      const report = await said<UnitsReport>('report', 'units', '--filter', `endpoint=${ENDPOINT}`);
      const page = await openUnits(`${WINDOW}&endpoint=${ENDPOINT}`);
      const drivers = page.locator('#drivers');
      await drivers.getByText(report.comparison!).waitFor();
      const { change, currency } = report;
      expect(await drivers.locator('tr[data-kind=driver] .figure').allTextContents()).toEqual(
        change!.drivers.map(({ amount }) => formatUnitChange(amount, currency)),
      );
      await page.getByRole('radiogroup', { name: 'Trend shown as' }).getByText('Table').click();
      const days = page.getByRole('region', { name: 'Table of the trend, USD' }).locator('tbody tr');
      expect(await days.count()).toBe(report.points.length);
      expect(
        await days.locator('td:nth-of-type(3)').evaluateAll((all) => all.map((one) => one.title)),
      ).toEqual(report.points.map((point) => exactMoney(point.costPer1kRequests, currency)));
    });

    it('draws the trend, and says its points aloud', async () => {
      const page = await openUnits();
      await page.locator('.trend-chart svg').waitFor();
      await page.locator('.trend-chart').focus();
      await page.keyboard.press('Home');
      expect(await page.locator('.trend [role=status]').textContent()).toMatch(
        /per 1,000 of [\d,]+ requests, p95 .* ms.*Less the time before: price .*, mix /,
      );
    });

    it('compares with APIs by their published prices, and with any other price', async () => {
      const report = await said<InferenceReport>(
        'report',
        'inference',
        '--against',
        'default',
        '--api-price',
        '3/15',
      );
      const endpoint = report.endpoints.find((one) => one.comparisons.length > 0)!;
      const page = await openUnits();
      const panel = page.locator('#break-even');
      await panel.locator('.even-chart svg').waitFor();
      const apis = panel.getByRole('region', { name: 'APIs compared with, USD' }).locator('tbody tr');
      expect(await apis.count()).toBe(endpoint.comparisons.length);
      await panel.getByLabel('or a price per 1M, in/out').fill('3/15');
      await panel.getByRole('button', { name: 'Compare' }).click();
      await expect.poll(() => apis.count(), PATIENT).toBe(endpoint.comparisons.length + 1);
      expect(
        await apis.locator('td:nth-of-type(1)').evaluateAll((all) => all.map((one) => one.title)),
      ).toEqual(
        [endpoint.breakEven!, ...endpoint.comparisons].map(({ apiCostPer1kRequests }) =>
          exactMoney(apiCostPer1kRequests, report.currency),
        ),
      );
      await panel.locator('.even-chart').focus();
      await page.keyboard.press('Home');
      expect(await panel.getByRole('status').textContent()).toMatch(/At .* requests an hour \(5\s%/);
      await panel.getByRole('radiogroup', { name: 'Break-even shown as' }).getByText('Table').click();
      const curve = panel.getByRole('region', { name: 'Table of the curve, USD' }).locator('tbody tr');
      expect(await curve.count()).toBe(endpoint.breakEven!.curve.length + 1);
      expect(await curve.last().locator('td').last().getAttribute('title')).toBe(
        exactMoney(endpoint.breakEven!.current.selfHostedPer1kRequests, report.currency),
      );
    });

    it('has columns on demand, and saves every row with every digit', async () => {
      const report = await said<InferenceReport>('report', 'inference');
      const page = await openUnits();
      await page.locator('summary').click();
      await page.getByRole('checkbox', { name: 'GPU-hours' }).check();
      await page.keyboard.press('Escape');
      await table(page).getByRole('columnheader', { name: 'GPU-hours' }).waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Unit costs as CSV' }).click(),
      ]);
      const rows: Record<string, string>[] = parse(readFileSync(await download.path()), { columns: true });
      expect(rows.slice(0, report.rows.length).map((row) => row['costPer1kRequests'])).toEqual(
        report.rows.map(({ costPer1kRequests }) => costPer1kRequests ?? ''),
      );
    });

    it('prints no figure that is none', async () => {
      const page = await openUnits(JUDGED);
      await page.locator('.trend-chart svg').waitFor();
      expect(await page.locator('main').textContent()).not.toMatch(/NaN|Infinity|undefined|\bnull\b|-0\b/);
    });
  });

  describe('the receipt of an endpoint', () => {
    it('leads from the row to lines that add up to it, and back', async () => {
      const page = await openUnits(`${WINDOW}&sort=-requests`);
      const row = table(page)
        .locator('tbody tr')
        .filter({ has: page.getByRole('link', { name: ENDPOINT, exact: true }) })
        .first();
      const printed = await row.locator('.unit-cost .figure').textContent();
      const unit = await row.locator('.unit-costPer1kRequests .figure').getAttribute('title');
      await row.getByRole('rowheader').first().getByRole('link').click();
      const lines = page.getByRole('region', { name: 'Lines of the receipt' }).getByRole('table');
      await lines.waitFor();
      expect(await lines.locator('tfoot .figure').textContent()).toBe(printed);
      const amounts = await lines.locator('tbody .figure').allTextContents();
      expect(amounts.reduce((sum, text) => sum + cents(text), 0)).toBe(cents(printed!));
      const steps = page.getByRole('region', { name: 'What a unit costs' });
      expect(await steps.locator('.figure').first().getAttribute('title')).toBe(unit);
      await page.getByRole('link', { name: 'All endpoints' }).click();
      await table(page).waitFor();
      expect(new URL(page.url()).search).toContain('sort=-requests');
    });

    it('says in words what the command line says', async () => {
      const page = await open(`/units/${ENDPOINT}?${WINDOW}`);
      const words = page.getByRole('region', { name: 'The receipt in words' });
      await words.waitFor();
      const row = `endpoint:${ENDPOINT}@${FROM}T00:00:00Z..${TO}T00:00:00Z`;
      const explained: Explanation = JSON.parse(await demo.tare('explain', row, '--json'));
      expect(await words.locator('tbody tr').allTextContents()).toEqual(
        explained.lines.map(({ figure, what, source }) => `${what}${figure}${source}`),
      );
      await page.getByText(`tare explain "${row}"`).waitFor();
    });

    it('is of an API, too', async () => {
      const page = await open(`/units/openai?${WINDOW}`);
      await page
        .getByRole('region', { name: 'Lines of the receipt' })
        .getByText('each at its own price')
        .waitFor();
      await page
        .getByRole('region', { name: 'Parts of the endpoint' })
        .getByText('By prompt version')
        .waitFor();
      await page.getByRole('region', { name: 'Paid calls and servers in their place' }).waitFor();
    });

    it('says that there is none of that name', async () => {
      const page = await open(`/units/answer-llm-70c?${WINDOW}`);
      await page
        .getByRole('alert')
        .getByText(/did you mean answer-llm-70b/)
        .waitFor();
    });
  });

  describe('by keyboard', () => {
    it('goes there, turns the basis and reaches the grouping', async () => {
      const page = await open(`/?${WINDOW}`);
      await page.getByRole('heading', { level: 1, name: /was tare/ }).waitFor();
      await page.keyboard.press('g');
      await page.keyboard.press('u');
      await table(page).waitFor();
      expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(`/units?${WINDOW}`);
      await page.keyboard.press('b');
      await page.waitForURL(/basis=used/);
      await page.keyboard.press('/');
      expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('Group by');
    });
  });

  describe('without requests', () => {
    it('leads from an empty window to one with requests', async () => {
      const page = await open('/units?from=2020-01');
      await page.getByRole('heading', { name: /No inference is known in 1–31 Jan 2020/ }).waitFor();
      await page.getByRole('button', { name: /^Show / }).click();
      await table(page).waitFor();
    });

    it('says what went wrong, its code and what to do, and tries again', async () => {
      const page = await (await browser.newContext()).newPage();
      let fails = true;
      await page.route('**/api/v1/inference*', (route) => (fails ? fail(route) : route.continue()));
      await page.goto(`${demo.url}/units?${WINDOW}`);
      const alert = page.getByRole('alert');
      await alert.waitFor();
      for (const words of [PROBLEM.title, PROBLEM.detail, PROBLEM.code, PROBLEM.remedy]) {
        expect(await alert.textContent()).toContain(words);
      }
      fails = false;
      await alert.getByRole('button', { name: 'Try again' }).click();
      await table(page).waitFor();
    });

    it('shows its figures even when the trend fails', async () => {
      const page = await (await browser.newContext()).newPage();
      await page.route('**/api/v1/units*', fail);
      await page.goto(`${demo.url}/units?${WINDOW}`);
      await page.getByRole('alert').getByText(PROBLEM.title).waitFor();
      await table(page).waitFor();
    });

    it('says what is wrong with a bar that cannot be read', async () => {
      const page = await openUnits();
      await page.getByLabel('Quality bar').fill('good');
      await page.getByRole('button', { name: 'Judge' }).click();
      await page
        .getByRole('alert')
        .first()
        .getByText(/is not a bar of quality/)
        .waitFor();
    });
  });

  describe('for everyone', () => {
    const SIZES = [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ];
    const drawn = (page: Page) => page.locator('.trend-chart svg').waitFor();
    const PLACES: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
      ['the list', `/units?${JUDGED}`, drawn],
      ['two labels', `/units?${WINDOW}&by=promptVersion,step&basis=used`, drawn],
      ['a receipt', `/units/${ENDPOINT}?${WINDOW}`, drawn],
      ['the receipt of an API', `/units/openai?${WINDOW}`, drawn],
      [
        'an empty window',
        '/units?from=2020-01',
        (page) => page.getByRole('button', { name: /^Show / }).waitFor(),
      ],
    ];
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of SIZES) {
        test.each(PLACES)(
          `axe finds nothing: ${colorScheme}, ${viewport.width} px, %s`,
          async (_, address, ready) => {
            const page = await open(address, { colorScheme, viewport });
            await ready(page);
            expect(await findBarriers(page)).toEqual([]);
            expect(await sidewaysScroll(page)).toBe(0);
            expect(complaints).toEqual([]);
          },
        );
      }
    }

    it('shows tables and columns without a barrier', async () => {
      const page = await openUnits();
      await page.getByRole('radiogroup', { name: 'Trend shown as' }).getByText('Table').click();
      await page.getByRole('radiogroup', { name: 'Break-even shown as' }).getByText('Table').click();
      await page.locator('summary').click();
      expect(await findBarriers(page)).toEqual([]);
    });

    it('reflows at 320 px without scrolling sideways', async () => {
      const page = await openUnits(WINDOW, { viewport: { width: 320, height: 700 } });
      await drawn(page);
      expect(await sidewaysScroll(page)).toBe(0);
    });

    it('prints the table and no controls', async () => {
      const page = await openUnits();
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByLabel('Group by').isVisible()).toBe(false);
      expect(await table(page).isVisible()).toBe(true);
    });
  });
});

function table(page: Page) {
  return page.getByRole('region', { name: 'Table of unit costs' }).getByRole('table');
}

/** The heading and the notes below it are one sentence of the server. */
async function headline(page: Page): Promise<string> {
  const heading = await page.getByRole('heading', { level: 1 }).textContent();
  const notes = page.locator('.sentence-notes');
  return (await notes.count()) === 0 ? heading! : `${heading} ${await notes.textContent()}`;
}

type Route = Parameters<Parameters<Page['route']>[1]>[0];

function fail(route: Route): Promise<void> {
  return route.fulfill({
    status: 503,
    contentType: 'application/problem+json',
    body: JSON.stringify(PROBLEM),
  });
}

function cents(text: string): number {
  return Math.round(Number(text.replace(/[^\d.]/g, '')) * 100) * (text.startsWith('−') ? -1 : 1);
}
