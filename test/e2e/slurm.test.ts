import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import type { FactBatch, RunFact } from '../../src/domain/facts/facts.ts';
import { DEFAULT_OWNER_RULES } from '../../src/domain/ownership/owner.ts';
import { DAY_MS, floorToDay, HOUR_MS, MINUTE_MS, parseInstant } from '../../src/domain/time/window.ts';
import { OutsideFailure } from '../../src/ports/failures.ts';
import type { FactReading } from '../../src/ports/source.ts';
import { createSacctFileSource } from '../../src/sources/slurm/sacct-file-source.ts';
import { SlurmLiveSource } from '../../src/sources/slurm/slurm-live-source.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { type SlurmCluster, slurmIsMissing, startSlurm } from '../support/slurm-cluster.ts';
import { smallCatalog } from '../support/small-catalog.ts';

const missing = slurmIsMissing();
const { signal } = new AbortController();
const silent = () => {};

type Facts = Required<Pick<FactBatch, 'runs' | 'workloads' | 'allocations' | 'capacity'>>;
/** Names of jobs → their ids. */
type Jobs = Readonly<Record<string, string>>;

describe.skipIf(missing !== null)(
  `jobs of a real Slurm${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let slurm: SlurmCluster;
    let jobs: Jobs;
    let facts: Facts;

    beforeAll(async () => {
      await beClearOfMidnight();
      slurm = await startSlurm();
      jobs = await runJobs(slurm);
      facts = await factsOf(liveSource().read(today(), signal));
    }, 400_000);
    afterAll(() => slurm?.stop(), 60_000);

    const clock = { nowMs: () => Date.now() };
    const liveSource = (set: Readonly<Record<string, string>> = {}) =>
      new SlurmLiveSource({ name: 'lab', set, env: slurm.env }, { catalog: smallCatalog, clock });

    const runsOf = (name: string) => facts.runs.filter(({ runId }) => runId === `slurm:lab:${jobs[name]}`);
    const heldBy = (workloadId: string | null) =>
      facts.allocations.filter((allocation) => allocation.workloadId === workloadId);

    it.each([
      { name: 'completes', states: ['succeeded'], details: ['COMPLETED'], gpus: 2 },
      { name: 'fails', states: ['failed'], details: ['FAILED'], gpus: 1 },
      {
        name: 'is cancelled',
        states: ['cancelled'],
        details: [expect.stringMatching(/^CANCELLED by \d+$/)],
        gpus: 1,
      },
      { name: 'times out', states: ['timed_out'], details: ['TIMEOUT'], gpus: 4 },
      { name: 'task of an array', states: ['succeeded'], details: ['COMPLETED'], gpus: 1 },
      { name: 'is still running', states: ['running'], details: ['RUNNING'], gpus: 2 },
    ])(
      'a job that $name is one attempt, as the controller saw it',
      async ({ name, states, details, gpus }) => {
        const [run] = runsOf(name);
        expect(runsOf(name)).toHaveLength(1);
        expect([run!.state]).toEqual(states);
        expect([run!.stateDetail]).toEqual(details);
        expect(times(run!)).toEqual(await timesOfController(slurm, jobs[name]!));
        expect(run!.queue).toBe('gpu');
        expect(run!.attributes).toMatchObject({ 'slurm:account': 'search', 'slurm:cluster': 'lab' });

        const held = heldBy(run!.workloadId);
        expect(held).toHaveLength(gpus);
        expect(held.map(({ startMs, endMs }) => ({ startMs, endMs }))).toEqual(
          held.map(() => ({ startMs: run!.startMs, endMs: run!.endMs })),
        );
        const isLost = ['failed', 'cancelled', 'timed_out'].includes(run!.state);
        expect(held.map(({ lostFromMs }) => lostFromMs)).toEqual(
          held.map(() => (isLost ? run!.startMs : null)),
        );
      },
    );

    it('a job that was requeued is two attempts, the first of them lost', async () => {
      const [first, second, ...more] = runsOf('is requeued');
      expect(more).toEqual([]);
      expect(first).toMatchObject({ attempt: 1, state: 'preempted', stateDetail: 'REQUEUED' });
      expect(second).toMatchObject({ attempt: 2, state: 'succeeded', workloadId: `${first!.workloadId}:2` });
      expect(first!.endMs).toBeLessThanOrEqual(second!.queuedMs!);
      expect(times(second!)).toEqual(await timesOfController(slurm, jobs['is requeued']!));
      expect(heldBy(first!.workloadId)).toEqual([expect.objectContaining({ lostFromMs: first!.startMs })]);
      expect(heldBy(second!.workloadId)).toEqual([expect.objectContaining({ lostFromMs: null })]);
    });

    it('an attempt has its number also where the window shows no earlier one', async () => {
      const [, second] = runsOf('is requeued');
      const late = await factsOf(liveSource().read({ ...today(), fromMs: second!.startMs! }, signal));
      expect(
        late.runs.find(({ runId, startMs }) => runId === second!.runId && startMs === second!.startMs),
      ).toEqual(second);
      const held = late.allocations.filter(({ workloadId }) => workloadId.startsWith(second!.runId));
      expect(held.map(({ workloadId }) => workloadId)).toEqual([second!.workloadId]);
    });

    it('a heterogeneous job is one run on the devices of its components', () => {
      const [run, ...more] = runsOf('is heterogeneous');
      expect(more).toEqual([]);
      expect(run).toMatchObject({ state: 'succeeded', attempt: 1 });
      expect(heldBy(run!.workloadId)).toHaveLength(3);
    });

    it('a job that waits, or was cancelled while it did, holds nothing', () => {
      expect(runsOf('waits')).toEqual([
        expect.objectContaining({ state: 'waiting', startMs: null, endMs: null }),
      ]);
      expect(runsOf('is cancelled before it starts')).toEqual([
        expect.objectContaining({ state: 'cancelled', startMs: null }),
      ]);
      for (const name of ['waits', 'is cancelled before it starts'])
        expect(heldBy(runsOf(name)[0]!.workloadId)).toEqual([]);
    });

    it('a job without GPUs is counted and no run', async () => {
      expect(runsOf('has no GPU')).toEqual([]);
      const kept = await factsOf(liveSource({ cpuJobs: 'keep' }).read(today(), signal));
      expect(kept.runs.map(({ runId }) => runId)).toContain(`slurm:lab:${jobs['has no GPU']}`);
    });

    it('no device is held twice at a time, and each is one of the four of its node', () => {
      const held = [...facts.allocations].sort((a, b) =>
        a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : a.startMs - b.startMs,
      );
      for (const [at, one] of held.entries()) {
        const next = held[at + 1];
        if (next?.deviceId === one.deviceId) expect(one.endMs ?? Infinity).toBeLessThanOrEqual(next.startMs);
      }
      for (const deviceId of held.map((one) => one.deviceId))
        expect(deviceId).toMatch(/^slurm:lab:gpu[12]:l4:[0-3]$/);
    });

    it('in the ledger each job has the GPU-hours that it held', async () => {
      const store = await openDuckDbStore('duckdb::memory:');
      const tare = createTare({
        store,
        fileSources: [],
        liveSources: [liveSource()],
        priceBooks: [],
        settings: {
          currency: 'USD',
          shared: 'proportional',
          maxHoldIntervals: 2,
          exchangeRates: {},
          owners: DEFAULT_OWNER_RULES,
        },
        clock,
        listFiles: async (paths) => [...paths],
      });
      try {
        await tare.collect({ window: today(), sources: null }, silent, signal);
        const again = await tare.collect({ window: null, sources: null }, silent, signal);
        expect(again.sources[0]!.totals['gpuJobs']).toBeGreaterThanOrEqual(8);
        await tare.buildLedger(silent, signal);
        const report = await tare.reportLedger({
          window: { fromMs: today().fromMs, toMs: today().toMs + DAY_MS },
          by: ['team', 'workload'],
          filters: [],
          top: null,
        });
        for (const name of ['completes', 'fails', 'times out']) {
          const [run] = runsOf(name);
          const gpus = heldBy(run!.workloadId).length;
          const row = report.rows.find((one) => one['workload'] === run!.name) as
            | { team: string; gpuHours: { gross: number } }
            | undefined;
          expect(row?.team).toBe('search');
          expect(row?.gpuHours.gross).toBeCloseTo((gpus * (run!.endMs! - run!.startMs!)) / HOUR_MS, 8);
        }
      } finally {
        await store.close();
      }
    });

    it('what sacct printed to a file, in local time, says the same', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'tare-sacct-'));
      try {
        const file = join(folder, 'jobs.txt');
        const fields =
          'JobID,JobIDRaw,Cluster,Partition,Account,QOS,User,Group,WCKey,Submit,Eligible,Start,End,ElapsedRaw,State,NodeList,AllocTRES,ReqTRES,JobName';
        const words = ['-a', '-D', '-P', '-S', 'now-1day', '--delimiter=^', '-o', fields];
        await writeFile(file, await slurm.run('env', 'TZ=Asia/Kolkata', 'sacct', ...words));
        const reading = createSacctFileSource({ catalog: smallCatalog }).read(file, {
          map: {},
          set: { timezone: 'Asia/Kolkata' },
          fields: null,
          currency: 'USD',
          rates: {},
          nowMs: Date.now(),
          signal,
        });
        const found = await factsOf(reading);
        expect(reading.summary.rejects).toEqual([]);
        expect(reading.summary.totals['steps']).toBeGreaterThan(8);
        const said = (runs: readonly RunFact[]) =>
          runs
            .filter(({ endMs }) => endMs !== null)
            .map(
              (run) =>
                `${run.runId} ${run.attempt} ${run.stateDetail} ${run.startMs} ${run.endMs} ${run.name}`,
            )
            .sort();
        expect(said(found.runs)).toEqual(said(facts.runs));
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it('goes back to the start of what ended since it was asked last', async () => {
      const [failed] = runsOf('fails');
      const starts = facts.runs.filter(({ endMs }) => endMs !== null).map(({ startMs }) => startMs!);
      expect(await liveSource().changedSince(Date.now(), signal)).toBe(Math.min(...starts));
      expect(Math.min(...starts)).toBeLessThanOrEqual(failed!.startMs!);
    });

    it('the doctor is told what it sees, and what is wrong when it sees nothing', async () => {
      expect(await liveSource().probe(signal)).toEqual([
        expect.objectContaining({ status: 'fine', message: expect.stringMatching(/\d+ jobs .* with GPUs/) }),
      ]);
      const lost = new SlurmLiveSource(
        { name: 'lab', binary: '/nowhere/sacct' },
        { catalog: smallCatalog, clock },
      );
      expect(await lost.probe(signal)).toEqual([
        expect.objectContaining({ status: 'failing', message: expect.stringContaining('ENOENT') }),
      ]);
      const forgetful = `${slurm.env['SLURM_CONF']}.forgetful`;
      const config = await readFile(slurm.env['SLURM_CONF']!, 'utf8');
      await writeFile(forgetful, config.replace('accounting_storage/slurmdbd', 'accounting_storage/none'));
      const elsewhere = new SlurmLiveSource(
        { name: 'lab', env: { ...slurm.env, SLURM_CONF: forgetful } },
        { catalog: smallCatalog, clock },
      );
      const failure = await factsOf(elsewhere.read(today(), signal)).catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(OutsideFailure);
      expect((failure as OutsideFailure).remedy).toMatch(/AccountingStorageType/);
    });
  },
);

/** What jobs hold is cut at midnight, and the tests expect it in one piece. */
async function beClearOfMidnight(): Promise<void> {
  const leftMs = floorToDay(Date.now()) + DAY_MS - Date.now();
  if (leftMs < 3 * MINUTE_MS) await new Promise((resolve) => setTimeout(resolve, leftMs + 1_000));
}

function today() {
  const fromMs = floorToDay(Date.now());
  return { fromMs, toMs: fromMs + DAY_MS };
}

/** One job for each way to end. They run side by side; the time limit is what takes longest. */
async function runJobs(slurm: SlurmCluster): Promise<Jobs> {
  const submit = (name: string, seconds: number, ...options: readonly string[]) =>
    slurm.submit(`sleep ${seconds}`, `--job-name=${name}`, '--account=search', ...options);
  const timesOut = await submit('times out', 300, '--gres=gpu:2', '--nodes=2', '--time=1');
  await slurm.reach(timesOut, 'RUNNING');
  await slurm.run('scontrol', 'update', `jobid=${timesOut}`, 'EndTime=now+3');

  const requeued = await submit('is requeued', 4, '--gres=gpu:1', '--requeue');
  const completes = await submit('a|b', 3, '--gres=gpu:l4:2', '--nodes=1');
  const fails = await slurm.submit('sleep 2; exit 3', '--job-name=fails', '--account=search', '--gres=gpu:1');
  const cancelled = await submit('is cancelled', 300, '--gres=gpu:1');
  await slurm.reach(requeued, 'RUNNING');
  await slurm.reach(cancelled, 'RUNNING');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await slurm.run('scontrol', 'requeue', requeued);
  await slurm.run('scancel', cancelled);

  const array = await submit('task', 2, '--gres=gpu:1', '--array=1-2');
  const heterogeneous = await submit('het', 2, '--gres=gpu:1', ':', '--gres=gpu:2', '--account=search');
  const withoutGpu = await submit('has no GPU', 1);
  for (const job of [completes, requeued, `${array}_2`, heterogeneous, withoutGpu])
    await slurm.reach(job, 'COMPLETED');
  await slurm.reach(fails, 'FAILED');
  await slurm.reach(timesOut, 'TIMEOUT', 90_000);
  const running = await submit('is still running', 600, '--gres=gpu:1', '--nodes=2', '--ntasks=2');
  await slurm.reach(running, 'RUNNING');
  const waits = await submit('waits', 1, '--gres=gpu:4', '--nodes=2');
  const neverStarts = await submit('never starts', 1, '--gres=gpu:4', '--nodes=2');
  await slurm.run('scancel', neverStarts);
  const jobs = {
    completes,
    fails,
    'is cancelled': cancelled,
    'times out': timesOut,
    'is requeued': requeued,
    'task of an array': `${array}_2`,
    'is heterogeneous': heterogeneous,
    'has no GPU': withoutGpu,
    'is still running': running,
    waits,
    'is cancelled before it starts': neverStarts,
  };
  await accounted(slurm, running, neverStarts);
  return jobs;
}

/** The controller hands its records to the accounting a moment later. */
async function accounted(slurm: SlurmCluster, running: string, cancelled: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const printed = await slurm.run('sacct', '-a', '-n', '-X', '-P', '-o', 'JobID,State');
    const states = new Map(
      printed
        .trim()
        .split('\n')
        .map((line) => line.split('|') as [string, string]),
    );
    const going = [...states].filter(([job, state]) => state === 'RUNNING' && job !== running);
    const isIn = states.get(running) === 'RUNNING' && states.get(cancelled)?.startsWith('CANCELLED');
    if (isIn && going.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error('the accounting did not catch up with the controller');
}

async function factsOf(reading: FactReading): Promise<Facts> {
  const facts = { runs: [], workloads: [], allocations: [], capacity: [] } as {
    -readonly [K in keyof Facts]: Facts[K][number][];
  };
  for await (const batch of reading.batches) {
    facts.runs.push(...(batch.runs ?? []));
    facts.workloads.push(...(batch.workloads ?? []));
    facts.allocations.push(...(batch.allocations ?? []));
    facts.capacity.push(...(batch.capacity ?? []));
  }
  return facts;
}

const times = ({ startMs, endMs }: RunFact) => ({ startMs, endMs });

/** What `scontrol` shows of a job's last attempt. */
async function timesOfController(slurm: SlurmCluster, job: string) {
  const shown = await slurm.run('scontrol', '-o', 'show', 'job', job);
  const state = /JobState=(\S+)/.exec(shown)?.[1];
  const at = (name: string) => parseInstant(new RegExp(`${name}=(\\S+)`).exec(shown)?.[1] ?? '') ?? null;
  return { startMs: at('StartTime'), endMs: state === 'RUNNING' ? null : at('EndTime') };
}
