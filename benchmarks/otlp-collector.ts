/**
 * How many spans a second of processor time `tare up` and the OpenTelemetry collector take from the same senders over HTTP, each keeping
 * them on disk. Prints both and their ratio; see benchmarks/README.md.
 *
 *   npx tsx benchmarks/otlp-collector.ts COLLECTOR [seconds]
 *
 * COLLECTOR is an OpenTelemetry collector with the OTLP receiver and the exporters file and nop.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { startTare } from '../test/support/start-tare.ts';
import { bodyOf } from './call-spans.ts';

const SPANS_PER_BODY = 512;
const SENDERS = 4;
/** Of `/proc`, on every Linux that Node runs on. */
const CLOCK_TICKS_PER_SECOND = 100;

const collector = process.argv[2];
const seconds = Number(process.argv[3] ?? 10);
if (!collector)
  throw new Error('name the collector: npx tsx benchmarks/otlp-collector.ts COLLECTOR [seconds]');
const bodies = Array.from({ length: 8 }, (_, seed) => gzipSync(bodyOf(seed, SPANS_PER_BODY)));

const theirs = await ofCollector(collector, 'file');
const nothing = await ofCollector(collector, 'nop');
const ours = await ofTare();
console.log(
  `tare up takes ${(ours / theirs).toFixed(2)} × the spans of the collector that keeps them, and ${(ours / nothing).toFixed(2)} × those of one that throws them away`,
);

async function ofTare(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tare-otlp-benchmark-'));
  // As it is set up usually: calls go to the journal at once and to the store every 30 seconds.
  writeFileSync(join(folder, 'tare.yaml'), 'store: duckdb:tare.duckdb\n');
  const tare = await startTare(folder);
  const rate = await measure('tare up', tare.pid, `${tare.url}/v1/traces`);
  await tare.kill();
  rmSync(folder, { recursive: true, force: true });
  return rate;
}

async function ofCollector(command: string, exporter: 'file' | 'nop'): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'collector-benchmark-'));
  const port = await freePort();
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    processors: { batch: {} },
    exporters: exporter === 'file' ? { file: { path: join(folder, 'spans.json') } } : { nop: {} },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: [exporter] } },
    },
  };
  writeFileSync(join(folder, 'collector.yaml'), JSON.stringify(config));
  const child = spawn(command, ['--config', join(folder, 'collector.yaml')], { stdio: 'ignore' });
  await answers(`http://127.0.0.1:${port}/v1/traces`, child);
  const rate = await measure(
    `collector, exporter ${exporter}`,
    child.pid!,
    `http://127.0.0.1:${port}/v1/traces`,
  );
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  return rate;
}

/** Spans for a second of the receiving process, all its threads together. */
async function measure(what: string, pid: number, url: string): Promise<number> {
  await send(url, 0);
  const startedCpu = cpuSeconds(pid);
  const startedMs = performance.now();
  let taken = 0;
  let refused = 0;
  await Promise.all(
    Array.from({ length: SENDERS }, async (_, sender) => {
      for (let turn = sender; performance.now() - startedMs < seconds * 1000; turn += SENDERS) {
        if (await send(url, turn)) taken += SPANS_PER_BODY;
        else refused += 1;
      }
    }),
  );
  const cpu = cpuSeconds(pid) - startedCpu;
  const clock = (performance.now() - startedMs) / 1000;
  const rate = taken / cpu;
  const busy = refused === 0 ? '' : `   ${refused} bodies asked to come again`;
  console.log(
    `${what.padEnd(26)}${thousands(rate)} spans per core and second   ${thousands(taken / clock)} by the clock${busy}`,
  );
  return rate;
}

/** `false`: told to come again, and waited for that. */
async function send(url: string, turn: number): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
    body: bodies[turn % bodies.length]!,
  });
  await response.arrayBuffer();
  if (response.status === 200) return true;
  if (response.status !== 429 && response.status !== 503) throw new Error(`answered ${response.status}`);
  await sleep(1000 * Number(response.headers.get('retry-after') ?? 1));
  return false;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the collector ended with ${child.exitCode}`);
    if (await send(url, 0).catch(() => false)) return;
    await sleep(100);
  }
  throw new Error('the collector did not answer within 10 seconds');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US').padStart(9);
}
