import { createHash } from 'node:crypto';
import { type MessageText, messageText, plainText } from '../../domain/governance/alerts/message-text.ts';
import type { SentReport } from '../../domain/governance/alerts/sent-report.ts';
import type { Message, Notifier } from '../../ports/notifier.ts';
import { filePart, multipart, textPart } from './mime.ts';
import { reportHtml } from './report-html.ts';
import { type SmtpServer, sendMail } from './smtp-client.ts';

export type EmailSettings = Readonly<{
  name: string;
  server: SmtpServer;
  from: string;
  to: readonly string[];
}>;

/** A mail for each message. A server cannot tell a repeated one, so one that may have been taken is not sent again. */
export function createEmailNotifier({ name, server, from, to }: EmailSettings): Notifier {
  return {
    name,
    kind: 'email',
    isRepeatable: false,
    isGrouping: true,
    keepsNothing: false,
    async send(message, signal) {
      const mailed = await sendMail(
        server,
        { from: addressIn(from), to: to.map(addressIn), data: mailText(message, from, to) },
        signal,
      );
      if (mailed.kind === 'failed') return { ...mailed, retryAfterMs: null };
      return mailed.kind === 'delivered' ? { kind: 'delivered' } : mailed;
    },
  };
}

/** RFC 5322, with a text in UTF-8 as base64; of a report the text also as HTML, and its files. */
export function mailText(message: Message, from: string, to: readonly string[]): string {
  const text = messageText(message);
  const plain = textPart('text/plain', `${plainText(text)}\n`);
  const digest = createHash('sha256').update(message.id).digest('hex').slice(0, 32);
  const headers = [
    `From: ${header(from)}`,
    `To: ${to.map(header).join(', ')}`,
    `Subject: ${encodedWord(text.title)}`,
    `Date: ${new Date(message.atMs).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${digest}@tare.invalid>`,
    'MIME-Version: 1.0',
    'Auto-Submitted: auto-generated',
  ];
  const content = message.kind === 'report' ? reportPart(message.report, text, plain, digest) : plain;
  return `${headers.join('\r\n')}\r\n${content}`;
}

/** The same message has the same boundaries: what is sent again is the same to the byte. */
function reportPart(report: SentReport, text: MessageText, plain: string, digest: string): string {
  const read = multipart('alternative', `alternative-${digest}`, [
    plain,
    textPart('text/html', reportHtml(report, text)),
  ]);
  if (report.files.length === 0) return read;
  return multipart('mixed', `mixed-${digest}`, [read, ...report.files.map(filePart)]);
}

/** `Tare <tare@example.com>` or the address alone. A line break in it would begin another header. */
export function addressIn(text: string): string {
  return (/<([^<>]*)>\s*$/.exec(text)?.[1] ?? text).trim().replace(/[\r\n<>]/g, '');
}

function header(text: string): string {
  const line = text.replace(/[\r\n]+/g, ' ');
  const [, name, address] = /^(.*?)\s*(<[^<>]*>)\s*$/.exec(line) ?? [];
  return name ? `${encodedWord(name)} ${address}` : line;
}

/** RFC 2047, in words of at most 75 characters; 45 bytes are 60 of base64. */
function encodedWord(text: string): string {
  const line = text.replace(/[\r\n]+/g, ' ');
  if (/^[\x20-\x7e]*$/.test(line) && line.length < 70) return line;
  const words: string[] = [];
  let word = '';
  for (const character of line) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((one) => `=?utf-8?B?${Buffer.from(one, 'utf8').toString('base64')}?=`).join('\r\n ');
}
