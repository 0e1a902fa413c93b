import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

type Violation = { id: string; help: string; nodes: { target: string[]; failureSummary?: string }[] };

/** What axe-core finds wrong with the page by WCAG 2.2 AA and good practice, one readable line each. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  // Evaluated by the debugger, so that the page's own content security policy can stay on.
  await page.evaluate(SOURCE);
  const run = `axe.run(document, ${JSON.stringify({ runOnly: TAGS, resultTypes: ['violations'] })})`;
  const { violations } = await page.evaluate<{ violations: Violation[] }>(run);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help} at ${node.target.join(' ')}\n${node.failureSummary ?? ''}`),
  );
}

/** Nothing stands in anybody's way: axe finds nothing, and nothing has to be scrolled sideways. Leaves a picture where `TARE_SHOTS` says. */
export async function expectNoBarriers(page: Page, shot: string): Promise<void> {
  const directory = process.env['TARE_SHOTS'];
  if (directory) await page.screenshot({ path: `${directory}/${shot}.png`, fullPage: true });
  expect(await findBarriers(page)).toEqual([]);
  expect(await sidewaysScroll(page)).toBe(0);
}

/** Pixels by which the page is wider than the window. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
