import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TareError } from '../app/errors.ts';
import { type Config, loadConfig } from './load-config.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tare-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const ENVIRONMENT = { PROMETHEUS_URL: 'http://prometheus:9090', TOKEN: 'open-sesame', EMPTY: '' };

function load(text: string): Config {
  writeFileSync(join(directory, 'tare.yaml'), text);
  return loadConfig({ path: undefined, directory, environment: ENVIRONMENT, usesSources: true });
}

function failure(text: string): TareError {
  try {
    load(text);
  } catch (error) {
    if (error instanceof TareError) return error;
    throw error;
  }
  throw new Error('expected a mistake');
}

describe('loadConfig', () => {
  it('needs no file', () => {
    const config = loadConfig({ path: undefined, directory, environment: {}, usesSources: true });
    expect(config).toMatchObject({
      path: null,
      store: 'duckdb:.tare/tare.duckdb',
      settings: { currency: 'USD', shared: 'proportional', maxHoldIntervals: 2, exchangeRates: {} },
      sources: [],
      server: { host: '127.0.0.1', port: 4680, tokenHashes: [] },
    });
  });

  it('reads what endpoints earn, exactly', () => {
    const config = load(`
revenue:
  - { endpoint: chat, per1kRequests: 0.90 }
  - { endpoint: chat, model: big, per1kRequests: 1.10, from: 2026-10-01 }
`);
    expect(config.settings.revenues).toEqual([
      { endpoint: 'chat', model: null, fromMs: 0, per1kRequestsPicos: 900_000_000_000n },
      { endpoint: 'chat', model: 'big', fromMs: Date.UTC(2026, 9), per1kRequestsPicos: 1_100_000_000_000n },
    ]);
    expect(failure('revenue:\n  - { endpoint: chat, per1kRequests: 1, from: soon }\n').message).toContain(
      'tare.yaml:2',
    );
  });

  it('reads commitments that are held, exactly', () => {
    const config = load(`
commitments:
  - { id: sp-1, name: p5 plan, provider: aws, perHour: 141.10, rate: 0.63, from: 2026-01-01, to: 2027-01-01 }
  - { id: l4, provider: google, region: us-central1, pool: serve, gpuModel: L4, gpus: 16, perGpuHour: 0.42, from: 2026-03-01 }
`);
    expect(config.settings.commitments).toEqual([
      {
        id: 'sp-1',
        name: 'p5 plan',
        provider: 'aws',
        region: null,
        pool: null,
        gpuModel: null,
        terms: { kind: 'spend', perHourPicos: 141_100_000_000_000n, ratePpm: 630_000n },
        fromMs: Date.UTC(2026, 0),
        toMs: Date.UTC(2027, 0),
      },
      {
        id: 'l4',
        name: null,
        provider: 'google',
        region: 'us-central1',
        pool: 'serve',
        gpuModel: 'L4',
        terms: { kind: 'resource', gpus: 16, perGpuHourPicos: 420_000_000_000n },
        fromMs: Date.UTC(2026, 2),
        toMs: null,
      },
    ]);
  });

  it.each([
    ['perHour: 5, gpus: 4, gpuModel: L4, perGpuHour: 1', 'says both how many GPUs and how much money'],
    ['name: nothing', 'says neither how many GPUs nor how much money'],
    ['gpus: 4, perGpuHour: 1', 'does not say how many, which, and at what price'],
    ['gpus: 4, gpuModel: L4, perGpuHour: 1, rate: 0.5', 'of no use beside gpus'],
    ['perHour: 5, rate: 1.5', 'not above 0 and at most 1'],
    ['perHour: 5, to: 2025-01-01', 'ends before it begins'],
    [
      'perHour: 5 }\n  - { id: x, provider: aws, from: 2026-01-01, perHour: 5',
      'two commitments are called "x"',
    ],
  ])('says where a commitment is wrong: %s', (text, message) => {
    const thrown = failure(`commitments:\n  - { id: x, provider: aws, from: 2026-01-01, ${text} }\n`);
    expect(thrown.message).toContain('tare.yaml:');
    expect(thrown.message).toContain(message);
    expect(thrown.message).toContain('commitment');
  });

  it('reads every section', () => {
    const config = load(`
currency: EUR
store: duckdb:data/ledger.duckdb
sources:
  - { kind: prometheus, name: prod, url: "\${PROMETHEUS_URL}", bearerToken: "\${TOKEN}", step: 30s }
  - { kind: focus, path: bills/*.parquet }
owners:
  team: [label:team, namespace]
  cost-centre: [tag:CostCentre]
shared: even
rates: { USD: 0.10000000000000000001 }
ledger: { maxHoldIntervals: 1 }
retention: { samples: 90d }
prices: { contracts: contract.csv }
server: { host: 0.0.0.0, port: 8080, tokens: ["\${TOKEN}"] }
budgets:
  - { name: search, team: search, monthly: 150000, warn: 0.8 }
policies:
  - { rule: allowed-gpu, team: research, models: [L4, T4] }
  - { rule: max-idle, kind: notebook, for: 2h }
`);
    expect(config.sources[0]).toMatchObject({ url: 'http://prometheus:9090', bearerToken: 'open-sesame' });
    expect(config.settings.owners).toMatchObject({
      team: ['label:team', 'namespace'],
      'cost-centre': ['tag:CostCentre'],
    });
    expect(config.settings.owners['model']).toBeDefined();
    expect(config.settings.exchangeRates).toEqual({ USD: '0.10000000000000000001' });
    expect(config.settings.keepSamplesMs).toBe(90 * 86_400_000);
    expect(config.server.tokenHashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(config.budgets).toEqual([
      {
        name: 'search',
        scope: { team: 'search' },
        period: 'monthly',
        limitPicos: 150_000n * 10n ** 12n,
        warn: 0.8,
        of: 'total',
        isSoft: false,
      },
    ]);
    expect(config.policies.map(({ name, scope, rule }) => ({ name, scope, rule }))).toEqual([
      {
        name: 'allowed-gpu',
        scope: { owner: { team: ['research'] }, kinds: [] },
        rule: { rule: 'allowed-gpu', models: ['L4', 'T4'] },
      },
      {
        name: 'max-idle',
        scope: { owner: {}, kinds: ['notebook'] },
        rule: { rule: 'max-idle', hours: 2 },
      },
    ]);
  });

  it.each([
    ['unknown key', 'curency: USD\n', '1:1', 'unknown key "curency"', 'did you mean currency?'],
    [
      'unknown kind',
      'sources:\n  - kind: prometeus\n',
      '2:11',
      'unknown source kind "prometeus"',
      'did you mean prometheus? kinds: prometheus, nvidia-smi, ',
    ],
    [
      'unknown key of a source',
      'sources:\n  - { kind: focus, pth: x }\n',
      '2:5',
      '"path" is missing',
      'add path: …',
    ],
    [
      'key beside the right ones',
      'sources:\n  - { kind: focus, path: x, mapp: {} }\n',
      '2:29',
      'unknown key "mapp"',
      'did you mean map?',
    ],
    [
      'wrong choice',
      'shared: proportionl\n',
      '1:9',
      'shared cannot be "proportionl"',
      'did you mean proportional?',
    ],
    [
      'wrong type',
      'server:\n  port: high\n',
      '2:9',
      'server.port is not what was expected: "high"',
      'expected number',
    ],
    [
      'decimal comma',
      'rates:\n  EUR: 1,08\n',
      '2:8',
      'rates.EUR is not what was expected: "1,08"',
      'such as 1.08',
    ],
    [
      'samples kept for less than a month of replays',
      'retention: { samples: 7d }\n',
      '1:23',
      'retention.samples is not what was expected: "7d"',
      'keep samples for 35d at least',
    ],
    ['lower-case currency', 'rates: { eur: 1.08 }\n', '1:10', 'unexpected key "eur"', 'three-letter'],
    ['not YAML', 'sources: [\n', '2:1', 'this is not valid YAML', 'each key once'],
    [
      'twice the same key',
      'shared: even\nshared: none\n',
      '2:1',
      'this is not valid YAML: Map keys must be unique',
      'each key once',
    ],
    [
      'missing variable',
      'sources:\n  - kind: prometheus\n    url: "${NOWHERE}"\n',
      '3:10',
      'the environment variable NOWHERE is not set',
      'set NOWHERE',
    ],
    [
      'empty variable',
      'store: "${EMPTY}"\n',
      '1:8',
      'the environment variable EMPTY is not set',
      'set EMPTY',
    ],
    [
      'missing file',
      'store: file:nowhere\n',
      '1:8',
      'cannot read the file nowhere: ENOENT',
      'write the secret there',
    ],
    [
      'same name twice',
      'sources:\n  - { kind: prometheus, url: a }\n  - { kind: prometheus, url: b }\n',
      '3:5',
      'two live sources are named "prometheus"',
      'name: prod',
    ],
    [
      'unknown policy',
      'policies:\n  - { rule: max-idel, for: 2h }\n',
      '2:13',
      'unknown rule "max-idel"',
      'did you mean max-idle?',
    ],
    ['a list for the file', '- a\n', '1:1', 'the file is not what was expected', 'expected object'],
  ])('names the place of a mistake: %s', (_, text, position, message, remedy) => {
    const error = failure(text);
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(`tare.yaml:${position}  ${message}`);
    expect(error.remedy).toContain(remedy);
  });

  it.each([
    ['server: { tokens: [hunter2] }'],
    ['sources: [{ kind: prometheus, url: x, bearerToken: hunter2 }]'],
    ['sources: [{ kind: prometheus, url: x, headers: { Authorization: hunter2 } }]'],
    ['sources: [{ kind: prometheus, url: "http://user:hunter2@host" }]'],
  ])('refuses a secret in the file and does not repeat it: %s', (text) => {
    const error = failure(text);
    expect(error.message).toContain('must not stand in the file');
    expect(`${error.message} ${error.remedy}`).not.toContain('hunter2');
  });

  it('does not print what a variable holds', () => {
    const error = failure('server:\n  port: "${TOKEN}"\n');
    expect(error.message).toContain('"${TOKEN}"');
    expect(`${error.message} ${error.remedy}`).not.toContain('open-sesame');
  });

  it('reads a secret from a file beside it', () => {
    writeFileSync(join(directory, 'token'), 'from-file\n');
    expect(load('sources: [{ kind: prometheus, url: x, bearerToken: file:token }]').sources[0]).toMatchObject(
      {
        bearerToken: 'from-file',
      },
    );
  });

  it('says that a named file is not there', () => {
    expect(() => loadConfig({ path: 'other.yaml', directory, environment: {}, usesSources: true })).toThrow(
      /other\.yaml {2}there is no such file/,
    );
  });

  it('does without the secrets of sources and server where neither is used', () => {
    const text =
      'sources: [{ kind: prometheus, url: "${NOWHERE}" }]\nserver: { tokens: [file:nowhere] }\ncurrency: EUR\n';
    writeFileSync(join(directory, 'tare.yaml'), text);
    const config = loadConfig({ path: undefined, directory, environment: {}, usesSources: false });
    expect(config).toMatchObject({ settings: { currency: 'EUR' }, sources: [], server: { tokenHashes: [] } });
    expect(() => load(text)).toThrow('NOWHERE is not set');
  });

  it('takes an empty file', () => {
    expect(load('# nothing yet\n').sources).toEqual([]);
  });
});
