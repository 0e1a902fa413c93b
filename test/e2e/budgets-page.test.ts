import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, it, test } from 'vitest';
import type { AnomalyReport } from '../../src/app/results/anomalies.ts';
import type { BudgetReport } from '../../src/app/results/budgets.ts';
import type { ForecastReport } from '../../src/app/results/forecast.ts';
import { exactMoney } from '../../web/src/format/money.ts';
import { expectNoBarriers } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const SLOW = { timeout: 120_000 };

describeInBrowser('the budgets page', () => {
  const { complaints, demo, open } = useDemoPages();

  async function opened(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(`/budgets${search}`, options);
    await table(page, 'budgets').waitFor({ timeout: 60_000 });
    await table(page, 'forecasts').waitFor({ timeout: 60_000 });
    return page;
  }

  const ask = async <Report>(...words: string[]): Promise<Report> =>
    JSON.parse(await demo.tare(...words, '--json'));

  it('shows budgets as the command line has them, to the digit', SLOW, async () => {
    const said = await ask<BudgetReport>('budget');
    const page = await opened();
    expect(await figuresOf(table(page, 'budgets'))).toEqual(
      said.rows.map(({ spent, limit, forecast }) =>
        [spent, limit, forecast?.expected ?? null]
          .filter((amount): amount is string => amount !== null)
          .map((amount) => exactMoney(amount, said.currency)),
      ),
    );
    expect(complaints).toEqual([]);
  });

  it('shows the forecast of each owner, and of another dimension', SLOW, async () => {
    const said = await ask<ForecastReport>('forecast', '--by', 'model');
    const page = await opened();
    await page.getByLabel('Forecast by').selectOption('model');
    await page.waitForURL(/by=model/);
    const exact = (amount: string) => exactMoney(amount, said.currency);
    await expect
      .poll(() => figuresOf(table(page, 'forecasts')), { timeout: 60_000 })
      .toEqual(
        said.rows.map(({ spent, forecast, next }) =>
          [spent, forecast?.expected, next?.expected]
            .filter((amount) => amount !== undefined)
            .map((amount) => exact(amount)),
        ),
      );
  });

  it('shows anomalies with causes that add up, and how to judge one', SLOW, async () => {
    const said = await ask<AnomalyReport>('anomalies');
    const page = await opened();
    const panel = page.getByRole('region', { name: 'Anomalies', exact: true });
    await panel.getByText(/looked at/).waitFor({ timeout: 90_000 });
    if (said.rows.length === 0) {
      await panel.getByText('Nothing unusual was found in this window.').waitFor();
      return;
    }
    const lines = table(page, 'anomalies').locator('tbody tr');
    expect(await lines.count()).toBe(said.rows.length);
    await lines.first().getByRole('button').click();
    await panel.getByText(said.rows[0]!.message).waitFor();
    await panel.getByText(`tare anomalies judge '${said.rows[0]!.id}'`, { exact: false }).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      test(`axe finds nothing: ${colorScheme}, ${viewport.width} px`, SLOW, async () => {
        const page = await opened('', { colorScheme, viewport });
        await page.getByText(/looked at/).waitFor({ timeout: 90_000 });
        await expectNoBarriers(page, `budgets-${viewport.width}-${colorScheme}`);
        expect(complaints).toEqual([]);
      });
    }
  }
});

function table(page: Page, name: string) {
  return page.getByRole('region', { name: `Table of ${name}` }).getByRole('table');
}

/** Exact values on hover, row by row. */
function figuresOf(place: ReturnType<typeof table>): Promise<(string | null)[][]> {
  return place
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('.figure')].map((one) => one.getAttribute('title'))),
    );
}
