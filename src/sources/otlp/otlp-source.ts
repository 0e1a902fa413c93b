import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FactBatch, RequestFact, ScoreFact } from '../../domain/facts/facts.ts';
import { CallTally } from '../../domain/inference/call-tally.ts';
import { type ModelCall, priceModelCall } from '../../domain/inference/model-call.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { exchangeRate } from '../../domain/money/exchange-rate.ts';
import { PICOS_PER_UNIT } from '../../domain/money/picos.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { LoadModelPrices, ModelPriceBook } from '../../ports/model-price-book.ts';
import type { FactReading, Inbox, LiveSource, ProbeFinding, ReadSummary } from '../../ports/source.ts';
import { type Journal, readSegment, type Segment, sealedSegments } from './journal.ts';
import { fromText } from './journal-entry.ts';
import { readState, type SeriesState, writeState } from './series-state.ts';
import type { ServiceMetrics } from './service-metrics.ts';
import { addUpTraffic } from './traffic.ts';

export type OtlpSettings = Readonly<{
  folder: string;
  /** Of this process, which receives; `null` where another one does, or did. */
  journal: Journal | null;
  /** How long a part of the journal is added to before it is imported. */
  sealAfterMs: number;
  currency: string;
  /** Stated rates into the ledger's currency. */
  rates: Readonly<Record<string, string>>;
}>;

const BATCH_FACTS = 5_000;
/** Clients compute costs from tables of their own, in dollars. */
const STATED_CURRENCY = 'USD';
const STATED_BY = 'stated by the client';

/**
 * What was received over OTLP, from the journal into the store. Each sealed part is a dataset of its own name: imported again after a
 * crash, it changes nothing.
 */
export class OtlpSource implements LiveSource {
  readonly kind = 'otlp';
  readonly name = 'otlp';
  readonly inbox: Inbox;
  readonly #settings: OtlpSettings;
  readonly #loadPrices: LoadModelPrices;
  #segments: readonly Segment[] = [];
  /** What is to be remembered once a part has landed. */
  readonly #after = new Map<string, SeriesState>();

  constructor(settings: OtlpSettings, loadModelPrices: LoadModelPrices) {
    this.#settings = settings;
    this.#loadPrices = loadModelPrices;
    this.inbox = { prepare: () => this.#prepare(), landed: (chunk) => this.#landed(chunk) };
  }

  chunks(): { name: string; window: TimeWindow }[] {
    return this.#segments.map(({ name, openedMs }) => ({
      name,
      window: { fromMs: openedMs, toMs: openedMs + 1 },
    }));
  }

  read({ fromMs }: TimeWindow): FactReading {
    const summary: ReadSummary = { rowsRead: 0, rejects: [], warnings: [], totals: {} };
    const segment = this.#segments.find(({ openedMs }) => openedMs === fromMs);
    return { batches: segment ? this.#read(segment, summary) : nothing(), summary };
  }

  async probe(): Promise<readonly ProbeFinding[]> {
    const waiting = await sealedSegments(this.#settings.folder);
    const message = `receives at /v1/traces and /v1/metrics; ${waiting.length} parts of the journal wait to be imported`;
    return [{ status: 'fine', message, remedy: null }];
  }

  async #prepare(): Promise<boolean> {
    const { folder, journal, sealAfterMs } = this.#settings;
    await journal?.seal(sealAfterMs);
    const { landed } = await readState(folder);
    const segments = await sealedSegments(folder);
    // It landed, and the process ended before it was removed.
    const done = segments.filter(({ name }) => landed !== null && name <= landed);
    for (const segment of done) await this.#remove(segment);
    this.#segments = segments.filter((segment) => !done.includes(segment));
    return this.#segments.length > 0;
  }

  async #landed(chunk: string): Promise<void> {
    const segment = this.#segments.find(({ name }) => name === chunk);
    const state = this.#after.get(chunk);
    if (!segment || !state) return;
    await writeState(this.#settings.folder, { ...state, landed: chunk });
    this.#after.delete(chunk);
    await this.#remove(segment);
    this.#segments = this.#segments.filter((other) => other !== segment);
  }

  async #remove(segment: Segment): Promise<void> {
    const { folder, journal } = this.#settings;
    if (journal) return journal.remove(segment);

    await rm(join(folder, `${segment.name}.journal`), { force: true });
  }

  async *#read(segment: Segment, summary: ReadSummary): AsyncGenerator<FactBatch> {
    const { folder } = this.#settings;
    const prices = await this.#loadPrices();
    const { texts, damaged } = await readSegment(folder, segment.name);
    const tally = new CallTally();
    const metrics: ServiceMetrics[] = [];
    const before = await readState(folder);
    const callers = new Set(before.callers);
    let requests: RequestFact[] = [];
    let scores: ScoreFact[] = [];
    let scoreCount = 0;
    for (const text of texts) {
      const entry = fromText(text);
      for (const call of entry.calls ?? []) {
        summary.rowsRead += 1;
        const service = call.request.attributes['service'];
        if (service !== undefined) callers.add(service);
        const priced = this.#price(call, prices);
        tally.add(priced);
        requests.push(priced.fact);
      }
      scores.push(...(entry.scores ?? []));
      scoreCount += entry.scores?.length ?? 0;
      metrics.push(...(entry.metrics ?? []));
      if (requests.length + scores.length < BATCH_FACTS) continue;
      yield { requests, scores };
      [requests, scores] = [[], []];
    }
    const traffic = addUpTraffic(metrics, callers, before);
    summary.rowsRead += scoreCount + traffic.facts.length;
    yield { requests, scores, traffic: traffic.facts };
    this.#after.set(segment.name, traffic.state);
    summary.totals = { ...tally.totals(), scores: scoreCount, trafficSlots: traffic.facts.length };
    summary.warnings.push(...tally.warnings(), ...warningsOf(damaged, traffic.counted, traffic.otherSide));
  }

  #price(call: ModelCall, prices: ModelPriceBook) {
    const { currency, rates } = this.#settings;
    const rate = exchangeRate(STATED_CURRENCY, currency, rates);
    const stated =
      call.statedPicos === null || rate === undefined
        ? null
        : divideHalfEven(call.statedPicos * rate, PICOS_PER_UNIT);
    return priceModelCall(
      { ...call, statedPicos: stated },
      (asked, inCurrency) => prices.price(asked, inCurrency),
      currency,
      'list-first',
      STATED_BY,
    );
  }
}

async function* nothing(): AsyncGenerator<FactBatch> {}

function warningsOf(damaged: number, counted: number, otherSide: number): ReadSummary['warnings'] {
  const found = [
    {
      code: 'journal-damaged',
      message:
        'lines of the journal were cut off by a crash; they had not been acknowledged, and their senders sent them again',
      count: damaged,
    },
    {
      code: 'metrics-of-traced-calls',
      message: 'points of metrics were left out: the same services send spans, which count the same calls',
      count: counted,
    },
    {
      code: 'metrics-of-both-sides',
      message:
        'points of metrics were left out: the other side of the wire, heard first, counts the same calls',
      count: otherSide,
    },
  ];
  return found.filter(({ count }) => count > 0);
}
