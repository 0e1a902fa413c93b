import type { RunState } from '../../domain/facts/facts.ts';
import type { RunEnd } from '../../ports/run-meter.ts';

export type EndState = Readonly<{ state: RunState; stateDetail: string | null }>;

/** What somebody sends who wants a command to end; nothing sends them by itself. */
const REQUESTS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** What an end means: success is exit code 0, whatever came before; else somebody asked for it, or it failed. */
export function stateOf(end: RunEnd): EndState {
  if (end.exitCode === 0) return { state: 'succeeded', stateDetail: null };
  const detail = end.signal === null ? `exit ${end.exitCode}` : `killed by ${end.signal}`;
  const request = end.stoppedBy ?? REQUESTS.find((name) => name === end.signal);
  if (request === undefined) return { state: 'failed', stateDetail: detail };
  return { state: 'cancelled', stateDetail: end.signal === request ? detail : `${request}, ${detail}` };
}
