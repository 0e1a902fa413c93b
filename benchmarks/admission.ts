/**
 * How fast the admission webhook answers, beside a server that does the same TLS and says yes to everything: at an even pace of reviews, with the store well, locked
 * and gone. Both are processes of their own. Prints; see benchmarks/README.md.
 *
 *   npx tsx benchmarks/admission.ts [reviews] [per second]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdmission } from '../src/app/admission/create-admission.ts';
import { composeCheck } from '../src/compose.ts';
import { loadConfig } from '../src/config/load-config.ts';
import type { Store } from '../src/ports/store.ts';
import { openStore } from '../src/stores/open-store.ts';
import { buildCli } from '../test/support/built-cli.ts';
import { freePort } from '../test/support/kube-api.ts';
import { deployment, job } from '../test/support/kube-objects.ts';
import { percentile, postReviews } from '../test/support/post-reviews.ts';
import { least, measured } from './measure.ts';

const count = Number(process.argv[2] ?? 5_000);
const perSecond = Number(process.argv[3] ?? 200);
const folder = mkdtempSync(join(tmpdir(), 'tare-admission-benchmark-'));
const store = join(folder, '.tare/tare.duckdb');

writeFileSync(
  join(folder, 'tare.yaml'),
  `owners: { team: [label:team, namespace] }
budgets: [{ name: company, monthly: 500000 }, { name: research, team: research, monthly: 90000 }]
policies:
  - { rule: allowed-gpu, team: research, models: [A100, L4, H100] }
  - { rule: max-gpus, gpus: 64, perNode: 8 }
  - { rule: require-spot, kind: training, severity: warning }
  - { rule: forbid-spot, kind: inference }
  - { rule: require-autoscaling }
  - { rule: required-tags, required: [team] }
  - { rule: oversized-gpu }
  - { rule: max-cost, perRun: 500 }
  - { rule: expression, name: small dev, deny: "gpus > 8 and namespace == 'dev'" }
`,
);

/** Half services, half jobs; a pod template of usual size. */
function review(index: number): string {
  const given = { gpus: (index % 8) + 1, gpuModel: 'NVIDIA-H100-80GB-HBM3', labels: { team: 'research' } };
  const object =
    index % 2 === 0
      ? deployment(`service-${index}`, { replicas: 2, ...given })
      : job(`train-${index}`, given);
  const [container] = object.spec.template.spec.containers;
  Object.assign(container!, {
    args: ['--model', `example/Model-${(index % 9) + 1}B`],
    env: Array.from({ length: 40 }, (_, line) => ({ name: `VARIABLE_${line}`, value: `value ${line}` })),
  });
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `u${index}`,
      kind: { kind: object.kind },
      namespace: 'research',
      operation: 'CREATE',
      userInfo: { username: 'ada' },
      object,
    },
  });
}

const built = buildCli();

const YES = `
const { createServer } = require('node:https');
const { readFileSync } = require('node:fs');
const [port, folder] = process.argv.slice(1);
createServer({ cert: readFileSync(folder + '/tls.crt'), key: readFileSync(folder + '/tls.key') }, (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { request: { uid } } = JSON.parse(Buffer.concat(chunks));
    response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, allowed: true } }));
  });
}).listen(Number(port), '127.0.0.1', () => console.error('https://'));`;

function start(words: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  return new Promise((resolve, reject) => {
    child.stderr!.on('data', (text: Buffer) => text.toString().includes('https://') && resolve(child));
    child.once('close', (code) => reject(new Error(`ended with ${code}`)));
  });
}

/** The least of each over the rounds, which says what the server takes where others use the machine too. */
async function measure(what: string, port: number): Promise<number> {
  const authority = readFileSync(join(folder, '.tare/admission/ca.crt'), 'utf8');
  const lowest = { p50: Number.POSITIVE_INFINITY, p99: Number.POSITIVE_INFINITY };
  const worst = { p99: 0, failed: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await postReviews({ port, authority, count: count / ROUNDS, perSecond, bodyOf: review });
    const times = answers.map(({ milliseconds }) => milliseconds);
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    lowest.p50 = Math.min(lowest.p50, p50);
    lowest.p99 = Math.min(lowest.p99, p99);
    worst.p99 = Math.max(worst.p99, p99);
    worst.failed += answers.filter(({ status }) => status !== 200).length;
  }
  console.log(
    `${what.padEnd(44)}${lowest.p50.toFixed(2).padStart(8)} ms${lowest.p99.toFixed(2).padStart(9)} ms${worst.p99.toFixed(1).padStart(9)} ms   ${worst.failed} failed`,
  );
  return lowest.p99;
}

/** As the webhook itself counted: from the request to its answer, without what the caller and the network add. */
async function sharesOf(port: number): Promise<string> {
  const ca = readFileSync(join(folder, '.tare/admission/ca.crt'));
  const text = await new Promise<string>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/metrics', ca }, (response) => {
      let said = '';
      response.on('data', (chunk) => (said += chunk));
      response.on('end', () => resolve(said));
    }).on('error', reject);
  });
  const count = (name: string) =>
    Number(new RegExp(`^tare_admission_seconds_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  const share = (bound: string) =>
    `${((100 * count(`bucket{le="${bound}"}`)) / count('count')).toFixed(2)} % within ${Number(bound) * 1000} ms`;
  return `inside the webhook: ${['0.001', '0.005', '0.01', '0.05'].map(share).join(', ')}`;
}

/** The webhook may be asking just now. */
async function hold(): Promise<Store> {
  for (;;) {
    try {
      return await openStore(`duckdb:${store}`);
    } catch (error) {
      if ((error as { code?: string }).code !== 'store-in-use') throw error;
      await sleep(200);
    }
  }
}

const ROUNDS = 5;

/** The work of one review alone, in CPU time, which others on the machine do not change: reading, judging by nine policies and two budgets, writing. */
async function cpuOfReview(): Promise<string> {
  const config = loadConfig({ path: undefined, directory: folder, environment: {}, usesSources: false });
  const clock = { nowMs: () => Date.now() };
  const { parts, reader } = await composeCheck({
    config,
    directory: folder,
    clock,
    readInput: async () => '',
  });
  const journal = { add: () => {}, dropped: () => 0, read: async () => [], close: async () => {} };
  const admission = createAdmission({
    ...{ check: parts, reader, clock, journal, isDryRun: false, isFailClosed: false, expectsLedger: true },
    say: () => {},
    onBug: (error) => {
      throw error;
    },
  });
  const bodies = Array.from({ length: 1_000 }, (_, index) => review(index));
  const judge = () => bodies.map((body) => JSON.stringify(admission.review(JSON.parse(body))));
  judge();
  const { cpuMs } = least([
    await measured(async () => judge()),
    await measured(async () => judge()),
    await measured(async () => judge()),
  ]);
  return `one review: ${(cpuMs / bodies.length).toFixed(3)} ms of CPU time`;
}

const port = await freePort();
const words = [
  '--port',
  String(port),
  '--self-signed',
  '--url',
  `https://127.0.0.1:${port}/admit`,
  '--every',
  '10s',
];
const webhook = await start([built.entry, 'admission', ...words]);
const yesPort = await freePort();
const yes = await start(['-e', YES, String(yesPort), join(folder, '.tare/admission')]);

console.log(
  `${count} reviews of ${(review(0).length / 1024).toFixed(1)} KiB, ${perSecond} a second, in ${ROUNDS} rounds, of which the least; load average ${loadavg()[0]!.toFixed(1)}`,
);
console.log(`${''.padEnd(44)}${'p50'.padStart(11)}${'p99'.padStart(12)}${'worst p99'.padStart(12)}`);
console.log(await cpuOfReview());
await measure('(warming up, a server that says yes)', yesPort);
const bare = await measure('a server that says yes', yesPort);
const none = await measure('no store', port);
await (await hold()).close();
await sleep(12_000);
const well = await measure('the store asked every ten seconds', port);
const holder = await hold();
await measure('the store locked by another process', port);
await holder.close();
rmSync(store);
await measure('the store gone', port);
console.log(
  `p99 ${(well / bare).toFixed(2)} × the server that says yes; without a store ${(none / bare).toFixed(2)} ×`,
);
console.log(await sharesOf(port));
for (const child of [webhook, yes]) {
  const ended = new Promise((resolve) => child.removeAllListeners('close').once('close', resolve));
  child.kill();
  await ended;
}
rmSync(folder, { recursive: true });
built.remove();
