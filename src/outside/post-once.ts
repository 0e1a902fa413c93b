/** What became of something that was sent to a server. */
export type Posted =
  | Readonly<{ kind: 'delivered'; text: string }>
  /** It certainly was not taken. */
  | Readonly<{ kind: 'failed'; reason: string; retryAfterMs: number | null }>
  /** It left, and no answer came that says what became of it. */
  | Readonly<{ kind: 'uncertain'; reason: string }>;

export type Post = Readonly<{
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  timeoutMs?: number;
}>;

const TIMEOUT_MS = 15_000;
/** Nothing has been sent when these happen. */
const BEFORE_SENDING = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EACCES',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
];
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/;
/** A proxy says this when the server behind it did not answer: it may have taken the message all the same. */
const GATEWAY_STATUSES = [502, 504];

/** Sends once and does not try again. No secret of the address, which may hold one, is part of a reason. */
export async function postOnce(
  { url, headers, body, timeoutMs = TIMEOUT_MS }: Post,
  signal: AbortSignal,
): Promise<Posted> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    const text = await response.text().catch(() => '');
    if (response.ok) return { kind: 'delivered', text };
    const reason = `answered ${response.status}${text === '' ? '' : `: ${text.slice(0, 200)}`}`;
    if (GATEWAY_STATUSES.includes(response.status)) return { kind: 'uncertain', reason };
    return { kind: 'failed', reason, retryAfterMs: retryAfter(response) };
  } catch (error) {
    if (timeout.aborted)
      return { kind: 'uncertain', reason: `did not answer within ${timeoutMs / 1000} seconds` };
    const code = codeOf(error);
    const reason = `could not be asked: ${code}`;
    const isUnsent = BEFORE_SENDING.includes(code) || CERTIFICATE.test(code);
    return isUnsent ? { kind: 'failed', reason, retryAfterMs: null } : { kind: 'uncertain', reason };
  }
}

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}

function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown; errors?: readonly { code?: unknown }[] } };
  const code = cause?.code ?? cause?.errors?.[0]?.code ?? (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : (error as Error).name;
}
