// Takes the pictures of the documentation anew: `node scripts/take-screenshots.mjs [NAME…]`. Needs Chromium (CHROMIUM_PATH, else where
// Debian puts it) and a built dashboard (`npm run build`). The demo runs with a clock that stands where the walk-through says, so that
// the pictures and the text show the same figures.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const ROOT = resolve(import.meta.dirname, '..');
const IMAGES = join(ROOT, 'docs/images');
const LARGEST_BYTES = 150_000;
const FROM_THE_SENTENCE =
  "scrollTo(0, document.querySelector('h1').getBoundingClientRect().top + scrollY - 16)";
const SIZE = { width: 1200, height: 720 };

/** Where each picture is taken, and what has to be there first. */
const PICTURES = [
  { name: 'overview', address: '/', wait: '#days .chart svg' },
  { name: 'walk-waste', address: '/explore?from=2026-10&by=team', wait: '#ledger tbody tr' },
  {
    name: 'walk-run',
    address: '/runs?from=2026-10-25&to=2026-11-25&model=ctr-transformer&sort=-startedAt',
    wait: '[aria-labelledby="runs-title"] tbody tr',
  },
  { name: 'walk-endpoint', address: '/units', wait: '[aria-labelledby="units-title"] tbody tr' },
  { name: 'walk-savings', address: '/savings', wait: '#levers tbody tr' },
  { name: 'walk-budget', address: '/budgets', wait: '#budgets tbody tr', alsoWait: '#forecast tbody tr' },
  { name: 'health', address: '/health', wait: '#reconciliation .chart svg' },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !PICTURES.some((picture) => picture.name === name));
if (unknown.length > 0) throw new Error(`there is no picture ${unknown.join(', ')}`);

const instant = /<!-- the demo at (\S+) -->/.exec(
  readFileSync(join(ROOT, 'docs/guides/walk-through.md'), 'utf8'),
)?.[1];
if (!instant) throw new Error('docs/guides/walk-through.md does not say when its demo was made');

const directory = mkdtempSync(join(tmpdir(), 'tare-pictures-'));
const demo = spawn(
  process.execPath,
  [
    ...['--import', join(ROOT, 'scripts/still-clock.mjs')],
    ...['--import', join(ROOT, 'node_modules/tsx/dist/esm/index.mjs')],
    ...[join(ROOT, 'src/cli/main.ts'), 'demo', '--port', '0', '--no-open'],
  ],
  { cwd: directory, env: { ...process.env, HOME: directory, TARE_STILL_CLOCK: instant }, stdio: 'pipe' },
);

try {
  const url = await addressOf(demo);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  for (const picture of PICTURES) {
    if (wanted.length > 0 && !wanted.includes(picture.name)) continue;
    await take(browser, url, picture);
  }
  await browser.close();
} finally {
  demo.kill('SIGINT');
  await new Promise((done) => demo.on('close', done));
  rmSync(directory, { recursive: true, force: true });
}

async function take(browser, url, { name, address, wait, alsoWait }) {
  const context = await browser.newContext({ viewport: SIZE, colorScheme: 'light', reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.clock.install({ time: instant });
  await page.goto(`${url}${address}`);
  await page.locator(wait).first().waitFor();
  if (alsoWait) await page.locator(alsoWait).first().waitFor();
  await page.locator('main[aria-busy="false"]').waitFor();
  // The picture begins with the answer; what is above it is the same on every page.
  if (name !== 'overview') await page.evaluate(FROM_THE_SENTENCE);
  const path = join(IMAGES, `${name}.png`);
  await page.screenshot({ path });
  await context.close();
  const { size } = statSync(path);
  process.stdout.write(`docs/images/${name}.png  ${Math.round(size / 1000)} kB\n`);
  if (size > LARGEST_BYTES) throw new Error(`${name}.png is larger than ${LARGEST_BYTES / 1000} kB`);
}

function addressOf(server) {
  return new Promise((found, failed) => {
    let said = '';
    const listen = (piece) => {
      said += String(piece);
      const url = /Dashboard +(http:\S+)/.exec(said)?.[1];
      if (url) found(url);
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    server.on('close', (code) => failed(new Error(`the demo ended with ${code}:\n${said}`)));
  });
}
