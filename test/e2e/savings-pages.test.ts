import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { LeversReport } from '../../src/app/results/levers.ts';
import type { IdleReport } from '../../src/app/results/results.ts';
import type { Simulation } from '../../src/app/results/simulation.ts';
import type { SizeReport } from '../../src/app/results/size.ts';
import { exactMoney, formatMoney } from '../../web/src/format/money.ts';
import { hoursText } from '../../web/src/format/quantity.ts';
import { pathBelow } from '../../web/src/frame/page-list.ts';
import { findBarriers, sidewaysScroll } from './axe.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

/** Savings, one lever, what if, one simulation, and size: against the command line, by hand and by keyboard. */
const DAY_MS = 86_400_000;
/** Whole days of the past, so that an hour that ends meanwhile moves nothing. */
const TO = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);
const FROM = new Date(Date.now() - 30 * DAY_MS).toISOString().slice(0, 10);
const WINDOW = `from=${FROM}&to=${TO}`;
/** Replays of the whole fleet, on machines with other things to do. */
const SLOW = { timeout: 240_000 };

describeInBrowser('savings and what if', () => {
  const { complaints, demo, open } = useDemoPages(60_000);
  let plan: LeversReport;

  beforeAll(async () => {
    plan = JSON.parse(await demo.tare('levers', '--from', FROM, '--to', TO, '--json'));
  }, 300_000);

  const tableOf = (page: Page, name: string) => page.getByRole('region', { name }).getByRole('table');

  describe('savings', () => {
    it('shows what the command line says, the largest saving first', SLOW, async () => {
      const page = await open(`/savings?${WINDOW}`);
      const rows = tableOf(page, 'Table of levers').locator('tbody tr');
      await rows.first().waitFor();
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(plan.sentence);
      const ranked = plan.rows
        .map((row, index) => ({ row, place: index + 1 }))
        .toSorted((a, b) => Number(b.row.inPlanSaving) - Number(a.row.inPlanSaving));
      expect(await rows.count()).toBe(ranked.length);
      for (const [index, { row, place }] of ranked.entries()) {
        const line = rows.nth(index);
        const figures = await line.locator('.figure').evaluateAll((all) => all.map((one) => one.title));
        expect(figures).toEqual(
          [row.aloneSaving.expected, row.inPlanSaving, row.targetCost].map((text) => exactMoney(text, 'USD')),
        );
        expect((await line.getByRole('link').textContent())!.toLowerCase()).toBe(row.action.toLowerCase());
        expect(await line.locator('td').first().textContent()).toBe(String(place));
        expect(await line.locator('.range-text').textContent()).toBe(
          `${formatMoney(row.aloneSaving.low, 'USD', 2)}–${formatMoney(row.aloneSaving.high, '', 2)}`,
        );
      }
      await page.getByRole('button', { name: 'Order' }).click();
      await page.waitForURL(/sort=place/);
      expect((await rows.first().getByRole('link').textContent())!.toLowerCase()).toBe(
        plan.rows[0]!.action.toLowerCase(),
      );
      expect(complaints).toEqual([]);
    });

    it('says why time stood still, what others waited for first', SLOW, async () => {
      const said: IdleReport = JSON.parse(
        await demo.tare('report', 'idle', '--by', 'cause', '--from', FROM, '--to', TO, '--json'),
      );
      const page = await open(`/savings?${WINDOW}`);
      const rows = tableOf(page, 'Table of causes').locator('tbody tr');
      await rows.first().waitFor();
      expect(await rows.first().getByRole('rowheader').textContent()).toBe('free, but did not fit');
      const causes = said.rows.filter((row) => !['working', 'unobserved'].includes(String(row['cause'])));
      expect(await rows.locator('.figure').evaluateAll((all) => all.map((one) => one.title))).toEqual(
        expect.arrayContaining(causes.map(({ cost }) => exactMoney(cost.gross, 'USD'))),
      );
      const waited = plan.whileOthersWaited!;
      const callout = page.locator('#idle .hint');
      expect(await callout.textContent()).toContain(formatMoney(waited.cost, 'USD', 2));
      expect(await callout.textContent()).toContain(hoursText(waited.gpuHours));

      const chart = page.locator('#idle .bars-chart');
      await chart.locator('svg').waitFor();
      await chart.focus();
      await page.keyboard.press('End');
      await expect
        .poll(() => page.locator('#idle [role=status]').textContent())
        .toMatch(/: .*free, but did not fit [\d,.]+/);
      await page.getByText('By device', { exact: true }).click();
      await page.getByText('Table', { exact: true }).click();
      const devices = tableOf(page, 'Device, GPU-hours');
      await devices.waitFor();
      expect(new URL(page.url()).search).toContain('idle=device&look=table');
      const total = devices.locator('tfoot td');
      expect(await total.allTextContents()).toEqual([
        hoursText(said.total.gpuHours.idle),
        hoursText(said.total.gpuHours.unallocated),
      ]);
    });

    it('saves the plan, with every digit', SLOW, async () => {
      const page = await open(`/savings?${WINDOW}`);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Levers as CSV' }).click(),
      ]);
      const rows: Record<string, string>[] = parse(readFileSync(await download.path()), { columns: true });
      expect(rows.map((row) => [row['id'], row['inPlan']])).toEqual(
        plan.rows.map((row) => [row.id, row.inPlanSaving]),
      );
    });

    it('leads to a lever: its evidence, and the file that the command writes', SLOW, async () => {
      const directory = JSON.parse(
        await demo.tare('levers', '--from', FROM, '--to', TO, '--json', '--emit', 'changes'),
      ) as LeversReport;
      const row = directory.rows.find(({ changes }) => changes.length > 0)!;
      const page = await open(`/savings?${WINDOW}&sort=place`);
      await page.getByRole('link', { name: new RegExp(`^${row.action}$`, 'i') }).click();
      await page.getByRole('heading', { level: 1, name: new RegExp(row.action, 'i') }).waitFor();
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(
        formatMoney(row.aloneSaving.expected, 'USD', 2),
      );
      const { file } = row.changes[0]!;
      const text = await page.getByRole('region', { name: `Text of ${file}` }).textContent();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Download ${file}` }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(file);
      expect(readFileSync(await download.path(), 'utf8')).toBe(text);
      expect(readFileSync(`${demo.directory}/changes/${file}`, 'utf8')).toBe(text);
      for (const fact of [...row.evidence.facts, ...row.assumptions])
        expect((await page.locator('#reasons').textContent())!.toLowerCase()).toContain(fact.toLowerCase());
      await page.locator('.bars-chart svg').waitFor();
      await page.getByRole('radiogroup', { name: 'Measure' }).getByText('Idle by cause').click();
      await page.waitForURL(/measure=causes/);
      await page.getByRole('link', { name: 'All levers' }).click();
      await tableOf(page, 'Table of levers').waitFor();
      expect(new URL(page.url()).search).toBe(`?${WINDOW}`);
    });

    it('says that there is no such lever, and that there is too little history', SLOW, async () => {
      const page = await open(`/savings/reclaim/nobody?${WINDOW}`);
      await page.getByRole('alert').getByText('TARE-4024').waitFor();
      await page.goto(`${demo.url}/savings?from=2020-01-01&to=2020-02-01`);
      await page.getByRole('heading', { name: 'No hour of this window is in the ledger' }).waitFor();
      expect(await page.locator('main').textContent()).not.toMatch(/NaN|Infinity|undefined|null/);
    });
  });

  describe('what if', () => {
    it('runs over own history, and says what the command line says', SLOW, async () => {
      const page = await open('/what-if?simulator=scale-to-zero');
      await page.getByRole('button', { name: 'Run the simulation' }).click();
      await page.getByText('Choose the endpoint to replay.').waitFor();
      await page.getByLabel('Endpoint').selectOption('answer-llm-70b-staging');
      await page.getByLabel('A start takes, s').fill('90');
      await page.getByLabel('Price of a replica-hour, $').fill('8.50');
      await page.waitForURL(/gpuHourPrice=8.50/);
      await page.getByRole('button', { name: 'Run the simulation' }).click();
      await page.waitForURL(/\/what-if\/scale-to-zero-/);
      await page.locator('.result-table').first().waitFor();
      const { result } = await simulationOf(page);
      const table = page.getByRole('region', { name: 'Table 1 of the result' });
      expect(await cellsOf(table.locator('tbody tr'))).toEqual(result!.tables[0]!.rows);

      await page.getByText('Change it and run it again').click();
      expect(await page.getByLabel('A start takes, s').inputValue()).toBe('90');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save it as a trace' }).click(),
      ]);
      await download.saveAs(`${demo.directory}/usage.csv`);
      const words =
        'simulate scale-to-zero --usage usage.csv --keep-alive 10m,20m,30m,1h,2h --cold-start-seconds 90';
      const said = await demo.tare(...words.split(' '), '--gpu-hour-price', '8.50', '--json');
      expect(JSON.parse(said)).toEqual(result!.figures);
      expect(complaints).toEqual([]);
    });

    it('marks what is wrong beside the field, before it is sent and after', SLOW, async () => {
      const page = await open('/what-if?simulator=batching&alphaMs=half');
      const field = page.getByLabel('Each item adds, ms');
      await page.getByText('Write a number, such as 2.5.').waitFor();
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      await field.fill('0.5');
      expect(await field.getAttribute('aria-invalid')).not.toBe('true');
      await page.getByLabel('Preferred batches').fill('4,x');
      await page.getByRole('button', { name: 'Run the simulation' }).click();
      await page.getByRole('alert').getByText('Preferred batches').waitFor();
      await expect.poll(() => page.evaluate<string>(FOCUSED_NAME)).toBe('Preferred batches');
      // What fits together only as a whole is said by the simulator itself.
      await page.getByLabel('Preferred batches').fill('64');
      await page.getByRole('button', { name: 'Run the simulation' }).click();
      await page.getByText('a preferred batch of 64 can never be formed').waitFor();
      await page.getByRole('main').getByRole('link', { name: 'Change it and run it again' }).last().click();
      expect(await page.getByLabel('Preferred batches').inputValue()).toBe('64');
    });

    it('takes a trace that is pasted, and keeps it for the next run', SLOW, async () => {
      const page = await open('/what-if?simulator=commitment&source=trace&trainHours=24');
      const rows = Array.from({ length: 48 }, (_, hour) => `${hour},${hour % 24 < 8 ? 2 : 5}`);
      await page
        .getByLabel(/^Demand by the hour/)
        .first()
        .fill(`hour,gpus\n${rows.join('\n')}\nsoon,5\n`);
      await page.getByRole('button', { name: 'Run the simulation' }).click();
      await page.getByRole('heading', { level: 1, name: /^Commit to \d GPUs at 0.63/ }).waitFor();
      expect(await page.locator('.run-notes').textContent()).toContain('demand.csv:50:hour');
      await page.getByText('Change it and run it again').click();
      expect(
        await page
          .getByLabel(/^Demand by the hour/)
          .first()
          .inputValue(),
      ).toContain('47,5');
    });

    it('goes on when it is left, shows how far it is, and is cancelled', SLOW, async () => {
      const page = await open('/what-if?simulator=packing');
      await page.getByLabel('Seeds').fill(Array.from({ length: 900 }, (_, seed) => seed).join(','));
      await page.getByRole('button', { name: 'Run the simulation' }).click();
      const bar = page.getByRole('progressbar');
      await bar.waitFor();
      await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(0);
      await page.getByText(/^\d+ %, about .* left$/).waitFor();
      expect(await findBarriers(page)).toEqual([]);
      const address = page.url();
      await page
        .getByRole('navigation', { name: 'Pages', exact: true })
        .getByRole('link', { name: 'What if' })
        .click();
      const line = tableOf(page, 'Table of simulations').getByRole('row', { name: /Packing.*running, / });
      await line.waitFor();
      await page.goto(address);
      await bar.waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('heading', { name: 'Packing was cancelled' }).waitFor();
      await page.getByRole('link', { name: 'Run it again', exact: true }).click();
      expect((await page.getByLabel('Seeds').inputValue()).startsWith('0,1,2')).toBe(true);
    });

    it('puts two results side by side, and the link opens the same view', SLOW, async () => {
      const [first, second] = [await start({ perSecond: '700' }), await start({ perSecond: '900' })];
      const page = await open(`/what-if/${first.id}`);
      const choice = page.getByLabel('Put beside it');
      await choice.waitFor();
      await choice.selectOption(second.id);
      await page.waitForURL(/beside=/);
      const differences = tableOf(page, 'Table of differences').locator('tbody tr');
      await differences.first().waitFor();
      expect(await cellsOf(differences)).toEqual([['Requests, a second', '700', '900']]);
      await page.reload();
      await page.locator('.result-table').nth(3).waitFor();
      for (const [name, { id }] of [
        ['Table 2 of The first', first],
        ['Table 2 of The second', second],
      ] as const) {
        const { result } = await fetched(id);
        expect(await cellsOf(page.getByRole('region', { name }).locator('tbody tr'))).toEqual(
          result!.tables[1]!.rows,
        );
      }
      expect(await findBarriers(page)).toEqual([]);
    });

    it('that is no longer remembered leads to the form as the link has it', SLOW, async () => {
      const page = await open('/what-if/batching-00000000?simulator=batching&perSecond=750');
      await page.getByRole('alert').getByText('TARE-4025').waitFor();
      await page.getByText('To the form, as this link has it').click();
      await expect.poll(() => page.getByLabel('Requests, a second').inputValue()).toBe('750');
    });

    async function start(parameters: Record<string, string>): Promise<Simulation> {
      const body = {
        alphaMs: '0.5',
        tauMs: '6',
        requests: '20000',
        maxBatch: '32',
        sloMs: '50',
        maxQueueDelayMs: '0,10',
      };
      const response = await fetch(`${demo.url}/api/v1/simulations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ simulator: 'batching', parameters: { ...body, ...parameters } }),
      });
      const { id } = (await response.json()) as Simulation;
      await expect.poll(async () => (await fetched(id)).state, { timeout: 60_000 }).toBe('done');
      return fetched(id);
    }
  });

  describe('size', () => {
    it('answers while it is typed, to the digit of the command line', SLOW, async () => {
      const said: SizeReport = JSON.parse(
        await demo.tare('size', '--gpus', '12', '--gpu-model', 'A100', '--utilization', '0.355', '--json'),
      );
      const page = await open('/size');
      await page.getByLabel('GPUs', { exact: true }).fill('12');
      await page.getByLabel('GPU model').fill('A100');
      await page.getByRole('textbox', { name: 'Utilization, %' }).fill('35.5');
      const heading = page.getByRole('heading', { level: 1, name: /^12 / });
      await heading.waitFor();
      await expect.poll(() => heading.textContent()).toContain(formatMoney(said.monthlyIdleCost, 'USD', 2));
      expect(await heading.textContent()).toContain(formatMoney(said.monthlyCost, 'USD', 2));
      const levers = tableOf(page, 'Table of levers').locator('tbody tr');
      expect(await levers.locator('.figure').evaluateAll((all) => all.map((one) => one.title))).toEqual(
        said.levers.flatMap(({ perGpuHour, monthlyCost, monthlySaving }) =>
          [perGpuHour, monthlyCost, monthlySaving].map((text) => exactMoney(text, 'USD')),
        ),
      );
      expect(await page.locator('#split code').textContent()).toBe(
        'tare size --gpus 12 --utilization 0.355 --gpu-model A100',
      );
      await page.waitForURL(/gpus=12&model=A100&utilization=35.5/);
      await page.reload();
      await heading.waitFor();
    });

    it('says what is wrong, and what has no price', SLOW, async () => {
      const page = await open('/size?gpus=0&utilization=141');
      await page.getByText('Write a whole number, 1 or more.').waitFor();
      await page.getByText('Write a share from 0 to 100.').waitFor();
      await page.goto(`${demo.url}/size?model=abacus`);
      await page.getByRole('alert').getByText('TARE-4022').waitFor();
      await page.getByLabel('Price of a GPU-hour, $').fill('2.50');
      await page.getByRole('heading', { level: 1, name: /\$14,600\.00 a month/ }).waitFor();
    });
  });

  describe('for everyone', () => {
    const SIZES = [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ];
    const PLACES: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
      ['savings', `/savings?${WINDOW}`, (page) => page.locator('#idle .bars-chart svg').waitFor()],
      [
        'devices',
        `/savings?${WINDOW}&idle=device&look=table`,
        (page) => tableOf(page, 'Device, GPU-hours').waitFor(),
      ],
      ['a lever', '', (page) => page.locator('.bars-chart svg').waitFor()],
      ['a form', '/what-if?simulator=batching&alphaMs=x', (page) => page.locator('form').waitFor()],
      [
        'history',
        '/what-if?simulator=scale-to-zero',
        (page) => page.getByText('choose one of').waitFor({ state: 'attached' }),
      ],
      [
        'traces',
        '/what-if?simulator=packing&source=trace',
        (page) =>
          page
            .getByLabel(/^Machines/)
            .first()
            .waitFor(),
      ],
      ['size', '/size', (page) => page.locator('.bars-chart svg').waitFor()],
    ];
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of SIZES) {
        test.each(PLACES)(
          `axe finds nothing: ${colorScheme}, ${viewport.width} px, %s`,
          SLOW,
          async (_, address, ready) => {
            const lever = `${pathBelow('Savings', plan.rows[0]!.id)}?${WINDOW}`;
            const page = await open(address || lever, { colorScheme, viewport });
            await ready(page);
            expect(await findBarriers(page)).toEqual([]);
            expect(await sidewaysScroll(page)).toBe(0);
            expect(complaints).toEqual([]);
          },
        );
      }
    }

    it('goes by keyboard from page to page, and turns the chart into a table', SLOW, async () => {
      const page = await open(`/savings?${WINDOW}`);
      await tableOf(page, 'Table of causes').waitFor();
      await page.keyboard.press('t');
      await page.waitForURL(/look=table/);
      await page.keyboard.press('g');
      await page.keyboard.press('w');
      await page.waitForURL(/\/what-if/);
      await page.getByRole('heading', { level: 1, name: /\?$/ }).waitFor();
      await page.keyboard.press('g');
      await page.keyboard.press('z');
      await page.waitForURL(/\/size/);
    });
  });

  async function fetched(id: string): Promise<Simulation> {
    return (await (await fetch(`${demo.url}/api/v1/simulations/${id}`)).json()) as Simulation;
  }

  function simulationOf(page: Page): Promise<Simulation> {
    return fetched(new URL(page.url()).pathname.split('/').at(-1)!);
  }
});

/** The cells of each row, as they are read. */
function cellsOf(rows: Locator): Promise<string[][]> {
  return rows.evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll('th, td')].map((cell) => String(cell.textContent))),
  );
}

const FOCUSED_NAME = `(() => {
  const element = document.activeElement;
  return (element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent).trim();
})()`;
