import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it, test } from 'vitest';
import type { IdleNowReport } from '../../src/app/results/actions.ts';
import type { BudgetReport } from '../../src/app/results/budgets.ts';
import type { BoardPage } from '../../src/app/results/documents.ts';
import type { HardwareReport } from '../../src/app/results/hardware.ts';
import type { HealthReport } from '../../src/app/results/health.ts';
import type { InferenceReport } from '../../src/app/results/inference.ts';
import type { LeversReport } from '../../src/app/results/levers.ts';
import type { BillPlan } from '../../src/app/results/plan.ts';
import type { PolicyPreview } from '../../src/app/results/policies.ts';
import type { LedgerReport } from '../../src/app/results/results.ts';
import type { RunsReport } from '../../src/app/results/runs.ts';
import type { SizeReport } from '../../src/app/results/size.ts';
import type { SpotReport } from '../../src/app/results/spot.ts';
import { exactMoney } from '../../web/src/format/money.ts';
import type { PageName } from '../../web/src/frame/page-list.ts';
import { PAGES } from '../../web/src/frame/page-list.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

/**
 * What a screen shows equals what the command line prints for the same question, to the digit, over all screens. A page that is added
 * to `PAGES` needs a case here. The tests of each page look closer.
 */

const DAY_MS = 86_400_000;
const dayBack = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
const [FROM, TO] = [dayBack(22), dayBack(1)];
const IN_ADDRESS = `from=${FROM}&to=${TO}`;
const AS_FLAGS = ['--from', FROM, '--to', TO];
/** Replays of the whole fleet, on machines with other things to do. */
const SLOW = { timeout: 240_000 };
const PATIENT = { timeout: 120_000, interval: 250 };

/** A part of the page by CSS, and the exact figures that are in it in this order, between others perhaps. */
type Pair = readonly [part: string, exact: readonly string[]];

type Case = Readonly<{
  page: PageName;
  address: string;
  command: readonly string[];
  pairs: (answer: never) => readonly Pair[];
}>;

/** Money as it stands behind a figure on the page; what is unknown has no figure. */
const usd = (...amounts: readonly (string | null | undefined)[]) =>
  amounts.flatMap((amount) => (amount === null || amount === undefined ? [] : [exactMoney(amount, 'USD')]));

const CASES: readonly Case[] = [
  {
    page: 'Overview',
    address: `/?${IN_ADDRESS}`,
    command: ['report', 'ledger', '--by', 'team', ...AS_FLAGS],
    pairs: ({ rows, total, reconciliation }: LedgerReport) => [
      ['.cards', usd(total.totalCost)],
      // The page keeps what has no owner below the others, so that rows are looked for one by one.
      ...rows.map((row): Pair => ['#teams tbody', usd(row.cost.gross, row.totalCost)]),
      ['#teams tfoot', usd(total.cost.gross, total.totalCost)],
      ['#data-health', usd(reconciliation.bill, reconciliation.ledger, reconciliation.difference)],
    ],
  },
  {
    page: 'Explore',
    address: `/explore?by=model&${IN_ADDRESS}`,
    command: ['report', 'ledger', '--by', 'model', ...AS_FLAGS],
    pairs: ({ rows, total }: LedgerReport) => [
      ...rows.map(
        (row): Pair => [
          '#ledger tbody',
          [`${row.gpuHours.gross} GPU-hours`, ...usd(row.cost.gross, row.direct, row.shared, row.totalCost)],
        ],
      ),
      ['#ledger tfoot', usd(total.cost.gross, total.direct, total.shared, total.totalCost)],
    ],
  },
  {
    page: 'Fleet',
    address: `/fleet?${IN_ADDRESS}`,
    command: ['report', 'ledger', '--by', 'node', ...AS_FLAGS],
    pairs: ({ rows }: LedgerReport) => [
      ['#heat-map tbody', rows.filter(({ node }) => node !== 'none').flatMap((row) => usd(row.cost.gross))],
    ],
  },
  {
    page: 'Runs',
    address: `/runs?${IN_ADDRESS}`,
    command: ['report', 'runs', '--top', '25', ...AS_FLAGS],
    pairs: ({ rows, total }: RunsReport) => [
      ['.cards', usd(total.cost)],
      ['[aria-labelledby="runs-title"] tbody', rows.flatMap((row) => usd('cost' in row ? row.cost : null))],
    ],
  },
  {
    page: 'Units',
    address: `/units?${IN_ADDRESS}`,
    command: ['report', 'inference', ...AS_FLAGS],
    pairs: ({ rows, total }: InferenceReport) => [
      ['.cards', usd(total.costPer1kRequests)],
      [
        '[aria-labelledby="units-title"] tbody',
        rows.flatMap((row) => usd(row.cost, row.cost === null ? null : row.costPer1kRequests)),
      ],
    ],
  },
  {
    page: 'Savings',
    address: `/savings?${IN_ADDRESS}`,
    command: ['levers', ...AS_FLAGS],
    pairs: ({ rows }: LeversReport) => [
      [
        '#levers tbody',
        rows
          .toSorted((a, b) => Number(b.inPlanSaving) - Number(a.inPlanSaving))
          .flatMap((row) => usd(row.aloneSaving.expected, row.inPlanSaving, row.targetCost)),
      ],
    ],
  },
  {
    page: 'Plan',
    address: `/plan?${IN_ADDRESS}`,
    command: ['plan', ...AS_FLAGS],
    pairs: ({ bill, rows, planSaving, billAfter }: BillPlan) => [
      [
        '#waterfall tbody',
        [
          ...usd(bill.total),
          ...rows.flatMap((row) => usd(row.inPlanSaving, row.billAfter, row.aloneSaving.expected)),
        ],
      ],
      ['#waterfall tfoot', usd(planSaving.expected, billAfter)],
    ],
  },
  {
    page: 'Spot',
    address: `/spot?${IN_ADDRESS}`,
    command: ['report', 'spot', ...AS_FLAGS],
    pairs: ({ total: { heldCost, spotCost, saved, aloneSaving } }: SpotReport) => [
      ['main tfoot', usd(heldCost, spotCost, saved, aloneSaving.expected)],
    ],
  },
  {
    page: 'Hardware',
    address: `/hardware?${IN_ADDRESS}`,
    command: ['report', 'hardware', '--top', '5', ...AS_FLAGS],
    pairs: ({ rows }: HardwareReport) => [
      ['main tbody', rows.flatMap(({ heldCost, aloneSaving }) => usd(heldCost, aloneSaving?.expected))],
    ],
  },
  {
    page: 'Policies',
    address: '/policies',
    command: ['policies', 'preview'],
    pairs: ({ rows }: PolicyPreview) => [
      ['main tbody', rows.flatMap(({ cost, idleCost }) => usd(cost, idleCost))],
    ],
  },
  {
    page: 'Actions',
    address: '/actions?hours=6',
    command: ['act', '--hours', '6'],
    pairs: ({ rows }: IdleNowReport) => [
      ['[aria-label="Table of idle targets"] tbody', rows.flatMap(({ idleCost }) => usd(idleCost))],
    ],
  },
  {
    page: 'Budgets',
    address: '/budgets',
    command: ['budget'],
    pairs: ({ rows }: BudgetReport) => [
      ['#budgets tbody', rows.flatMap(({ spent, limit, forecast }) => usd(spent, limit, forecast?.expected))],
    ],
  },
  {
    page: 'Health',
    address: `/health?${IN_ADDRESS}`,
    command: ['report', 'health', ...AS_FLAGS],
    pairs: ({ reconciliation, coverage, billExplained, pricedBy, unpriced }: HealthReport) => [
      ['.cards', [...usd(reconciliation.difference), String(billExplained), String(coverage.observed)]],
      [
        '#reconciliation .true-up',
        usd(reconciliation.estimatedBefore, reconciliation.billedOfEstimated, reconciliation.trueUp),
      ],
      ['#coverage', pricedBy.flatMap(({ cost, fraction }) => [...usd(cost), String(fraction)])],
      ['#coverage', [...Object.values(coverage.owned), coverage.observed].map(String)],
      ['#unpriced', unpriced.flatMap(({ costAtRisk }) => usd(costAtRisk))],
    ],
  },
  {
    page: 'Size',
    address: '/size?gpus=64&model=A100&utilization=35',
    command: ['size', '--gpus', '64', '--gpu-model', 'A100', '--utilization', '0.35'],
    pairs: ({ monthlyCost, monthlyIdleCost, costPerUsefulGpuHour, levers }: SizeReport) => [
      ['.cards', usd(monthlyCost, monthlyIdleCost, costPerUsefulGpuHour)],
      ['#levers', levers.flatMap((lever) => usd(lever.perGpuHour, lever.monthlyCost, lever.monthlySaving))],
    ],
  },
];

/** Pages that answer with what a command prints rather than with figures of their own. */
const APART: readonly PageName[] = ['What if', 'Reports'];

test('every page has a case', () => {
  const covered = [...CASES.map(({ page }) => page), ...APART].sort();
  expect(covered).toEqual(PAGES.map(({ name }) => name).sort());
});

describeInBrowser('what a screen shows is what the command line prints', () => {
  const { demo, open, complaints } = useDemoPages(60_000);

  test.each(CASES)('$page: $address', SLOW, async ({ address, command, pairs }) => {
    const answer = JSON.parse(await demo.tare(...command, '--json')) as never;
    const page = await open(address);
    for (const [part, exact] of pairs(answer)) {
      expect(exact, `the command has figures for ${part}`).not.toEqual([]);
      await expect.poll(async () => inOrder(exact, await exactIn(page, part)), PATIENT).toEqual(exact);
    }
    expect(complaints).toEqual([]);
  });

  it('Reports: the board page, as it is saved', SLOW, async () => {
    const said: BoardPage = JSON.parse(await demo.tare('export', 'board', '--json'));
    const page = await open('/reports');
    await expect
      .poll(() => page.getByRole('heading', { level: 1 }).textContent(), PATIENT)
      .toBe(said.sentence);
    const href = await page.getByRole('link', { name: 'Save as JSON' }).getAttribute('href');
    expect(await (await fetch(`${demo.url}${href}`)).json()).toEqual(said);
  });

  it('What if: a simulation, with the command that the page gives', SLOW, async () => {
    const page = await open('/what-if?simulator=batching&perSecond=700');
    await page.getByRole('button', { name: 'Run the simulation' }).click();
    await page.waitForURL(/\/what-if\/batching-/);
    const command = await page.locator('[id^="given-"] code').textContent();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Result as CSV' }).click(),
    ]);
    const printed = await demo.tare(...command!.split(' ').slice(1), '--format', 'csv');
    expect(readFileSync(await download.path(), 'utf8')).toBe(printed);
  });
});

/** What stands behind the figures of a part of the page, in the order of the page. */
function exactIn(page: Page, part: string): Promise<readonly string[]> {
  return page
    .locator(part)
    .locator('[title]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('title')!));
}

/** As many of the wanted figures as are there in this order. */
function inOrder(wanted: readonly string[], shown: readonly string[]): readonly string[] {
  let at = 0;
  for (const text of shown) if (text === wanted[at]) at += 1;
  return wanted.slice(0, at);
}
