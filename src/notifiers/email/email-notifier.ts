import { createHash } from 'node:crypto';
import { messageText, plainText } from '../../domain/governance/alerts/message-text.ts';
import type { Message, Notifier } from '../../ports/notifier.ts';
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

/** RFC 5322, with a text in UTF-8 as base64. */
export function mailText(message: Message, from: string, to: readonly string[]): string {
  const text = messageText(message);
  const body = Buffer.from(`${plainText(text)}\n`, 'utf8').toString('base64');
  const digest = createHash('sha256').update(message.id).digest('hex').slice(0, 32);
  const headers = [
    `From: ${header(from)}`,
    `To: ${to.map(header).join(', ')}`,
    `Subject: ${encodedWord(text.title)}`,
    `Date: ${new Date(message.atMs).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${digest}@tare.invalid>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    'Auto-Submitted: auto-generated',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${(body.match(/.{1,76}/g) ?? []).join('\r\n')}`;
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
