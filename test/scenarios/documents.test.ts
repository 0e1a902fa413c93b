import { createHash } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  BoardPage,
  ChargebackStatement,
  MonthlyReview,
  ReportDocument,
  TeamShowback,
} from '../../src/app/results/documents.ts';
import { DEFAULT_LEVER_SEED, DEFAULT_SURVIVAL_PER_YEAR, NO_LIMITS } from '../../src/app/tare.ts';
import { type Composition, composeDemo } from '../../src/compose.ts';
import { hashToken } from '../../src/config/load-config.ts';
import { BUCKETS } from '../../src/domain/ledger/buckets.ts';
import { parsePicos, roundPicos } from '../../src/domain/money/picos.ts';
import { createApi } from '../../src/http/api.ts';
import { connectTare } from '../../src/http/client.ts';
import { listen } from '../../src/http/server.ts';
import { DOCUMENT_FORMATS, type DocumentFormat } from '../../src/reports/documents/document-formats.ts';
import { documentModel } from '../../src/reports/documents/document-model.ts';
import { layOut } from '../../src/reports/documents/lay-out.ts';
import { renderDocument } from '../../src/reports/documents/render-document.ts';
import { findBarriers } from '../e2e/axe.ts';
import { findChromium, launchChromium } from '../e2e/chromium.ts';
import { readPdf } from '../support/read-pdf.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');
const CLOCK = { nowMs: () => NOW_MS };
const OCTOBER = { fromMs: Date.UTC(2026, 9), toMs: Date.UTC(2026, 10) };
const SEPTEMBER_KNOWN = { fromMs: Date.UTC(2026, 8, 23, 12), toMs: Date.UTC(2026, 9) };
const NO_FILTER = { filters: [], top: null } as const;

let demo: Composition;
let board: BoardPage;
let showback: TeamShowback;
let chargeback: ChargebackStatement;
let review: MonthlyReview;
beforeAll(async () => {
  const signal = new AbortController().signal;
  demo = await composeDemo({ storeUrl: 'duckdb::memory:', clock: CLOCK, seed: 42 }, () => {}, signal);
  board = (await ask('board')) as BoardPage;
  showback = (await ask('showback', 'search')) as TeamShowback;
  chargeback = (await ask('chargeback')) as ChargebackStatement;
  review = (await ask('review')) as MonthlyReview;
}, 600_000);
afterAll(() => demo?.tare.close());

function ask(kind: ReportDocument['kind'], team: string | null = null): Promise<ReportDocument> {
  return demo.tare.reportDocument({ kind, window: null, team, by: null });
}

const picos = (text: string) => parsePicos(text)!.picos;
const sum = (texts: readonly string[]) => texts.reduce((total, text) => total + picos(text), 0n);

describe('the board page', () => {
  it('is of the last whole month, and says that the data is made up', () => {
    expect(board).toMatchObject({
      kind: 'board',
      from: '2026-10-01T00:00:00Z',
      to: '2026-11-01T00:00:00Z',
      asOf: '2026-11-01T00:00:00Z',
      isComplete: true,
      windowName: 'October 2026',
      generated: { seed: 42 },
    });
    expect(documentModel(board).stamp).toBe('Sample: generated data');
  });

  it('has the figures of the ledger report, of the month and of each month before it', async () => {
    const ledger = await demo.tare.reportLedger({ window: OCTOBER, by: [], ...NO_FILTER });
    const before = await demo.tare.reportLedger({ window: SEPTEMBER_KNOWN, by: [], ...NO_FILTER });
    expect(board.total).toEqual(ledger.total);
    expect(board.coverage).toEqual(ledger.coverage);
    expect(board.reconciliation).toEqual(ledger.reconciliation);
    expect(board.months.map(({ month, isComplete }) => [month, isComplete])).toEqual([
      ['2026-09', false],
      ['2026-10', true],
    ]);
    expect(board.months[0]).toMatchObject(before.total);
    expect(board.months[1]).toMatchObject(ledger.total);
    expect(board.previous).toMatchObject({ ...before.total, isComplete: false, change: null });
    expect(board.netFraction).toBeCloseTo(1 - ledger.total.tareFraction!, 9);
  });

  it('has the budget, the forecast, the plan and the savings of their own reports', async () => {
    const { tare } = demo;
    const budgets = await tare.reportBudgets(OCTOBER.toMs - 1);
    expect(board.budget).toEqual(budgets.rows.find(({ name }) => name === 'company'));
    expect(board.budget!.spent).toBe(board.total.totalCost);

    const { total } = await tare.reportForecast({ by: null, period: 'monthly', atMs: OCTOBER.toMs });
    expect(board.forecast).toEqual([
      { month: '2026-11', ...total!.forecast },
      { month: '2026-12', ...total!.next, from: undefined, to: undefined },
    ]);

    const plan = await tare.planBill({
      window: OCTOBER,
      seed: DEFAULT_LEVER_SEED,
      sloMs: {},
      limits: NO_LIMITS,
      evidence: [],
      survivalPerYear: DEFAULT_SURVIVAL_PER_YEAR,
    });
    const { decisions, others, saving } = board.plan;
    expect(saving).toEqual(plan.planSaving);
    for (const { id, saving: own, action } of decisions)
      expect(plan.rows.find((row) => row.id === id)).toMatchObject({ inPlanSaving: own, action });
    expect(sum([...decisions.map((one) => one.saving), others!.saving])).toBe(picos(saving.expected));

    const taken = await tare.reportTaken();
    expect(board.savings).toEqual({
      sentence: taken.sentence,
      changes: 0,
      compared: 0,
      promised: null,
      realised: null,
      drift: null,
    });
  });

  it('has the unit costs of the inference report, and of the time before', async () => {
    const asked = (window: typeof OCTOBER) =>
      demo.tare.reportInference({
        window,
        by: ['endpoint'],
        ...NO_FILTER,
        basis: 'allocated',
        sloMs: null,
        minQuality: [],
        tokenWeight: null,
        apiPrice: null,
        training: [],
      });
    const [now, before] = await Promise.all([asked(OCTOBER), asked(SEPTEMBER_KNOWN)]);
    expect(board.products.rows).toHaveLength(6);
    for (const product of board.products.rows) {
      const own = (rows: typeof now.rows) => rows.find(({ endpoint }) => endpoint === product.endpoint);
      expect(product.costPer1kRequests).toBe(own(now.rows)!.costPer1kRequests);
      expect(product.cost).toBe(own(now.rows)!.cost);
      expect(product.costPer1kBefore).toBe(own(before.rows)?.costPer1kRequests ?? null);
    }
    const rest = now.rows.length - board.products.rows.length;
    expect(board.products.rest!.rows).toBe(rest);
  });
});

describe('the showback', () => {
  const filters = [{ dimension: 'team' as const, values: ['search'] }];

  it('has the figures of the ledger report of the team', async () => {
    const { tare } = demo;
    const own = await tare.reportLedger({ window: OCTOBER, by: ['workload'], filters, top: 10 });
    const all = await tare.reportLedger({ window: OCTOBER, by: ['team'], ...NO_FILTER });
    expect(showback.total).toEqual(own.total);
    expect(showback.platform).toEqual(all.total);
    expect(showback.total).toMatchObject({
      totalCost: all.rows.find(({ team }) => team === 'search')!.totalCost,
    });
    expect(showback.workloads).toEqual(own.rows);
    expect(showback.restOfWorkloads).toEqual(own.rest);
    const parts = [...showback.workloads, showback.restOfWorkloads!].map(({ totalCost }) => totalCost);
    expect(sum(parts)).toBe(picos(showback.total.totalCost));
    expect(sum(showback.days.map(({ totalCost }) => totalCost))).toBe(picos(showback.total.totalCost));
    expect(showback.shared).toMatchObject({
      rule: 'proportional',
      amount: own.total.shared,
      total: all.total.shared,
    });
  });

  it('has the budget of the team and the levers that are its own to pull', async () => {
    expect(showback.budget).toMatchObject({ name: 'search', spent: showback.total.totalCost });
    expect(showback.plan.decisions.every(({ owner }) => owner === 'search')).toBe(true);
    const { decisions, others, saving } = showback.plan;
    expect(sum([...decisions.map((one) => one.saving), others?.saving ?? '0'])).toBe(picos(saving));
  });

  it('knows the teams of the window', async () => {
    await expect(ask('showback', 'serach')).rejects.toMatchObject({
      code: 'TARE-4031',
      remedy: expect.stringContaining('did you mean search?'),
    });
  });
});

describe('the chargeback statement', () => {
  it('adds up to the bill, to the last digit, line by line', async () => {
    const ledger = await demo.tare.reportLedger({ window: OCTOBER, by: ['team'], ...NO_FILTER });
    expect(chargeback.rows.map(({ owner, totalCost }) => [owner, totalCost])).toEqual(
      ledger.rows.map(({ team, totalCost }) => [team, totalCost]),
    );
    expect(sum(chargeback.rows.map(({ totalCost }) => totalCost))).toBe(picos(ledger.total.totalCost));
    for (const row of [...chargeback.rows, chargeback.total]) {
      const parts = [...BUCKETS.map((bucket) => row.cost[bucket]), row.direct, row.shared];
      expect(sum(parts)).toBe(picos(row.totalCost));
      expect(sum(Object.values(row.costBy))).toBe(picos(row.cost.gross));
    }
    const { bill, estimated, difference, total } = chargeback.agreement;
    expect(difference).toBe('0.00');
    expect(picos(bill) + picos(estimated)).toBe(picos(total));
    expect(total).toBe(ledger.total.totalCost);
  });

  it('shows what has no owner, and where prices came from', () => {
    const unassigned = chargeback.rows.filter(({ isUnassigned }) => isUnassigned).map(({ owner }) => owner);
    expect(unassigned).toEqual(['untagged', 'nobody']);
    const { pricedBy } = chargeback.total;
    const { pricedBy: covered } = chargeback.coverage;
    for (const source of ['bill', 'contract', 'priceBook', 'ownership', 'unpriced'] as const)
      expect(pricedBy![source]).toBeCloseTo(covered[source], 8);
  });

  it('has a number that the same question gives again', async () => {
    expect(chargeback.number).toBe('TARE-202610-TEAM');
    const week = { fromMs: Date.UTC(2026, 9, 5), toMs: Date.UTC(2026, 9, 12) };
    const statement = await demo.tare.reportDocument({
      kind: 'chargeback',
      window: week,
      team: null,
      by: 'model',
    });
    expect(statement).toMatchObject({ number: 'TARE-20261005-20261011-MODEL', by: 'model' });
  });
});

it('reviews the month as the board page has it, with sources and changes beside it', async () => {
  const { kind: _, sentence, ...figures } = board;
  expect(review).toMatchObject({ ...figures, kind: 'review', sentence });
  const coverage = await demo.tare.reportCoverage(OCTOBER);
  expect(review.health.freshness).toEqual(coverage.freshness);
  expect(review.health.sources.map(({ kind, facts }) => [kind, facts])).toEqual(
    coverage.sources.map(({ kind, facts }) => [kind, facts]),
  );
});

describe('of a month that goes on', () => {
  it('the board page says how far it is known, what is missing, and what is expected', async () => {
    const november = { fromMs: Date.UTC(2026, 10), toMs: Date.UTC(2026, 11) };
    const page = await demo.tare.reportDocument({ kind: 'board', window: november, team: null, by: null });
    expect(page).toMatchObject({ isComplete: false, asOf: '2026-11-24T12:00:00Z' });
    expect(page.sentence).toMatch(/^November 2026 cost \$[\d,]+ until 2026-11-24; \$[\d,]+ is expected/);
    expect(page.sentence).toContain('Under 1 % of the GPU time has no price and is missing here.');
    const markdown = String(await renderDocument(page, 'md'));
    expect(markdown).toMatch(/240 GPU-hours have no price, and are missing in every amount here/);
    expect(layOut(documentModel(page)).pages).toBe(1);
  });
});

describe('every rendering', () => {
  const documents = () => [board, showback, chargeback, review] as const;
  const bytesOf = async (document: ReportDocument, format: DocumentFormat) =>
    Buffer.from(await renderDocument(document, format));

  it.each(DOCUMENT_FORMATS)('as %s is the same for the same data', async (format) => {
    for (const document of [board, chargeback]) {
      const [first, second] = [await bytesOf(document, format), await bytesOf(document, format)];
      expect(hash(first)).toBe(hash(second));
      expect(first.length).toBeGreaterThan(1_000);
    }
  });

  it.each(['html', 'svg', 'md', 'csv', 'json'] as const)(
    'as %s has no figure that is none',
    async (format) => {
      for (const document of documents())
        expect(String(await renderDocument(document, format))).not.toMatch(
          /\b(NaN|Infinity|undefined|null %)\b/,
        );
    },
  );

  it('has the same sentence and the same printed figures', async () => {
    const statement = documentModel(chargeback);
    const html = String(await renderDocument(chargeback, 'html'));
    const markdown = String(await renderDocument(chargeback, 'md'));
    const pdf = readPdf(await bytesOf(chargeback, 'pdf')).texts.join('\n');
    const svg = String(await renderDocument(chargeback, 'svg'));
    for (const text of [markdown, html]) expect(text).toContain(statement.lead);
    const total = markdown.match(/\*\*Total\*\* \|.*\*\*([\d,.]+)\*\* \|$/m)![1]!;
    expect(picos(total.replaceAll(',', ''))).toBe(roundPicos(picos(chargeback.total.totalCost), 2));
    for (const text of [html, pdf, svg]) expect(text).toContain(total);
  });

  it('as CSV holds the exact figures', async () => {
    const lines = String(await renderDocument(chargeback, 'csv'))
      .trimEnd()
      .split('\r\n');
    const names = lines[0]!.split(',');
    const at = names.indexOf('totalCost');
    expect(names[1]).toBe('team');
    expect(sum(lines.slice(1).map((line) => line.split(',')[at]!))).toBe(picos(chargeback.total.totalCost));
    const figures = String(await renderDocument(board, 'csv'));
    expect(figures).toContain(`window,October 2026,totalCost,${board.total.totalCost},USD\r\n`);
  });
});

describe('as PDF', () => {
  it.each([
    ['board', 1],
    ['showback', 1],
    ['chargeback', 1],
    ['review', 2],
  ] as const)(
    'a %s has %d pages, a structure, bookmarks and text that can be selected',
    async (kind, pages) => {
      const document = { board, showback, chargeback, review }[kind];
      const model = documentModel(document);
      const pdf = readPdf(Buffer.from(await renderDocument(document, 'pdf')));
      expect(pdf).toMatchObject({
        pages,
        isTagged: true,
        language: 'en',
        title: `${model.title}, ${model.subtitle}`,
        created: 'D:20261101000000Z',
        embeddedFonts: 2,
        untagged: 0,
      });
      const headings = model.blocks.flatMap((block) => (block.kind === 'cards' ? [] : [block.heading]));
      expect(pdf.bookmarks).toEqual([`${model.title}, ${model.subtitle}`, ...headings]);
      const count = (tag: string) => pdf.structure.filter((one) => one === tag).length;
      expect(count('H1')).toBe(1);
      expect(count('H2')).toBe(headings.length);
      expect(count('Figure')).toBe(model.blocks.filter((block) => block.kind === 'chart').length);
      expect(count('TH')).toBeGreaterThan(5);
      const words = (text: string) => text.replace(/\s+/g, ' ');
      expect(words(pdf.texts.join(' '))).toContain(words(model.lead));
      for (const heading of headings) expect(pdf.texts.join('\n')).toContain(heading);
    },
  );
});

describe('as PNG', () => {
  it('a board page is an A4 sheet at 200 to the inch', async () => {
    const png = Buffer.from(await renderDocument(board, 'png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const size = { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
    expect(size.width).toBeGreaterThanOrEqual(1_653);
    expect(size.width).toBeLessThanOrEqual(1_654);
    expect(size.height).toBeGreaterThanOrEqual(2_338);
    expect(size.height).toBeLessThanOrEqual(2_339);
  });
});

const executablePath = findChromium();
describe.skipIf(!executablePath)('as HTML in a real browser (skipped without Chromium)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executablePath!);
  });
  afterAll(() => browser?.close());

  it.each([
    ['board', 1],
    ['showback', 1],
    ['chargeback', 1],
    ['review', 2],
  ] as const)(
    'a %s has no barrier, asks for nothing, fits a phone and prints on %d pages',
    async (kind, pages) => {
      const document = { board, showback, chargeback, review }[kind];
      const html = String(await renderDocument(document, 'html'));
      expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|@import|url\(/);
      for (const width of [1440, 390]) {
        const context = await browser.newContext({ viewport: { width, height: 900 } });
        const page = await context.newPage();
        const requests: string[] = [];
        page.on('request', (request) => requests.push(request.url()));
        await page.setContent(html);
        expect(await findBarriers(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        expect(requests).toEqual([]);
        if (width === 1440) expect(printedPages(await page.pdf({ preferCSSPageSize: true }))).toBe(pages);
        await context.close();
      }
    },
  );
});

function printedPages(pdf: Buffer): number {
  return (pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length;
}

describe('over HTTP', () => {
  it('is the same document, and the same file', async () => {
    const api = createApi(demo.tare, {
      clock: CLOCK,
      access: { localTokenHash: hashToken('local'), tokenHashes: [], isLoopback: true },
      searchPrices: demo.searchPrices,
      dashboardDirectory: null,
      isReady: () => true,
      onBug: (error) => {
        throw error;
      },
    });
    const listening = await listen(api.fetch, '127.0.0.1', 0);
    try {
      const remote = connectTare({ url: listening.url, token: 'local' });
      for (const document of [board, showback, chargeback, review]) {
        const team = document.kind === 'showback' ? document.team : null;
        const asked = await remote.reportDocument({ kind: document.kind, window: null, team, by: null });
        expect(asked).toEqual(document);
        const query = team === null ? '' : `team=${team}&`;
        const response = await fetch(`${listening.url}/api/v1/documents/${document.kind}?${query}format=pdf`);
        const file = Buffer.from(await response.arrayBuffer());
        expect(response.headers.get('content-type')).toBe('application/pdf');
        expect(hash(file)).toBe(hash(Buffer.from(await renderDocument(document, 'pdf'))));
      }
    } finally {
      await listening.close();
    }
  });
});

it('tells what was promised and what came of it, once a change is recorded', async () => {
  const { tare } = demo;
  const change = { changeId: 'scale-to-zero/answer-llm-70b-staging', takenBy: 'platform', promised: '11000' };
  await tare.takeLever({ ...change, atMs: Date.parse('2026-10-20T00:00:00Z') });
  const taken = await tare.reportTaken();
  const page = (await ask('review')) as MonthlyReview;
  expect(taken.rows).toHaveLength(1);
  expect(page.taken).toEqual(taken.rows);
  expect(page.savings).toMatchObject({ changes: 1, compared: 1, sentence: taken.sentence, ...taken.total });
  const markdown = String(await renderDocument(page, 'md'));
  expect(markdown).toContain('| Decided: promised by changes made | 11,000.00 |');
  expect(markdown).toContain('| scale-to-zero/answer-llm-70b-staging | 2026-10-20 | 11,000.00 |');
});

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
