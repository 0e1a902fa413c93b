import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerReport } from '../../src/app/results/results.ts';
import { prometheusIsMissing, type RunningPrometheus, startScraping } from '../support/start-prometheus.ts';
import { REPOSITORY } from './dashboard-build.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';

const missing = prometheusIsMissing();
const suite = missing === null ? describe : describe.skip;
const GRAFANA = join(REPOSITORY, 'docs/grafana');

type Dashboard = Readonly<{
  panels: readonly Readonly<{ title: string; targets: readonly Readonly<{ expr: string }>[] }>[];
}>;
type Series = Readonly<{ metric: Readonly<Record<string, string>>; value: readonly [number, string] }>;

suite(`/metrics of the demo, scraped by Prometheus${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let demo: DemoProcess;
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    demo = await startDemo();
    prometheus = await startScraping(new URL(demo.url).host);
    for (let attempt = 0; (await ask('up == 1')).length === 0 && attempt < 60; attempt += 1) await sleep(500);
  }, 120_000);
  afterAll(async () => {
    await prometheus?.stop();
    await demo?.stop();
  });

  async function ask(query: string): Promise<readonly Series[]> {
    const answer = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`);
    const body = (await answer.json()) as { status: string; error?: string; data: { result: Series[] } };
    if (body.status !== 'success') throw new Error(`${query}: ${body.error}`);
    return body.data.result;
  }

  it('is well formed', async () => {
    const text = await (await fetch(`${demo.url}/metrics`)).text();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`).toBe('');
    expect(status).toBe(0);
    expect(text.split('\n').length).toBeLessThan(1_000);
  });

  it('holds what the command line says', async () => {
    const month = new Date().toISOString().slice(0, 7);
    const said: LedgerReport = JSON.parse(
      await demo.tare('report', 'ledger', '--from', month, '--by', 'team', '--json'),
    );
    const idle = await ask('tare_gpu_cost{window="month",bucket="idle"}');
    const byTeam = new Map(idle.map(({ metric, value }) => [metric['team'], Number(value[1])]));
    for (const row of said.rows) {
      expect(byTeam.get(String(row['team']))).toBeCloseTo(Number(row.cost.idle), 6);
    }
    expect(idle.length).toBe(said.rows.length);
  });

  const dashboard = JSON.parse(readFileSync(join(GRAFANA, 'tare-overview.json'), 'utf8')) as Dashboard;
  it.each(dashboard.panels.map(({ title, targets }) => ({ title, expr: targets[0]!.expr })))(
    'answers the panel "$title"',
    async ({ expr }) => {
      expect((await ask(expr)).length).toBeGreaterThan(0);
    },
  );

  it('has alert rules that Prometheus takes', () => {
    const { status, stdout } = spawnSync('promtool', ['check', 'rules', join(GRAFANA, 'tare-alerts.yaml')], {
      encoding: 'utf8',
    });
    expect(stdout).toContain('3 rules found');
    expect(status).toBe(0);
  });
});
