import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { TareError } from '../../app/errors.ts';
import { DAY_MS, type EpochMs } from '../../domain/time/window.ts';
import { createSelfSigned } from './self-signed.ts';

export type TlsPaths = Readonly<{
  certificate: string;
  key: string;
  /** Who may ask: callers need a certificate that this authority signed. `null`: anyone. */
  clientAuthority: string | null;
}>;

export type TlsMaterial = Readonly<{ cert: string; key: string; ca: string | undefined }>;

/** Reads and tries the files; throws `TareError` when they cannot be used, and says which. */
export async function readTls({ certificate, key, clientAuthority }: TlsPaths): Promise<TlsMaterial> {
  const material = {
    cert: await readPem(certificate),
    key: await readPem(key),
    ca: clientAuthority === null ? undefined : await readPem(clientAuthority),
  };
  try {
    createSecureContext(material);
    return material;
  } catch (error) {
    throw new TareError(
      'badConfig',
      `${certificate} and ${key} cannot be used for TLS: ${(error as Error).message}`,
      'give a certificate in PEM with its chain, and the key that belongs to it',
      error,
    );
  }
}

const RENEW_BEFORE_MS = 30 * DAY_MS;

/** A certificate of our own in a folder: made where there is none, for other names, or before it ends. */
export async function ensureSelfSigned(
  folder: string,
  hosts: readonly string[],
  nowMs: EpochMs,
): Promise<TlsPaths & Readonly<{ authority: string; isNew: boolean }>> {
  const paths = {
    certificate: join(folder, 'tls.crt'),
    key: join(folder, 'tls.key'),
    clientAuthority: null,
  };
  const authorityPath = join(folder, 'ca.crt');
  const known = await readFile(paths.certificate, 'utf8').catch(() => null);
  if (known !== null && isGoodFor(known, hosts, nowMs))
    return { ...paths, authority: await readPem(authorityPath), isNew: false };
  const made = createSelfSigned(hosts, nowMs);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(paths.key, made.key, { mode: 0o600 });
  await writeFile(authorityPath, made.authority);
  await writeFile(paths.certificate, made.certificate);
  return { ...paths, authority: made.authority, isNew: true };
}

function isGoodFor(pem: string, hosts: readonly string[], nowMs: EpochMs): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const isFor = (host: string) =>
      certificate.checkHost(host) !== undefined || certificate.checkIP(host) !== undefined;
    return Date.parse(certificate.validTo) - nowMs > RENEW_BEFORE_MS && hosts.every(isFor);
  } catch {
    return false;
  }
}

export async function readPem(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new TareError(
      'fileNotReadable',
      `${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
      'check the path and that this user may read it',
      error,
    );
  });
}
