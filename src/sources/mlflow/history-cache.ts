import type { EpochMs } from '../../domain/time/window.ts';
import { MINUTE_MS } from '../../domain/time/window.ts';
import type { MlflowClient } from './mlflow-client.ts';
import type { MetricPoint, MlflowRun } from './parse-run.ts';

/** A run that still logs is read again this long after its newest point that is known. */
const REFRESH_MS = 5 * MINUTE_MS;
/** About 20 MB; what was asked for longest ago goes first. */
const MOST_POINTS = 500_000;

type Known = Readonly<{ lastMs: EpochMs; points: readonly MetricPoint[] }>;

/**
 * Histories of metrics that were read before. The server can only be asked for a whole one, and a collection looks at the newest runs
 * every minute, so one that has no new points (or only a few) is not asked for again.
 */
export class HistoryCache {
  readonly #client: Pick<MlflowClient, 'history'>;
  readonly #known = new Map<string, Known>();
  #points = 0;

  constructor(client: Pick<MlflowClient, 'history'>) {
    this.#client = client;
  }

  async read(run: MlflowRun, key: string, signal: AbortSignal): Promise<readonly MetricPoint[]> {
    const lastMs = run.metrics.find((metric) => metric.key === key)?.atMs ?? 0;
    const id = `${run.runId} ${key}`;
    const known = this.#known.get(id);
    const patienceMs = run.endMs === null ? REFRESH_MS : 0;
    const isFresh = known !== undefined && Math.abs(lastMs - known.lastMs) <= patienceMs;
    const kept = isFresh ? known : { lastMs, points: await this.#client.history(run.runId, key, signal) };
    this.#keep(id, kept);
    return kept.points;
  }

  #keep(id: string, known: Known): void {
    this.#forget(id);
    this.#known.set(id, known);
    this.#points += known.points.length;
    for (const oldest of this.#known.keys()) {
      if (this.#points <= MOST_POINTS || oldest === id) break;
      this.#forget(oldest);
    }
  }

  #forget(id: string): void {
    this.#points -= this.#known.get(id)?.points.length ?? 0;
    this.#known.delete(id);
  }
}
