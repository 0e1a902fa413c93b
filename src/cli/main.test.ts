import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeSmallFiles } from '../../test/support/small-files.ts';
import { fileKinds } from '../compose.ts';
import { buildProgram } from './program.ts';
import { referenceText } from './reference.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ENTRY = join(ROOT, 'src', 'cli', 'main.ts');
const TSX = new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;

type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>;

/** The command as a user starts it: a process of its own, in a folder of its own. */
function start(
  words: readonly string[],
  directory: string,
  environment: Record<string, string> = {},
): ChildProcess {
  return spawn(process.execPath, ['--import', TSX, ENTRY, ...words], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, TMPDIR: directory, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function end(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (piece) => (stdout += piece));
  child.stderr!.on('data', (piece) => (stderr += piece));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

let directory: string;
const tare = (words: string, environment?: Record<string, string>) =>
  end(start(words.split(' '), directory, environment));

describe('a wrong word', () => {
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tare-cli-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each([
    ['frobnicate', "unknown command 'frobnicate'", 'tare --help'],
    ['report', 'a command is missing', 'tare report --help'],
    ['report ledgr', "unknown command 'ledgr'", 'did you mean ledger?'],
    ['report ledger --frm 7d', "unknown option '--frm'", 'did you mean --from?'],
    ['report ledger --by colour', '"colour" is not a dimension', 'dimensions: team'],
    ['report ledger --from yesterday', 'from "yesterday" is not a window', '2026-10'],
    ['report ledger --top many', "'--top <n>' argument 'many' is invalid", '--help'],
    ['report ledger --format yaml', "'--format <format>' argument 'yaml' is invalid", '--help'],
    ['import bill.csv', "required option '--kind <kind>' not specified", '--help'],
    ['import bill.csv --kind fcous', 'no source reads files of kind "fcous"', 'did you mean focus?'],
    ['import bill.csv --kind focus --map BilledCost', "argument 'BilledCost' is invalid", '--help'],
    ['report ledger --store postgres://x', '"postgres://x" is not a store', 'duckdb:PATH'],
    ['report ledger --config gone.yaml', 'gone.yaml  there is no such file', 'tare init'],
    ['up --host 0.0.0.0', 'will not listen on 0.0.0.0 without tokens', 'TARE_TOKEN'],
    ['up --every often', "argument 'often' is invalid", '--help'],
  ])('ends %s with 2 and three lines', async (words, message, remedy) => {
    const { code, stdout, stderr } = await tare(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^error {2}TARE-2\d{3} {2}/);
    expect(lines[0]).toContain(message);
    expect(lines[1]).toContain(remedy);
    expect(lines[2]).toMatch(/^ {7}docs\/reference\/errors\.md#tare-2\d{3}$/);
  });

  it('in tare.yaml is named by line and column', async () => {
    writeFileSync(join(directory, 'wrong.yaml'), 'currency: USD\nsources:\n  - kind: prometeus\n');
    const { code, stderr } = await tare('doctor --config wrong.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('TARE-2031  wrong.yaml:3:11  unknown source kind "prometeus"');
  });
});

describe('help', () => {
  it('is free: no engine, no server, no schema is loaded for it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tare-cli-'));
    const child = start(['--help'], folder, { NODE_DEBUG: 'esm,module' });
    const { code, stdout, stderr } = await end(child);
    rmSync(folder, { recursive: true });
    expect({ code, isShown: stdout.includes('Usage: tare') }).toEqual({ code: 0, isShown: true });
    expect(stderr).toContain('commander');
    for (const heavy of [
      '@duckdb',
      '@clickhouse',
      'hono',
      'node_modules/zod',
      'node_modules/yaml',
      'compose.ts',
    ]) {
      expect(stderr, heavy).not.toContain(heavy);
    }
  });

  it('of import lists kinds and columns', async () => {
    directory = mkdtempSync(join(tmpdir(), 'tare-cli-'));
    const { code, stdout } = await tare('import --help');
    rmSync(directory, { recursive: true });
    expect(code).toBe(0);
    for (const { kind, summary } of fileKinds())
      expect(stdout).toMatch(new RegExp(`${kind} +${summary.slice(0, 20)}`));
  });

  it('is what the reference page says', async () => {
    const program = buildProgram({ version: '0.0.0', fileKinds: fileKinds(), run: async () => {} });
    await expect(`${referenceText(program, fileKinds())}\n`).toMatchFileSnapshot(
      '../../docs/reference/cli.md',
    );
  });
});

describe('a small fleet', () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tare-cli-'));
    writeSmallFiles(directory);
    for (const kind of ['capacity', 'allocations', 'usage']) await tare(`import ${kind}.csv --kind ${kind}`);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('imports a bill, and again without a change', async () => {
    const first = await tare('import bill.csv --kind focus --json');
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      kind: 'focus',
      files: 1,
      rowsRead: 2,
      rowsImported: 2,
      rowsUnchanged: 0,
      rowsRejected: 0,
      rejects: [],
      totals: { billedCost: '13.00', effectiveCost: '13.00', listCost: '13.00', contractedCost: '13.00' },
    });
    const second = await tare('import bill.csv --kind focus --json');
    expect(JSON.parse(second.stdout)).toMatchObject({ rowsImported: 0, rowsUnchanged: 2 });
  });

  it('ends with 4 when a row was rejected, and says where, unless that many are allowed', async () => {
    const strict = await tare('import bad-bill.csv --kind focus --json --dry-run');
    expect(strict.code).toBe(4);
    expect(JSON.parse(strict.stdout).rejects[0].where).toContain('bad-bill.csv:4:BilledCost');
    expect(strict.stderr).toContain('bad-bill.csv:4:BilledCost');
    const lenient = await tare('import bad-bill.csv --kind focus --json --dry-run --max-rejects 1');
    expect(lenient.code).toBe(0);
  });

  it('ends with 4 when the file is not there', async () => {
    const { code, stderr } = await tare('import gone.csv --kind focus');
    expect(code).toBe(4);
    expect(stderr).toContain('TARE-4001');
  });

  it('reports what was weighed by hand', async () => {
    const { code, stdout, stderr } = await tare('report ledger --from 2026-10 --by team --json');
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.rows[0]).toMatchObject({
      team: 'search',
      cost: { gross: '12.00', idle: '9.00', productive: '3.00' },
    });
    expect(report.total.cost).toMatchObject({
      gross: '24.00',
      unallocated: '12.00',
      idle: '9.00',
      productive: '3.00',
    });
    expect(stderr).not.toContain('{');
  });

  it('prints the table alone on stdout, the sentence and the notes on stderr', async () => {
    const { stdout, stderr } = await tare('report ledger --from 2026-10');
    expect(stdout.split('\n')[0]).toMatch(/^TEAM +GPU-HOURS/);
    expect(stdout).toContain('TOTAL');
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toMatch(/^October 2026: \$37\.00, of which \$24\.00 for GPUs\./);
    const quiet = await tare('report ledger --from 2026-10 --quiet');
    expect(quiet).toMatchObject({ stdout, stderr: '' });
  });

  it.each([
    ['csv', /^team,.*\r\n/],
    ['markdown', /^\*\*.+\n\n?\| team \|/i],
  ])('prints %s', async (format, expected) => {
    const { code, stdout } = await tare(`report ledger --from 2026-10 --format ${format}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(expected);
  });

  it('prints plain characters when asked to', async () => {
    const { stdout, stderr } = await tare('doctor --ascii');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of plain characters
    expect(stdout + stderr).toMatch(/^[\x00-\x7f]*$/);
  });

  it('rather does not answer than from too little', async () => {
    expect((await tare('report ledger --from 2026-10 --min-coverage 0.9')).code).toBe(0);
    const empty = await tare('report ledger --from 2026-01 --min-coverage 0.9');
    expect(empty.code).toBe(4);
    expect(empty.stderr).toContain('TARE-4021');
  });

  it('explains a row, and says when there is none', async () => {
    const { code, stdout } = await tare('explain 2026-10-14T09:00Z/gpu-a/search-llm/idle');
    expect(code).toBe(0);
    expect(stdout).toContain('idle = 3,600 s × (1 − 0.25)');
    expect((await tare('explain 2026-10-14T09:00Z/gpu-z/search-llm/idle')).code).toBe(4);
  });

  it('knows list prices, and that unknown is not free', async () => {
    expect((await tare('prices h100')).code).toBe(0);
    expect((await tare('prices abacus')).code).toBe(4);
  });

  it('reads files in columns of others, with constants and without a header', async () => {
    writeFileSync(join(directory, 'theirs.csv'), '2026-10-14T09:00Z,gpu-a,50\n');
    const words = 'import theirs.csv --kind usage --fields when,uuid,load --map time=when --map device=uuid';
    const { code, stdout } = await tare(
      `${words} --map gpuUtilPercent=load --set intervalSeconds=60 --dry-run --json`,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rowsRead: 1, rowsRejected: 0 });
  });

  it('stops an import at a safe point, and says what is kept', async () => {
    const first = Date.UTC(2026, 9, 1);
    const lines = Array.from({ length: 1_000_000 }, (_, n) => `${first + n * 1000},gpu-${n % 50},0.5`);
    writeFileSync(join(directory, 'large.csv'), `time,device,engineActive\n${lines.join('\n')}\n`);
    const store = `duckdb:${join(directory, 'large.duckdb')}`;
    const child = start(['import', 'large.csv', '--kind', 'usage', '--store', store], directory);
    const ending = end(child);
    while (!existsSync(join(directory, 'large.duckdb')))
      await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill('SIGINT');
    const { code, stderr } = await ending;
    expect(stderr).toContain('stopping at the next safe point');
    expect(stderr).toContain('TARE-9001');
    expect(stderr).toContain('nothing of it is in');
    expect(code).toBe(130);
  });

  it('collects what tare.yaml names', async () => {
    writeFileSync(
      join(directory, 'collect.yaml'),
      'store: "duckdb::memory:"\nsources:\n  - { kind: focus, path: bil*.csv }\n',
    );
    const { code, stdout } = await tare('collect --config collect.yaml --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).sources).toMatchObject([{ name: 'focus bil*.csv', rowsRead: 2 }]);
  });
});

describe('init', () => {
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tare-cli-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('writes what it found, over nothing that was there', async () => {
    writeSmallFiles(directory);
    const refused = await tare('init');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('TARE-2036');
    const forced = await tare('init --force');
    expect(forced.code).toBe(0);
    expect(readFileSync(join(directory, 'tare.yaml'), 'utf8')).toContain('{ kind: focus, path: "*.csv" }');
    expect((await tare('doctor')).stdout).toContain('tare.yaml');
  });
});

describe('a server', () => {
  let server: ChildProcess;
  let ended: Promise<Ended>;
  let url: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tare-cli-'));
    writeSmallFiles(directory);
    server = start(['up', '--port', '0', '--no-open', '--every', '1h'], directory);
    ended = end(server);
    url = await new Promise((resolve, reject) => {
      server.stdout!.on('data', (piece) => {
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(String(piece))?.[0];
        if (found) resolve(found);
      });
      server.on('close', (code) => reject(new Error(`ended with ${code}`)));
    });
  });
  afterAll(() => {
    server.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  it('owns the store, and the other commands work through it', async () => {
    const note = readdirSync(join(directory, '.tare')).find((name) => name.endsWith('.server.json'));
    expect(note).toBe('tare.duckdb.server.json');
    for (const kind of ['capacity', 'allocations', 'usage']) {
      expect((await tare(`import ${kind}.csv --kind ${kind}`)).code).toBe(0);
    }
    const { code, stdout } = await tare('report ledger --from 2026-10 --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).total.cost.gross).toBe('24.00');
    const answer = (await (await fetch(`${url}/api/v1/report/ledger?from=2026-10`)).json()) as {
      total: object;
    };
    expect(answer.total).toEqual(JSON.parse(stdout).total);
  });

  it('is one: a second is refused', async () => {
    const { code, stderr } = await tare('up --port 0 --no-open');
    expect(code).toBe(5);
    expect(stderr).toContain('TARE-5010');
  });

  it('tells those who cannot find its note that the store is in use', async () => {
    const note = join(directory, '.tare', 'tare.duckdb.server.json');
    const text = readFileSync(note, 'utf8');
    rmSync(note);
    const { code, stderr } = await tare('report ledger --from 2026-10');
    writeFileSync(note, text);
    expect(stderr).toContain('TARE-5010');
    expect(code).toBe(5);
  });

  it('ends on Ctrl-C with 130, and leaves no note', async () => {
    server.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('everything that was collected is kept');
    expect(existsSync(join(directory, '.tare', 'tare.duckdb.server.json'))).toBe(false);
    expect((await tare('report ledger --from 2026-10 --json')).code).toBe(0);
  });
});

describe('the demo', () => {
  it('is there for a command in another terminal, and is gone after Ctrl-C', async () => {
    directory = mkdtempSync(join(tmpdir(), 'tare-cli-'));
    const server = start(['demo', '--port', '0', '--no-open'], directory);
    const ended = end(server);
    try {
      await new Promise<void>((resolve, reject) => {
        server.stdout!.on('data', (piece) => {
          if (String(piece).includes('Dashboard')) resolve();
        });
        server.on('close', (code) => reject(new Error(`ended with ${code}`)));
      });
      const { code, stdout, stderr } = await tare('report ledger --by team --from 20w --json');
      expect(code).toBe(0);
      expect(stderr).toContain('the running demo');
      const report = JSON.parse(stdout);
      expect(report.rows.map(({ team }: { team: string }) => team)).toContain('search');
      expect(report.reconciliation.difference).toBe('0.00');
      // What is the user's own never goes into the demo.
      writeSmallFiles(directory);
      rmSync(join(directory, 'tare.yaml'));
      await tare('import bill.csv --kind focus');
      expect(existsSync(join(directory, '.tare', 'tare.duckdb'))).toBe(true);
    } finally {
      server.kill('SIGINT');
    }
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('the demo is deleted') });
    expect(readdirSync(directory).filter((name) => name.startsWith('tare-demo-'))).toEqual([]);
    rmSync(directory, { recursive: true });
  }, 240_000);
});
