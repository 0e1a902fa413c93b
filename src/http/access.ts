import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { TareError } from '../app/errors.ts';

/** Who may do what: the holder of the local token everything, the holder of a configured token (or anyone on this machine) read. */
export type Access = Readonly<{
  /** SHA-256 in hex of the token in the server note; only processes of the same user can read it. */
  localTokenHash: string | null;
  /** SHA-256 in hex of the tokens of `tare.yaml`. With none, whoever reaches the loopback address may read. */
  tokenHashes: readonly string[];
  /** Listening on loopback: only loopback names are accepted as Host, so that no web page can rebind its name to this server. */
  isLoopback: boolean;
}>;

export type Role = 'owner' | 'reader';
export type AccessEnvironment = { Variables: { role: Role } };

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

export function checkHost(access: Access): MiddlewareHandler {
  return async (context, next) => {
    // In-process requests carry no Host header; their URL names the host.
    const host = context.req.header('host') ?? new URL(context.req.url).host;
    const name = host.replace(/:\d+$/, '').toLowerCase();
    if (access.isLoopback && !LOOPBACK_NAMES.has(name)) {
      throw new TareError(
        'wrongHost',
        `this server is not "${name}"`,
        'open it as http://127.0.0.1 or http://localhost',
      );
    }
    await next();
  };
}

export function checkToken(access: Access): MiddlewareHandler<AccessEnvironment> {
  return async (context, next) => {
    const token = tokenOf(context.req.header('authorization'));
    const role = token === undefined ? anonymousRole(access) : roleOf(token, access);
    if (!role) {
      // Basic lets a browser ask: any user name, the token as password.
      context.header('WWW-Authenticate', 'Bearer realm="tare", Basic realm="tare", charset="UTF-8"');
      throw new TareError(
        'tokenMissing',
        token === undefined ? 'this server wants a token' : 'this server does not know the token',
        'send Authorization: Bearer TOKEN with a token of server.tokens in tare.yaml; a browser asks, the token is the password',
      );
    }
    context.set('role', role);
    await next();
  };
}

export const requireOwner: MiddlewareHandler<AccessEnvironment> = async (context, next) => {
  if (context.get('role') !== 'owner') {
    throw new TareError(
      'notAllowed',
      'only the command line of this machine may do that',
      'run the tare command as the user that runs the server; it finds the local token by itself',
    );
  }
  await next();
};

function anonymousRole(access: Access): Role | undefined {
  return access.isLoopback && access.tokenHashes.length === 0 ? 'reader' : undefined;
}

function roleOf(token: string, access: Access): Role | undefined {
  const hash = createHash('sha256').update(token).digest();
  const matches = (known: string) => {
    const expected = Buffer.from(known, 'hex');
    return expected.length === hash.length && timingSafeEqual(expected, hash);
  };
  if (access.localTokenHash !== null && matches(access.localTokenHash)) return 'owner';
  return access.tokenHashes.some(matches) ? 'reader' : undefined;
}

function tokenOf(header: string | undefined): string | undefined {
  const [, scheme, credentials] = /^(Bearer|Basic) +(\S+)$/i.exec(header ?? '') ?? [];
  if (!scheme || !credentials) return undefined;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}
