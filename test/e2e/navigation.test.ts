import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it, test } from 'vitest';
import { findBarriers, sidewaysScroll } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const SHOTS = process.env['TARE_SHOTS'];
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

describeInBrowser('the navigation', () => {
  const { open, complaints } = useDemoPages();

  const pagesOf = (page: Page) => page.getByRole('navigation', { name: 'Pages', exact: true });
  const currentOf = (page: Page) => pagesOf(page).locator('[aria-current]').allInnerTexts();

  it('has all groups in one line with the window and the state of the data', async () => {
    const page = await open('/');
    await page.locator('.pill').waitFor();
    const places = await page.evaluate<Readonly<{ top: number; bottom: number }>[]>(
      `[...document.querySelectorAll('.page-groups > li > a, .top-window, .top-end')].map((one) => one.getBoundingClientRect().toJSON())`,
    );
    expect(places.length).toBeGreaterThanOrEqual(10);
    expect(Math.max(...places.map(({ top }) => top))).toBeLessThan(
      Math.min(...places.map(({ bottom }) => bottom)),
    );
    await shoot(page, 'overview-1440');
    expect(await pagesOf(page).getByRole('link', { name: 'Plan' }).isVisible()).toBe(false);
  });

  it('shows the pages beneath a group as soon as one is in it, and marks where one is', async () => {
    const page = await open('/');
    await pagesOf(page).getByRole('link', { name: 'Savings' }).click();
    await page.waitForURL('**/savings');
    await expect.poll(() => currentOf(page)).toEqual(['Savings']);
    await pagesOf(page).getByRole('link', { name: 'Plan' }).click();
    await page.waitForURL('**/plan');
    await expect.poll(() => currentOf(page)).toEqual(['Savings', 'Plan']);
    expect(await pagesOf(page).locator('[aria-current=page]').textContent()).toBe('Plan');
    expect(await pagesOf(page).getByRole('link', { name: 'Size' }).isVisible()).toBe(false);
  });

  it('is walked by keyboard, and takes the window along', async () => {
    const page = await open('/savings?from=7d');
    await pagesOf(page).getByRole('link', { name: 'Savings' }).focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Plan');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/plan?from=7d');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('z');
    await page.waitForURL('**/size*');
  });

  it('is a menu at the width of a phone, with every page in it', async () => {
    const page = await open('/', { viewport: PHONE });
    const button = page.getByRole('button', { name: 'Menu of pages' });
    expect(await pagesOf(page).getByRole('link').count()).toBe(0);
    await button.focus();
    await page.keyboard.press('Enter');
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    await pagesOf(page).getByRole('link', { name: 'Plan' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await shoot(page, 'menu-390');
    await page.keyboard.press('Escape');
    expect(await pagesOf(page).getByRole('link').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Menu of pages');

    await button.click();
    await pagesOf(page).getByRole('link', { name: 'Plan' }).click();
    await page.waitForURL('**/plan');
    await expect.poll(() => pagesOf(page).getByRole('link').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [DESK, PHONE]) {
      test(`axe finds nothing in the header: ${colorScheme}, ${viewport.width} px`, async () => {
        const page = await open('/plan', { colorScheme, viewport });
        await page.getByRole('table').first().waitFor();
        expect(await findBarriers(page)).toEqual([]);
        expect(await sidewaysScroll(page)).toBe(0);
        await shoot(page, `plan-${colorScheme}-${viewport.width}`);
      });
    }
  }
});

async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
}
