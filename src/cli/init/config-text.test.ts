import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load-config.ts';
import { configText } from './config-text.ts';
import { type Survey, survey } from './survey.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tare-init-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const NOTHING: Survey = {
  prometheus: null,
  bills: [],
  hasNvidiaSmi: false,
  hasSacct: false,
  kubeconfig: null,
};

function load(found: Survey) {
  writeFileSync(join(directory, 'tare.yaml'), configText(found));
  return loadConfig({
    path: undefined,
    directory,
    environment: { PROMETHEUS_URL: 'http://p:9090' },
    usesSources: true,
  });
}

describe('configText', () => {
  it('is a valid tare.yaml whatever was found', () => {
    expect(load(NOTHING).sources).toEqual([]);
    expect(
      load({
        prometheus: { url: 'http://p:9090', isFromEnvironment: true, answers: false },
        bills: ['bills/*.parquet', '*.csv.gz'],
        hasNvidiaSmi: true,
        hasSacct: true,
        kubeconfig: '/k',
      }).sources,
    ).toMatchObject([
      { kind: 'prometheus', url: 'http://p:9090' },
      { kind: 'slurm' },
      { kind: 'nvidia-smi' },
      { kind: 'focus', path: 'bills/*.parquet' },
      { kind: 'focus', path: '*.csv.gz' },
    ]);
  });

  it('names the variable rather than its value', () => {
    const prometheus = { url: 'http://user:secret@p', isFromEnvironment: true, answers: true };
    expect(configText({ ...NOTHING, prometheus })).not.toContain('secret');
  });

  it('has examples that are right once they are uncommented', () => {
    const text = configText(NOTHING)
      .replace('sources: []', 'sources:')
      .replace(/^# (rates|prices|server| {2}contracts)/gm, '$1')
      .replaceAll('  # - ', '  - ');
    writeFileSync(join(directory, 'tare.yaml'), text);
    const environment = { PROMETHEUS_URL: 'http://p:9090', TARE_TOKEN: 'x' };
    const config = loadConfig({ path: undefined, directory, environment, usesSources: true });
    expect(config.sources).toHaveLength(2);
    expect(config.prices.contracts).toBe('contract.csv');
    expect(config.settings.exchangeRates).toEqual({ EUR: '1.08' });
    expect(config.server.tokenHashes).toHaveLength(1);
  });
});

describe('survey', () => {
  it('finds bills by what stands in them, not by their names', async () => {
    mkdirSync(join(directory, 'exports'));
    writeFileSync(join(directory, 'exports', 'a.csv'), 'BilledCost,ChargePeriodStart\n1,2026-10-01\n');
    writeFileSync(
      join(directory, 'exports', 'b.csv.gz'),
      gzipSync('BilledCost,ChargePeriodStart\n'.repeat(9000)),
    );
    writeFileSync(join(directory, 'bill.csv'), 'name,amount\n');
    const found = await survey({ directory, environment: { PATH: '' }, signal: AbortSignal.timeout(10_000) });
    expect(found.bills).toEqual(['exports/*.csv', 'exports/*.csv.gz']);
    expect(found.hasNvidiaSmi).toBe(false);
  });
});
