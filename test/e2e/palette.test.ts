import { mkdirSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it, test } from 'vitest';
import type { LeversReport } from '../../src/app/results/levers.ts';
import type { SearchResult } from '../../src/app/results/search.ts';
import { findBarriers, sidewaysScroll } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const SHOTS = process.env['TARE_SHOTS'];

describeInBrowser('the palette and saved views', () => {
  const { open, demo, complaints } = useDemoPages();
  const field = (page: Page) => page.getByRole('combobox', { name: 'Find pages, names and commands' });
  const options = (page: Page) => page.getByRole('listbox').getByRole('option');

  async function openPalette(address = '/', given: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(address, given);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Control+k');
    await field(page).waitFor();
    return page;
  }

  describe('the palette', () => {
    it('opens by key and by button, gives the focus back, and is loaded only then', async () => {
      const page = await open('/');
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(asked.filter((url) => url.includes('palette'))).toEqual([]);
      const button = page.getByRole('button', { name: 'Find anything' });
      await button.click();
      await field(page).waitFor();
      expect(await field(page).evaluate('document.activeElement.getAttribute("role")')).toBe('combobox');
      await page.keyboard.press('Escape');
      await field(page).waitFor({ state: 'detached' });
      expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Find anything');
      await page.keyboard.press('Meta+k');
      await field(page).waitFor();
      expect(complaints).toEqual([]);
    });

    it('goes to a page by its name, with the window', async () => {
      const page = await openPalette('/?from=7d');
      await field(page).fill('budg');
      await options(page).first().getByText('Budgets').waitFor();
      expect(await field(page).getAttribute('aria-activedescendant')).toBe(
        await options(page).first().getAttribute('id'),
      );
      await page.keyboard.press('Enter');
      await page.waitForURL('**/budgets?from=7d');
    });

    it('finds what the command line finds, in its order', async () => {
      const said = JSON.parse(await demo.tare('find', 'llm', '--json')) as SearchResult;
      expect(new Set(said.rows.map(({ kind }) => kind)).size).toBeGreaterThan(2);
      const page = await openPalette();
      await field(page).fill('llm');
      const names = page.getByRole('group', {
        name: /^(Teams|Models|Endpoints|Workloads|Runs|Nodes|Devices)$/,
      });
      await expect
        .poll(async () =>
          (await names.getByRole('option').locator('span:first-child').allTextContents()).toSorted(),
        )
        .toEqual(said.rows.map(({ name }) => name).toSorted());
    });

    it('leads to a team, an endpoint, a run, a node and a device', async () => {
      const cases = [
        ['Teams', 'search', /\/explore\?.*filter=team%3Dsearch/],
        ['Nodes', await nameOf('node'), /\/fleet\?.*node=/],
        ['Devices', await nameOf('device'), /\/explore\?.*filter=device/],
        ['Endpoints', await nameOf('endpoint'), /\/units\//],
        ['Runs', await nameOf('run'), /\/runs\//],
      ] as const;
      for (const [group, name, address] of cases) {
        const page = await openPalette();
        await field(page).fill(name);
        await page.getByRole('group', { name: group }).getByRole('option').first().click();
        await page.waitForURL(address);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.context().close();
      }
    });

    it('leads to a lever', async () => {
      const { rows } = JSON.parse(await demo.tare('levers', '--json')) as LeversReport;
      const page = await openPalette();
      const levers = page.getByRole('group', { name: 'Levers' }).getByRole('option');
      await field(page).fill(rows[0]!.action);
      await levers.getByText(/among the levers$/).click();
      await levers.getByText(rows[0]!.action, { exact: true }).first().click();
      await page.waitForURL('**/savings/*/**');
    });

    it('runs commands: the window, the colours, a table as CSV', async () => {
      const page = await openPalette();
      await page.getByRole('region', { name: 'Teams' }).waitFor();
      await field(page).fill('last 7 days');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/?from=7d');
      await page.keyboard.press('Control+k');
      await field(page).fill('colours dark');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
      await page.keyboard.press('Control+k');
      await field(page).fill('save teams');
      const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
      expect(download.suggestedFilename()).toMatch(/^tare-teams.*\.csv$/);
    });

    it('walks with the arrow keys, round its ends, and says what it found', async () => {
      const page = await openPalette();
      const chosen = () => page.locator('[role=option][aria-selected=true] span').first().textContent();
      const first = await chosen();
      await page.keyboard.press('ArrowUp');
      expect(await chosen()).not.toBe(first);
      await page.keyboard.press('ArrowDown');
      expect(await chosen()).toBe(first);
      await field(page).fill('zzzz nothing');
      await page.locator('.palette-foot', { hasText: 'Nothing has “zzzz nothing” in its name.' }).waitFor();
    });

    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1440, 390]) {
        test(`axe finds nothing: ${colorScheme}, ${width} px`, async () => {
          const page = await openPalette('/', { colorScheme, viewport: { width, height: 844 } });
          await field(page).fill('search');
          await page.getByRole('group', { name: 'Teams' }).waitFor();
          expect(await findBarriers(page)).toEqual([]);
          await shoot(page, `palette-${colorScheme}-${width}`);
        });
      }
    }
  });

  describe('saved views', () => {
    it('saves a page, lists it, opens it by its link, and forgets it', async () => {
      const page = await open('/explore?by=model&filter=team%3Dsearch');
      await page.getByRole('button', { name: 'Saved views' }).click();
      const panel = page.getByRole('region', { name: 'Saved views' });
      await panel.getByLabel('Save this page as').fill('Search, by model');
      await panel.getByRole('button', { name: 'Save', exact: true }).click();
      await panel.getByText(`${demo.url}/views/Search%2C%20by%20model opens it.`).waitFor();
      await panel.getByRole('link', { name: 'Search, by model' }).waitFor();
      expect(await findBarriers(page)).toEqual([]);
      await shoot(page, 'views-1440');

      await page.goto(`${demo.url}/views/Search%2C%20by%20model`);
      expect(new URL(page.url()).search).toBe('?by=model&filter=team%3Dsearch');
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.keyboard.press('Control+k');
      await field(page).fill('search, by');
      await page.getByRole('group', { name: 'Views' }).getByRole('option').first().waitFor();
      await page.keyboard.press('Escape');

      expect(await demo.tare('views', 'export')).toContain('address: /explore?by=model&filter=team%3Dsearch');
      await page.getByRole('button', { name: 'Saved views' }).click();
      await panel.getByRole('button', { name: 'Delete the view Search, by model' }).click();
      await panel.getByText('No views are saved yet.').waitFor();
      expect(complaints).toEqual([]);
    });

    it('says that no view has the name of a link', async () => {
      const page = await open('/views/gone');
      await page.getByRole('alert').getByText('No view is saved as “gone”').waitFor();
      expect(new URL(page.url()).pathname).toBe('/');
    });

    it('fits a phone', async () => {
      const page = await open('/', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
      await page.getByRole('button', { name: 'Saved views' }).click();
      await page.getByLabel('Save this page as').waitFor();
      expect(await sidewaysScroll(page)).toBe(0);
      expect(await findBarriers(page)).toEqual([]);
      await shoot(page, 'views-390');
    });
  });

  async function nameOf(kind: string): Promise<string> {
    for (const text of ['gpu', 'llm', 'node', 'dgx', 'a']) {
      const { rows } = JSON.parse(await demo.tare('find', text, '--json', '--limit', '100')) as SearchResult;
      const row = rows.find((one) => one.kind === kind);
      if (row) return row.name;
    }
    throw new Error(`the demo has no ${kind}`);
  }
});

async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
}
