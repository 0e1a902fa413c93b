import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import type { InferenceReport } from '../../src/app/results/inference.ts';
import { type HashedPrompt, prefixReuse } from '../../src/domain/economics/prefix-reuse.ts';
import { per1k, priceTokens } from '../../src/domain/economics/unit-costs.ts';
import type { FactBatch, UsageFact } from '../../src/domain/facts/facts.ts';
import { readActivity } from '../../src/domain/facts/read-activity.ts';
import { formatPicos, parsePicos } from '../../src/domain/money/picos.ts';
import { DEFAULT_OWNER_RULES } from '../../src/domain/ownership/owner.ts';
import type { PriceBook } from '../../src/ports/price-book.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { allocationFact, capacityFact, workloadFact } from '../support/facts.ts';
import { requestFact, trafficFact } from '../support/serving-facts.ts';

/** Public traces of serving, against figures computed from the files by other means. */
const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const missing = existsSync(DATA) ? '' : ' (skipped: the public data set is not beside this checkout)';
const picos = (text: string) => parsePicos(text)!.picos;
const T0 = Date.UTC(2026, 9, 14, 8);

describe.skipIf(missing !== '')(`real serving data${missing}`, () => {
  it('a code assistant of Azure, at the prices of an API', async () => {
    const price = { inputPer1mPicos: picos('3'), outputPer1mPicos: picos('15'), cachedInputPer1mPicos: null };
    const rows = readFileSync(`${DATA}azure-llm-2023/AzureLLMInferenceTrace_code.csv`, 'utf8')
      .split('\r\n')
      .slice(1);
    const calls = rows
      .filter((row) => row !== '')
      .map((row, index) => {
        const [at, input, output] = row.split(',');
        const tokens = { input: Number(input), output: Number(output) };
        const counted = { inputTokens: tokens.input, cachedInputTokens: null, outputTokens: tokens.output };
        return requestFact(`azure:${index}`, {
          startMs: Date.parse(`${at!.slice(0, 23).replace(' ', 'T')}Z`),
          endpoint: 'code',
          serving: 'api',
          model: 'gpt',
          tokens,
          costPicos: priceTokens(counted, price),
        });
      });
    const { total } = await reportOn({ requests: calls }, [], { tokenWeight: '3:15' });
    expect(total).toMatchObject({
      requests: 8819,
      inputTokens: 18_059_974,
      outputTokens: 245_896,
      cost: '57.868362',
      costPer1mInputTokens: '3.00',
      costPer1mOutputTokens: '15.00',
    });
    expect(total.costPer1kRequests).toMatch(/^6\.561782/);
    const whole = priceTokens(
      { inputTokens: 18_059_974, cachedInputTokens: null, outputTokens: 245_896 },
      price,
    );
    expect(formatPicos(whole)).toBe('57.868362');
    expect(formatPicos(per1k(whole, 8819)!)).toBe(total.costPer1kRequests);
  });

  it('prompts of Mooncake: how much a prefix cache of 512-token blocks can spare', () => {
    const lines = gunzipSync(readFileSync(`${DATA}mooncake/synthetic_trace.jsonl.gz`))
      .toString()
      .trim()
      .split('\n');
    const prompts = lines.map((line): HashedPrompt => {
      const { input_length, hash_ids } = JSON.parse(line);
      return { inputTokens: input_length, blocks: hash_ids };
    });
    const found = prefixReuse(prompts, 512);
    expect(found).toMatchObject({ blocks: 121_877, inputTokens: 61_194_628 });
    expect(found.blocks - found.reusedBlocks).toBe(43_924);
    expect(found.fraction!.toFixed(5)).toBe('0.63960');
  });

  describe('one GPU under rising load, at 0.40 an hour', () => {
    test.each([
      { scale: 100, utilisation: 37.9226, per1k: 0.093347, per1mGenerated: 0.13239 },
      { scale: 300, utilisation: 38.7818, per1k: 0.04567, per1mGenerated: 0.064744 },
      { scale: 500, utilisation: 38.1388, per1k: 0.037431, per1mGenerated: 0.051824 },
      { scale: 700, utilisation: 37.8782, per1k: 0.033976, per1mGenerated: 0.047034 },
      { scale: 900, utilisation: 37.1867, per1k: 0.032195, per1mGenerated: 0.044162 },
      { scale: 1500, utilisation: 32.8639, per1k: 0.030301, per1mGenerated: 0.041502 },
    ])('arrivals × $scale', async ({ scale, utilisation, per1k: perThousand, per1mGenerated }) => {
      const run = readRun(scale);
      const { rows } = await reportOn(run.facts, [FORTY_CENTS], { tokenWeight: '0:1' });
      expect(rows).toHaveLength(1);
      const [row] = rows;
      expect(row).toMatchObject({ requests: 500, inputTokens: 214_280 });
      expect(Number(row!.costPer1kRequests)).toBeCloseTo(perThousand, 6);
      // All of the cost on the generated tokens, as the listed figure has it.
      // The log's instants are kept to the millisecond: a millionth of a dollar.
      expect(Math.abs(Number(row!.costPer1mOutputTokens) - per1mGenerated)).toBeLessThan(1e-6);
      // Busy time is flat while a request costs a third: it cannot tell a full server from a waiting one.
      expect(row!.utilisation! * 100).toBeCloseTo(utilisation, 1);
    });
  });
});

const FORTY_CENTS: PriceBook = {
  name: 'test',
  rates: (_, { fromMs, toMs }) => [
    {
      fromMs,
      toMs,
      perGpuHourPicos: picos('0.4'),
      source: 'price_book',
      priceDate: '2026-10-01',
      reference: 'forty cents',
    },
  ],
};

/** The logs of one run: the GPU from its first sample to its last, and the server's counters as one slot. */
function readRun(scale: number): { facts: FactBatch } {
  const read = (kind: string) =>
    Object.values(
      JSON.parse(readFileSync(`${DATA}vllm-gpu-bench/${kind}/${kind}_scale${scale}_prompt500.json`, 'utf8')),
    );
  const gpu = read('gpu_log') as { record_time: number; GPU_utilization: number }[];
  const server = read('vllm_log') as { timestamp: number; generation_throughput: number }[];
  const calls = read('detail_log') as { in_len: number; total_chunk_time: number }[];
  const startMs = T0;
  const ms = (at: number) => T0 + Math.round((at - gpu[0]!.record_time) * 1000);
  const endMs = ms(gpu.at(-1)!.record_time);
  const generated = server
    .slice(1)
    .reduce(
      (sum, one, index) => sum + one.generation_throughput * (one.timestamp - server[index]!.timestamp),
      0,
    );
  const usage = gpu.slice(0, -1).map(
    (sample, index): UsageFact => ({
      deviceId: 'gpu-a',
      atMs: ms(sample.record_time),
      intervalMs: ms(gpu[index + 1]!.record_time) - ms(sample.record_time),
      activity: readActivity({
        smActive: null,
        engineActive: null,
        gpuUtil: sample.GPU_utilization / 100,
        processes: 1,
        memoryUsedMib: 20_000,
      }),
      memoryUsedMib: 20_000,
      powerWatts: null,
    }),
  );
  return {
    facts: {
      capacity: [capacityFact('gpu-a', { startMs, endMs })],
      workloads: [workloadFact('chat-0', { name: 'chat', kind: 'inference' })],
      allocations: [allocationFact('chat-0', 'gpu-a', { startMs, endMs })],
      usage,
      traffic: [
        trafficFact('chat-0', {
          startMs,
          endMs,
          requests: calls.length,
          tokens: {
            input: calls.reduce((sum, { in_len }) => sum + in_len, 0),
            output: Math.round(generated),
          },
        }),
      ],
    },
  };
}

async function reportOn(
  facts: FactBatch,
  priceBooks: readonly PriceBook[],
  { tokenWeight }: { tokenWeight: string },
): Promise<InferenceReport> {
  const store = await openDuckDbStore('duckdb::memory:');
  const tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks,
    settings: {
      currency: 'USD',
      shared: 'proportional',
      maxHoldIntervals: 1,
      exchangeRates: {},
      owners: DEFAULT_OWNER_RULES,
    },
    clock: { nowMs: () => Date.UTC(2026, 10, 24) },
    listFiles: async (paths) => [...paths],
  });
  async function* batches() {
    yield facts;
  }
  await store.importDataset({ name: 'run', kind: 'test', importedAtMs: T0 }, batches());
  const window = { fromMs: Date.UTC(2023, 0), toMs: Date.UTC(2027, 0) };
  const none = { filters: [], top: null, sloMs: null, minQuality: [], apiPrice: null, training: [] };
  const report = await tare.reportInference({
    ...none,
    window,
    by: ['endpoint', 'model'],
    basis: 'allocated',
    tokenWeight,
  });
  await tare.close();
  return report;
}
