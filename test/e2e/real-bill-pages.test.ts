import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, it, test } from 'vitest';
import { PAGES } from '../../web/src/frame/page-list.ts';
import { findBarriers } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';
import { startUp } from './demo-process.ts';

/** A real bill and nothing else: no metrics, no owners, no budget. Every page opens on it, and its totals are those of the file. */
const DATA = fileURLToPath(new URL('../../../shared/data/focus/', import.meta.url));
const missing = existsSync(DATA) ? '' : ' (skipped: the public data set is not beside this checkout)';
const BILL = `${DATA}focus_sample.dev.csv`;
const EXAMPLE = `${DATA}spec-examples/commitment_discount_scenarios/commitment_discount_purchase_scenario_1.csv`;

/** The month of the bill, and sums that its publisher's file has. */
const SEPTEMBER = 'from=2024-09-01&to=2024-10-01';
const BILLED = '11.15367699036 USD';
const GPU_COST = '3.22679868 USD';
const NONSENSE = /NaN|Infinity|undefined|\bnull\b|\[object|∞/;

const suite =
  missing === '' ? describeInBrowser : (name: string) => describe.skip(`${name}${missing}`, () => {});

suite('a real bill, page by page', () => {
  const { complaints, demo, open } = useDemoPages(60_000, () =>
    startUp([
      ['import', BILL, '--kind', 'focus', '--quiet'],
      ['import', EXAMPLE, '--kind', 'focus', '--quiet'],
    ]),
  );

  const settled = async (page: Page): Promise<void> => {
    await expect
      .poll(() => page.locator('main').getAttribute('aria-busy'), { timeout: 90_000 })
      .toBe('false');
    await expect
      .poll(() => page.locator('main').textContent(), { timeout: 90_000 })
      .not.toMatch(/Loading|Replaying|Checking/);
  };

  for (const { colorScheme, viewport } of [
    { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  ] as const) {
    test.each(PAGES)(
      `$name says something sensible: ${colorScheme}, ${viewport.width} px`,
      { timeout: 180_000 },
      async ({ name, path }) => {
        const page = await open(`${path}?${SEPTEMBER}`, { colorScheme, viewport });
        await settled(page);
        // What a page says of nothing is more than its title: what to do about it.
        const said = async () => (await page.locator('main').textContent())!;
        await expect.poll(async () => (await said()).length, { timeout: 60_000 }).toBeGreaterThan(60);
        const text = await said();
        expect(text).not.toMatch(NONSENSE);
        expect(
          await page.locator('[title]').evaluateAll((all) => all.map((one) => one.title)),
        ).not.toContainEqual(expect.stringMatching(NONSENSE));
        if (process.env['TARE_SHOTS'])
          await page.screenshot({
            path: `${process.env['TARE_SHOTS']}/bill-${name.replaceAll(/\W+/g, '-')}-${viewport.width}-${colorScheme}.png`,
            fullPage: true,
          });
        expect(await findBarriers(page)).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );
  }

  const titlesIn = (page: Page, part: string) =>
    page
      .locator(part)
      .locator('[title]')
      .evaluateAll((all) => all.map((one) => one.title));

  test.each([
    ['/', '.cards', [BILLED]],
    ['/', '#data-health', [BILLED, BILLED, '0.00 USD']],
    ['/explore', '#ledger tfoot', [GPU_COST, BILLED]],
    ['/health', '.cards', ['0.00 USD', '1', '0']],
  ] as const)('%s: %s has the sums of the file', { timeout: 120_000 }, async (path, part, sums) => {
    const page = await open(`${path}?${SEPTEMBER}`);
    await expect
      .poll(() => titlesIn(page, part), { timeout: 60_000 })
      .toEqual(expect.arrayContaining([...sums]));
  });

  it('says what is missing, and how to bring it', { timeout: 120_000 }, async () => {
    const page = await open(`/health?${SEPTEMBER}`);
    const problems = page.getByRole('region', { name: 'What to look at', exact: true });
    await problems.locator('[data-problem="missing/usage"] code').waitFor();
    await problems.locator('[data-problem="not-observed"] code').waitFor();
    expect(await page.locator('h1').textContent()).toContain('trusted as far as they reach');
  });

  it('holds the worked example of the specification beside it', { timeout: 120_000 }, async () => {
    const said = JSON.parse(
      await demo.tare(
        'report',
        'charges',
        '--by',
        'provider',
        '--from',
        '2023-01-01',
        '--to',
        '2025-01-01',
        '--json',
      ),
    );
    expect(said.total.billedCost).toBe('8771.15367699036');
    const page = await open('/health?from=2023-01-01&to=2025-01-01');
    await page.locator('#imports tbody tr').nth(1).waitFor();
    expect(await page.locator('#imports tbody tr').count()).toBe(2);
  });
});
