import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, test } from 'vitest';
import type { UncheckedReason } from '../../app/admission/admission-decision.ts';
import type { Admission } from '../../app/admission/create-admission.ts';
import { NOTHING_KNOWN } from '../../app/admission/ledger-memory.ts';
import { DAY_MS } from '../../domain/time/window.ts';
import { type AdmissionServer, DEFAULT_ADMISSION_LIMITS, serveAdmission } from './admission-server.ts';
import { createSelfSigned } from './self-signed.ts';
import { ensureSelfSigned, readTls } from './tls-files.ts';

const NOW = Date.now();

/** Says yes to everything; what is missed is written down. */
function yesSayer() {
  const missed: UncheckedReason[] = [];
  const say = (review: unknown) => (review === undefined ? 'this is no AdmissionReview' : { yes: true });
  const admission: Admission = {
    review: say,
    prepare: () => null,
    missed: (reason) => void missed.push(reason),
    answered: () => {},
    warmUp: () => {},
    learn: () => {},
    memory: () => NOTHING_KNOWN,
    figures: () => {
      throw new Error('nobody asks');
    },
  };
  return { admission, missed };
}

let server: AdmissionServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(
  admission: Admission,
  limits: Partial<typeof DEFAULT_ADMISSION_LIMITS> = {},
  clientAuthority?: string,
) {
  const own = createSelfSigned(['127.0.0.1'], NOW);
  server = await serveAdmission(admission, {
    host: '127.0.0.1',
    port: 0,
    tls: { cert: own.certificate, key: own.key, ca: clientAuthority },
    limits: { ...DEFAULT_ADMISSION_LIMITS, timeMs: 20_000, ...limits },
    metrics: () => 'tare_admission_seconds_count 1\n',
  });
  const { port } = server;
  return { ...own, server, ask: (given: Partial<Asked>) => ask({ port, ca: own.authority, ...given }) };
}

type Asked = Readonly<{
  port: number;
  ca: string;
  path: string;
  method: string;
  /** Sent one after the other, with a pause between. */
  parts: readonly string[];
  pauseMs: number;
  cert: string;
  key: string;
}>;

function ask({ path = '/admit', method = 'POST', parts = ['{}'], pauseMs = 0, ...rest }: Partial<Asked>) {
  return new Promise<{ status: number; text: string; serial: string }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', path, method, agent: false, ...rest }, (response) => {
      const serial = (
        response.socket as unknown as { getPeerCertificate(): { serialNumber: string } }
      ).getPeerCertificate().serialNumber;
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text, serial }));
    });
    asked.on('error', reject);
    void (async () => {
      for (const part of parts) {
        asked.write(part);
        await new Promise((done) => setTimeout(done, pauseMs));
      }
      asked.end();
    })();
  });
}

describe('the server', () => {
  it('answers reviews, its state and its figures, over TLS', async () => {
    const { ask } = await serve(yesSayer().admission);
    expect(await ask({})).toMatchObject({ status: 200, text: '{"yes":true}' });
    expect(await ask({ path: '/admit?timeout=2s' })).toMatchObject({ status: 200 });
    expect(await ask({ path: '/healthz', method: 'GET' })).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await ask({ path: '/metrics', method: 'GET' })).toMatchObject({
      text: 'tare_admission_seconds_count 1\n',
    });
    expect(await ask({ path: '/', method: 'GET' })).toMatchObject({ status: 404 });
    expect(await ask({ method: 'GET', parts: [] })).toMatchObject({ status: 405 });
  });

  it('has no answer to what is no review', async () => {
    const { ask } = await serve(yesSayer().admission);
    expect(await ask({ parts: ['{'] })).toEqual({
      status: 400,
      text: 'this is no AdmissionReview\n',
      serial: expect.any(String),
    });
  });

  it('reads no more than it may, and counts what it did not read', async () => {
    const { admission, missed } = yesSayer();
    const { ask } = await serve(admission, { bodyBytes: 1_000 });
    const large = await ask({ parts: ['x'.repeat(900), 'x'.repeat(900)] }).catch(() => ({ status: 413 }));
    expect(large.status).toBe(413);
    expect(missed).toEqual(['too_large']);
  });

  it('does not wait for a review that trickles in', async () => {
    const { admission, missed } = yesSayer();
    const { ask } = await serve(admission, { timeMs: 100 });
    const startedMs = performance.now();
    const slow = await ask({ parts: ['{', ' '], pauseMs: 5_000 }).catch(() => ({ status: 408 }));
    expect(slow.status).toBe(408);
    expect(performance.now() - startedMs).toBeLessThan(4_500);
    expect(missed).toEqual(['late']);
  });

  it('turns away at once what is too much at once', async () => {
    const { admission, missed } = yesSayer();
    const { ask } = await serve(admission, { atOnce: 2 });
    const slow = () => ask({ parts: ['{', '}'], pauseMs: 300 });
    const waiting = [slow(), slow()];
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await ask({})).status).toBe(503);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await ask({})).status).toBe(200);
    expect(missed).toEqual(['overloaded']);
  });

  it('takes another certificate while it runs', async () => {
    const { ask, server } = await serve(yesSayer().admission);
    const before = (await ask({})).serial;
    const next = createSelfSigned(['127.0.0.1'], NOW);
    server.renew({ cert: next.certificate, key: next.key, ca: undefined });
    const after = (await ask({ ca: next.authority })).serial;
    expect(after).not.toBe(before);
    await expect(ask({})).rejects.toThrow(/certificate/);
  });

  it('answers only callers with a certificate, where it was told whose', async () => {
    const caller = createSelfSigned(['api-server'], NOW);
    const { ask } = await serve(yesSayer().admission, {}, caller.authority);
    await expect(ask({})).rejects.toThrow();
    // It is a certificate of a server, which may not call.
    await expect(ask({ cert: caller.certificate, key: caller.key })).rejects.toThrow();
  });
});

describe('a certificate of our own', () => {
  test.each([['tare.tare.svc'], ['127.0.0.1'], ['::1'], ['2001:db8::ff00:42:8329']])('is for %s', (host) => {
    const { certificate, authority } = createSelfSigned([host, 'other.example'], NOW);
    const [own, root] = [new X509Certificate(certificate), new X509Certificate(authority)];
    expect(own.checkHost(host) ?? own.checkIP(host)).toBe(host);
    expect(own.checkHost('else.example')).toBeUndefined();
    expect(own.verify(root.publicKey)).toBe(true);
    expect(own.checkIssued(root)).toBe(true);
    expect([root.ca, own.ca]).toEqual([true, false]);
    expect(Date.parse(own.validTo) - NOW).toBeCloseTo(365 * DAY_MS, -4);
  });

  it('is kept, and made anew for other names or before it ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tare-tls-'));
    const made = await ensureSelfSigned(folder, ['a.example'], NOW);
    expect(made.isNew).toBe(true);
    expect(await readTls(made)).toMatchObject({ cert: expect.stringContaining('BEGIN CERTIFICATE') });
    expect(await ensureSelfSigned(folder, ['a.example'], NOW + DAY_MS)).toEqual({ ...made, isNew: false });
    expect((await ensureSelfSigned(folder, ['b.example'], NOW)).isNew).toBe(true);
    expect((await ensureSelfSigned(folder, ['b.example'], NOW + 340 * DAY_MS)).isNew).toBe(true);
    writeFileSync(made.key, 'no key');
    await expect(readTls(made)).rejects.toThrow(/cannot be used for TLS/);
    rmSync(folder, { recursive: true });
  });
});
