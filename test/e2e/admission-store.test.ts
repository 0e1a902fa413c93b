import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { openStore } from '../../src/stores/open-store.ts';
import { freePort } from '../support/kube-api.ts';
import { job } from '../support/kube-objects.ts';
import { postReviews } from '../support/post-reviews.ts';
import { type RunningAdmission, runTare, startAdmission } from '../support/start-tare.ts';

/** The webhook under load while its store is well, locked, slow and gone. What waits for the store would wait for half a minute; the rest is left to a machine that others use, too. */
const MOST_MS = 20_000;
const COUNT = 200;

const CONFIG = `
owners: { team: [label:team, namespace] }
budgets: [{ name: research, team: research, monthly: 1000000 }]
policies: [{ rule: max-gpus, gpus: 8 }]
`;
const USAGE = `device,node,gpuModel,time,gpuUtil
g0,n0,H100-SXM5-80GB,2026-10-01T00:00:00Z,0.5
`;

function review(index: number): string {
  const isLarge = index % 2 === 1;
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `u${index}`,
      kind: { group: 'batch', version: 'v1', kind: 'Job' },
      namespace: 'research',
      operation: 'CREATE',
      userInfo: { username: 'ada' },
      object: job(`train-${index}`, { gpus: isLarge ? 16 : 1, gpuModel: 'NVIDIA-H100-80GB-HBM3' }),
    },
  });
}

describe('the webhook under load', () => {
  let folder: string;
  let webhook: RunningAdmission;
  let port: number;
  const store = () => join(folder, '.tare/tare.duckdb');
  const metric = async (name: string) => {
    const answer = await postMetrics(port, join(folder, '.tare/admission/ca.crt'));
    return Number(
      new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(answer)?.[1] ?? Number.NaN,
    );
  };
  const post = async () => {
    const authority = readFileSync(join(folder, '.tare/admission/ca.crt'), 'utf8');
    const answers = await postReviews({ port, authority, count: COUNT, perSecond: 100, bodyOf: review });
    const reviews = answers.map(
      ({ body }) => JSON.parse(body).response as { allowed: boolean; warnings?: string[] },
    );
    return { answers, reviews };
  };
  const saysWithin = async (words: string) => {
    for (let tries = 0; tries < 300 && !webhook.said().includes(words); tries++) await sleep(100);
    expect(webhook.said()).toContain(words);
  };
  /** Every second one is too large, whatever the ledger does. */
  const expectJudged = ({ answers, reviews }: Awaited<ReturnType<typeof post>>) => {
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(reviews.map(({ allowed }) => allowed)).toEqual(reviews.map((_, index) => index % 2 === 0));
    expect(Math.max(...answers.map(({ milliseconds }) => milliseconds))).toBeLessThan(MOST_MS);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tare-admission-'));
    writeFileSync(join(folder, 'tare.yaml'), CONFIG);
    writeFileSync(join(folder, 'usage.csv'), USAGE);
    port = await freePort();
  });
  afterAll(async () => {
    await webhook?.stop();
    rmSync(folder, { recursive: true });
  });

  it('judges, and says what is missing, before there is a store', async () => {
    webhook = await startAdmission(folder, port, ['--every', '1s', '--time-limit', '20s']);
    await saysWithin('there is no store');
    const posted = await post();
    expectJudged(posted);
    expect(posted.reviews[0]?.warnings).toEqual([
      'budgets were not checked against what is spent: the ledger has not answered yet',
    ]);
    expect(await metric('tare_admission_unchecked_total{reason="ledger"}')).toBe(COUNT);
    expect(await metric('tare_admission_decisions_total{decision="unchecked"}')).toBe(COUNT / 2);
  });

  it('goes on while another process has the store locked, and hears of it once it is free', async () => {
    const imported = await runTare(folder, ['import', 'usage.csv', '--kind', 'usage']);
    expect(imported.code, imported.stderr).toBe(0);
    const holder = await hold(`duckdb:${store()}`);
    await sleep(3_000);
    expectJudged(await post());
    await holder.close();
    await saysWithin('the ledger answers: 1 budget');
    const posted = await post();
    expectJudged(posted);
    expect(posted.reviews[0]?.warnings).toBeUndefined();
  });

  it('goes on while the server of the store takes questions and never answers', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port: silentPort } = silent.address() as { port: number };
    const note = { url: `http://127.0.0.1:${silentPort}`, pid: process.pid, token: 'x' };
    writeFileSync(`${store()}.server.json`, JSON.stringify(note));
    await saysWithin('does not answer (TARE-5020');
    expectJudged(await post());
    rmSync(`${store()}.server.json`);
    silent.close();
  });

  it('goes on when the store is gone, and keeps what it let through unchecked', async () => {
    rmSync(store());
    await sleep(2_500);
    expectJudged(await post());
    const { stdout, code } = await runTare(folder, ['admission', 'log', '--unchecked', '--json']);
    expect(code).toBe(0);
    const log = JSON.parse(stdout);
    // Before there was a store, and while it was locked: by now the webhook knows what it said last.
    expect(log.uncheckedBy).toEqual({ ledger: 2 * COUNT });
    expect(log.counts).toMatchObject({ denied: (5 * COUNT) / 2, unchecked: 2 * COUNT, warned: 0 });
    expect(log.entries[0]).toMatchObject({ unchecked: 'ledger', user: 'ada' });
    expect(log).toMatchObject({ more: 2 * COUNT - 50 });
  });
});

/** The webhook may be asking just now. */
async function hold(url: string): Promise<Store> {
  for (;;) {
    try {
      return await openStore(url);
    } catch (error) {
      if ((error as { code?: string }).code !== 'store-in-use') throw error;
      await sleep(100);
    }
  }
}

async function postMetrics(port: number, caPath: string): Promise<string> {
  const { request } = await import('node:https');
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/metrics', ca: readFileSync(caPath) },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve(text));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}
