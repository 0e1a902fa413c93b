import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { loadConfig } from './load-config.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tare-notify-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const ENVIRONMENT = { SLACK: 'https://hooks.slack.com/services/s3cret', KEY: 'k3y' };

function load(text: string, usesSources = true) {
  writeFileSync(join(directory, 'tare.yaml'), text);
  return loadConfig({ path: undefined, directory, environment: ENVIRONMENT, usesSources });
}

describe('who is told', () => {
  it('is named with secrets from outside', () => {
    const { notify } = load(
      'notify:\n  - { kind: slack, url: "${SLACK}", team: [search, ads], digest: weekly }\n  - { kind: pagerduty, routingKey: "${KEY}" }\n',
    );
    expect(notify).toMatchObject([
      { kind: 'slack', url: ENVIRONMENT.SLACK, team: ['search', 'ads'] },
      { kind: 'pagerduty', routingKey: 'k3y' },
    ]);
  });

  it('is left aside where nothing is sent, with its secrets', () => {
    expect(load('notify:\n  - { kind: slack, url: "${NOT_SET}" }\n', false).notify).toEqual([]);
  });

  test.each([
    ['notify:\n  - { kind: pigeon }\n', 'tare.yaml:2:'],
    ['notify:\n  - { kind: slack, url: "https://hooks.slack.com/services/s3cret" }\n', 'tare.yaml:2:25'],
    ['notify:\n  - { kind: pagerduty, routingKey: s3cret }\n', 'tare.yaml:2:36'],
    [
      'notify:\n  - { kind: webhook, url: "ftp://x" }\n',
      'tare.yaml:2:27  notify.0.url is not what was expected',
    ],
    ['notify:\n  - { kind: slack, url: "${NOT_SET}" }\n', 'NOT_SET is not set'],
    [
      'notify:\n  - { kind: webhook, url: "http://a" }\n  - { kind: webhook, url: "http://b" }\n',
      'two recipients are named "webhook"',
    ],
    ['notify:\n  - { kind: alertmanager, url: "http://a", digest: weekly }\n', 'digest'],
    ['alerts: { keep: 7d }\n', 'tare.yaml:1:17  alerts.keep is not what was expected: "7d"'],
    ['anomalies: { minimum: much }\n', 'tare.yaml:1:23  anomalies.minimum is not what was expected'],
  ])('a mistake says where: %j', (text, message) => {
    let thrown: unknown;
    try {
      load(text);
    } catch (error) {
      thrown = error;
    }
    expect(String((thrown as Error)?.message)).toContain(message);
    expect(String((thrown as Error)?.message)).not.toContain('s3cret');
  });
});

test('what is worth a word keeps its decimals', () => {
  expect(load('anomalies: { minimum: 250.50, share: 0.3, by: [team, environment] }\n').anomalies).toEqual({
    minimum: '250.50',
    share: 0.3,
    by: ['team', 'environment'],
  });
});
