import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { findChromium, launchChromium } from './chromium.ts';
import { ensureDashboardBuilt } from './dashboard-build.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';

export type DemoPages = Readonly<{
  /** There from the first test on. */
  demo: Omit<DemoProcess, 'stop'>;
  browser: Readonly<{ newContext: (options?: BrowserContextOptions) => Promise<BrowserContext> }>;
  /** What pages said in their consoles since the test began: nothing, if all is well. */
  complaints: string[];
  /** An address of the demo in a page of its own, 1440 pixels wide unless told otherwise. */
  open: (address: string, options?: BrowserContextOptions) => Promise<Page>;
}>;

const executablePath = findChromium();

/** A suite that needs a real browser, and says so where there is none. */
export function describeInBrowser(name: string, suite: () => void): void {
  if (executablePath) describe(name, suite);
  else describe.skip(`${name} (skipped: no Chromium; set CHROMIUM_PATH)`, suite);
}

const PATIENCE_MS = 30_000;

/** The demo, or another server, in a real browser, for the suite that calls this: both start before its tests, and end after them. */
export function useDemoPages(
  patienceMs = PATIENCE_MS,
  start: () => Promise<DemoProcess> = () => startDemo(),
): DemoPages {
  let demo: DemoProcess;
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    ensureDashboardBuilt();
    [demo, browser] = await Promise.all([start(), launchChromium(executablePath!)]);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    complaints.length = 0;
  });

  return {
    complaints,
    demo: {
      get url() {
        return demo.url;
      },
      get directory() {
        return demo.directory;
      },
      tare: (...words) => demo.tare(...words),
      tareAloud: (...words) => demo.tareAloud(...words),
    },
    browser: { newContext: (options) => browser.newContext(options) },
    open: async (address, options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(patienceMs);
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(`${demo.url}${address}`);
      return page;
    },
  };
}
