import { createHash } from 'node:crypto';

/** SHA-256 in hexadecimal digits: the same text, the same name. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
