import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, it, test } from 'vitest';
import type { BoardPage, ChargebackStatement, TeamShowback } from '../../src/app/results/documents.ts';
import { expectNoBarriers } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const SLOW = { timeout: 240_000 };

describeInBrowser('the reports page', () => {
  const { complaints, demo, open } = useDemoPages(120_000);

  async function opened(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(`/reports${search}`, options);
    await isDrawn(page);
    return page;
  }

  const ask = async <Document>(...words: string[]): Promise<Document> =>
    JSON.parse(await demo.tare('export', ...words, '--json'));

  it('shows the board page of the last whole month, as the command line makes it', SLOW, async () => {
    const page = await opened();
    const said = await ask<BoardPage>('board');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(said.sentence);
    await page.getByRole('heading', { name: `Preview, ${said.windowName}` }).waitFor();
    const href = await page.getByRole('link', { name: 'Save as JSON' }).getAttribute('href');
    expect(await (await fetch(`${demo.url}${href}`)).json()).toEqual(said);
    expect(complaints).toEqual([]);
  });

  it('names every document in full', SLOW, async () => {
    const page = await opened();
    for (const name of ['Board', 'Showback', 'Chargeback', 'Review']) {
      const box = await page.getByText(name, { exact: true }).first().boundingBox();
      const around = await page.getByRole('radiogroup', { name: 'Document' }).boundingBox();
      expect(box!.x + box!.width, name).toBeLessThanOrEqual(around!.x + around!.width + 1);
    }
  });

  it('asks for the team of a showback, and keeps it in the address', SLOW, async () => {
    const page = await open('/reports');
    await page.getByText('Showback', { exact: true }).click();
    await page.getByText('Choose the team that the showback is about.').waitFor();
    await expect
      .poll(() => page.getByLabel('Team', { exact: true }).locator('option').count())
      .toBeGreaterThan(2);
    await page.getByLabel('Team', { exact: true }).selectOption('search');
    await page.waitForURL(/kind=showback&team=search/);
    const said = await ask<TeamShowback>('showback', '--team', 'search');
    await page.getByRole('heading', { level: 1, name: said.sentence }).waitFor();
    await isDrawn(page);
    await page.getByText('tare export showback --team search --out showback.pdf').waitFor();
    await page.goBack();
    await page.getByText('Choose the team that the showback is about.').waitFor();
  });

  it('splits a chargeback by what is chosen, of the month that is chosen', SLOW, async () => {
    const page = await opened('?kind=chargeback');
    await page.getByLabel('By', { exact: true }).selectOption('model');
    await page.waitForURL(/by=model/);
    const month = await page
      .getByLabel('Month', { exact: true })
      .locator('option')
      .nth(1)
      .getAttribute('value');
    await page.getByLabel('Month', { exact: true }).selectOption(month!);
    await page.waitForURL(/month=/);
    const said = await ask<ChargebackStatement>('chargeback', '--by', 'model', '--from', month!);
    await page.getByRole('heading', { level: 1, name: said.sentence }).waitFor();
  });

  it('gives a PDF and a PNG to take along', SLOW, async () => {
    const page = await opened();
    for (const [name, magic] of [
      ['PDF', '%PDF-'],
      ['PNG', '\x89PNG'],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: `Save as ${name}` }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(
        new RegExp(`^tare-board-\\d{4}-\\d{2}\\.${name.toLowerCase()}$`),
      );
      const stream = await download.createReadStream();
      const [first] = (await stream.take(1).toArray()) as Buffer[];
      expect(first!.toString('latin1').startsWith(magic)).toBe(true);
    }
  });

  it('says how something is sent by itself, where nothing is', SLOW, async () => {
    const page = await open('/reports');
    const panel = page.getByRole('region', { name: 'Sent by itself' });
    await panel.getByText('reports:', { exact: false }).first().waitFor();
    await panel.getByText('kind: board', { exact: false }).waitFor();
  });

  it('is one page alone for those who want nothing around it', SLOW, async () => {
    const page = await open('/board');
    const said = await ask<BoardPage>('board');
    await page.getByText(said.sentence).first().waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      test(`axe finds nothing: ${colorScheme}, ${viewport.width} px`, SLOW, async () => {
        const page = await opened('', { colorScheme, viewport });
        await expectNoBarriers(page, `reports-${colorScheme}-${viewport.width}`);
      });
    }
  }
});

/** The picture is there, and has a size. */
async function isDrawn(page: Page): Promise<void> {
  const picture = page.locator('img.document');
  await picture.waitFor();
  await expect
    .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth), {
      timeout: 120_000,
    })
    .toBeGreaterThan(100);
}
