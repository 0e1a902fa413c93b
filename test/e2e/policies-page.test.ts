import { readFileSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, it, test } from 'vitest';
import type { PolicyPreview } from '../../src/app/results/policies.ts';
import { exactMoney } from '../../web/src/format/money.ts';
import { expectNoBarriers } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const HAS_FOCUS = "document.activeElement === document.querySelector('#editor textarea')";
const SLOW = { timeout: 120_000 };

describeInBrowser('the policies page', () => {
  const { complaints, demo, open } = useDemoPages();

  async function opened(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(`/policies${search}`, options);
    await table(page).waitFor({ timeout: 90_000 });
    return page;
  }

  it(
    'shows what the policies in force would have stopped, as the command line does, to the digit',
    SLOW,
    async () => {
      const said: PolicyPreview = JSON.parse(await demo.tare('policies', 'preview', '--json'));
      const page = await opened();
      const figures = await table(page)
        .locator('tbody > tr')
        .evaluateAll((rows) =>
          rows.map((row) => [...row.querySelectorAll('.figure')].map((one) => one.getAttribute('title'))),
        );
      expect(figures).toEqual(
        said.rows.map(({ cost, idleCost }) => [cost, idleCost].map((one) => exactMoney(one, said.currency))),
      );
      const [idle] = said.rows;
      expect(idle).toMatchObject({ rule: 'max-idle' });
      const planted = ['jupyter-old', 'notebook-chen', 'notebook-divya', 'notebook-emil'];
      expect(idle!.rows.map(({ name }) => name)).toEqual(expect.arrayContaining(planted));
      expect(complaints).toEqual([]);
    },
  );

  it('lists the launches of a policy, each with its receipt', SLOW, async () => {
    const page = await opened();
    await page.getByRole('button', { name: 'max-idle', exact: true }).click();
    await page.waitForURL(/open=0/);
    const launches = page.getByRole('region', { name: 'Launches of max-idle' });
    await launches
      .getByText(/it stood still for \d+ hours in a row/)
      .first()
      .waitFor();
    await launches.getByRole('link', { name: 'jupyter-old' }).click();
    await page.waitForURL(/\/explore\?.*filter=workload/);
    expect(complaints).toEqual([]);
  });

  it('says mistakes with line and column as one types, and goes to them', SLOW, async () => {
    const page = await opened();
    const area = page.getByRole('textbox', { name: 'Policies as YAML' });
    await area.fill('policies:\n  - { rule: max-idel, for: 2h }\n  - { rule: max-gpus }\n');
    const mistake = page.getByRole('button', { name: 'line 2, column 13' });
    await mistake.waitFor();
    await page.getByText('unknown rule "max-idel"').waitFor();
    await page.getByText('max-gpus says no number').waitFor();
    await page.getByText('2 mistakes: nothing is judged until it is right.').waitFor();
    expect(await area.getAttribute('aria-invalid')).toBe('true');
    await mistake.press('Enter');
    expect(await area.evaluate((one) => (one as unknown as { selectionStart: number }).selectionStart)).toBe(
      22,
    );
    expect(complaints).toEqual([]);
  });

  it('tries other policies: an example added, the difference, the link, and the snippet', SLOW, async () => {
    const page = await opened();
    const area = page.getByRole('textbox', { name: 'Policies as YAML' });
    await area.fill('');
    await page.getByRole('button', { name: 'Add require-spot' }).click();
    await page
      .getByText('5 policies understood')
      .or(page.getByText('1 policy understood.'))
      .first()
      .waitFor();
    await page.getByText('require-spot is added').waitFor();
    await page.getByText('max-idle is removed').waitFor();
    await table(page).getByText('require-spot').waitFor({ timeout: 60_000 });
    const said: PolicyPreview = JSON.parse(
      await postPreview(demo.url, '- { rule: require-spot, kind: training }'),
    );
    await table(page).getByText(`${said.rows[0]!.stopped} stopped`).waitFor({ timeout: 60_000 });
    const shared = page.url();
    expect(new URL(shared).searchParams.get('policies')).toContain('require-spot');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the policies' }).click();
    expect(readFileSync((await (await download).path())!, 'utf8')).toBe(
      'policies:\n  - { rule: require-spot, kind: training }\n',
    );
    const other = await opened(new URL(shared).search);
    await table(other).getByText(`${said.rows[0]!.stopped} stopped`).waitFor({ timeout: 60_000 });
    await other.getByRole('button', { name: 'Those in force' }).click();
    await other.getByText('The same as those in force.').waitFor();
    expect(new URL(other.url()).searchParams.get('policies')).toBeNull();
    expect(complaints).toEqual([]);
  });

  it('is worked by keyboard alone', SLOW, async () => {
    const page = await opened();
    await page.keyboard.press('e');
    const area = page.getByRole('textbox', { name: 'Policies as YAML' });
    expect(await page.evaluate(HAS_FOCUS)).toBe(true);
    await page.keyboard.type('x');
    expect(await area.inputValue()).toContain('x');
    // Tab leaves the text: whoever has no mouse is not caught in it.
    await page.keyboard.press('Tab');
    expect(await page.evaluate(HAS_FOCUS)).toBe(false);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      test(`axe finds nothing: ${colorScheme}, ${viewport.width} px`, SLOW, async () => {
        const page = await opened('?open=0', { colorScheme, viewport });
        await page.getByRole('region', { name: 'Launches of max-idle' }).waitFor();
        await page.getByText('What every rule may have').click();
        await expectNoBarriers(page, `policies-${viewport.width}-${colorScheme}`);
        expect(complaints).toEqual([]);
      });
    }
  }
});

function table(page: Page) {
  return page.getByRole('region', { name: 'Table of policies' }).getByRole('table').first();
}

async function postPreview(url: string, text: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/v1/policies/preview`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ text }),
  });
  return response.text();
}
