import type { FactBatch } from '../../domain/facts/facts.ts';
import { CallTally } from '../../domain/inference/call-tally.ts';
import { priceModelCall } from '../../domain/inference/model-call.ts';
import { exchangeRate } from '../../domain/money/exchange-rate.ts';
import { floorToHour, formatInstant, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import { Failure } from '../../ports/failures.ts';
import type { LoadModelPrices } from '../../ports/model-price-book.ts';
import type { FactReading, LiveSource, ProbeFinding, ReadSummary } from '../../ports/source.ts';
import { type LitellmAccess, spendLogs } from './litellm-client.ts';
import { STATED_BY } from './litellm-file-source.ts';
import { readSpendLog, SPEND_CURRENCY, type SpendLog } from './read-spend-log.ts';

export type LitellmSettings = LitellmAccess &
  Readonly<{
    name: string;
    currency: string;
    /** Stated rates into the ledger's currency. */
    rates: Readonly<Record<string, string>>;
  }>;

type Parts = Readonly<{ loadModelPrices: LoadModelPrices; clock: Clock }>;

/** Spend logs of a running LiteLLM proxy, hour by hour. Only calls that began within the hour belong to it. */
export class LitellmLiveSource implements LiveSource {
  readonly kind = 'litellm';
  readonly name: string;
  readonly #settings: LitellmSettings;
  readonly #parts: Parts;

  constructor(settings: LitellmSettings, parts: Parts) {
    this.name = settings.name;
    this.#settings = settings;
    this.#parts = parts;
  }

  chunks(window: TimeWindow): { name: string; window: TimeWindow }[] {
    const untilMs = Math.min(window.toMs, this.#parts.clock.nowMs());
    const hours: { name: string; window: TimeWindow }[] = [];
    for (let fromMs = floorToHour(window.fromMs); fromMs < untilMs; fromMs += HOUR_MS) {
      hours.push({ name: formatInstant(fromMs).slice(0, 13), window: { fromMs, toMs: fromMs + HOUR_MS } });
    }
    return hours;
  }

  read(window: TimeWindow, signal: AbortSignal): FactReading {
    const summary: ReadSummary = { rowsRead: 0, rejects: [], warnings: [], totals: {} };
    return { batches: this.#read(window, summary, signal), summary };
  }

  async probe(signal: AbortSignal): Promise<readonly ProbeFinding[]> {
    const nowMs = this.#parts.clock.nowMs();
    try {
      for await (const logs of spendLogs(this.#settings, { fromMs: nowMs - HOUR_MS, toMs: nowMs }, signal)) {
        const message = `answers; ${logs.length} calls on the first page of the last hour`;
        return [{ status: 'fine', message, remedy: null }];
      }
      return [{ status: 'fine', message: 'answers', remedy: null }];
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return [{ status: 'failing', message: error.message, remedy: error.remedy }];
    }
  }

  async *#read(window: TimeWindow, summary: ReadSummary, signal: AbortSignal): AsyncGenerator<FactBatch> {
    const { currency, rates } = this.#settings;
    const prices = await this.#parts.loadModelPrices();
    const dollarRate = exchangeRate(SPEND_CURRENCY, currency, rates);
    const tally = new CallTally();
    for await (const logs of spendLogs(this.#settings, window, signal)) {
      const calls = logs.flatMap((log) => this.#readLog(log, dollarRate, window, summary));
      const priced = calls.map((call) =>
        priceModelCall(
          call,
          (asked, inCurrency) => prices.price(asked, inCurrency),
          currency,
          'stated-first',
          STATED_BY,
        ),
      );
      for (const call of priced) tally.add(call);
      yield { requests: priced.map(({ fact }) => fact) };
    }
    summary.totals = tally.totals();
    summary.warnings.push(...tally.warnings());
  }

  #readLog(
    log: Readonly<Record<string, unknown>>,
    dollarRate: bigint | undefined,
    { fromMs, toMs }: TimeWindow,
    summary: ReadSummary,
  ) {
    const read = readSpendLog(cellsOf(log), dollarRate);
    if ('problem' in read) {
      summary.rowsRead += 1;
      const { column, code, message } = read.problem;
      summary.rejects.push({ where: `${this.name}:${String(log['request_id'])}:${column}`, code, message });
      return [];
    }
    const { startMs } = read.call.request;
    // The proxy's window ends with a whole second that belongs to the next hour.
    if (startMs < fromMs || startMs >= toMs) return [];
    summary.rowsRead += 1;
    return [read.call];
  }
}

function cellsOf(log: Readonly<Record<string, unknown>>): SpendLog {
  return (column) => {
    const value = log[column];
    if (value === null || value === undefined) return null;
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return text.trim() === '' ? null : text.trim();
  };
}
