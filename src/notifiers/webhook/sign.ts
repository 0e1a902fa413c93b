import { createHmac } from 'node:crypto';

/**
 * Headers by which a receiver knows that a message is ours, new and not repeated: the scheme of standardwebhooks.com. The signature is
 * HMAC-SHA256 over `ID.SECONDS.BODY`; a secret `whsec_…` holds its key in base64, any other one is the key itself.
 */
export function signedHeaders(
  secret: string | null,
  id: string,
  atMs: number,
  body: string,
): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(atMs / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': seconds };
  if (secret === null) return headers;
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret, 'utf8');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}
