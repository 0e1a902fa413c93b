import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import { type Composition, composeTare } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { createApi } from '../../src/http/api.ts';
import { type Listening, listen } from '../../src/http/server.ts';
import { PAGES } from '../../web/src/frame/page-list.ts';
import { findBarriers } from './axe.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { DASHBOARD, ensureDashboardBuilt } from './dashboard-build.ts';
import { describeInBrowser } from './demo-pages.ts';

const SHOTS = process.env['TARE_SHOTS'];
const PROBLEM = {
  title: 'The store failed while at work',
  detail: 'the disk is full',
  code: 'TARE-5013',
  remedy: 'make room on the disk',
  status: 502,
};
/** These need no ledger: a form, and the simulators. */
const WITHOUT_LEDGER = ['What if', 'Size'];

describeInBrowser('pages without figures', () => {
  let directory: string;
  let here: Composition;
  let server: Listening;
  let browser: Browser;
  beforeAll(async () => {
    ensureDashboardBuilt();
    directory = mkdtempSync(join(tmpdir(), 'tare-states-'));
    const config = loadConfig({ path: undefined, directory, environment: {}, usesSources: false });
    const clock = { nowMs: () => Date.parse('2026-10-15T00:00:00Z') };
    here = await composeTare({ config, store: { url: 'duckdb::memory:', directory }, clock });
    const api = createApi(here.tare, {
      clock,
      access: { localTokenHash: null, tokenHashes: [], isLoopback: true },
      searchPrices: here.searchPrices,
      revisions: here.revisions,
      dashboardDirectory: DASHBOARD,
      isReady: () => true,
      onBug: (error) => {
        throw error;
      },
    });
    server = await listen(api.fetch, '127.0.0.1', 0);
    browser = await launchChromium(findChromium()!);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await here?.tare.close();
    rmSync(directory, { recursive: true, force: true });
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

  async function open(path: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    page.setDefaultTimeout(30_000);
    await prepare?.(page);
    await page.goto(`${server.url}${path}`);
    await page.locator('main[aria-busy=false]').waitFor();
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  }

  const pages = PAGES.filter(({ name }) => !WITHOUT_LEDGER.includes(name));

  describe('nothing is imported yet', () => {
    test.each(pages.map(({ name, path }) => [name, path]))('%s says what brings some', async (name, path) => {
      const page = await open(path);
      const main = page.getByRole('main');
      await main
        .getByRole('button', { name: /^Copy: (npx )?tare / })
        .first()
        .waitFor();
      expect(await main.textContent()).not.toMatch(/NaN|Infinity|undefined|\bInf\b/);
      expect(await findBarriers(page)).toEqual([]);
      await shoot(page, `empty-${name}`);
    });
  });

  describe('the server answers with a problem', () => {
    test.each(pages.map(({ name, path }) => [name, path]))(
      '%s says what is wrong and what to do',
      async (name, path) => {
        const page = await open(path, (to) =>
          to.route(/\/api\/v1\/(?!live|revision|views)/, (route) =>
            route.fulfill({
              status: 502,
              contentType: 'application/problem+json',
              body: JSON.stringify(PROBLEM),
            }),
          ),
        );
        const alert = page.getByRole('alert').first();
        await alert.waitFor();
        for (const words of [PROBLEM.title, PROBLEM.detail, PROBLEM.code, PROBLEM.remedy])
          expect(await alert.textContent()).toContain(words);
        await alert.getByRole('button', { name: 'Try again' }).waitFor();
        expect(await findBarriers(page)).toEqual([]);
        await shoot(page, `failed-${name}`);
      },
    );
  });

  it('saving a view into a store that takes no changes says so', async () => {
    const page = await open('/explore', (to) =>
      to.route('**/api/v1/views', (route) =>
        route.request().method() === 'POST'
          ? route.fulfill({
              status: 503,
              contentType: 'application/problem+json',
              body: JSON.stringify({
                title: 'The store takes no changes',
                detail: 'the store takes no changes, so the view was not saved: read-only mode',
                code: 'TARE-4052',
                remedy: 'let the user of the server write to the store',
              }),
            })
          : route.continue(),
      ),
    );
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByLabel('Save this page as').fill('a');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const said = await page.locator('.views-panel [role=alert]').textContent();
    expect(said).toContain('let the user of the server write to the store');
    expect(said).toContain('TARE-4052');
  });

  describe('on paper', () => {
    test.each(PAGES.map(({ name, path }) => [name, path]))(
      '%s has its name, and nothing to press',
      async (name, path) => {
        const page = await open(path);
        await page.emulateMedia({ media: 'print' });
        const shown = await page
          .getByRole('navigation', { name: 'Pages', exact: true })
          .getByRole('link')
          .allInnerTexts();
        expect(shown.at(-1)).toBe(name);
        const buttons = page.locator('header.top button');
        for (let index = 0; index < (await buttons.count()); index += 1)
          expect(await buttons.nth(index).isVisible()).toBe(false);
        expect(await page.getByRole('heading', { level: 1 }).first().isVisible()).toBe(true);
      },
    );
  });
});

async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
}
