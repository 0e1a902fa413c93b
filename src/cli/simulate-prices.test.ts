import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The simulators of prices and `tare size` as a user starts them, each in a process of its own. */
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ENTRY = join(ROOT, 'src', 'cli', 'main.ts');
const TSX = new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;

let directory: string;

function tare(words: string): Promise<Readonly<{ code: number | null; stdout: string; stderr: string }>> {
  const child = spawn(process.execPath, ['--import', TSX, ENTRY, ...words.split(' ')], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => (stdout += piece));
  child.stderr.on('data', (piece) => (stderr += piece));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const FILES: Readonly<Record<string, string>> = {
  'starts.json': JSON.stringify({ gap_seconds: 1800, traces: ['11111111', '00000000', '111'] }),
  'demand.csv': `hour,gpus\n${Array.from({ length: 48 }, (_, hour) => `${hour},${hour % 24 < 8 ? 2 : 5}`).join('\n')}\n`,
  'profiles.csv': 'gpu,inputTokens,outputTokens,maxThroughput\nL4,100,50,2\nH100,100,50,20\n',
  'requests.csv': 'inputTokens,outputTokens,rate\n100,50,3\n',
  'too-long.csv': 'inputTokens,outputTokens,rate\n100,50,3\n900,50,1\n',
  'jobs.csv': 'job,jobType,steps,gpus\n1,LM,3600,1\n2,CNN,3600,1\n',
  'speeds.json': JSON.stringify({ L4: { "('LM', 1)": 1 }, H100: { "('LM', 1)": { null: 2 } } }),
  'served.json': JSON.stringify({
    configurations: [
      {
        model_id: 'chat',
        gpu_model: 'H100',
        num_gpus: 1,
        max_num_seqs: 8,
        output_throughput_tokens_per_sec: 1000,
        median_itl_ms: 9,
      },
    ],
  }),
};

const SPOT =
  'simulate spot --traces starts.json --work-hours 2 --deadline-hours 4 --changeover-hours 0 --on-demand 3 --spot 1';
const COMMITMENT = 'simulate commitment --demand demand.csv --rate 0.7';
const MIX = 'simulate serving-mix --profiles profiles.csv --prices L4=0.70,H100=3.00';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tare-simulate-'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('answers in JSON', () => {
  it.each([
    [
      `${SPOT} --policy greedy --max-rejects 1`,
      { policy: 'greedy', traces: 2, meanCost: '4.00', stdCost: '2.000', deadlineMisses: 0 },
    ],
    [
      `${COMMITMENT} --train-hours 24`,
      { level: 2, claimedSavingsPercent: 15, realisedSavingsPercent: 15, oracleSavingsPercent: 15 },
    ],
    [`${MIX} --demand requests.csv`, { allocation: { L4: 2, H100: 0 }, costPerHour: '1.40', infeasible: [] }],
    [
      'simulate rightsize --jobs jobs.csv --throughputs speeds.json --current H100 --prices L4=0.70,H100=3.00',
      {
        jobs: 1,
        skipped: [
          { job: '2', reason: 'CNN on 1 L4: no throughput is known; CNN on 1 H100: no throughput is known' },
        ],
        currentCost: '1.50',
        bestCost: '0.70',
        picks: { L4: 1, H100: 0 },
      },
    ],
    [
      'simulate serving-configurations --configurations served.json --prices H100=3.60',
      { configurations: 1, rows: [{ model: 'chat', cheapest: { costPer1mOutputTokens: '1.000000' } }] },
    ],
    [
      'size --gpus 8 --utilization 0.41 --price 2.50',
      {
        gpus: 8,
        utilization: 0.41,
        hourlyCost: '20.00',
        monthlyCost: '14600.00',
        monthlyIdleCost: '8614.00',
        idlePercent: 59,
      },
    ],
  ])('tare %s', async (words, expected) => {
    const { code, stdout, stderr } = await tare(`${words} --json`);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(roundedUp(expected));
  });

  /** Percentages come from floating point. */
  function roundedUp(expected: object): object {
    return Object.fromEntries(
      Object.entries(expected).map(([name, value]) =>
        name.endsWith('SavingsPercent') ? [name, expect.closeTo(value as number, 9)] : [name, value],
      ),
    );
  }
});

describe('answers as a table', () => {
  it('with the same figures', async () => {
    const { code, stdout, stderr } = await tare(`${SPOT} --compare --max-rejects 1`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/greedy +4\.00~/);
    expect(stderr).toContain('from 2 starts');
  });
});

describe('exit codes', () => {
  it.each([
    [SPOT, 4, 'starts.json:traces[2]  3 ticks; the deadline needs 8'],
    [`${MIX} --demand too-long.csv`, 4, 'Not served: 900 input'],
    [SPOT.replace('--deadline-hours 4', '--deadline-hours 1'), 2, 'do not fit'],
    [`${COMMITMENT} --train-hours many`, 2, 'whole number'],
    ['size --gpus 8 --utilization 41 --price 2', 2, 'fraction from 0 to 1'],
    ['size --gpus 8 --utilization 0.4 --gpu-model abacus', 4, 'no list price of abacus'],
  ])('tare %s ends with %i', async (words, code, said) => {
    const ended = await tare(words);
    expect(ended.stderr).toContain(said);
    expect(ended.code).toBe(code);
  });
});
