import { OutsideFailure } from '../ports/failures.ts';

/** How a server of someone else is reached. */
export type ServerAccess = Readonly<{
  /** `http(s)://host[:port][/prefix]`; a user and password in it are sent as basic authorization. */
  url: string;
  bearerToken: string | null;
  user: Readonly<{ name: string; password: string }> | null;
  headers: Readonly<Record<string, string>>;
}>;

/** How messages call the source, and how its address is written: `http://host:9090 or https://host/prefix in tare.yaml`. */
export type ServerWords = Readonly<{ source: string; form: string }>;

/**
 * The address without credentials and the headers that carry them. Throws `OutsideFailure` for an address or a header that cannot be;
 * no secret is ever part of a message.
 */
export function accessServer(
  { url, bearerToken, user, headers }: ServerAccess,
  words: ServerWords,
): Readonly<{ address: string; headers: Headers }> {
  const parsed = parseUrl(url, words);
  const all: Record<string, string> = { accept: 'application/json', ...headers };
  const known = user ?? userIn(parsed);
  if (known) {
    all['authorization'] = `Basic ${Buffer.from(`${known.name}:${known.password}`).toString('base64')}`;
  }
  if (bearerToken !== null) all['authorization'] = `Bearer ${bearerToken}`;
  return {
    address: `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`,
    headers: toHeaders(all, words),
  };
}

function parseUrl(url: string, { source, form }: ServerWords): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  // The text is not repeated: it may hold a password.
  throw new OutsideFailure(
    'unreachable',
    `the url of ${source} is not an http(s) address`,
    `write it as ${form}`,
  );
}

function userIn({ username, password }: URL): ServerAccess['user'] {
  return username === '' ? null : { name: decoded(username), password: decoded(password) };
}

/** A lone percent sign in a password is no escape, and stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Here and not in `fetch`, whose complaint about a line break in a token repeats the token. */
function toHeaders(all: Readonly<Record<string, string>>, { source }: ServerWords): Headers {
  try {
    return new Headers(all);
  } catch {
    throw new OutsideFailure(
      'refused',
      `a header or the token of ${source} holds a character that HTTP does not allow`,
      'look for a line break at the end of the secret; its text is not shown here',
    );
  }
}
