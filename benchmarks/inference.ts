/**
 * How long the questions of the inference report take over minutes of many replicas: as Tare asks them, of hours that it keeps, and by
 * hand, of the minutes themselves. Prints both and their ratio; see benchmarks/README.md.
 *
 *   npx tsx benchmarks/inference.ts [endpoints] [replicas] [days]
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { FactBatch, TrafficFact } from '../src/domain/facts/facts.ts';
import { DAY_MS, MINUTE_MS } from '../src/domain/time/window.ts';
import { openDuckDbStore } from '../src/stores/duckdb/duckdb-store.ts';
import { least, type Measured, measured, seconds, timesOf } from './measure.ts';

const [endpoints = 20, replicas = 4, days = 3] = process.argv.slice(2).map(Number);
const ROUNDS = 5;
const end = Date.UTC(2026, 10, 1);
const window = { fromMs: end - days * DAY_MS, toMs: end };
const path = join(tmpdir(), `tare-inference-${process.pid}.duckdb`);

/** Requests, tokens and seconds by endpoint; both histograms; the busiest slot. */
const BY_HAND = [
  `SELECT endpoint, sum(requests), sum(errors), sum(input_tokens), sum(cached_tokens), sum(output_tokens), sum(prefill_us), sum(decode_us),
    sum(running_milli * (end_ms - start_ms)) FROM traffic GROUP BY endpoint`,
  ...['latency', 'first_token'].map(
    (
      column,
    ) => `SELECT endpoint, split_part(word, '=', 1) AS span, sum(CAST(split_part(word, '=', 2) AS BIGINT))
      FROM (SELECT endpoint, unnest(string_split(${column}, ' ')) AS word FROM traffic) GROUP BY endpoint, span`,
  ),
  `SELECT endpoint, max(n) FROM (SELECT endpoint, start_ms, sum(requests) AS n FROM traffic GROUP BY ALL) GROUP BY endpoint`,
];

const store = await openDuckDbStore(`duckdb:${path}`);
const imported = await measured(() =>
  store.importDataset({ name: 'traffic', kind: 'benchmark', importedAtMs: end }, batches()),
);
const query = { window, by: ['endpoint', 'serving'] } as const;
const kept = await rounds(async () => {
  await store.calls(query);
  await store.latencies(query);
  await store.servingPeaks(window);
});
await store.close();

const database = await DuckDBInstance.create(path);
const connection = await database.connect();
const byHand = await rounds(async () => {
  for (const sql of BY_HAND) await connection.runAndReadAll(sql);
});
connection.closeSync();
database.closeSync();
rmSync(path);

const minutes = (endpoints * replicas * days * DAY_MS) / MINUTE_MS;
console.log(
  `${minutes} minutes of ${endpoints} endpoints with ${replicas} replicas; least of ${ROUNDS} rounds`,
);
console.log('                        wall         cpu');
console.log(`import             ${seconds(imported)}`);
console.log(`minutes, by hand   ${seconds(byHand)}`);
console.log(`hours that are kept${seconds(kept)}   ${timesOf(kept, byHand)} the minutes`);

async function rounds(work: () => Promise<void>): Promise<Measured> {
  const found: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) found.push(await measured(work));
  return least(found);
}

async function* batches(): AsyncGenerator<FactBatch> {
  for (let endpoint = 0; endpoint < endpoints; endpoint++) {
    for (let replica = 0; replica < replicas; replica++) {
      const traffic: TrafficFact[] = [];
      for (let startMs = window.fromMs; startMs < end; startMs += MINUTE_MS) {
        traffic.push(minuteOf(`endpoint-${endpoint}`, `replica-${replica}`, startMs));
      }
      yield { traffic };
    }
  }
}

function minuteOf(endpoint: string, replica: string, startMs: number): TrafficFact {
  return {
    endpoint,
    model: 'model',
    replica,
    workloadId: null,
    startMs,
    endMs: startMs + MINUTE_MS,
    requests: 101,
    errors: 1,
    tokens: { input: 90_000, cachedInput: 30_000, cacheWrittenInput: null, output: 20_000, reasoning: null },
    latencySeconds: {
      upperBounds: [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15],
      counts: [1, 2, 10, 20, 30, 20, 10, 4, 2, 1, 1],
      sum: 150,
    },
    timeToFirstTokenSeconds: {
      upperBounds: [0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10],
      counts: [10, 20, 10, 20, 20, 10, 5, 5, 1],
      sum: 60,
    },
    prefillSeconds: 12,
    decodeSeconds: 100,
    queueSeconds: 3,
    runningRequests: 4,
    waitingRequests: 1,
    cacheUse: 0.3,
    batchSize: null,
    attributes: { 'label:team': endpoint },
  };
}
