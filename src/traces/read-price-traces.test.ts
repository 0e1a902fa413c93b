import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { randomStream } from './random-stream.ts';
import { readDemand } from './read-demand.ts';
import { readServingConfigurations, readSizedJobs, readThroughputs } from './read-rightsize.ts';
import { readServingDemand, readServingProfiles } from './read-serving.ts';
import { readSpotTraces, type SpotTraceSettings } from './read-spot-traces.ts';

const folder = mkdtempSync(join(tmpdir(), 'tare-traces-'));
afterAll(() => rmSync(folder, { recursive: true }));

const signal = new AbortController().signal;
const plain = { map: {}, set: {}, fields: null, signal };

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

describe('spot traces', () => {
  const settings: SpotTraceSettings = {
    gapSeconds: null,
    tickSeconds: null,
    instances: 1,
    isInverted: false,
    deadlineMs: 40_000,
    starts: 5,
    chance: () => 0.5,
    showsHistory: true,
    signal,
  };
  const seen = ({ available, startTick }: { available: Uint8Array; startTick: number }) =>
    `${[...available.subarray(0, startTick)].join('')}|${[...available.subarray(startTick)].join('')}`;

  it('of starts that were cut from one record know what came before', async () => {
    const path = write('starts.json.gz', { gap_seconds: 10, traces: ['11001101', '1101', '1111'] });
    const { traces, rejects } = await readSpotTraces(path, settings);
    expect(traces.map(seen)).toEqual(['|11001101', '1100|1101', '|1111']);
    expect(rejects).toEqual([]);
    const blind = await readSpotTraces(path, { ...settings, showsHistory: false });
    expect(blind.traces.map(seen)).toEqual(['|11001101', '|1101', '|1111']);
  });

  it('say which starts cannot be used, and why', async () => {
    const path = write('bad-starts.json', { gap_seconds: 10, traces: ['1101', '110', '11x1', 7] });
    const { traces, rejects } = await readSpotTraces(path, settings);
    expect(traces).toHaveLength(1);
    expect(rejects.map(({ where, message }) => [where.replace(folder, ''), message])).toEqual([
      [
        '/bad-starts.json:traces[1]',
        '3 ticks; the deadline needs 4. Use a longer trace, or a shorter deadline',
      ],
      ['/bad-starts.json:traces[2]', 'character 3 is `x`; expected 0 or 1'],
      ['/bad-starts.json:traces[3]', 'expected a text of 0 and 1'],
    ]);
  });

  it('of a record are drawn, for as many instances as the job needs', async () => {
    const path = write('record.json', { metadata: { gap_seconds: 10 }, data: [4, 4, 0, 3, 4, 4, 4] });
    const { traces, isDrawn } = await readSpotTraces(path, { ...settings, instances: 4 });
    expect(isDrawn).toBe(true);
    expect(traces).toHaveLength(5);
    expect(seen(traces[0]!)).toBe('11|00111');
    const inverted = await readSpotTraces(path, { ...settings, isInverted: true });
    expect(seen(inverted.traces[0]!)).toBe('00|10000');
  });

  it('of a record are merged to longer ticks, there only where every part was', async () => {
    const path = write('fine.json', {
      metadata: { gap_seconds: 5 },
      data: [1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1],
    });
    const { traces } = await readSpotTraces(path, { ...settings, tickSeconds: 9, chance: () => 0 });
    expect(traces[0]!.gapMs).toBe(10_000);
    expect(seen(traces[0]!)).toBe('|10101');
  });

  it.each([
    [{ gap_seconds: 10 }, /neither `traces`/],
    [{ traces: ['1111'] }, /gap_seconds: expected the length of a tick/],
    [{ gap_seconds: 10, data: [1, null, 1, 1, 1] }, /data\[1\]: null is no number/],
    [{ gap_seconds: 10, data: [1, 1] }, /shorter than the deadline/],
    ['{"gap_seconds": 10', /not one JSON object/],
    ['7', /a single value/],
  ])('%j is refused', async (content, message) => {
    await expect(readSpotTraces(write('refused.json', content), settings)).rejects.toThrow(message);
  });

  it('draws the same starts from the same seed', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, randomStream(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(1).every((value) => value >= 0 && value < 1)).toBe(true);
  });
});

describe('demand', () => {
  it('is the mean of the rows of an hour; hours without a row are missing, not zero', async () => {
    const path = write(
      'demand.csv',
      'time,running,waiting\n2026-10-01 00:00:00,4,1\n2026-10-01 00:30:00,6,\n2026-10-01 03:00:00,8,2\n',
    );
    const map = { hour: 'time', gpus: 'running' };
    expect(await readDemand(path, { ...plain, map, rowHours: 1 })).toEqual({
      demand: Float64Array.of(5, 8),
      missingHours: 2,
      rejects: [],
    });
    const withPending = await readDemand(path, {
      ...plain,
      map: { ...map, pending: 'waiting' },
      rowHours: 1,
    });
    expect([...withPending.demand]).toEqual([5.5, 10]);
  });

  it('takes numbered hours, and rows that stand for a day', async () => {
    const path = write('numbered.csv', 'hour,gpus\n1,5\n0,3\n2,-1\n3,many\n');
    const { demand, rejects } = await readDemand(path, { ...plain, rowHours: 1 });
    expect([...demand]).toEqual([3, 5]);
    expect(rejects.map(({ where }) => where.replace(folder, ''))).toEqual([
      '/numbered.csv:4:gpus',
      '/numbered.csv:5:gpus',
    ]);
    const days = write('days.csv', 'hour,gpus\n2026-10-01,2\n2026-10-02,3\n');
    expect([...(await readDemand(days, { ...plain, rowHours: 24 })).demand]).toEqual([
      ...Array(24).fill(2),
      ...Array(24).fill(3),
    ]);
  });
});

describe('jobs, speeds and profiles', () => {
  it('are read in our words or in those of Gavel', async () => {
    const expected = [{ name: '7', jobType: 'LM (batch size 5)', steps: 100, gpus: 2 }];
    const ours = write('jobs.csv', 'job,jobType,steps,gpus\n7,LM (batch size 5),100,2\n');
    const theirs = write(
      'gavel.csv',
      'job_index,job_type,total_steps,scale_factor_gpus\n7,LM (batch size 5),100,2\n',
    );
    expect((await readSizedJobs(ours, plain)).records).toEqual(expected);
    expect((await readSizedJobs(theirs, plain)).records).toEqual(expected);
  });

  it('know the speed alone, beside speeds when packed', async () => {
    const speeds = await readThroughputs(
      write('speeds.json', {
        v100: {
          "('LM (batch size 5)', 2)": { null: 3.5, "('LM (batch size 5)', 2)": [1, 1] },
          "('A', 1)": 0,
        },
      }),
      signal,
    );
    expect(speeds('v100', 'LM (batch size 5)', 2)).toBe(3.5);
    expect(speeds('v100', 'A', 1)).toBe(0);
    expect(speeds('v100', 'A', 2)).toBeUndefined();
    await expect(readThroughputs(write('odd.json', { v100: { LM: 3 } }), signal)).rejects.toThrow(
      /odd\.json:v100:LM/,
    );
  });

  it('are tables, with blanks for what cannot be served', async () => {
    const profiles = write(
      'profiles.csv',
      'gpu,inputTokens,outputTokens,maxThroughput\nL4,100,50,2.5\nL4,1000,50,\n',
    );
    expect((await readServingProfiles(profiles, plain)).records).toEqual([
      { gpu: 'L4', inputTokens: 100, outputTokens: 50, maxThroughput: 2.5, latencyMs: null },
      { gpu: 'L4', inputTokens: 1000, outputTokens: 50, maxThroughput: null, latencyMs: null },
    ]);
    const demand = write('requests.csv', 'inputTokens,outputTokens,rate\n100,50,3\n100,,3\n');
    const { records, rejects } = await readServingDemand(demand, plain);
    expect(records).toEqual([{ inputTokens: 100, outputTokens: 50, requestsPerSecond: 3 }]);
    expect(rejects[0]!.where).toContain('requests.csv:3:outputTokens');
  });

  it('are measured configurations, by the latency that is asked for', async () => {
    const good = {
      model_id: 'chat',
      gpu_model: 'H100',
      num_gpus: 1,
      max_num_seqs: 8,
      output_throughput_tokens_per_sec: 900,
      median_itl_ms: 7,
      p99_itl_ms: 11,
    };
    const path = write('configurations.json', {
      configurations: [good, { ...good, output_throughput_tokens_per_sec: 0 }, { ...good, model_id: null }],
    });
    const { configurations, rejects } = await readServingConfigurations(path, 'p99', signal);
    expect(configurations).toEqual([
      {
        model: 'chat',
        gpu: 'H100',
        gpus: 1,
        batch: 8,
        tokensPerSecond: 900,
        interTokenLatencyMs: 11,
        precision: null,
      },
    ]);
    expect(rejects.map(({ where }) => where.replace(folder, ''))).toEqual([
      '/configurations.json:configurations[1]',
      '/configurations.json:configurations[2]',
    ]);
  });
});
