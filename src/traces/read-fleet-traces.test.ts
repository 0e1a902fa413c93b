import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { readBatchTimes } from './read-batch-times.ts';
import { readNodes, readPods } from './read-packing-trace.ts';
import { readReplicaSamples } from './read-replica-samples.ts';
import { readRequests } from './read-requests.ts';
import { readStartSeconds } from './read-start-times.ts';

const PLAIN = { map: {}, set: {}, fields: null, signal: new AbortController().signal };

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tare-traces-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
function fileOf(...lines: readonly string[]): string {
  files += 1;
  const path = join(directory, `trace-${files}.csv`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

describe('machines and pods', () => {
  it('are read under our names and under those of the openb trace', async () => {
    const ours = await readNodes(fileOf('name,cpuMilli,memoryMib,gpus,model', 'a,64000,1024,2,T4'), PLAIN);
    const theirs = await readNodes(fileOf('sn,cpu_milli,memory_mib,gpu,model', 'a,64000,1024,2,T4'), PLAIN);
    expect(ours.records).toEqual([{ name: 'a', cpuMilli: 64_000, memoryMib: 1024, gpus: 2, model: 'T4' }]);
    expect(theirs).toEqual(ours);
  });

  it('keep the models that a pod allows, and its times when they are asked for', async () => {
    const path = fileOf(
      'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,creation_time,deletion_time',
      'p,1000,1,1,500,T4|A10,10,70',
      'q,1000,1,0,0,,20,',
    );
    const { records } = await readPods(path, PLAIN, true);
    expect(records).toMatchObject([
      { gpus: 1, gpuMilli: 500, models: ['T4', 'A10'], createdSeconds: 10, deletedSeconds: 70 },
      { gpus: 0, gpuMilli: 0, models: [], createdSeconds: 20, deletedSeconds: null },
    ]);
  });

  test.each([
    { row: 'p,1000,1,1,1500,5,9', where: 'gpuMilli', message: '1500 is not thousandths of a GPU' },
    { row: 'p,1000,1,1,0,5,9', where: 'gpuMilli', message: '0 is not thousandths of a GPU' },
    { row: 'p,1000,1,2,500,5,9', where: 'gpuMilli', message: '2 GPUs are wanted whole' },
    { row: 'p,1000,1,1.5,500,5,9', where: 'gpus', message: '1.5 is not a whole number' },
    { row: 'p,x,1,1,500,5,9', where: 'cpuMilli', message: '`x` is not a number' },
    { row: 'p,-5,1,1,500,5,9', where: 'cpuMilli', message: '-5 is negative' },
    { row: ',1000,1,1,500,5,9', where: 'name', message: 'the cell is blank' },
    { row: 'p,1000,1,1,500,,9', where: 'created', message: 'the cell is blank' },
    { row: 'p,1000,1,1,500,5,soon', where: 'deleted', message: '`soon` is not a time' },
    { row: 'p,1000,1,1,500,9,5', where: 'deleted', message: 'the pod left before it came' },
  ])('are rejected where they make no sense: $row', async ({ row, where, message }) => {
    const path = fileOf('name,cpuMilli,memoryMib,gpus,gpuMilli,created,deleted', 'ok,1,1,1,1000,1,2', row);
    const { records, rejects, rowsRead } = await readPods(path, PLAIN, true);
    expect({ rowsRead, records: records.length }).toEqual({ rowsRead: 2, records: 1 });
    expect(rejects).toHaveLength(1);
    expect(rejects[0]!.where).toBe(`${path}:3:${where}`);
    expect(rejects[0]!.message).toContain(message);
  });

  it('name the column that is missing, and how to say which one it is', async () => {
    const path = fileOf('name,cores,memoryMib,gpus,gpuMilli', 'p,1,1,1,1000');
    await expect(readPods(path, PLAIN, false)).rejects.toThrow('there is no column `cpuMilli`');
    const { records } = await readPods(path, { ...PLAIN, map: { cpuMilli: 'cores' } }, false);
    expect(records).toHaveLength(1);
  });
});

describe('requests', () => {
  it('come in order of time, however finely that is written', async () => {
    const path = fileOf(
      'TIMESTAMP,ContextTokens,GeneratedTokens',
      '2026-11-16 18:17:04.0319600,3180,8',
      '2026-11-16 18:17:03.9799600,4808,10',
    );
    const { records } = await readRequests(path, PLAIN, 'tokens');
    expect(records.map(({ inputTokens }) => inputTokens)).toEqual([4808, 3180]);
    expect(records[1]!.seconds - records[0]!.seconds).toBeCloseTo(0.052, 6);
  });

  test.each([
    { written: '12.5', seconds: 12.5 },
    { written: '1700000000', seconds: 1_700_000_000 },
    { written: '1700000000500', seconds: 1_700_000_000.5 },
    { written: '1970-01-02', seconds: 86_400 },
    { written: '1970-01-01T01:00:00+01:00', seconds: 0 },
    { written: '1970-01-01T00:00:01.25Z', seconds: 1.25 },
  ])('$written is $seconds s', async ({ written, seconds }) => {
    const { records } = await readRequests(fileOf('time', written), PLAIN, 'times');
    expect(records[0]!.seconds).toBe(seconds);
  });

  it('are rejected without what the simulator needs', async () => {
    const path = fileOf('time,serviceSeconds', '1,5', '2,', '3,-1');
    const { records, rejects } = await readRequests(path, PLAIN, 'service');
    expect(records).toHaveLength(1);
    expect(rejects.map(({ where }) => where)).toEqual([
      `${path}:3:serviceSeconds`,
      `${path}:4:serviceSeconds`,
    ]);
  });
});

describe('samples of replicas', () => {
  it('say when each was busy, and how far apart they are', async () => {
    const path = fileOf('time,device,gpuUtilPercent', '0,b,0', '0,a,10', '57,a,0', '114,a,0', '228,a,3');
    const { samples, intervalSeconds } = await readReplicaSamples(path, PLAIN);
    expect(intervalSeconds).toBe(57);
    expect([...samples.replicaOf]).toEqual([0, 0, 0, 0, 1]);
    expect([...samples.isBusy]).toEqual([1, 0, 0, 1, 0]);
  });

  it('count a moment once, and leave out what was not measured', async () => {
    const path = fileOf('time,device,gpuUtil', '0,a,0', '0,a,0.5', '60,a,', '60,b,0');
    const { samples, repeated, unknown } = await readReplicaSamples(path, PLAIN);
    expect({ repeated, unknown, count: samples.isBusy.length }).toEqual({
      repeated: 1,
      unknown: 1,
      count: 2,
    });
    expect([...samples.isBusy]).toEqual([1, 0]);
  });

  it('take a stated interval, and refuse percentages among fractions', async () => {
    const path = fileOf('time,device,gpuUtil', '0,a,0', '60,a,55');
    const read = await readReplicaSamples(path, { ...PLAIN, set: { intervalSeconds: '30' } });
    expect(read.intervalSeconds).toBe(30);
    expect(read.rejects[0]!.where).toBe(`${path}:3:gpuUtil`);
    expect(read.rejects[0]!.message).toContain('Percent');
  });

  it('are rejected without a replica, or a measure', async () => {
    const { rejects } = await readReplicaSamples(fileOf('time,device,gpuUtil', '0,NULL,0', '1,,0'), PLAIN);
    expect(rejects).toHaveLength(2);
    const none = await readReplicaSamples(fileOf('time,device', '0,a'), PLAIN);
    expect(none.rejects[0]!.message).toContain('no column says whether it worked');
  });
});

test('starts are read in seconds or milliseconds', async () => {
  expect((await readStartSeconds(fileOf('seconds', '21.5'), PLAIN)).records).toEqual([21.5]);
  const path = fileOf('when,value', '1,21395');
  const mapped = await readStartSeconds(path, { ...PLAIN, map: { milliseconds: 'value' } });
  expect(mapped.records).toEqual([21.395]);
  expect((await readStartSeconds(path, PLAIN)).rejects[0]!.message).toContain(
    'neither seconds nor milliseconds',
  );
});

test('measured batches are read', async () => {
  const { records } = await readBatchTimes(fileOf('batch_size,latency_ms', '8,3.04'), PLAIN);
  expect(records).toEqual([{ size: 8, ms: 3.04 }]);
});
