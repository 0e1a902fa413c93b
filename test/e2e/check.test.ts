import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { BudgetReport } from '../../src/app/results/budgets.ts';
import type { CheckReport } from '../../src/app/results/check.ts';
import { BROKEN_YAML, CHART_TEMPLATE } from '../support/broken-manifests.ts';
import { runTare } from '../support/start-tare.ts';

/** The gate as a pipeline starts it: a process in a repository, with a configuration and sample manifests. */
const SAMPLES = fileURLToPath(new URL('../samples/launches', import.meta.url));
const SLOW = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-check-'));
  cpSync(SAMPLES, folder, { recursive: true });
  writeFileSync(join(folder, 'k8s/chart.yaml'), CHART_TEMPLATE);
  writeFileSync(join(folder, 'k8s/broken.yaml'), BROKEN_YAML);
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const tare = (words: string) => runTare(folder, words.split(' '));
const git = (...words: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...words], { cwd: folder });

/** H100 at $4 an hour, and a few rules. */
const CONFIG = `
prices:
  contracts:
    - { gpuModel: H100, price: 4.00, unit: gpu-hour, from: 2020-01-01 }
    - { gpuModel: A100, price: 2.00, unit: gpu-hour, from: 2020-01-01 }
budgets:
  - { name: company, monthly: 900000 }
  - { name: search, team: search, monthly: 100000 }
policies:
  - { rule: allowed-gpu, team: research, models: [A100, L4] }
  - { rule: require-autoscaling, kind: inference }
  - { rule: required-tags, required: [team], severity: warning }
`;

describe('the exit code', () => {
  beforeAll(() => write('tare.yaml', CONFIG));

  it(
    'is 3 for a violation, which has its file, line, price and fix',
    async () => {
      const { code, stdout } = await tare('check k8s/search-llm.yaml --json');
      expect(code).toBe(3);
      const report = JSON.parse(stdout) as CheckReport;
      expect(report.violations).toEqual([
        {
          file: 'k8s/search-llm.yaml',
          line: 15,
          launch: 'search-llm',
          rule: 'require-autoscaling',
          policy: 'require-autoscaling',
          severity: 'error',
          message: 'it runs 3 replicas whatever the load is',
          fix: 'add a HorizontalPodAutoscaler or a KEDA ScaledObject for it, or minReplicas and maxReplicas',
          // 3 × 4 GPUs × 730 hours × $4
          estimatedCost: '35040.00',
          estimatedCostPer: 'month',
          isNew: true,
        },
      ]);
      expect(report.launches[0]).toMatchObject({
        owner: { team: 'search', environment: 'production', model: 'llama-70b' },
        size: '12 × H100-SXM5-80GB',
        costPerHour: { low: '48.00', expected: '48.00', high: '48.00' },
        costPerRun: null,
        priceSource: 'contract',
        budget: 'search',
      });
      expect(report).toMatchObject({ files: 1, base: null, changes: [], unreadable: [], budgets: null });
    },
    SLOW,
  );

  it(
    'is 0 without one, and for warnings',
    async () => {
      const { code, stdout } = await tare('check slurm/sweep.sh');
      expect(code).toBe(0);
      expect(stdout).toContain(
        'slurm/sweep.sh:2  sweep   32 × H100-SXM5-80GB  at most $192.00 a run (time limit 1.5 h)',
      );
      expect(stdout).toContain(
        'slurm/sweep.sh:2  required-tags  warning: sweep: a label or tag is missing: team',
      );
      expect(stdout).toContain('0 violations, 1 warning, 0 policies passed, 1 launch in 1 file');
    },
    SLOW,
  );

  it(
    'is 4 for a manifest that cannot be read, and the others are judged',
    async () => {
      const { code, stdout } = await tare('check k8s/chart.yaml k8s/broken.yaml sky/train.yaml --json');
      expect(code).toBe(4);
      const report = JSON.parse(stdout) as CheckReport;
      expect(report.unreadable.map(({ file, where }) => [file, where])).toEqual([
        ['k8s/chart.yaml', 'k8s/chart.yaml:4'],
        ['k8s/broken.yaml', 'k8s/broken.yaml:4:1'],
      ]);
      expect(report.launches).toHaveLength(1);
    },
    SLOW,
  );

  it(
    'is 2 for what is not understood',
    async () => {
      expect(await tare('check')).toMatchObject({ code: 2 });
      expect(await tare('report ledger --format sarif')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('only tare check prints SARIF'),
      });
      expect((await tare('check nowhere.yaml')).stderr).toContain('there is no such file');
    },
    SLOW,
  );

  it(
    'is 0 when nobody wants to be stopped',
    async () => {
      expect((await tare('check k8s/search-llm.yaml --exit-zero')).code).toBe(0);
    },
    SLOW,
  );
});

describe('the formats', () => {
  beforeAll(() => write('tare.yaml', CONFIG));

  it(
    'are SARIF 2.1.0, which code hosts show beside the lines',
    async () => {
      const { code, stdout } = await tare('check k8s sky --format sarif');
      expect(code).toBe(3);
      const log = JSON.parse(stdout) as SarifLog;
      expect(log.version).toBe('2.1.0');
      const [run] = log.runs;
      const ids = run!.tool.driver.rules.map(({ id }) => id);
      for (const result of run!.results) {
        expect(ids[result.ruleIndex]).toBe(result.ruleId);
        expect(['error', 'warning']).toContain(result.level);
        const { artifactLocation, region } = result.locations[0]!.physicalLocation;
        const lines = read(artifactLocation.uri).split('\n');
        expect(region.startLine).toBeGreaterThanOrEqual(1);
        expect(region.startLine).toBeLessThanOrEqual(lines.length);
      }
      expect(run!.results.length).toBeGreaterThan(3);
      const [invocation] = run!.invocations;
      expect(invocation!.executionSuccessful).toBe(false);
      expect(invocation!.toolExecutionNotifications).toHaveLength(2);
    },
    SLOW,
  );

  it(
    'are an admission policy of what needs no state',
    async () => {
      const { code, stdout, stderr } = await tare('check --emit-admission-policy');
      expect(code).toBe(0);
      const documents = parseAllDocuments(stdout).map(
        (document) => document.toJS() as Record<string, unknown>,
      );
      expect(documents.map(({ kind }) => kind)).toEqual([
        'ValidatingAdmissionPolicy',
        'ValidatingAdmissionPolicyBinding',
        'ValidatingAdmissionPolicy',
        'ValidatingAdmissionPolicyBinding',
      ]);
      expect(stderr).toContain('not in it: require-autoscaling');
    },
    SLOW,
  );
});

type SarifPlace = { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } };
type SarifLog = {
  version: string;
  runs: {
    tool: { driver: { rules: { id: string }[] } };
    invocations: { executionSuccessful: boolean; toolExecutionNotifications: unknown[] }[];
    results: { ruleId: string; ruleIndex: number; level: string; locations: SarifPlace[] }[];
  }[];
};

describe('against a base', () => {
  beforeAll(() => {
    write('tare.yaml', CONFIG);
    rmSync(join(folder, 'k8s/chart.yaml'));
    rmSync(join(folder, 'k8s/broken.yaml'));
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-qm', 'base');
    git('switch', '-qc', 'change');
  });

  it(
    'is silent when nothing changed',
    async () => {
      write('notes.txt', 'nothing to do with GPUs');
      const { code, stdout } = await tare('check k8s slurm --base main --format markdown');
      expect(stdout).toBe('');
      expect(code).toBe(3); // what was wrong before is wrong still
    },
    SLOW,
  );

  it(
    'shows what changed, in a comment that can be found again',
    async () => {
      write('k8s/search-llm.yaml', read('k8s/search-llm.yaml').replace('replicas: 3', 'replicas: 5'));
      write(
        'k8s/new.yaml',
        read('k8s/finetune.yaml').replace('finetune-', 'more-').replace('nvidia-tesla-a100', 'H100'),
      );
      rmSync(join(folder, 'slurm/sweep.sh'));
      git('switch', '-q', 'main');
      write('k8s/others.yaml', 'title: what others did since is no part of this branch\n');
      git('add', 'k8s/others.yaml');
      git('commit', '-qm', 'others');
      git('switch', '-q', 'change');
      const { stdout } = await tare('check k8s slurm --base main --format markdown --tag gpu/prod');
      const lines = stdout.split('\n');
      expect(lines[0]).toBe('<!-- tare-check:gpu-prod -->');
      // 2 more replicas of 4 GPUs; 16 more of a run of 4 hours, less 32 of 1.5 hours.
      expect(lines[2]).toBe('**GPU cost will rise by $23,360.00 a month and rise by $64.00 a run**');
      expect(stdout).toContain(
        '| search-llm | 12 × H100-SXM5-80GB → 20 × H100-SXM5-80GB | +$23,360.00 a month |',
      );
      expect(stdout).toContain('| sweep | removed: 32 × H100-SXM5-80GB | −$192.00 a run |');
      expect(stdout).toContain('| more | new: 16 × H100-SXM5-80GB or L4-24GB | +$256.00 a run |');
      expect(stdout).toContain('`k8s/new.yaml:21` **allowed-gpu** more: H100-SXM5-80GB is not allowed here');
      expect(stdout).not.toContain('`k8s/kubeflow.yaml'); // not new
    },
    SLOW,
  );

  it(
    'counts only what is added against a budget',
    async () => {
      write('tare.yaml', CONFIG.replace('monthly: 100000', 'monthly: 1'));
      const unchanged = JSON.parse(
        (await tare('check k8s/embedder.yaml --base main --json')).stdout,
      ) as CheckReport;
      expect(unchanged.violations).toEqual([]);
      const changed = JSON.parse(
        (await tare('check k8s/search-llm.yaml --base main --json')).stdout,
      ) as CheckReport;
      expect(changed.violations.find(({ rule }) => rule === 'budget')).toMatchObject({
        policy: 'search',
        line: 15,
        message: expect.stringMatching(
          /^the change adds \$[\d,.]+ until .*; budget search is \$1\.00, and no ledger/,
        ),
      });
    },
    SLOW,
  );

  it(
    'needs a commit that git knows',
    async () => {
      const { code, stderr } = await tare('check k8s --base nowhere');
      expect([code, stderr.split('\n')[0]]).toEqual([
        4,
        expect.stringContaining('git knows no commit "nowhere"'),
      ]);
    },
    SLOW,
  );
});

describe('with a ledger', () => {
  const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

  beforeAll(async () => {
    write('tare.yaml', CONFIG.replace('monthly: 100000', 'yearly: 50'));
    write(
      'capacity.csv',
      `device,node,gpuModel,start,end,provider\ngpu-a,n,H100,${hour(-12)},${hour(-1)},aws\n`,
    );
    write(
      'runs.csv',
      [
        'run,name,team,state,device,start,end',
        ...[2, 4, 6].map(
          (hours, index) => `r${index},pretrain-7b,search,completed,gpu-a,${hour(-12)},${hour(-12 + hours)}`,
        ),
      ].join('\n'),
    );
    expect(await tare('import capacity.csv --kind capacity')).toMatchObject({ code: 0 });
    expect(await tare('import runs.csv --kind runs')).toMatchObject({ code: 0 });
  }, SLOW);

  it(
    'prices a run by those that were like it',
    async () => {
      const { stdout } = await tare('check slurm/train.sbatch --json');
      const [launch] = (JSON.parse(stdout) as CheckReport).launches;
      expect(launch!.hours).toEqual({
        low: expect.closeTo(2, 6),
        expected: expect.closeTo(4, 6),
        high: expect.closeTo(6, 6),
        basis: 'past_runs',
        detail: 'median of 3 past runs of the same name',
      });
      // 32 A100 × $2 × 2, 4 and 6 hours
      expect(launch!.costPerRun).toEqual({ low: '128.00', expected: '256.00', high: '384.00' });
    },
    SLOW,
  );

  it(
    'asks none when told so',
    async () => {
      const { stdout } = await tare('check slurm/train.sbatch --offline');
      expect(stdout).toContain('time limit 36 h');
      expect(stdout).toContain('No ledger was asked');
    },
    SLOW,
  );

  it(
    'shows budgets, and exits 3 when one is over',
    async () => {
      const shown = await tare('budget --json');
      expect(shown.code).toBe(0);
      const report = JSON.parse(shown.stdout) as BudgetReport;
      expect(report.rows.map(({ name, state }) => [name, state])).toEqual([
        ['company', 'fine'],
        ['search', 'fine'],
      ]);
      write('tare.yaml', CONFIG.replace('monthly: 100000', 'yearly: 20'));
      const over = await tare('budget --check');
      expect(over.code).toBe(3);
      expect(over.stdout).toMatch(/BUDGET .* STATE/);
      expect(over.stdout).toMatch(/ {2}search .* over by \d+\.\d\d/);
      const { stdout } = await tare('check sky/serve.yaml --json');
      expect((JSON.parse(stdout) as CheckReport).budgets).toMatchObject([{ name: 'company' }]);
    },
    SLOW,
  );
});
