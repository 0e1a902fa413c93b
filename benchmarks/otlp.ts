/**
 * How many spans a second one core takes: reading them alone, beside a general library that reads every field of the same bytes, and the
 * whole way to the disk. Prints rates by processor time; see benchmarks/README.md.
 *
 *   npx tsx benchmarks/otlp.ts [spans per body] [seconds per measurement]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fromBinary } from '@bufbuild/protobuf';
import { Journal } from '../src/sources/otlp/journal.ts';
import { readTraces } from '../src/sources/otlp/read-traces.ts';
import { callsOfSpans } from '../src/sources/otlp/span-calls.ts';
import { isWantedOfResource, isWantedOfSpan } from '../src/sources/otlp/spellings.ts';
import { createTelemetryReceiver } from '../src/sources/otlp/telemetry-receiver.ts';
import { bodyOf, PROMPT_CHARS, SPANS_PER_CALL, traceSchema } from './call-spans.ts';

const spansPerBody = Number(process.argv[2] ?? 512);
const seconds = Number(process.argv[3] ?? 4);

const bodies = Array.from({ length: 8 }, (_, index) => bodyOf(index, spansPerBody));
const packed = bodies.map((body) => gzipSync(body));
const wanted = { resource: isWantedOfResource, span: isWantedOfSpan };
const folder = mkdtempSync(join(tmpdir(), 'tare-otlp-benchmark-'));
const journal = await Journal.open(folder, { nowMs: () => Date.now() });
const receiver = createTelemetryReceiver(journal, null);

console.log(
  `${spansPerBody} spans a body, one in ${SPANS_PER_CALL} a call of a model with a prompt of ${PROMPT_CHARS} characters: ${(bodies[0]!.length / 1024).toFixed(0)} KiB, ${(packed[0]!.length / 1024).toFixed(0)} KiB with gzip`,
);
const general = await measure('general library, every field', async (turn) => {
  fromBinary(traceSchema, bodies[turn % bodies.length]!);
});
await measure(
  'own reader, to calls',
  async (turn) => {
    const refused = { count: 0, reason: null };
    callsOfSpans(readTraces(bodies[turn % bodies.length]!, wanted, refused).groups, null, refused);
  },
  general,
);
await measure('own receiver, to the disk', (turn) => send(bodies[turn % bodies.length]!, null), general);
await measure(
  'own receiver, gzip, to the disk',
  (turn) => send(packed[turn % packed.length]!, 'gzip'),
  general,
);
await measure(
  'own receiver, gzip, 16 senders',
  async (turn) => {
    await Promise.all(
      Array.from({ length: 16 }, (_, sender) => send(packed[(turn + sender) % packed.length]!, 'gzip')),
    );
  },
  general,
  16,
);
console.log(`resident memory ${(process.memoryUsage.rss() / 1024 / 1024).toFixed(0)} MiB`);
await journal.close();
rmSync(folder, { recursive: true });

async function send(body: Buffer, contentEncoding: string | null): Promise<void> {
  const { status } = await receiver.receive({
    signal: 'traces',
    contentType: 'application/x-protobuf',
    contentEncoding,
    body: once(body),
  });
  if (status !== 200) throw new Error(`answered ${status}`);
}

async function* once(body: Buffer): AsyncGenerator<Uint8Array> {
  yield body;
}

/** Spans a second of processor time, all threads together, and of the clock. */
async function measure(
  what: string,
  work: (turn: number) => Promise<void>,
  than: number | null = null,
  bodiesPerTurn = 1,
): Promise<number> {
  for (let turn = 0; turn < 20; turn++) await work(turn);
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  let turns = 0;
  while (performance.now() - startedMs < seconds * 1000) await work(turns++);
  const { user, system } = process.cpuUsage(startedCpu);
  const spans = turns * bodiesPerTurn * spansPerBody;
  const perCpuSecond = spans / ((user + system) / 1e6);
  const perSecond = spans / ((performance.now() - startedMs) / 1000);
  const ratio = than === null ? '' : `   ${(perCpuSecond / than).toFixed(2)} × the general library`;
  console.log(
    `${what.padEnd(34)}${thousands(perCpuSecond)} spans per core and second   ${thousands(perSecond)} by the clock${ratio}`,
  );
  return perCpuSecond;
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US').padStart(9);
}
