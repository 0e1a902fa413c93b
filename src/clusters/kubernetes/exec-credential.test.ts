import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { createKubeCluster } from './create-kube-cluster.ts';
import { createExecCredential, type ExecConfig } from './exec-credential.ts';
import { readKubeconfig } from './kube-access.ts';

const V1 = 'client.authentication.k8s.io/v1';
const NOW = Date.UTC(2026, 9, 15, 12);
let nowMs = NOW;
const clock = { nowMs: () => nowMs };
const environment = { PATH: process.env['PATH'] };
let folder: string;

beforeEach(() => {
  nowMs = NOW;
  folder = mkdtempSync(join(tmpdir(), 'tare-exec-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A plugin that counts its runs, keeps what it was told, and prints what `answer` says of the count. */
function plugin(answer: string): string {
  const path = join(folder, 'sign-in.sh');
  const script = `#!/bin/sh
echo run >> "${folder}/runs"
n=$(wc -l < "${folder}/runs" | tr -d ' ')
printf '%s' "$KUBERNETES_EXEC_INFO" > "${folder}/told"
${answer}
`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}

const runs = () => readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length;
const prints = (status: string, apiVersion = V1) =>
  `echo '{"apiVersion":"${apiVersion}","kind":"ExecCredential","status":'${status}'}'`;

function source(exec: ExecConfig, cluster: Record<string, unknown> = {}) {
  return createExecCredential(
    { apiVersion: V1, ...exec },
    { directory: folder, cluster, environment, clock },
  );
}

describe('a program that signs in', () => {
  it('is run once until its credential expires, and for all who wait', async () => {
    const command = plugin(prints(`'{"token":"t-'$n'","expirationTimestamp":"2026-10-15T13:00:00Z"}'`));
    const signIn = source({ command });
    const [one, other] = await Promise.all([signIn(), signIn()]);
    expect([one.token, other.token]).toEqual(['t-1', 't-1']);
    nowMs = NOW + 59 * 60_000;
    expect((await signIn()).token).toBe('t-1');
    expect(runs()).toBe(1);
    nowMs = NOW + 60 * 60_000;
    expect((await signIn()).token).toBe('t-2');
  });

  it('is asked again for what was refused, and otherwise never where nothing expires', async () => {
    const signIn = source({ command: plugin(prints(`'{"token":"t-'$n'"}'`)) });
    await signIn();
    nowMs += 1e12;
    expect((await signIn()).token).toBe('t-1');
    expect((await signIn(true)).token).toBe('t-2');
  });

  it('is given its arguments and environment, and the cluster where it wants that', async () => {
    plugin(prints(`'{"token":"'"$1-$REGION"'"}'`));
    const signIn = source(
      {
        command: './sign-in.sh',
        args: ['get-token'],
        env: [{ name: 'REGION', value: 'eu' }],
        provideClusterInfo: true,
      },
      { server: 'https://api.example', 'certificate-authority-data': 'Q0E=' },
    );
    expect((await signIn()).token).toBe('get-token-eu');
    expect(JSON.parse(readFileSync(join(folder, 'told'), 'utf8'))).toEqual({
      apiVersion: V1,
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        cluster: { server: 'https://api.example', 'certificate-authority-data': 'Q0E=' },
      },
    });
  });

  it('may give a certificate with its key instead of a token', async () => {
    const command = plugin(prints(`'{"clientCertificateData":"C","clientKeyData":"K"}'`));
    const { token, cert, key } = await source({ command })();
    expect([token, cert?.toString(), key?.toString()]).toEqual([undefined, 'C', 'K']);
  });

  test.each<[what: string, answer: string, code: string, message: RegExp]>([
    [
      'fails',
      'echo "please run: cloud login" >&2; exit 3',
      'refused',
      /ended with 3: please run: cloud login$/,
    ],
    ['prints no JSON', 'echo hello', 'answer-unexpected', /printed no ExecCredential in JSON$/],
    ['prints nothing', 'true', 'answer-unexpected', /printed no ExecCredential/],
    [
      'speaks another version',
      prints(`'{"token":"t"}'`, 'client.authentication.k8s.io/v1beta1'),
      'answer-unexpected',
      /printed client\.authentication\.k8s\.io\/v1beta1, and the kubeconfig says client\.authentication\.k8s\.io\/v1$/,
    ],
    ['gives nothing', prints(`'{}'`), 'answer-unexpected', /printed neither status\.token nor a certificate/],
    ['gives half', prints(`'{"clientCertificateData":"C"}'`), 'answer-unexpected', /neither status\.token/],
    [
      'expires never by an instant',
      prints(`'{"token":"secret","expirationTimestamp":"soon"}'`),
      'answer-unexpected',
      /expires at "soon", which is no instant$/,
    ],
  ])('that %s is told of, without its secrets', async (_, answer, code, message) => {
    const failure = await source({ command: plugin(answer) })().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(JSON.stringify(failure)).not.toContain('secret');
  });

  it('that is not there is told of, with the hint of the kubeconfig', async () => {
    const failure = await source({
      command: 'tare-no-such-plugin',
      installHint: 'get it from the shop',
    })().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: 'the program tare-no-such-plugin, which signs in to the cluster, is not there',
      remedy: 'get it from the shop',
    });
  });

  test.each<[ExecConfig, RegExp]>([
    [{ apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'x' }, /speaks ".*v1alpha1"/],
    [{ command: 'x', interactiveMode: 'Always' }, /wants to ask a person/],
    [{}, /none is named/],
  ])('%j is refused before it is run', (exec, message) => expect(() => source(exec)).toThrow(message));
});

describe('a cluster whose kubeconfig names such a program', () => {
  let server: Server;
  const asked: (string | undefined)[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      const isKnown = request.headers.authorization === 'Bearer t-2';
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isKnown ? { metadata: { name: 'web' } } : { message: 'Unauthorized' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  it('asks again with another credential when one is refused', async () => {
    plugin(prints(`'{"token":"t-'$n'"}'`));
    const path = join(folder, 'config');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeFileSync(
      path,
      `current-context: a
contexts: [{ name: a, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "${url}" } }]
users: [{ name: u, user: { exec: { apiVersion: ${V1}, command: ./sign-in.sh, interactiveMode: Never } } }]
`,
    );
    const cluster = createKubeCluster(await readKubeconfig(path, null, { clock, environment }));
    expect(await cluster.pod('default', 'web')).toMatchObject({ metadata: { name: 'web' } });
    expect(await cluster.pod('default', 'web')).toMatchObject({ metadata: { name: 'web' } });
    expect(asked).toEqual(['Bearer t-1', 'Bearer t-2', 'Bearer t-2']);
    expect(runs()).toBe(2);
  });
});
