import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeSmallFiles } from '../../test/support/small-files.ts';
import type { HistoryTraces, Simulation, SimulatorForm } from '../app/results/simulation.ts';
import { createSimulations } from '../app/simulations/create-simulations.ts';
import type { Simulations } from '../app/simulations/simulations.ts';
import { runInChildren } from '../cli/simulations/run-in-child.ts';
import { readSimulation, simulatorForms } from '../cli/simulations/simulator-forms.ts';
import { type Composition, composeTare } from '../compose.ts';
import { hashToken, loadConfig } from '../config/load-config.ts';
import { createApi } from './api.ts';

/** Real simulators in processes of their own, over a ledger that is small enough to count by hand. */
const NOW_MS = Date.parse('2026-10-15T00:00:00Z');
const TSX = new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;
const ENTRY = new URL('../cli/main.ts', import.meta.url).pathname;
const OCTOBER = { from: '2026-10', to: '2026-11' };

let directory: string;
let composed: Composition;
let simulations: Simulations;
let api: ReturnType<typeof createApi>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tare-simulations-'));
  writeSmallFiles(directory);
  const config = loadConfig({ path: undefined, directory, environment: {}, usesSources: true });
  const store = { url: 'duckdb::memory:', directory };
  composed = await composeTare({ config, store, clock: { nowMs: () => NOW_MS } });
  for (const kind of ['capacity', 'allocations', 'usage']) {
    const paths = [join(directory, `${kind}.csv`)];
    const request = { kind, paths, map: {}, set: {}, fields: null, isDryRun: false };
    await composed.tare.importFiles(request, () => {}, new AbortController().signal);
  }
});
beforeEach(() => restart());
afterAll(async () => {
  await simulations.close();
  await composed.tare.close();
  rmSync(directory, { recursive: true });
});

function restart(tokens: readonly string[] = []): void {
  let ids = 0;
  simulations = createSimulations({
    forms: simulatorForms(),
    read: readSimulation(),
    run: runInChildren(['--import', TSX]),
    newId: () => String(++ids),
    clock: { nowMs: () => Date.now() },
  });
  api = createApi(composed.tare, {
    clock: { nowMs: () => NOW_MS },
    access: { localTokenHash: null, tokenHashes: tokens.map(hashToken), isLoopback: true },
    searchPrices: composed.searchPrices,
    simulations,
    dashboardDirectory: null,
    isReady: () => true,
    onBug: (error) => {
      throw error;
    },
  });
}

async function order(body: object): Promise<Response> {
  return api.request('/api/v1/simulations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function start(body: object): Promise<Simulation> {
  const response = await order(body);
  expect(response.status).toBe(202);
  const started = (await response.json()) as Simulation;
  expect(response.headers.get('location')).toBe(`/api/v1/simulations/${started.id}`);
  return started;
}

async function ask<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
  return (await (await api.request(`/api/v1/${path}`, { headers })).json()) as T;
}

async function lines(id: string): Promise<Simulation[]> {
  const response = await api.request(`/api/v1/simulations/${id}`, {
    headers: { accept: 'application/x-ndjson' },
  });
  return (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Simulation);
}

/** What the command prints for the same words, over the same files. */
function tare(command: string, ...more: string[]): string {
  const words = command.split(' ').slice(1);
  return execFileSync(process.execPath, ['--import', TSX, ENTRY, ...words, ...more], {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: directory },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

const BATCHING = {
  simulator: 'batching',
  parameters: {
    alphaMs: '0.5',
    tauMs: '6',
    perSecond: '800',
    requests: '20000',
    maxBatch: '32',
    maxQueueDelayMs: '0,5,20',
    sloMs: '50',
    gpuHourPrice: '2.50',
  },
};

/** Minutes of work: a thousand seeds over a hundred machines. */
function longWork(): object {
  const example = (name: string) =>
    simulatorForms()
      .find((form) => form.name === 'packing')!
      .files.find((file) => file.name === name)!.example;
  const machines = Array.from({ length: 100 }, (_, node) => `node-${node},96000,786432,8,A100`);
  return {
    simulator: 'packing',
    parameters: { seeds: Array.from({ length: 1_000 }, (_, seed) => seed).join(','), demand: '2' },
    files: {
      nodes: { fileName: 'same.csv', text: ['name,cpuMilli,memoryMib,gpus,model', ...machines].join('\n') },
      pods: { fileName: 'same.csv', text: example('pods') },
    },
  };
}

describe('a simulation', () => {
  it('answers what the command line prints, to the digit', async () => {
    const { id, command } = await start(BATCHING);
    const done = (await lines(id)).at(-1)!;
    expect(done).toMatchObject({ id, state: 'done', progress: null, problem: null });
    expect(done.result!.figures).toEqual(JSON.parse(tare(command, '--json')));
    expect(done.result!.csv).toBe(tare(command, '--format', 'csv'));
    const printed = tare(command).replaceAll(/ +/g, ' ');
    for (const { rows } of done.result!.tables) {
      for (const cells of rows)
        expect(printed).toContain(
          cells
            .filter((text) => text !== '')
            .join(' ')
            .trim(),
        );
    }
    const csv = await api.request(`/api/v1/simulations/${id}`, { headers: { accept: 'text/csv' } });
    expect(await csv.text()).toBe(done.result!.csv);
  });

  it('tells how far it is, and is stopped on request', async () => {
    const { id } = await start(longWork());
    await expect
      .poll(async () => (await ask<Simulation>(`simulations/${id}`)).progress?.fraction ?? 0, {
        timeout: 60_000,
      })
      .toBeGreaterThan(0);
    const going = await ask<Simulation>(`simulations/${id}`);
    expect(going.progress!.task).toMatch(/^placing pods by tare, seed \d+$/);
    expect(going.progress!.secondsLeft).toBeGreaterThan(0);
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('tare-simulation-')).length;
    const before = folders();
    const response = await api.request(`/api/v1/simulations/${id}`, { method: 'DELETE' });
    expect(response.status).toBe(200);
    const last = (await lines(id)).at(-1)!;
    expect(last).toMatchObject({ state: 'cancelled', result: null });
    await expect.poll(folders).toBe(before - 1);
  });

  it('leaves the server free, beside another one', async () => {
    const long = await start(longWork());
    const short = await start(BATCHING);
    await expect
      .poll(async () => (await ask<Simulation>(`simulations/${long.id}`)).progress?.fraction ?? 0, {
        timeout: 60_000,
      })
      .toBeGreaterThan(0);
    const started = performance.now();
    expect((await api.request('/healthz')).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect((await lines(short.id)).at(-1)!.state).toBe('done');
    expect((await ask<Simulation>(`simulations/${long.id}`)).state).toBe('running');
    simulations.cancel(long.id);
  });

  it('is listed without its result, newest first', async () => {
    const first = await start(BATCHING);
    await lines(first.id);
    const second = await start({ ...BATCHING, parameters: { ...BATCHING.parameters, seed: '7' } });
    await lines(second.id);
    const { simulations: all } = await ask<{ simulations: Simulation[] }>('simulations');
    expect(all.map(({ id, result }) => [id, result])).toEqual([
      [second.id, null],
      [first.id, null],
    ]);
  });

  it('is not remembered by the next server, and the answer says what to do', async () => {
    const { id } = await start(BATCHING);
    await lines(id);
    restart();
    const response = await api.request(`/api/v1/simulations/${id}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'TARE-4025',
      remedy: expect.stringContaining('start it again'),
    });
  });

  it('that fails says why, and names the file that was given', async () => {
    const request = {
      simulator: 'autoscaling',
      parameters: {},
      files: { trace: { fileName: 'mine.csv', text: 'time,serviceSeconds\nsoon,1\n' } },
    };
    const failed = (await lines((await start(request)).id)).at(-1)!;
    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'TARE-4010' } });
    expect(failed.problem!.detail).toMatch(/^mine\.csv:2:time {2}`soon` is not a time/);
  });

  it('over a trace with a bad row says which one was left out', async () => {
    const request = {
      simulator: 'autoscaling',
      files: { trace: { fileName: 'mine.csv', text: 'time,serviceSeconds\n0,1\nsoon,1\n5,2\n' } },
    };
    const done = (await lines((await start(request)).id)).at(-1)!;
    expect(done.state).toBe('done');
    expect(done.result!.rejects).toEqual([
      expect.stringMatching(/^mine\.csv:3:time {2}`soon` is not a time/),
    ]);
  });

  it('needs a token where the server wants one', async () => {
    restart(['secret']);
    expect((await order(BATCHING)).status).toBe(401);
  });
});

describe('bad input', () => {
  it.each([
    [{ ...BATCHING, parameters: { ...BATCHING.parameters, alphaMs: 'half' } }, 'alphaMs'],
    [{ simulator: 'banana' }, 'simulator'],
    [{ simulator: 'packing' }, 'nodes'],
    [{ simulator: 'scale-to-zero', history: OCTOBER }, 'about'],
  ])('%j is a problem of the field %s', async (body, field) => {
    const response = await order(body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as { code: string; fields: { field: string; message: string }[] };
    expect(problem.code).toBe('TARE-2001');
    expect(problem.fields.map((one) => one.field)).toContain(field);
  });

  it.each([
    [{ parameters: {} }, 400],
    [{ simulator: 'batching', parameters: { alphaMs: 5 } }, 400],
    [{ ...BATCHING, history: { ...OCTOBER, about: 'x' } }, 400],
    [{ simulator: 'scale-to-zero', history: { ...OCTOBER, about: 'nobody' } }, 404],
    [
      { simulator: 'commitment', parameters: { rate: '0.6', trainHours: '2' }, history: { from: 'soon' } },
      400,
    ],
  ])('%j is refused with %i, and nothing is started', async (body, status) => {
    expect((await order(body)).status).toBe(status);
    expect(simulations.list()).toEqual([]);
  });

  it('of more than 8 MB is refused before it is read', async () => {
    const text = 'x'.repeat(8_100_000);
    const response = await order({ simulator: 'packing', files: { pods: { fileName: 'a.csv', text } } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      fields: [{ field: 'files', message: expect.stringContaining('8 MB') }],
    });
  });
});

describe('own history', () => {
  it('is offered by endpoint, with its GPU time', async () => {
    const query = new URLSearchParams(OCTOBER);
    expect(await ask(`simulators/scale-to-zero/history?${query}`)).toMatchObject({
      choices: [{ about: 'search-llm', gpuHours: 3 }],
    });
  });

  it('is replayed as the very trace that it can be saved as', async () => {
    const query = new URLSearchParams({ ...OCTOBER, about: 'search-llm' });
    const { traces } = await ask<HistoryTraces>(`simulators/scale-to-zero/history/traces?${query}`);
    const [usage] = traces;
    // Three hours in slots of ten minutes.
    expect(usage).toMatchObject({ file: 'usage', fileName: 'usage.csv', rows: 18 });
    const { id, command, history } = await start({
      simulator: 'scale-to-zero',
      parameters: { keepAlive: '10m,1h' },
      history: { ...OCTOBER, about: 'search-llm' },
    });
    expect(history).toEqual({
      from: '2026-10-01T00:00:00Z',
      to: '2026-11-01T00:00:00Z',
      about: 'search-llm',
    });
    const done = (await lines(id)).at(-1)!;
    writeFileSync(join(directory, usage!.fileName), usage!.text);
    expect(done.result!.figures).toEqual(JSON.parse(tare(command, '--json')));
    expect(done.result!.figures).toMatchObject({ replicas: 1, samples: 18, gpuHours: 3, idleFraction: 0 });
  });

  it('is demand by the hour for commitments, and placements for packing', async () => {
    const query = new URLSearchParams(OCTOBER);
    const demand = await ask<HistoryTraces>(`simulators/commitment/history/traces?${query}`);
    expect(demand.traces[0]!.text).toBe(
      ['hour,gpus', ...['09', '10', '11'].map((hour) => `2026-10-14T${hour}:00:00Z,2`), ''].join('\n'),
    );
    const placements = await ask<HistoryTraces>(`simulators/packing/history/traces?${query}`);
    expect(placements.traces.map(({ text }) => text)).toEqual([
      'name,cpuMilli,memoryMib,gpus,model\na3-04,0,0,2,H100-SXM5-80GB\n',
      'name,cpuMilli,memoryMib,gpus,gpuMilli,models,created,deleted\nsearch-llm/1,0,0,1,1000,H100-SXM5-80GB,2026-10-14T09:00:00Z,2026-10-14T12:00:00Z\n',
    ]);
  });

  it('is not there for simulators of what no ledger knows', async () => {
    expect((await api.request('/api/v1/simulators/batching/history')).status).toBe(400);
  });
});

it('lists the simulators as forms', async () => {
  const forms = await ask<SimulatorForm[]>('simulators');
  expect(forms.map(({ name }) => name)).toContain('scale-to-zero');
  expect(forms.every(({ fields, question }) => fields.length > 0 && question.endsWith('?'))).toBe(true);
});
