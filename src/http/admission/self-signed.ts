import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { DAY_MS, type EpochMs } from '../../domain/time/window.ts';
import {
  bitString,
  boolean,
  integer,
  objectId,
  octetString,
  sequence,
  set,
  tagged,
  utcTime,
  utf8,
} from './der.ts';

export type Certificate = Readonly<{
  /** PEM of the certificate and of its key. */
  certificate: string;
  key: string;
  /** PEM of the authority that signed it: what `caBundle` holds. Its key is thrown away. */
  authority: string;
}>;

const VALID_DAYS = 365;
/** Clocks of other machines may be behind. */
const EARLIER_MS = 3_600_000;

/**
 * A certificate for the given names and addresses, signed by an authority made for it alone (X.509 v3 of RFC 5280, ECDSA on P-256). As the
 * authority's key is gone, nothing else can ever be signed with it.
 */
export function createSelfSigned(hosts: readonly string[], nowMs: EpochMs): Certificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = nameOf('tare admission authority');
  const common = { issuer, signer: authority.privateKey, nowMs };
  const authorityKey = keyId(authority.publicKey);
  const root = sealed({
    ...common,
    subject: issuer,
    publicKey: authority.publicKey,
    extensions: [
      extension('2.5.29.19', true, sequence(boolean(true))),
      extension('2.5.29.15', true, bitString(Buffer.of(0x04), 2)), // keyCertSign
      extension('2.5.29.14', false, octetString(authorityKey)),
    ],
  });
  const leaf = sealed({
    ...common,
    subject: nameOf(hosts[0] ?? 'tare'),
    publicKey: server.publicKey,
    extensions: [
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.15', true, bitString(Buffer.of(0x80), 7)), // digitalSignature
      extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.1'))), // serverAuth
      extension('2.5.29.35', false, sequence(tagged(0x80, authorityKey))),
      extension('2.5.29.17', false, sequence(...hosts.map(alternativeName))),
    ],
  });
  return {
    certificate: pem('CERTIFICATE', leaf),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    authority: pem('CERTIFICATE', root),
  };
}

type Sealing = Readonly<{
  subject: Buffer;
  issuer: Buffer;
  publicKey: KeyObject;
  signer: KeyObject;
  extensions: readonly Buffer[];
  nowMs: EpochMs;
}>;

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));

function sealed({ subject, issuer, publicKey, signer, extensions, nowMs }: Sealing): Buffer {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40; // positive, and without leading zeros
  const body = sequence(
    tagged(0xa0, integer(Buffer.of(2))), // version 3
    integer(serial),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(utcTime(nowMs - EARLIER_MS), utcTime(nowMs + VALID_DAYS * DAY_MS)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  return sequence(body, ECDSA_WITH_SHA256, bitString(sign('sha256', body, signer)));
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(objectId('2.5.4.3'), utf8(commonName.slice(0, 64)))));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(objectId(id), ...(isCritical ? [boolean(true)] : []), octetString(value));
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

function alternativeName(host: string): Buffer {
  const version = isIP(host);
  if (version === 0) return tagged(0x82, Buffer.from(host));
  return tagged(0x87, version === 4 ? Buffer.from(host.split('.').map(Number)) : ipv6(host));
}

/** `::1` with all of its groups. */
function ipv6(host: string): Buffer {
  const [head = '', tail = ''] = host.split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function pem(title: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${title}-----\n${lines.join('\n')}\n-----END ${title}-----\n`;
}
