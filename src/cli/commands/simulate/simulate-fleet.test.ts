import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';

const ENTRY = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'main.ts');
const TSX = new URL('../../../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tare-simulate-'));
  write('nodes.csv', 'name,cpuMilli,memoryMib,gpus,model', 'a,64000,1000,2,T4', 'b,64000,1000,2,A10');
  write('cpu-nodes.csv', 'name,cpuMilli,memoryMib,gpus', 'a,64000,1000,0');
  write('pods.csv', 'name,cpuMilli,memoryMib,gpus,gpuMilli', 'p,1000,1,1,1000', 'q,1000,1,1,500');
  write(
    'usage.csv',
    'time,device,gpuUtilPercent',
    ...[90, 0, 0, 0, 0, 80].map((busy, n) => `${n * 60},r,${busy}`),
  );
  write('requests.csv', 'time,serviceSeconds', '0,2', '1,2', '2,oops');
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, ...lines: readonly string[]): void {
  writeFileSync(join(directory, name), `${lines.join('\n')}\n`);
}

/** The command as a user starts it. */
function simulate(words: string): Promise<Readonly<{ code: number | null; stdout: string; stderr: string }>> {
  const child = spawn(process.execPath, ['--import', TSX, ENTRY, 'simulate', ...words.split(' ')], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece) => (stdout += piece));
  child.stderr.on('data', (piece) => (stderr += piece));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

describe('an answer as JSON', () => {
  it('of packing has a figure for each seed, and the same for the same seed', async () => {
    const words = 'packing --nodes nodes.csv --pods pods.csv --policy fgd --seeds 1,2 --demand 1 --json';
    const { code, stdout } = await simulate(words);
    const answer = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(answer).toMatchObject({ policy: 'fgd', seeds: [1, 2], gpus: 4, allocationPercent: 100 });
    expect(answer.perSeed.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2]);
    expect((await simulate(words)).stdout).toBe(stdout);
  });

  it('of batching is exact where a formula holds', async () => {
    const { stdout } = await simulate(
      'batching --alpha-ms 0.1438 --tau-ms 1.8874 --load 0.3 --requests 20000 --gpu-hour-price 3.6 --json',
    );
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ method: 'exact', requests: 20_000, seed: 42, search: null });
    expect(answer.meanWaitMs).toBeCloseTo(4.225, 3);
    expect(Number(answer.costPer1kRequests)).toBeCloseTo(1 / answer.throughputPerSecond, 6);
  });

  it('of scale-to-zero is a frontier', async () => {
    const { code, stdout } = await simulate(
      'scale-to-zero --usage usage.csv --keep-alive 2m,5m --cold-start-seconds 30 --gpu-hour-price 60 --json',
    );
    expect(code).toBe(0);
    const { frontier } = JSON.parse(stdout);
    expect(frontier).toMatchObject([
      { keepAliveSeconds: 120, coldStarts: 2, gpuHoursSavedFraction: 0.333333, estimatedSaving: '1.00' },
      { keepAliveSeconds: 300, coldStarts: 1, gpuHoursSavedFraction: 0 },
    ]);
  });
});

describe('bad input', () => {
  it('is listed, counted, and ends with 4, unless allowed', async () => {
    const { code, stdout, stderr } = await simulate('autoscaling --trace requests.csv --json');
    expect(code).toBe(4);
    expect(stderr).toContain('rejected  requests.csv:4:serviceSeconds  `oops` is not a number');
    expect(JSON.parse(stdout)).toMatchObject({ requests: 2, trace: { rowsRead: 3, rowsRejected: 1 } });
    expect((await simulate('autoscaling --trace requests.csv --max-rejects 1 --quiet')).code).toBe(0);
  });

  test.each([
    ['packing --nodes nodes.csv --pods gone.csv', 4, 'gone.csv: there is no such file'],
    ['packing --nodes nodes.csv --pods usage.csv', 4, 'there is no column `name`'],
    ['packing --nodes nodes.csv --pods pods.csv --departures', 4, 'the cell is blank'],
    ['packing --nodes nodes.csv --pods pods.csv --policy worst', 2, "'worst' is invalid"],
    ['packing --nodes nodes.csv --pods pods.csv --prices T4', 2, 'gpu=dollars per hour'],
    ['batching --load 0.3', 2, 'nothing says how long a batch takes'],
    ['batching --alpha-ms 1 --tau-ms 1', 2, 'nothing says how requests come'],
    ['batching --alpha-ms 1 --tau-ms 1 --load 0.3 --clients 2', 2, 'in one way only'],
    ['batching --alpha-ms 1 --tau-ms 1 --load 1', 2, 'more than can be served'],
    ['batching --alpha-ms 1 --tau-ms 9 --load 0.5 --max-batch 4', 2, 'more than can be served'],
    ['batching --alpha-ms 1 --tau-ms 1 --load 0.3 --max-queue-delay-ms 1,2', 2, 'a target to choose by'],
    [
      'batching --alpha-ms 1 --tau-ms 1 --load 0.3 --max-batch 8 --preferred-batch 16',
      2,
      'can never be formed',
    ],
    ['packing --nodes cpu-nodes.csv --pods pods.csv', 4, 'the machines have no GPU'],
    ['batching --step-ms 7 --load 0.3', 2, 'needs a trace'],
    ['scale-to-zero --usage usage.csv --keep-alive often', 2, 'write a duration'],
    [
      'scale-to-zero --usage usage.csv --map device=container',
      4,
      'asks for a column that is not in the file',
    ],
    ['autoscaling --trace requests.csv --most 0', 2, 'leave no choice'],
  ])('%s ends with %s', async (words, expected, message) => {
    const { code, stdout, stderr } = await simulate(words);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  });
});
