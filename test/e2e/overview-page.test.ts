import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import { makeEmptyOverview, makeOverview } from '../../web/src/dev/make-overview.ts';
import { findBarriers, sidewaysScroll } from './axe.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { DASHBOARD, ensureDashboardBuilt } from './dashboard-build.ts';
import type { Answer, DashboardServer } from './fixture-server.ts';
import { startFixtureServer } from './fixture-server.ts';

const EXTENT = { from: '2026-08-01T00:00:00Z', to: '2026-11-01T00:00:00Z' };
const PROBLEM = {
  type: 'about:blank',
  title: 'The window cannot be read',
  status: 400,
  detail: '"soon" is no date',
  code: 'TARE-2003',
  remedy: 'Give from as 7d, month, 2026-10 or an ISO day.',
};

/** The window in the address chooses the answer: each state of the page has its own. */
const ANSWERS: Readonly<Record<string, () => Answer>> = {
  soon: () => ({ status: 400, body: PROBLEM }),
  nothing: () => ({ status: 200, body: makeEmptyOverview() }),
  '2020-01': () => ({ status: 200, body: makeEmptyOverview(EXTENT) }),
  '2026-09': () => ({ status: 200, body: makeOverview({ endDay: '2026-10-01', days: 30 }) }),
  slow: () => ({ status: 200, body: makeOverview(), delayMs: 1_500 }),
  blind: () => ({ status: 200, body: makeOverview({ hasUsage: false, isGenerated: false }) }),
  unpriced: () => ({ status: 200, body: makeOverview({ isUnpriced: true, isGenerated: false }) }),
};

const executablePath = findChromium();
const suite = executablePath ? describe : describe.skip;

suite(`the overview page${executablePath ? '' : ' (skipped: no Chromium; set CHROMIUM_PATH)'}`, () => {
  let server: DashboardServer;
  let browser: Browser;
  const requests: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    ensureDashboardBuilt();
    server = await startFixtureServer((url) => {
      const answer = ANSWERS[url.searchParams.get('from') ?? ''];
      return answer ? answer() : { status: 200, body: makeOverview() };
    });
    browser = await launchChromium(executablePath!);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    requests.length = 0;
    complaints.length = 0;
  });

  async function open(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    // The stream that tells of new figures stays open beside all others.
    page.on('request', (request) => {
      if (!request.url().endsWith('/api/v1/live')) requests.push(request.url());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${server.url}/${search}`);
    return page;
  }

  async function openWithChart(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(search, options);
    await page.locator('.chart svg').waitFor();
    return page;
  }

  describe('with figures', () => {
    it('leads with the sentence in money and says where the money went', async () => {
      const page = await openWithChart();
      const overview = makeOverview();

      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(overview.sentence);
      const cards = page.getByRole('region', { name: 'Key figures' });
      expect(await cards.getByRole('heading').allInnerTexts()).toEqual([
        'Spent',
        'Tare',
        'Per productive GPU-hour',
        'Difference to the bill',
      ]);
      const steps = page.getByRole('table', { name: /GPU time paid for/ }).getByRole('rowheader');
      expect(await steps.locator('.funnel-name').allInnerTexts()).toEqual(
        overview.funnel.map(({ step }) => step),
      );
      for (const leak of overview.leaks) {
        await page.getByRole('region', { name: 'Largest leaks' }).getByText(leak.advice).waitFor();
      }
      const teams = page.getByRole('region', { name: 'Teams' });
      for (const name of ['untagged', 'nobody', 'Total']) {
        await teams.getByRole('rowheader', { name }).waitFor();
      }
      expect(await page.title()).toBe('Overview, 1–31 Oct 2026 · Tare');
    });

    it('says that generated data is invented, and how to bring real data', async () => {
      const page = await open();
      const banner = page.getByRole('complementary', { name: 'Generated data' });
      expect(await banner.textContent()).toContain('Generated data: an invented fleet (seed 42)');
      expect(await banner.textContent()).toContain('tare import bill.parquet --kind focus');
    });

    it('asks once, loads nothing from elsewhere, and keeps to a strict content security policy', async () => {
      const page = await openWithChart();
      await page.waitForLoadState('networkidle');
      expect(requests.filter((url) => url.includes('/api/'))).toHaveLength(1);
      expect(requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
      expect(complaints).toEqual([]);
    });

    it('is useful before the chart library arrives', async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.route('**/day-chart-*.js', () => undefined);
      await page.goto(server.url);
      await page.getByRole('heading', { level: 1, name: /This window cost/ }).waitFor();
      await page.getByRole('region', { name: 'Data health' }).waitFor();
      expect(await page.locator('.chart svg').count()).toBe(0);
    });

    it('stays under 350 kB of script, compressed, and loads no other page', async () => {
      await openWithChart();
      const scripts = requests.map((url) => new URL(url).pathname).filter((path) => path.endsWith('.js'));
      const bytes = scripts.map((path) => gzipSync(readFileSync(join(DASHBOARD, path))).length);
      expect(scripts.some((path) => path.includes('day-chart'))).toBe(true);
      expect(scripts.filter((path) => /runs-page|receipt-page|timeline/.test(path))).toEqual([]);
      expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(350_000);
    });

    it('keeps the measure in the address, and the back button brings it back', async () => {
      const page = await openWithChart();
      await choose(page, 'Measure', 'GPU-hours');
      expect(new URL(page.url()).search).toBe('?measure=gpu-hours');
      await page.getByText('GPU-hours per day').waitFor();
      await page.goBack();
      await page.getByText('GPU cost per day, USD').waitFor();
      expect(requests.filter((url) => url.includes('/api/'))).toHaveLength(1);
    });

    it('asks for the window in the address and changes the address with the window', async () => {
      const page = await open('?from=2026-09');
      await page.getByRole('banner').getByText('1–30 Sep 2026').waitFor();
      await page.getByRole('combobox', { name: 'Window' }).selectOption('7d');
      await page.waitForURL('**/?from=7d');
      await page.getByRole('combobox', { name: 'Window' }).selectOption('custom');
      await page.getByLabel('First day (UTC)').fill('2026-10-05');
      await page.getByLabel('Last day (UTC)').fill('2026-10-11');
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      await page.waitForURL('**/?from=2026-10-05&to=2026-10-12');
      await expect
        .poll(() => requests.filter((url) => url.includes('/api/')).at(-1))
        .toContain('/api/v1/overview?from=2026-10-05&to=2026-10-12');
    });

    it('shows the rows behind the bars, and saves them with every digit', async () => {
      const page = await openWithChart();
      await choose(page, 'Shown as', 'Table');
      const days = page.getByRole('region', { name: 'Days, USD' });
      expect(await days.getByRole('row').count()).toBe(1 + 31 + 1);
      await days.getByRole('rowheader', { name: /^Sat 31 Oct 2026.*\(estimate\)$/ }).waitFor();

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Days as CSV' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('tare-days-2026-10-01-2026-11-01.csv');
      const lines = readFileSync(await download.path(), 'utf8')
        .trimEnd()
        .split('\r\n');
      const [first] = makeOverview().days;
      expect(lines).toHaveLength(1 + 31);
      expect(lines[1]!.split(',')).toEqual(
        expect.arrayContaining([first!.day, first!.cost.idle, first!.totalCost]),
      );
    });

    it('sorts teams, and shows the six buckets on demand', async () => {
      const page = await open();
      const teams = page.getByRole('region', { name: 'Teams' });
      await teams.getByRole('button', { name: 'Direct' }).click();
      expect(await teams.getByRole('columnheader', { name: 'Direct' }).getAttribute('aria-sort')).toBe(
        'descending',
      );
      expect(await teams.getByRole('rowheader').first().textContent()).toContain('platform');
      expect(await teams.getByRole('columnheader').count()).toBe(7);
      await page.getByRole('switch', { name: 'Six buckets' }).check();
      expect(await teams.getByRole('columnheader').count()).toBe(13);
    });

    it('prints no figure that is none', async () => {
      const page = await openWithChart();
      expect(await page.locator('main').textContent()).not.toMatch(/NaN|Infinity|undefined|null|-0\b/);
    });
  });

  describe('by keyboard', () => {
    it('reaches the window, the measure, the table and the data health', async () => {
      const page = await openWithChart();
      const stops = await walk(page, 40);
      expect(stops[0]).toBe('Skip to the figures');
      for (const stop of [
        'Window',
        'Measure: cost',
        'Shown as: chart',
        'Days as CSV',
        'Six buckets',
        'Teams as CSV',
      ]) {
        expect(stops).toContain(stop);
      }
      expect(stops.find((stop) => stop.startsWith('Stacked bars by day'))).toBeDefined();
    });

    it('moves between the days of the chart and says what it finds', async () => {
      const page = await openWithChart();
      await page.locator('.days-chart').focus();
      await page.keyboard.press('End');
      await page.keyboard.press('ArrowLeft');
      await page.locator('.readout-head', { hasText: 'Fri 30 Oct 2026' }).waitFor();
      const spoken = page.locator('.days [role=status]');
      expect(await spoken.textContent()).toMatch(/^Fri 30 Oct 2026: \$[\d,.]+, estimate\. productive \$/);
      await page.keyboard.press('Escape');
      await page.locator('.readout-head', { hasText: '1–31 Oct 2026' }).waitFor();
    });

    it('obeys single keys, lists them, and lets them be switched off', async () => {
      const page = await openWithChart();
      await page.keyboard.press('m');
      await page.waitForURL('**/?measure=gpu-hours');
      await page.keyboard.press('?');
      const dialog = page.getByRole('dialog', { name: 'Keys' });
      await dialog.getByRole('switch').uncheck();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await page.keyboard.press('m');
      await page.keyboard.press('t');
      expect(new URL(page.url()).search).toBe('?measure=gpu-hours');
      expect(await page.locator('.chart').count()).toBe(1);
    });
  });

  describe('without figures', () => {
    it('shows the frame while it waits', async () => {
      const page = await open('?from=slow');
      await page.getByRole('heading', { name: 'Loading the overview…' }).waitFor();
      expect(await page.getByRole('main').getAttribute('aria-busy')).toBe('true');
      expect(await page.getByRole('combobox', { name: 'Window' }).isVisible()).toBe(true);
      await page.getByRole('heading', { name: /This window cost/ }).waitFor();
    });

    it('greys the last figures while another window loads', async () => {
      const page = await openWithChart();
      await page.evaluate(
        "history.pushState(null, '', '?from=slow'); dispatchEvent(new PopStateEvent('popstate'))",
      );
      await page.locator('.figures.is-old').waitFor();
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('This window cost');
      await page.locator('.figures:not(.is-old)').waitFor();
    });

    it('says what went wrong, its code and what to do, and tries again', async () => {
      const page = await open('?from=soon');
      const alert = page.getByRole('alert');
      await alert.waitFor();
      for (const words of [PROBLEM.title, PROBLEM.detail, PROBLEM.code, PROBLEM.remedy]) {
        expect(await alert.textContent()).toContain(words);
      }
      const before = requests.length;
      await alert.getByRole('button', { name: 'Try again' }).click();
      await expect.poll(() => requests.length).toBe(before + 1);
    });

    it('says so when no server answers', async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.route('**/api/**', (route) => route.abort());
      await page.goto(server.url);
      await page.getByRole('alert').getByText('No answer from the Tare server').waitFor();
    });

    it('carries the commands that fill an empty ledger', async () => {
      const page = await open('?from=nothing');
      await page.getByRole('heading', { level: 1, name: 'Nothing imported yet' }).waitFor();
      for (const command of ['npx tare demo', 'tare import bill.parquet --kind focus', 'tare init']) {
        await page.getByRole('button', { name: `Copy: ${command}` }).waitFor();
      }
    });

    it('leads from an empty window to one with rows', async () => {
      const page = await open('?from=2020-01');
      await page.getByText('The ledger has rows from 1 Aug – 31 Oct 2026.').waitFor();
      await page.getByRole('button', { name: 'Show 1 Aug – 31 Oct 2026' }).click();
      await page.getByRole('heading', { name: /This window cost/ }).waitFor();
      expect(new URL(page.url()).searchParams.get('from')).toBe(EXTENT.from);
    });

    it('says that utilisation is unknown, and how to measure it', async () => {
      const page = await open('?from=blind');
      const funnel = page.getByRole('region', { name: 'From paid to productive' });
      await funnel.getByText('Capacity is known, utilisation is not.').waitFor();
      await page.getByRole('link', { name: 'No usage yet' }).waitFor();
    });

    it('never shows a cost of zero for what has no price', async () => {
      const page = await open('?from=unpriced');
      const funnel = page.getByRole('table', { name: /GPU time paid for/ });
      await funnel.waitFor();
      expect(await funnel.locator('tbody .funnel-cost').allInnerTexts()).toEqual(Array(6).fill('unpriced'));
      await page.getByRole('button', { name: 'Show GPU-hours' }).click();
      await page.locator('.chart svg').waitFor();
    });
  });

  describe('for everyone', () => {
    const SIZES = [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ];
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of SIZES) {
        test(`axe finds nothing: ${colorScheme}, ${viewport.width} px`, async () => {
          const page = await openWithChart('', { colorScheme, viewport });
          expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe(colorScheme);
          expect(await findBarriers(page)).toEqual([]);
          expect(await sidewaysScroll(page)).toBe(0);
        });
      }

      test.each([
        ['the table and six buckets', '', showTables],
        ['the keys', '', (page: Page) => page.keyboard.press('?')],
        ['an error', '?from=soon', null],
        ['an empty ledger', '?from=nothing', null],
        ['an empty window', '?from=2020-01', null],
        ['no utilisation', '?from=blind', null],
        ['no prices', '?from=unpriced', null],
      ])(`axe finds nothing: ${colorScheme}, %s`, async (_, search, prepare) => {
        const page = await open(search, { colorScheme, reducedMotion: 'reduce' });
        await page.waitForLoadState('networkidle');
        await prepare?.(page);
        expect(await findBarriers(page)).toEqual([]);
      });
    }

    it('reflows at 320 px without scrolling sideways', async () => {
      const page = await openWithChart('', { viewport: { width: 320, height: 700 } });
      expect(await sidewaysScroll(page)).toBe(0);
    });

    it('follows the system, and lets a person choose', async () => {
      const page = await open('', { colorScheme: 'dark' });
      const root = page.locator('html[data-mantine-color-scheme]');
      expect(await root.getAttribute('data-mantine-color-scheme')).toBe('dark');
      await page.getByRole('button', { name: /^Colours: as the system/ }).click();
      expect(await root.getAttribute('data-mantine-color-scheme')).toBe('light');
    });
  });
});

/** The names of what the Tab key stops at, from the top of the page. */
async function walk(page: Page, stops: number): Promise<readonly string[]> {
  const names: string[] = [];
  for (let stop = 0; stop < stops; stop += 1) {
    await page.keyboard.press('Tab');
    names.push(await page.evaluate<string>(FOCUSED_NAME));
  }
  return names;
}

const FOCUSED_NAME = `(() => {
  const element = document.activeElement;
  const group = element.closest('[role=radiogroup]')?.getAttribute('aria-label');
  const own = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
  return (group ? group + ': ' + element.value : own).trim();
})()`;

/** A segmented control: the radio itself is hidden, people press its label. */
function choose(page: Page, group: string, option: string): Promise<void> {
  return page.getByRole('radiogroup', { name: group }).getByText(option, { exact: true }).click();
}

async function showTables(page: Page): Promise<void> {
  await choose(page, 'Shown as', 'Table');
  await page.getByRole('switch', { name: 'Six buckets' }).check();
}
