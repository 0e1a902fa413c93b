import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { SENT_REPORT } from '../../../test/support/sent-report.ts';
import { type RunningSmtp, smtpIsMissing, startSmtp } from '../../../test/support/start-smtp.ts';
import type { Alert } from '../../domain/governance/alerts/alert.ts';
import type { SentReport } from '../../domain/governance/alerts/sent-report.ts';
import type { Message } from '../../ports/notifier.ts';
import { addressIn, createEmailNotifier, mailText } from './email-notifier.ts';
import type { SmtpServer } from './smtp-client.ts';

const NOW = Date.UTC(2026, 9, 14, 9);
const SIGNAL = new AbortController().signal;

const ALERT: Alert = {
  id: 'fastBurn/search@2026-10-14T09:00:00Z',
  key: 'fastBurn/search',
  kind: 'fastBurn',
  severity: 'critical',
  owner: { team: 'search' },
  title: 'Das Budget für die Suche brennt',
  text: '4 × zu schnell\n.\n.. und ein Punkt am Anfang',
  startMs: NOW,
  missingSinceMs: null,
  endMs: null,
};
const MESSAGE: Message = {
  id: 'firing/search',
  atMs: NOW,
  kind: 'alerts',
  notices: [{ event: 'firing', alert: ALERT }],
  open: [ALERT],
  unsure: [],
};

const missing = smtpIsMissing();
const title = missing === null ? '' : ` (${missing})`;

function email(server: Partial<SmtpServer>, to: readonly string[] = ['FinOps <finops@example.com>']) {
  return createEmailNotifier({
    name: 'mail',
    from: 'Täre <tare@example.com>',
    to,
    server: { host: '127.0.0.1', port: 1, isTls: false, allowsPlain: false, user: null, ca: null, ...server },
  });
}

describe.skipIf(missing !== null)(`a mail to a real server${title}`, () => {
  const servers: RunningSmtp[] = [];
  const started = async (mode: Parameters<typeof startSmtp>[0]) => {
    const server = await startSmtp(mode);
    servers.push(server);
    return server;
  };
  let starttls: RunningSmtp;
  beforeAll(async () => {
    starttls = await started('starttls');
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  const USER = { name: 'tare', password: 'päss' };

  it('arrives as it was meant, encrypted and with a user', async () => {
    const { port, ca } = starttls;
    expect(await email({ port, ca, user: USER }).send(MESSAGE, SIGNAL)).toEqual({ kind: 'delivered' });
    expect(await starttls.mails(1)).toMatchObject([
      {
        from: 'tare@example.com',
        to: ['finops@example.com'],
        fromHeader: 'Täre <tare@example.com>',
        subject: 'Tare: Das Budget für die Suche brennt',
        isEncrypted: true,
        isAuthenticated: true,
      },
    ]);
    expect((await starttls.mails(1))[0]!.text.replaceAll('\r\n', '\n')).toBe(
      'critical: Das Budget für die Suche brennt\n4 × zu schnell\n.\n.. und ein Punkt am Anfang\nsince 2026-10-14 09:00 UTC\n',
    );
  });

  it('carries a report: what it says as text and as HTML, and its files to the byte', async () => {
    const { port, ca } = await started('starttls');
    const server = servers.at(-1)!;
    const content = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);
    const report: SentReport = {
      ...SENT_REPORT,
      files: [
        { name: 'tare-board-2026-10.pdf', type: 'application/pdf', content },
        { name: 'tare-board-2026-10.csv', type: 'text/csv; charset=utf-8', content: Buffer.from('a,ä\n.\n') },
      ],
    };
    const message: Message = { id: 'report/board', atMs: NOW, kind: 'report', report, unsure: [] };
    expect(await email({ port, ca, user: USER }).send(message, SIGNAL)).toEqual({ kind: 'delivered' });
    const [mail] = await server.mails(1);
    expect(mail).toMatchObject({
      subject: 'Tare: GPU and ML spend, October 2026',
      text: expect.stringContaining('Search spent more than it may & <nobody> knows why — 4 × as much.'),
      html: expect.stringContaining(
        'Search spent more than it may &amp; &lt;nobody&gt; knows why — 4 × as much.',
      ),
      files: [
        { name: 'tare-board-2026-10.pdf', type: 'application/pdf' },
        { name: 'tare-board-2026-10.csv', type: 'text/csv' },
      ],
      defects: [],
    });
    expect(mail!.text).toContain('Spent: $140,000.00 (+$2 on September)');
    expect(mail!.text).toContain('https://tare.example.com/x?a=1&b=2');
    expect(mail!.html).toContain('<a href="https://tare.example.com/x?a=1&amp;b=2">');
    expect(mail!.html).toContain('It was due at 2026-11-01 08:00 UTC, and is late.');
    expect(Buffer.from(mail!.files[0]!.base64, 'base64').equals(content)).toBe(true);
    expect(Buffer.from(mail!.files[1]!.base64, 'base64').toString()).toBe('a,ä\n.\n');
  });

  it('has the same Message-ID when it is sent again', async () => {
    const { port, ca } = starttls;
    await email({ port, ca, user: USER }).send(MESSAGE, SIGNAL);
    const ids = (await starttls.mails(2)).map(({ messageId }) => messageId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('is not sent with a wrong password', async () => {
    const before = (await starttls.mails(0)).length;
    const { port, ca } = starttls;
    const sent = await email({ port, ca, user: { name: 'tare', password: 'no' } }).send(MESSAGE, SIGNAL);
    expect(sent).toMatchObject({ kind: 'failed', reason: expect.stringContaining('the user was refused') });
    expect(await starttls.mails(0)).toHaveLength(before);
  });

  it('is not sent to a server whose certificate nobody knows', async () => {
    const sent = await email({ port: starttls.port }).send(MESSAGE, SIGNAL);
    expect(sent).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/self.signed/) });
  });

  it('can be encrypted from the first byte', async () => {
    const { port, ca, mails } = await started('tls');
    const sent = await email({ port, ca, isTls: true, user: USER }).send(MESSAGE, SIGNAL);
    expect(sent).toEqual({ kind: 'delivered' });
    expect(await mails(1)).toMatchObject([{ isAuthenticated: true }]);
  });

  it('goes in the open only where that is allowed', async () => {
    const { port, mails } = await started('plain');
    expect(await email({ port }).send(MESSAGE, SIGNAL)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('no STARTTLS'),
    });
    expect(await email({ port, allowsPlain: true }).send(MESSAGE, SIGNAL)).toEqual({ kind: 'delivered' });
    expect(await mails(1)).toHaveLength(1);
  });

  it('goes to those that the server takes', async () => {
    const { port, ca, mails } = await started('picky');
    const sent = await email({ port, ca }, ['gone@example.com', 'here@example.com']).send(MESSAGE, SIGNAL);
    expect(sent).toEqual({ kind: 'delivered' });
    expect(await mails(1)).toMatchObject([{ to: ['here@example.com'] }]);
    expect(await email({ port, ca }, ['gone@example.com']).send(MESSAGE, SIGNAL)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('no such user'),
    });
  });

  it('that is refused did not arrive, and one without an answer may have', async () => {
    const refusing = await started('refuse');
    expect(await email({ port: refusing.port, ca: refusing.ca }).send(MESSAGE, SIGNAL)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('come again later'),
    });
    const dropping = await started('drop');
    expect(await email({ port: dropping.port, ca: dropping.ca }).send(MESSAGE, SIGNAL)).toMatchObject({
      kind: 'uncertain',
    });
  });
});

it('fails where nobody listens', async () => {
  expect(await email({}).send(MESSAGE, SIGNAL)).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('ECONNREFUSED'),
  });
});

test.each([
  ['tare@example.com', 'tare@example.com'],
  ['Tare <tare@example.com>', 'tare@example.com'],
  ['a@b.c>\r\nRCPT TO:<x@y.z', 'a@b.cRCPT TO:x@y.z'],
])('the address in %j', (text, address) => {
  expect(addressIn(text)).toBe(address);
});

it('lets no title begin another header', () => {
  const evil = { ...ALERT, title: 'x\r\nBcc: everybody@example.com' };
  const text = mailText({ ...MESSAGE, notices: [{ event: 'firing', alert: evil }] } as Message, 'a@b.c', [
    'd@e.f',
  ]);
  expect(text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc/m);
});
