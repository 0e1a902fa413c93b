import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { findBarriers } from './axe.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { ensureDashboardBuilt } from './dashboard-build.ts';
import { describeInBrowser } from './demo-pages.ts';
import { type LiveServer, startLiveServer } from './live-server.ts';

const OCTOBER = '?from=2026-10-14&to=2026-10-15';
/** A day at a minute each is 1,440: `TARE_LIVE_REVISIONS=1440`. */
const REVISIONS = Number(process.env['TARE_LIVE_REVISIONS'] ?? 100);
const IN_A_BURST = 5;

describeInBrowser('a page that stays open', () => {
  let server: LiveServer;
  let browser: Browser;
  beforeAll(async () => {
    ensureDashboardBuilt();
    [server, browser] = await Promise.all([startLiveServer(), launchChromium(findChromium()!)]);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await server?.end();
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

  async function open(address = `/${OCTOBER}`): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const heard = page.waitForResponse('**/api/v1/live');
    await page.goto(`${server.url}${address}`);
    await page.locator('.chart svg').waitFor();
    await heard;
    return page;
  }

  const spent = (page: Page, amount: string) =>
    page.getByRole('heading', { level: 1, name: new RegExp(`\\$${amount.replace('.', '\\.')}`) });

  it('shows new figures without a reload, and keeps the place, the focus and what is shown', async () => {
    const page = await open();
    await spent(page, '37.00').waitFor();
    await page.evaluate('document.body.dataset.kept = "yes"; scrollTo(0, 400)');
    await page.getByRole('button', { name: 'Teams as CSV' }).focus();
    const placeBefore = await page.evaluate<number>('scrollY');
    await page.evaluate(`window.empty = 0; new MutationObserver(() => {
      if (!document.querySelector('.cards .card-value') || document.querySelector('.is-old, .loading')) window.empty += 1;
    }).observe(document.body, { subtree: true, childList: true, attributes: true })`);

    await server.billStorage('20.00');
    await spent(page, '47.00').waitFor();
    await expect.poll(() => page.locator('[data-live]').textContent()).toMatch(/^Figures refreshed at/);
    expect(await page.evaluate('document.body.dataset.kept')).toBe('yes');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Teams as CSV');
    expect(await page.evaluate('scrollY')).toBe(placeBefore);
    expect(await page.evaluate('window.empty')).toBe(0);
    expect(await page.getByRole('main').getAttribute('aria-busy')).toBe('false');
  });

  it('asks for nothing while it is hidden, and catches up when it is looked at', async () => {
    const page = await open();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await setHidden(page, true);
    await server.billStorage('30.00');
    await server.billStorage('31.00');
    await page.waitForTimeout(1_500);
    expect(asked).toEqual([]);
    await setHidden(page, false);
    await spent(page, '58.00').waitFor();
  });

  it('says that the server is gone, keeps its figures, and goes on by itself', async () => {
    const page = await open();
    const alert = page.getByRole('alert');
    await server.stop();
    await alert.getByText(/does not answer since \d\d:\d\d UTC/).waitFor();
    expect(await page.locator('.card-value').first().isVisible()).toBe(true);
    expect(await findBarriers(page)).toEqual([]);
    await server.start();
    await server.billStorage('40.00');
    await spent(page, '67.00').waitFor();
    await alert.waitFor({ state: 'detached' });
  });

  it(`neither leaks nor stalls over ${REVISIONS} imports`, async () => {
    const page = await open();
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    let before = await measure(session);
    for (let revision = 1; revision <= REVISIONS; revision += 1) {
      await server.billStorage(`${revision + 100}.00`);
      if (revision % IN_A_BURST === 0) await spent(page, `${revision + 127}.00`).waitFor();
      // What is loaded once and what is kept of the last answers is there by then.
      if (revision === IN_A_BURST * 4) before = await measure(session);
    }
    const after = await measure(session);
    console.info(
      `${REVISIONS} imports: objects ${mib(before.objectBytes)} → ${mib(after.objectBytes)} MiB, nodes ${before.nodes} → ${after.nodes}, listeners ${before.listeners} → ${after.listeners}`,
    );
    expect(after.objectBytes).toBeLessThan(before.objectBytes * 1.02 + 50_000);
    expect(after.nodes).toBeLessThanOrEqual(before.nodes * 1.05 + 50);
    expect(after.listeners).toBeLessThanOrEqual(before.listeners + 10);
  }, 600_000);
});

/** As if another tab were looked at: the browser itself has no way to hide a page of a test. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'))`);
}

type Measured = Readonly<{ objectBytes: number; nodes: number; listeners: number }>;

async function measure(session: CDPSession): Promise<Measured> {
  for (let pass = 0; pass < 3; pass += 1) await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const value = (name: string) => metrics.find((metric) => metric.name === name)!.value;
  return {
    objectBytes: await objectBytes(session),
    nodes: value('Nodes'),
    listeners: value('JSEventListeners'),
  };
}

/** What JavaScript holds: objects, arrays, texts and closures. Machine code is left out, which the browser makes more of the longer a page runs. */
async function objectBytes(session: CDPSession): Promise<number> {
  let text = '';
  const onChunk = ({ chunk }: { chunk: string }) => (text += chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', onChunk);
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', onChunk);
  const { snapshot, nodes } = JSON.parse(text) as HeapSnapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')];
  let bytes = 0;
  for (let at = 0; at < nodes.length; at += fields.length) {
    const name = types[0][nodes[at + type]!]!;
    if (name !== 'code' && name !== 'native') bytes += nodes[at + size]!;
  }
  return bytes;
}

type HeapSnapshot = Readonly<{
  snapshot: { meta: { node_fields: string[]; node_types: [string[]] } };
  nodes: number[];
}>;

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(2);
}
