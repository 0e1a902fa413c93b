import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What a user sees who hands Tare something broken: a message to act on, the right exit code, and nothing lost that was in before. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HEADER =
  'BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ProviderName,ServiceName,BillingCurrency,BilledCost,EffectiveCost,ListCost,ContractedCost,Tags';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-bad-input-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const line = (billed: string, { currency = 'USD', hour = '10' } = {}) =>
  `2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-05T${hour}:00:00Z,2026-10-05T${hour}:59:59Z,Usage,AWS,Amazon S3,${currency},${billed},${billed},${billed},${billed},`;

type Ended = Readonly<{ code: number | null; stdout: string; stderr: string; peakMib: number }>;

function tare(words: readonly string[], nodeOptions: readonly string[] = []): Promise<Ended> {
  const tsx = new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;
  const child = spawn(
    process.execPath,
    [...nodeOptions, '--import', tsx, join(ROOT, 'src/cli/main.ts'), ...words],
    {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = { code: null as number | null, stdout: '', stderr: '', peakMib: 0 };
  child.stdout.on('data', (text) => (ended.stdout += text));
  child.stderr.on('data', (text) => (ended.stderr += text));
  const watch = setInterval(() => {
    ended.peakMib = Math.max(ended.peakMib, residentMib(child.pid));
  }, 50);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ ...ended, code });
    }),
  );
}

function residentMib(pid: number | undefined): number {
  try {
    const pages = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1];
    return (Number(pages) * 4096) / 2 ** 20;
  } catch {
    return 0; // not Linux, or gone already: the bound below is then not checked
  }
}

async function importAs(kind: string, path: string, store: string, ...more: string[]) {
  const ended = await tare(['import', path, '--kind', kind, '--store', `duckdb:${store}`, '--json', ...more]);
  return { ...ended, result: ended.stdout === '' ? undefined : JSON.parse(ended.stdout) };
}

describe('an import of something broken', () => {
  it('rejects the bad rows by file, line and column, keeps the good ones, and ends with 4', async () => {
    const path = join(folder, 'mixed.csv');
    const rows = [line('1.25'), line('"12,5"'), line('3', { currency: 'EUR' }), line('2.75'), line('abc')];
    writeFileSync(path, [HEADER, ...rows].join('\n'));
    const { code, result } = await importAs('focus', path, 'rows.duckdb');
    expect(code).toBe(4);
    expect(result).toMatchObject({
      rowsRead: 5,
      rowsImported: 2,
      rowsRejected: 3,
      totals: { billedCost: '4.00' },
    });
    expect(
      result.rejects.map((reject: { where: string; code: string }) => [reject.where, reject.code]),
    ).toEqual([
      ['mixed.csv:3:BilledCost', 'not-a-decimal'],
      ['mixed.csv:4:BillingCurrency', 'currency-mismatch'],
      ['mixed.csv:6:BilledCost', 'not-a-decimal'],
    ]);
    expect(result.rejects[0].message).toMatch(/comma/);
    expect(result.rejects[1].message).toMatch(/rates/);
    expect((await importAs('focus', path, 'rows.duckdb', '--max-rejects', '3')).code).toBe(0);
  });

  it('refuses a file that is something else, naming what it is and what to do', async () => {
    const pods = join(folder, 'pods.csv');
    writeFileSync(pods, 'name,cpu_milli,num_gpu\npod-0,4000,1\n');
    const wrongKind = await importAs('focus', pods, 'kinds.duckdb');
    expect(wrongKind).toMatchObject({ code: 4, stdout: '' });
    expect(wrongKind.stderr).toMatch(/pods\.csv/);
    expect(wrongKind.stderr).toMatch(/name, cpu_milli, num_gpu/);

    const noCost = join(folder, 'no-cost.csv');
    writeFileSync(noCost, `${HEADER.replace('BilledCost,', '')}\n`);
    const missing = await importAs('focus', noCost, 'kinds.duckdb');
    expect(missing.code).toBe(4);
    expect(missing.stderr).toMatch(/BilledCost/);

    const binary = join(folder, 'picture.csv');
    writeFileSync(binary, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3, 0, 0, 0]));
    expect((await importAs('focus', binary, 'kinds.duckdb')).code).toBe(4);
  });

  it('keeps nothing of a gzip that breaks off, and all of what was in before', async () => {
    const good = join(folder, 'good.csv');
    writeFileSync(good, [HEADER, line('7'), line('8')].join('\n'));
    expect((await importAs('focus', good, 'gzip.duckdb')).code).toBe(0);

    const whole = gzipSync(
      [HEADER, ...Array.from({ length: 5000 }, (_, index) => line(`${index}.01`))].join('\n'),
    );
    const broken = join(folder, 'broken.csv.gz');
    writeFileSync(broken, whole.subarray(0, Math.floor(whole.length / 2)));
    const ended = await importAs('focus', broken, 'gzip.duckdb');
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(/broken\.csv\.gz/);

    const { stdout } = await tare([
      'report',
      'charges',
      '--from',
      '2026-10',
      '--store',
      'duckdb:gzip.duckdb',
      '--json',
    ]);
    expect(JSON.parse(stdout).total).toMatchObject({ rows: 2, billedCost: '15.00' });
  });

  it('does not believe a clock that is ahead', async () => {
    const path = join(folder, 'future.csv');
    writeFileSync(
      path,
      'time,device,gpuUtil\n2026-10-01T00:00:00Z,gpu-0,0.5\n2199-10-01T00:01:00Z,gpu-0,0.5\n2026-10-01T00:01:00Z,gpu-0,0.5\n',
    );
    const { code, result } = await importAs('usage', path, 'clock.duckdb');
    expect(code).toBe(4);
    expect(result).toMatchObject({ rowsRead: 3, rowsRejected: 1 });
    expect(result.rejects[0].where).toMatch(/future\.csv:3:time$/);
    expect(result.rejects[0].message).toMatch(/clock/);
  });

  it('reads a large bill in little memory', async () => {
    const path = join(folder, 'large.csv');
    const rows = 120_000;
    const file = createWriteStream(path);
    file.write(`${HEADER}\n`);
    const padding = 'x'.repeat(600);
    for (let row = 0; row < rows; row++) {
      const tags = `"{""team"": ""search"", ""note"": ""${padding}${row}""}"`;
      if (
        !file.write(
          `${line('0.01', { hour: String(row % 24).padStart(2, '0') }).slice(0, -1)},${tags}\n`.replace(
            ',,',
            ',',
          ),
        )
      )
        await once(file, 'drain');
    }
    file.end();
    await finished(file);
    const ended = await tare(
      ['import', path, '--kind', 'focus', '--store', 'duckdb:large.duckdb?memory_limit=256MB', '--json'],
      ['--max-old-space-size=160'],
    );
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ rowsImported: rows, totals: { billedCost: '1200.00' } });
    if (ended.peakMib > 0) expect(ended.peakMib).toBeLessThan(900);
  }, 240_000);
});
