import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { type BuiltCli, buildCli } from '../support/built-cli.ts';
import { type StandInSmi, standInSmi, TWO_H100 } from '../support/stand-in-smi.ts';

/** `tare run` as it ships, over real processes. Only the GPU is not real: see `standInSmi`. */
const ROOT = resolve(import.meta.dirname, '../..');
const FROM_SOURCE = [
  '--import',
  new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href,
  join(ROOT, 'src/cli/main.ts'),
];
const [FIRST, SECOND] = TWO_H100 as [(typeof TWO_H100)[0], (typeof TWO_H100)[1]];

type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>;
type Options = Readonly<{ environment?: Record<string, string>; input?: string; hasGpus?: boolean }>;

let built: BuiltCli;
beforeAll(() => {
  built = buildCli();
});
afterAll(() => built.remove());

let directory: string;
let smi: StandInSmi;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tare-run-'));
  smi = standInSmi(join(directory, 'smi'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const inFolder = (name: string) => join(directory, name);
const words = (own: readonly string[], command: readonly string[]) => [
  built.entry,
  'run',
  ...own,
  '--',
  ...command,
];

/** In a group of its own, so that a signal to the group reaches nobody else. */
function start(own: readonly string[], command: readonly string[], options: Options = {}): ChildProcess {
  const { environment = {}, input, hasGpus = true } = options;
  const path = `${hasGpus ? `${smi.binFolder}:` : ''}${process.env['PATH']}`;
  const child = spawn(process.execPath, words(own, command), {
    cwd: directory,
    env: { PATH: path, HOME: directory, TMPDIR: directory, ...environment },
    stdio: 'pipe',
    detached: true,
  });
  child.stdin!.end(input ?? '');
  return child;
}

function end(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (piece) => (stdout += piece));
  child.stderr!.on('data', (piece) => (stderr += piece));
  return new Promise((done) =>
    child.on('exit', (code) => setTimeout(() => done({ code, stdout, stderr }), 50)),
  );
}

const tareRun = (own: readonly string[], script: string, options?: Options) =>
  end(start(own, ['sh', '-c', script], options));

async function appears(path: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (existsSync(path)) return;
    await sleep(50);
  }
  throw new Error(`${path} did not appear`);
}

function receipt() {
  return JSON.parse(readFileSync(inFolder('receipt.json'), 'utf8')).receipt;
}
const WITH_RECEIPT = ['--receipt', 'receipt.json'];

describe('a command keeps what is its own', () => {
  it('output byte for byte, input, and no word of ours on its output', async () => {
    const bytes = 'a\u0000\u001b[31mred\u001b[0m\r\n';
    const { code, stdout, stderr } = await tareRun([], 'cat; echo problem >&2', { input: bytes });
    expect({ code, stdout }).toEqual({ code: 0, stdout: bytes });
    expect(stderr).toMatch(/^problem\ntare {2}/);
  });

  it('input from a process substitution of the shell', async () => {
    const line = words(['--quiet'], ['cat']).map((word) => `'${word}'`);
    const script = `'${process.execPath}' ${line.join(' ')} <(echo through)`;
    const options = { cwd: directory, env: { PATH: process.env['PATH'] }, encoding: 'utf8' } as const;
    expect(spawnSync('bash', ['-c', script], options).stdout).toBe('through\n');
  });

  it('a pipe that blocks: what writes faster than a reader reads is not refused', async () => {
    const child = start(['--quiet'], ['sh', '-c', 'head -c 3000000 /dev/zero; head -c 300000 /dev/zero >&2']);
    let [out, error] = [0, 0];
    const ended = new Promise((done) => child.on('close', done));
    await sleep(2_500);
    child.stdout!.on('data', (piece) => (out += piece.length));
    child.stderr!.on('data', (piece) => (error += piece.length));
    const code = await ended;
    expect({ code, out, error }).toEqual({ code: 0, out: 3_000_000, error: 300_000 });
  });

  test.each([
    ['exit 3', 3, 'failed (exit 3)'],
    ['kill -KILL $$', 137, 'failed (killed by SIGKILL)'],
    ['kill -TERM $$', 143, 'cancelled (killed by SIGTERM)'],
    ['kill -SEGV $$', 139, 'failed (killed by SIGSEGV)'],
  ])('its end: %s', async (script, expected, state) => {
    const { code, stderr } = await tareRun([], script);
    expect(code).toBe(expected);
    expect(stderr).toContain(state);
  });

  test.each([
    [['no-such-command'], 127, 'tare: no-such-command: command not found\n'],
    [['./data.txt'], 126, 'tare: ./data.txt: not executable\n'],
  ])('that it cannot be started: %s', async (command, expected, message) => {
    writeFileSync(inFolder('data.txt'), 'no program');
    const { code, stderr } = await end(start([], command));
    expect({ code, stderr }).toEqual({ code: expected, stderr: message });
    expect(existsSync(inFolder('.tare'))).toBe(false);
  });

  it('options that look like those of Tare, without a separator too (from the sources)', async () => {
    const child = spawn(
      process.execPath,
      [...FROM_SOURCE, 'run', '--quiet', '--name', 'x', 'echo', '--json', '--team', 'a'],
      { cwd: directory, env: { PATH: process.env['PATH'] }, stdio: 'pipe' },
    );
    expect(await end(child)).toEqual({ code: 0, stdout: '--json --team a\n', stderr: '' });
  });

  it.skipIf(spawnSync('script', ['--version']).status !== 0)(
    'a terminal, and Ctrl-C on it once (skipped without script of util-linux)',
    async () => {
      const command = [
        "trap 'echo got >> signals; sleep 0.4; exit 7' INT",
        'test -t 0 && test -t 1 && test -t 2 && echo all > terminal',
        'touch ready',
        'while :; do sleep 0.05; done',
      ].join('; ');
      writeFileSync(inFolder('job.sh'), command);
      const line = [process.execPath, ...words(WITH_RECEIPT, ['sh', 'job.sh'])].map((word) => `'${word}'`);
      const child = spawn('script', ['-qefc', `exec ${line.join(' ')}`, '/dev/null'], {
        cwd: directory,
        env: { PATH: process.env['PATH'], HOME: directory, TERM: 'xterm' },
        stdio: 'pipe',
      });
      await appears(inFolder('ready'));
      child.stdin!.write('\u0003');
      const { code, stdout } = await end(child);
      expect(code).toBe(7);
      expect(readFileSync(inFolder('terminal'), 'utf8')).toBe('all\n');
      expect(readFileSync(inFolder('signals'), 'utf8')).toBe('got\n');
      // The receipt comes below the output of the command, also after Ctrl-C.
      expect(stdout).toContain('cancelled (SIGINT, exit 7)');
      expect(receipt().state).toBe('cancelled');
    },
  );
});

describe('a signal reaches the command exactly once', () => {
  const trap = (name: string) =>
    `trap 'echo got >> signals; n=1' ${name}; n=; touch ready; while [ -z "$n" ]; do sleep 0.02; done; sleep 0.5; exit 5`;

  test.each(['INT', 'TERM', 'HUP', 'QUIT', 'USR1', 'USR2'] as const)('SIG%s to tare alone', async (name) => {
    const child = start(['--quiet'], ['sh', '-c', trap(name)]);
    await appears(inFolder('ready'));
    process.kill(child.pid!, `SIG${name}`);
    expect(await end(child)).toMatchObject({ code: 5 });
    expect(readFileSync(inFolder('signals'), 'utf8')).toBe('got\n');
  });

  test.each(['INT', 'TERM', 'HUP', 'USR1'] as const)('SIG%s to the group', async (name) => {
    const child = start(['--quiet'], ['sh', '-c', trap(name)]);
    await appears(inFolder('ready'));
    process.kill(-child.pid!, `SIG${name}`);
    expect(await end(child)).toMatchObject({ code: 5 });
    expect(readFileSync(inFolder('signals'), 'utf8')).toBe('got\n');
  });

  it('and one that ignores it goes on, metered', async () => {
    const child = start([], ['sh', '-c', "trap '' INT; touch ready; sleep 1.5; exit 0"]);
    await appears(inFolder('ready'));
    process.kill(-child.pid!, 'SIGINT');
    await sleep(300);
    process.kill(child.pid!, 'SIGINT');
    const { code, stderr } = await end(child);
    expect(code).toBe(0);
    expect(stderr).toContain('succeeded');
  });
});

describe('GPUs', () => {
  it('are held from the moment on at which a process of the command is seen on them', async () => {
    const script = `sleep 1.2; ${smi.occupy(FIRST)}; sleep 3`;
    const own = [
      ...WITH_RECEIPT,
      '--instance-type',
      'p5.48xlarge',
      '--region',
      'us-east-1',
      '--team',
      'search',
    ];
    const { code, stderr } = await tareRun(own, script);
    expect(code).toBe(0);
    const { gpus, gpuHours, cost, wallSeconds, peakMemoryMib, energyWattHours, prices, utilisation } =
      receipt();
    expect(gpus).toEqual([{ gpuModel: 'H100-SXM5-80GB', devices: 1, gpuHours: gpuHours.gross }]);
    expect(wallSeconds).toBeGreaterThan(4.1);
    const heldSeconds = gpuHours.gross * 3600;
    expect(heldSeconds).toBeGreaterThan(1);
    expect(heldSeconds).toBeLessThan(3.2);
    // 60 % busy, and nothing unobserved from the first sample to the end.
    expect(gpuHours.idle / gpuHours.gross).toBeCloseTo(0.4, 3);
    expect(gpuHours.productive / gpuHours.gross).toBeCloseTo(0.6, 3);
    expect(utilisation).toMatchObject({ busy: expect.closeTo(0.6, 3), basis: 'gpu_util' });
    expect(peakMemoryMib).toBe(40_000);
    // 360 W for as long as it was held.
    expect(energyWattHours).toBeCloseTo((360 * heldSeconds) / 3600, 2);
    expect(prices).toMatchObject([{ source: 'price_book', perGpuHour: '6.88' }]);
    expect(Number(cost.gross)).toBeCloseTo(6.88 * gpuHours.gross, 6);
    expect(stderr).toContain('an estimate until the bill arrives');
  });

  it('of children that outlive their parent are its own; those of others are not, and are said', async () => {
    const stranger = spawn('sh', ['-c', `${smi.occupy(FIRST)}; ${smi.occupy(SECOND)}; exec sleep 60`]);
    try {
      // The middle process ends at once, so that the last one is handed to another parent, in a session of its own.
      const grandchild = `setsid sh -c '${smi.occupy(FIRST).replaceAll("'", '"')}; exec sleep 6'`;
      const { stderr } = await tareRun(WITH_RECEIPT, `sh -c "$JOB & exit 0"; sleep 3`, {
        environment: { JOB: grandchild },
      });
      const { gpus, notes } = receipt();
      expect(gpus).toMatchObject([{ devices: 1 }]);
      expect(notes).toContainEqual(expect.stringContaining('other processes computed on GPU-1f0a too'));
      expect(notes).toContainEqual(expect.stringMatching(/^process \d+ of it still ran on a GPU/));
      expect(stderr).toContain('note  other processes computed on GPU-1f0a too');
    } finally {
      stranger.kill();
    }
  });

  test.each([
    ['1', 1, 'GPU-2c7b'],
    ['GPU-1f', 1, 'GPU-1f0a'],
    ['0,1', 2, 'GPU-2c7b'],
  ])(
    'that CUDA_VISIBLE_DEVICES=%s gives it are held from start to end, used or not',
    async (value, devices) => {
      await tareRun(WITH_RECEIPT, 'sleep 2', { environment: { CUDA_VISIBLE_DEVICES: value } });
      const { gpus, gpuHours, wallSeconds } = receipt();
      expect(gpus).toMatchObject([{ devices }]);
      expect(gpuHours.gross).toBeCloseTo((devices * wallSeconds) / 3600, 6);
    },
  );

  test.each([
    ['no nvidia-smi', {}, false, 'time alone was metered'],
    ['none used', {}, true, 'no GPU was held'],
    ['none given', { CUDA_VISIBLE_DEVICES: '' }, true, 'no GPU was held'],
  ])('%s: meters time only, and says so', async (_, environment, hasGpus, said) => {
    const { code, stderr } = await tareRun(WITH_RECEIPT, 'sleep 2', {
      environment: environment as Record<string, string>,
      hasGpus: hasGpus as boolean,
    });
    expect(code).toBe(0);
    expect(stderr).toContain(said);
    expect(receipt()).toMatchObject({ gpus: [], state: 'succeeded' });
    expect(receipt().wallSeconds).toBeGreaterThan(1);
  });

  it('that nobody had time to look at are unknown, not unused', async () => {
    await tareRun(WITH_RECEIPT, ':');
    expect(receipt().notes).toEqual([expect.stringContaining('ended before its GPUs could be looked at')]);
  });

  it('lose only what comes after the last checkpoint', async () => {
    const script = `${smi.occupy(FIRST)}; mkdir ckpt; echo 0 > ckpt/old.pt; sleep 2; echo 1 > ckpt/new.pt; sleep 2; exit 1`;
    const { stderr } = await tareRun([...WITH_RECEIPT, '--checkpoint-glob', 'ckpt/*.pt'], script);
    const { gpuHours, checkpoints, to } = receipt();
    expect(checkpoints.count).toBe(2);
    // The GPU is busy for 0.6 of the time. On a loaded machine part of what came after goes by without a sample.
    const workedSeconds = ((Date.parse(to) - Date.parse(checkpoints.last ?? '')) / 1000) * 0.6;
    expect(gpuHours.lost * 3600).toBeLessThan(workedSeconds + 0.05);
    expect(gpuHours.lost * 3600).toBeGreaterThan(workedSeconds / 3);
    expect(gpuHours.productive).toBeGreaterThan(0);
    expect(stderr).toContain('what came after is lost');
  });
});

describe('the record', () => {
  const inStore = () => spawnTare(['report', 'ledger', '--by', 'team,workload', '--json']);
  const spawnTare = (own: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [built.entry, ...own], {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: directory, TMPDIR: directory },
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const records = () => (existsSync(inFolder('.tare/runs')) ? readdirSync(inFolder('.tare/runs')) : []);

  it('goes into the store, with its owners, and says what the receipt says', async () => {
    writeFileSync(inFolder('tare.yaml'), 'run: { team: from-file, model: llm, tags: { cost: "17" } }\n');
    const environment = { TARE_TEAM: 'from-environment', TARE_EXPERIMENT: 'sweep-1' };
    await tareRun([...WITH_RECEIPT, '--name', 'nightly'], `${smi.occupy(FIRST)}; sleep 2`, { environment });
    expect(records()).toEqual([]);
    const report = JSON.parse(inStore().stdout);
    expect(report.rows).toMatchObject([{ team: 'from-environment' }]);
    expect(report.total.gpuHours).toEqual(receipt().gpuHours);
    expect(receipt()).toMatchObject({ name: 'nightly', experiment: 'sweep-1' });
  });

  it('waits for the next collection while another process has the store', async () => {
    mkdirSync(inFolder('.tare'));
    const script = `import { DuckDBInstance } from '@duckdb/node-api';
      const open = await DuckDBInstance.create(process.argv[1]); await open.connect();
      process.stdout.write('open'); setInterval(() => {}, 1000);`;
    const holder = spawn(
      process.execPath,
      ['--input-type=module', '-e', script, inFolder('.tare/tare.duckdb')],
      {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await new Promise((ready) => holder.stdout!.once('data', ready));
    const { code, stderr } = await tareRun(WITH_RECEIPT, `${smi.occupy(FIRST)}; sleep 2; exit 9`);
    holder.kill();
    await new Promise((gone) => holder.on('exit', gone));
    expect(code).toBe(9);
    expect(stderr).toContain('has the store open');
    expect(stderr).toContain('the next tare collect takes it in');
    expect(records()).toHaveLength(1);

    const collected = JSON.parse(spawnTare(['collect', '--json']).stdout);
    expect(collected.sources).toMatchObject([{ name: 'tare-run', rowsRejected: 0 }]);
    expect(records()).toEqual([]);
    expect(JSON.parse(inStore().stdout).total.gpuHours).toEqual(receipt().gpuHours);
  });

  it('of a meter that was killed is kept, ends unknown, and the command goes on', async () => {
    const child = start([], ['sh', '-c', `${smi.occupy(FIRST)}; touch ready; sleep 14; touch finished`]);
    await appears(inFolder('ready'));
    await sleep(3_000);
    expect(JSON.parse(spawnTare(['collect', '--json']).stdout).sources[0].totals.state).toBe('running');
    expect(records()).toHaveLength(1);
    child.kill('SIGKILL');
    await appears(inFolder('finished'));
    const { sources } = JSON.parse(spawnTare(['collect', '--json']).stdout);
    expect(sources[0].totals.state).toBe('unknown');
    expect(records()).toEqual([]);
    expect(JSON.parse(inStore().stdout).total.gpuHours.gross).toBeGreaterThan(0);
  });

  it('that cannot be made changes nothing of the command', async () => {
    writeFileSync(inFolder('tare.yaml'), 'currency: dollars\n');
    const { code, stdout, stderr } = await tareRun([], 'echo fine; exit 4');
    expect({ code, stdout }).toEqual({ code: 4, stdout: 'fine\n' });
    expect(stderr).toContain('note  the configuration was left out: tare.yaml:1:11');
    expect(records()).toHaveLength(1);
  });

  it('holds no secret of the command line, and can be read by its user alone', async () => {
    writeFileSync(inFolder('tare.yaml'), 'store: postgres://nowhere\n');
    await end(start(['--quiet'], ['true', '--hf-token', 'abcdef', '--lr=0.1', 'API_KEY=xyz']));
    const [name] = records();
    const text = readFileSync(inFolder(`.tare/runs/${name}`), 'utf8');
    expect(text).toContain('true --hf-token … --lr=0.1 API_KEY=…');
    expect(text).not.toMatch(/abcdef|xyz/);
  });
});
