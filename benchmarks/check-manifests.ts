/**
 * How long `tare check` works on a repository of manifests, beside what parsing their YAML alone takes. The manifests are generated: services,
 * jobs of several kinds and scripts, some with a violation. Prints; see benchmarks/README.md.
 *
 *   npx tsx benchmarks/check-manifests.ts [files] [rounds]
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { checkLaunches } from '../src/app/check/check-launches.ts';
import { composeCheck } from '../src/compose.ts';
import { loadConfig } from '../src/config/load-config.ts';

const files = Number(process.argv[2] ?? 200);
const rounds = Number(process.argv[3] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'tare-check-benchmark-'));

const CONFIG = `budgets: [{ name: company, monthly: 500000 }]
policies:
  - { rule: allowed-gpu, team: research, models: [A100, L4] }
  - { rule: max-gpus, gpus: 64, perNode: 8 }
  - { rule: require-spot, kind: training }
  - { rule: forbid-spot, kind: inference }
  - { rule: require-autoscaling }
  - { rule: required-tags, required: [team] }
  - { rule: oversized-gpu }
  - { rule: max-cost, perRun: 500 }
  - { rule: expression, name: small dev, deny: "gpus > 8 and environment == 'dev'" }
`;

function deployment(index: number): string {
  return `apiVersion: v1
kind: ConfigMap
metadata: { name: settings-${index} }
data:
${Array.from({ length: 30 }, (_, line) => `  key-${line}: "value ${line}"`).join('\n')}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-${index}
  namespace: search
  labels: { team: search, env: ${index % 2 === 0 ? 'dev' : 'production'} }
spec:
  replicas: ${(index % 4) + 1}
  template:
    metadata: { labels: { app: service-${index} } }
    spec:
      nodeSelector: { node.kubernetes.io/instance-type: p5.48xlarge }
      containers:
        - name: server
          args: ["--model", "example/Model-${(index % 9) + 1}B"]
          resources: { limits: { nvidia.com/gpu: ${(index % 8) + 1}, cpu: "8", memory: 64Gi } }
          env:
${Array.from({ length: 12 }, (_, line) => `            - { name: VARIABLE_${line}, value: "${line}" }`).join('\n')}
`;
}

function script(index: number): string {
  return `#!/bin/bash\n#SBATCH -J train-${index}\n#SBATCH -A research\n#SBATCH -N 2\n#SBATCH --gres=gpu:a100:8\n#SBATCH -t 12:00:00\nsrun ./train\n`;
}

function least(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

mkdirSync(join(folder, 'manifests'));
writeFileSync(join(folder, 'tare.yaml'), CONFIG);
for (let index = 0; index < files; index++) {
  const isScript = index % 5 === 4;
  writeFileSync(
    join(folder, 'manifests', `${index}.${isScript ? 'sbatch' : 'yaml'}`),
    isScript ? script(index) : deployment(index),
  );
}

const config = loadConfig({ path: undefined, directory: folder, environment: {}, usesSources: false });
const clock = { nowMs: () => Date.now() };
const {
  files: opener,
  reader,
  parts,
} = await composeCheck({
  config,
  directory: folder,
  clock,
  readInput: async () => '',
});
const opened = (await opener.open(['manifests'])).files;
const nothing = { base: null, pastRuns: [], budgetReport: null, warnings: [], nowMs: clock.nowMs() };
const texts = opened.map(({ text }) => text);

const yamlMs = least(() => {
  for (const text of texts) parseAllDocuments(text);
});
const readMs = least(() => reader.read(opened));
const wholeMs = least(() => checkLaunches(parts, { reading: reader.read(opened), ...nothing }));
const found = checkLaunches(parts, { reading: reader.read(opened), ...nothing });

const built = join(import.meta.dirname, '..', 'dist', 'cli.js');
const isBuilt = existsSync(built);
const entry = isBuilt
  ? [built]
  : ['--import', import.meta.resolve('tsx'), join(import.meta.dirname, '..', 'src', 'cli', 'main.ts')];
const processMs = least(() => {
  execFileSync(process.execPath, [...entry, 'check', 'manifests', '--exit-zero', '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
});

const bytes = readdirSync(join(folder, 'manifests')).reduce(
  (sum, name) => sum + readFileSync(join(folder, 'manifests', name)).length,
  0,
);
console.log(
  `${opened.length} files, ${Math.round(bytes / 1024)} KiB, ${found.launches.length} launches, ${found.violations.length} violations; least of ${rounds} rounds`,
);
const line = (what: string, ms: number) =>
  console.log(`${what.padEnd(34)}${ms.toFixed(0).padStart(6)} ms   ${(ms / yamlMs).toFixed(2)} × parsing`);
line('parsing the YAML alone', yamlMs);
line('reading launches', readMs);
line('reading, pricing and judging', wholeMs);
line(isBuilt ? 'the command, from start to end' : 'the command, from its sources', processMs);
rmSync(folder, { recursive: true });
