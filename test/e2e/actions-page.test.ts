import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { reportAdmission } from '../../src/app/admission/report-admission.ts';
import type { IdleNowReport } from '../../src/app/results/actions.ts';
import { composeTare } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { openBoundedJournal } from '../../src/files/bounded-journal.ts';
import { openKeptValue } from '../../src/files/kept-value.ts';
import { createApi } from '../../src/http/api.ts';
import { type Listening, listen } from '../../src/http/server.ts';
import type { AdmissionEntry, AdmissionTotals } from '../../src/ports/admission-journal.ts';
import type { ActionRecord } from '../../src/ports/cluster.ts';
import { exactMoney } from '../../web/src/format/money.ts';
import { expectNoBarriers } from './axe.ts';
import { DASHBOARD } from './dashboard-build.ts';
import { describeInBrowser, useDemoPages } from './demo-pages.ts';

const SLOW = { timeout: 120_000 };

const ENTRY: AdmissionEntry = {
  at: '2026-10-15T11:58:00Z',
  decision: 'denied',
  unchecked: null,
  detail: 'max-gpus: it may hold 12 GPUs, and at most 8 are allowed; ask for 8 or fewer',
  operation: 'CREATE',
  object: 'Deployment search/chat',
  user: 'ada',
  isDryRun: false,
};
const RECORD: ActionRecord = {
  id: 'act-5f0c21d9',
  action: 'scale-to-zero',
  object: 'Deployment search/chat-staging',
  target: 'chat-staging',
  owner: 'search',
  by: 'ada@laptop',
  cluster: 'https://cluster.example',
  at: '2026-10-15T12:00:00Z',
  state: 'done',
  because: 'quiet for 31 h',
  change: 'spec.replicas: 3 → 0',
  namespace: 'search',
  reference: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat-staging', controller: true },
  patch: { spec: { replicas: 0 } },
  undo: { spec: { replicas: 3 } },
  before: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'chat-staging' } },
  failure: null,
  undoneAt: null,
  undoneBy: null,
};

describeInBrowser('the actions page', () => {
  const { complaints, demo, open, browser } = useDemoPages();
  let folder: string;
  let server: Listening;
  let close: () => Promise<void>;

  /** A server of a store that holds what was done, beside the journal of a webhook. */
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tare-actions-'));
    const clock = { nowMs: () => Date.parse('2026-10-15T12:30:00Z') };
    const config = loadConfig({ path: undefined, directory: folder, environment: {}, usesSources: false });
    const { tare, searchPrices } = await composeTare({
      config,
      store: { url: 'duckdb::memory:', directory: folder },
      clock,
    });
    await tare.keepAction({ ...RECORD, id: 'act-0', state: 'failed', failure: 'it has changed meanwhile' });
    await tare.keepAction(RECORD);
    const journal = openBoundedJournal<AdmissionEntry>(join(folder, 'admission.jsonl'));
    journal.add({ ...ENTRY, decision: 'warned', detail: 'require-autoscaling: it runs 1 replicas' });
    journal.add({
      ...ENTRY,
      decision: 'unchecked',
      unchecked: 'late',
      detail: null,
      object: null,
      user: null,
    });
    journal.add(ENTRY);
    await journal.close();
    const tally = openKeptValue<AdmissionTotals>(join(folder, 'totals.json'));
    const decisions = { nothing: 7, allowed: 40, warned: 1, denied: 1, would_deny: 0, unchecked: 1 };
    await tally.write({ since: '2026-10-15T09:00:00Z', until: '2026-10-15T12:00:00Z', decisions });
    const api = createApi(tare, {
      clock,
      access: { localTokenHash: 'none', tokenHashes: [], isLoopback: true },
      searchPrices,
      dashboardDirectory: DASHBOARD,
      readAdmission: (request) => reportAdmission(journal, request, tally),
      isReady: () => true,
      onBug: (error) => complaints.push(String(error)),
    });
    server = await listen(api.fetch, '127.0.0.1', 0);
    close = () => tare.close();
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    await close?.();
    rmSync(folder, { recursive: true, force: true });
  });

  async function filled(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${server.url}/actions${search}`);
    await page.getByRole('region', { name: 'Table of decisions' }).waitFor();
    await page.getByRole('region', { name: 'Table of actions' }).waitFor();
    return page;
  }

  it('shows what stands still as the command line has it, with the dry run of each', SLOW, async () => {
    const said: IdleNowReport = JSON.parse(await demo.tare('act', '--hours', '6', '--json'));
    expect(said.rows.length).toBeGreaterThan(0);
    const page = await open('/actions');
    await page.getByLabel('Quiet for at least').selectOption('6');
    await page.waitForURL(/hours=6/);
    const rows = page.getByRole('region', { name: 'Table of idle targets' }).locator('tbody tr');
    await expect.poll(() => rows.count(), { timeout: 60_000 }).toBe(said.rows.length);
    const first = said.rows[0]!;
    const line = rows.first();
    expect(await line.locator('.figure').getAttribute('title')).toBe(
      exactMoney(first.idleCost!, said.currency),
    );
    await line.getByText(`tare act --kubeconfig ~/.kube/config --only ${first.target}`).waitFor();
    await page.getByText('Nothing was refused, warned of or let through unchecked').waitFor();
    await page.getByText('Nothing was done yet.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows what the webhook decided, and why something was let through unchecked', SLOW, async () => {
    const page = await filled();
    await page
      .getByText(
        '1 refused, 0 would have been refused, 1 warned of, 1 let through unchecked or not judged by everything (1: the review came too slowly).',
      )
      .waitFor();
    await page
      .getByText('it allowed 40, warned of 1, refused 1 and let 1 through unchecked; 7 had no GPU')
      .waitFor();
    const rows = page.getByRole('region', { name: 'Table of decisions' }).locator('tbody tr');
    expect(await rows.count()).toBe(3);
    await rows.first().getByText('Deployment search/chat').waitFor();
    await page.getByRole('switch', { name: 'Unchecked only' }).press(' ');
    await page.waitForURL(/unchecked=only/);
    await expect.poll(() => rows.count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('shows what was done, and the command that takes it back', SLOW, async () => {
    const page = await filled();
    const rows = page.getByRole('region', { name: 'Table of actions' }).locator('tbody tr');
    expect(await rows.count()).toBe(2);
    const undo = `tare act undo ${RECORD.id} --kubeconfig ~/.kube/config`;
    await rows.first().getByText(undo).waitFor();
    await rows
      .first()
      .getByRole('button', { name: `Copy: ${undo}` })
      .waitFor();
    await rows.last().getByText('it has changed meanwhile').waitFor();
    expect(await rows.last().getByRole('button').count()).toBe(0);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      test(`axe finds nothing: ${colorScheme}, ${viewport.width} px`, SLOW, async () => {
        for (const [name, page] of [
          ['filled', await filled('', { colorScheme, viewport })],
          ['demo', await open('/actions', { colorScheme, viewport })],
        ] as const) {
          await page
            .getByText(/Nothing stands still|Dry run/)
            .first()
            .waitFor({ timeout: 60_000 });
          await expectNoBarriers(page, `actions-${name}-${viewport.width}-${colorScheme}`);
        }
        expect(complaints).toEqual([]);
      });
    }
  }
});
