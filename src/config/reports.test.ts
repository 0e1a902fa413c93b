import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { loadConfig } from './load-config.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tare-reports-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const NOTIFY = `notify:
  - { kind: webhook, url: "http://127.0.0.1/x" }
  - { kind: webhook, name: finance, url: "http://127.0.0.1/y" }
  - { kind: pagerduty, routingKey: "\${KEY}" }
reports:
`;

function load(reports: string, usesSources = true) {
  writeFileSync(join(directory, 'tare.yaml'), `${NOTIFY}${reports}`);
  return loadConfig({ path: undefined, directory, environment: { KEY: 'k' }, usesSources });
}

describe('what is sent by itself', () => {
  it('has defaults, and names by what it is', () => {
    const { reports } = load(
      `  - { kind: board, at: "0 8 1 * *", to: [finance] }
  - { kind: showback, team: search, at: "0 8 1 * *", timeZone: Europe/Berlin, formats: [pdf, csv, pdf], to: [finance, webhook] }
  - { name: by-centre, kind: chargeback, by: "tag:cost-centre", at: "@monthly", to: [webhook] }
`,
    );
    const none = { team: null, by: null, timeZone: 'UTC', formats: ['pdf'] };
    expect(reports).toEqual([
      { ...none, name: 'board', kind: 'board', at: '0 8 1 * *', to: ['finance'] },
      {
        ...none,
        name: 'showback-search',
        kind: 'showback',
        team: 'search',
        at: '0 8 1 * *',
        timeZone: 'Europe/Berlin',
        formats: ['pdf', 'csv'],
        to: ['finance', 'webhook'],
      },
      {
        ...none,
        name: 'by-centre',
        kind: 'chargeback',
        by: 'tag:cost-centre',
        at: '@monthly',
        to: ['webhook'],
      },
    ]);
  });

  it('is left aside with its recipients where nothing is sent', () => {
    expect(load('  - { kind: board, at: "0 8 1 * *", to: [finance] }\n', false).reports).toEqual([]);
  });

  test.each([
    [
      'kind: board, at: "0 8 1 * *", to: [finanse]',
      '6:',
      'nobody under notify is named "finanse"',
      'did you mean finance?',
    ],
    [
      'kind: board, at: "0 8 1 * *", to: [pagerduty]',
      '6:',
      'of kind pagerduty, which takes no documents',
      'email, slack, webhook',
    ],
    [
      'kind: board, at: "0 8 30 2 *", to: [finance]',
      '6:',
      '"0 8 30 2 *" never comes',
      'a day that the month has',
    ],
    ['kind: board, at: "8 o\'clock", to: [finance]', '6:', '"8 o\'clock" is no time', '0 8 1 * *'],
    ['kind: board, at: "*/5 * * * *", to: [finance]', '6:', 'more often than every hour', 'one minute'],
    [
      'kind: board, at: "0 8 1 * *", timeZone: Mars/Phobos, to: [finance]',
      '6:',
      'no time zone "Mars/Phobos"',
      'Europe/Berlin',
    ],
    [
      'kind: showback, at: "0 8 1 * *", to: [finance]',
      '6:',
      'a showback is about one team',
      'add team: NAME',
    ],
    [
      'kind: board, team: search, at: "0 8 1 * *", to: [finance]',
      '6:',
      'a board is about everybody',
      'take team out',
    ],
    ['kind: review, by: team, at: "0 8 1 * *", to: [finance]', '6:', 'a review is not split', 'take by out'],
    [
      'kind: chargeback, by: taem, at: "0 8 1 * *", to: [finance]',
      '6:',
      'cannot be split by "taem"',
      'did you mean team?',
    ],
    ['kind: bord, at: "0 8 1 * *", to: [finance]', '6:', 'bord', 'board'],
    ['kind: board, at: "0 8 1 * *", to: []', '6:', 'reports.0.to', '1'],
    ['kind: board, at: "0 8 1 * *", formats: [doc], to: [finance]', '6:', 'doc', 'pdf'],
    ['kind: board, to: [finance]', '6:', '"at" is missing', 'add at'],
    [
      'kind: board, at: "0 8 1 * *", to: [finance], too: [x]',
      '6:',
      'unknown key "too"',
      'keys here: name, kind, team',
    ],
  ])('a mistake says where, what and what to do: %s', (report, line, message, remedy) => {
    let thrown: Error & { remedy?: string } = new Error('nothing was thrown');
    try {
      load(`  - { ${report} }\n`);
    } catch (error) {
      thrown = error as Error;
    }
    expect(thrown.message).toContain(`tare.yaml:${line}`);
    expect(thrown.message).toContain(message);
    expect(thrown.remedy).toContain(remedy);
  });

  it('points at the word that is wrong', () => {
    expect(() => load('  - { kind: board, at: "0 8 30 2 *", to: [finance] }\n')).toThrow('tare.yaml:6:24');
    expect(() => load('  - { kind: board, at: "0 8 1 * *", to: [finance, nobody] }\n')).toThrow(
      'tare.yaml:6:51',
    );
  });

  it('cannot have two of one name', () => {
    const one = '  - { kind: board, at: "0 8 1 * *", to: [finance] }\n';
    expect(() => load(one + one)).toThrow('tare.yaml:7:5  two reports are named "board"');
  });
});

test('where people find the server has no slash at the end', () => {
  writeFileSync(join(directory, 'tare.yaml'), 'server: { publicUrl: "https://tare.example.com/" }\n');
  const options = { path: undefined, directory, environment: {} };
  expect(loadConfig({ ...options, usesSources: true }).server.publicUrl).toBe('https://tare.example.com');
  expect(loadConfig({ ...options, usesSources: false }).server.publicUrl).toBeNull();
});
