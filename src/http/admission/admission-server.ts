import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Admission } from '../../app/admission/create-admission.ts';
import { ADMISSION_PATH } from '../../domain/governance/admission/webhook-configuration.ts';
import { describeListenError } from '../server.ts';
import type { TlsMaterial } from './tls-files.ts';

export type AdmissionServerOptions = Readonly<{
  host: string;
  port: number;
  tls: TlsMaterial;
  limits: AdmissionLimits;
  metrics: () => string;
}>;

export type AdmissionLimits = Readonly<{
  /** Of a review. An object of etcd is at most 1.5 MiB, and an update brings two of them. */
  bodyBytes: number;
  /** Until a review has to be here; a judgement takes a millisecond from then on. */
  timeMs: number;
  /** Reviews at the same time; further ones are turned away at once, so that none waits for long. */
  atOnce: number;
}>;

export const DEFAULT_ADMISSION_LIMITS: AdmissionLimits = {
  bodyBytes: 8 * 1024 * 1024,
  timeMs: 1_000,
  atOnce: 256,
};

export type AdmissionServer = Readonly<{
  port: number;
  /** Takes other certificates from now on; connections that are open keep theirs. */
  renew(tls: TlsMaterial): void;
  close(): Promise<void>;
}>;

/**
 * Takes reviews over TLS. Whatever goes wrong, the caller gets an answer or an HTTP error at once, and never waits: an API server that is told to
 * ignore failures goes on then.
 */
export async function serveAdmission(
  admission: Admission,
  { host, port, tls, limits, metrics }: AdmissionServerOptions,
): Promise<AdmissionServer> {
  let open = 0;
  const server = createServer({ ...secured(tls), keepAlive: true }, (request, response) => {
    if (request.url?.split('?')[0] !== ADMISSION_PATH) showState(request, response, metrics);
    else if (request.method !== 'POST') end(response, 405, 'reviews are posted\n');
    else if (open >= limits.atOnce) {
      admission.missed('overloaded', `more than ${limits.atOnce} reviews at once`);
      end(response, 503, 'too many reviews at once\n');
    } else {
      open += 1;
      response.once('close', () => {
        open -= 1;
      });
      takeReview(admission, request, response, limits);
    }
  });
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('tlsClientError', () => {}); // a caller without a certificate that we take, or a port scan
  await listening(server, host, port);
  server.on('error', () => {}); // too many open files: those that are open go on
  return {
    port: (server.address() as AddressInfo).port,
    renew: (renewed) => server.setSecureContext(secured(renewed)),
    close: () => closed(server),
  };
}

const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
/** API servers keep connections; a new one costs a handshake. */
const KEEP_ALIVE_MS = 120_000;

function secured({ cert, key, ca }: TlsMaterial) {
  const isMutual = ca !== undefined;
  return {
    cert,
    key,
    ...(isMutual && { ca, requestCert: true, rejectUnauthorized: true }),
    minVersion: 'TLSv1.2',
  } as const;
}

/** Reads no more than the limits allow; answers once. */
function takeReview(
  admission: Admission,
  request: IncomingMessage,
  response: ServerResponse,
  { bodyBytes, timeMs }: AdmissionLimits,
): void {
  const startedMs = performance.now();
  const chunks: Buffer[] = [];
  let size = 0;
  let isDone = false;
  const giveUp = (status: number, text: string, note: () => void) => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    note();
    response.setHeader('connection', 'close');
    end(response, status, text);
    request.destroy();
  };
  const timer = setTimeout(
    () =>
      giveUp(408, 'the review did not arrive in time\n', () =>
        admission.missed('late', `the review did not arrive within ${timeMs} ms`),
      ),
    timeMs,
  );
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > bodyBytes)
      giveUp(413, `at most ${bodyBytes} bytes are read\n`, () =>
        admission.missed('too_large', `the review has more than ${bodyBytes} bytes`),
      );
    else chunks.push(chunk);
  });
  request.on('error', () => giveUp(400, '', () => admission.missed('malformed', 'the connection broke')));
  request.on('end', () => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    const review = parse(Buffer.concat(chunks));
    const finish = () => {
      answer(admission, review, response);
      admission.answered((performance.now() - startedMs) / 1_000);
    };
    const preparing = admission.prepare(review);
    if (preparing === null) finish();
    else void withinTime(preparing, Math.max(0, timeMs - (performance.now() - startedMs))).then(finish);
  });
}

/** What was not found out by then stays unknown. */
function withinTime(work: Promise<void>, timeMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeMs);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(done, done);
  });
}

function answer(admission: Admission, review: unknown, response: ServerResponse): void {
  const answered = admission.review(review);
  if (typeof answered === 'string') end(response, 400, `${answered}\n`);
  else end(response, 200, JSON.stringify(answered), 'application/json');
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function showState(request: IncomingMessage, response: ServerResponse, metrics: () => string): void {
  const path = request.url?.split('?')[0];
  if (path === '/healthz' || path === '/readyz') end(response, 200, 'ok\n');
  else if (path === '/metrics') end(response, 200, metrics());
  else
    end(response, 404, `reviews are posted to ${ADMISSION_PATH}; there are /healthz, /readyz and /metrics\n`);
}

function end(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(describeListenError(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), CLOSING_MS).unref();
  });
}

/** For reviews that are being answered. */
const CLOSING_MS = 2_000;
