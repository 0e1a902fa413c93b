import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertReport } from '../../src/app/results/alerts.ts';
import { DAY_MS, formatInstant, HOUR_MS } from '../../src/domain/time/window.ts';
import { runTare, startTare } from '../support/start-tare.ts';

/** Alerts as a user has them: a folder with a configuration, a server that runs, and someone who is told. */
const SLOW = 120_000;

let folder: string;
let server: Server;
const received: { type: string; alerts: { key: string; event: string }[] }[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tare-alerts-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      received.push(JSON.parse(body));
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const from = formatInstant(now - 40 * DAY_MS);
  writeFileSync(join(folder, 'capacity.csv'), `device,start,gpuModel,node\ngpu-1,${from},H100,n1\n`);
  writeFileSync(
    join(folder, 'tare.yaml'),
    `sources:
  - { kind: capacity, path: capacity.csv }
prices:
  contracts:
    - { gpuModel: H100, price: 4.00, unit: gpu-hour, from: 2020-01-01, lifecycle: owned }
    - { gpuModel: H100, price: 4.00, unit: gpu-hour, from: 2020-01-01 }
budgets:
  - { name: everything, yearly: 10 }
notify:
  - { kind: webhook, name: hook, url: "http://127.0.0.1:${port}/" }
`,
  );
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const tare = (words: string) => runTare(folder, words.split(' '));

describe('tare up', () => {
  it(
    'tells of what is wrong once, also after it was killed and started again',
    async () => {
      const first = await startTare(folder);
      await until(() => received.length > 0);
      const listed = await tare('alerts --json');
      expect(listed.code).toBe(0);
      const report = JSON.parse(listed.stdout) as AlertReport;
      expect(report.rows).toMatchObject([
        {
          kind: 'budgetOver',
          severity: 'critical',
          endedAt: null,
          told: [{ recipient: 'hook', state: 'sent' }],
        },
      ]);
      await first.kill();
      const second = await startTare(folder);
      await sleep(4_000);
      await second.stop();
      const told = received.flatMap(({ alerts }) => alerts.map(({ event, key }) => `${event} ${key}`));
      expect(told).toEqual(['firing budgetOver/everything']);
    },
    SLOW,
  );
});

describe('tare alerts', () => {
  it(
    'test sends a message, and says to whom it can',
    async () => {
      const sent = await tare('alerts test hook');
      expect(sent).toMatchObject({ code: 0, stdout: '1 message sent\n' });
      expect(received.at(-1)).toMatchObject({ type: 'test' });
      const unknown = await tare('alerts test nobody');
      expect(unknown.code).toBe(2);
      expect(unknown.stderr).toContain('there are: hook');
    },
    SLOW,
  );

  it(
    'is a table of what goes on',
    async () => {
      const { code, stdout } = await tare('alerts');
      expect(code).toBe(0);
      expect(stdout).toContain('The budget everything is spent');
      expect(stdout).toContain('hook');
    },
    SLOW,
  );
});

describe('tare anomalies and tare forecast', () => {
  it(
    'answer over a short ledger, too',
    async () => {
      const anomalies = await tare('anomalies --check');
      expect(anomalies.code).toBe(0);
      expect(anomalies.stderr).toContain('Nothing out of the ordinary');
      const forecast = await tare('forecast --json');
      expect(JSON.parse(forecast.stdout)).toMatchObject({ period: 'monthly', total: { owner: null } });
      const judged = await tare('anomalies judge cost/team/search@2026-10-09T08 --as expected');
      expect(judged.code).toBe(4);
      expect(judged.stderr).toContain('TARE-4029');
    },
    SLOW,
  );
});

async function until(isTrue: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 400 && !isTrue(); attempt++) await sleep(100);
  expect(isTrue()).toBe(true);
}
