import { formatPicos, type Picos } from '../money/picos.ts';
import { ownText } from '../text/own-text.ts';
import type { EpochMs } from '../time/window.ts';
import { formatInstant } from '../time/window.ts';
import type { PricedModelCall } from './model-call.ts';

type Finding = { message: string; count: number };

const MOST_MODELS = 20;

/** What a reading of calls adds up to: the figures that its owner would check first, and what could not be priced and why. */
export class CallTally {
  #requests = 0;
  #errors = 0;
  #selfHosted = 0;
  #priced = 0;
  #tokens = { input: 0, cachedInput: 0, cacheWrittenInput: 0, output: 0, reasoning: 0 };
  #costPicos: Picos = 0n;
  #compared = { stated: 0n, computed: 0n, calls: 0 };
  #fromMs: EpochMs = Number.POSITIVE_INFINITY;
  #toMs: EpochMs = Number.NEGATIVE_INFINITY;
  readonly #unpriced = new Map<string, Finding>();
  readonly #unpricedModels = new Map<string, number>();
  readonly #assumed = new Map<string, number>();

  add(call: PricedModelCall): void {
    const { fact, price, statedPicos } = call;
    this.#requests += 1;
    if (fact.error !== null) this.#errors += 1;
    if (fact.serving === 'self_hosted') this.#selfHosted += 1;
    for (const name of TOKEN_NAMES) this.#tokens[name] += fact.tokens[name] ?? 0;
    this.#fromMs = Math.min(this.#fromMs, fact.startMs);
    this.#toMs = Math.max(this.#toMs, fact.startMs);
    if (fact.costPicos !== null) {
      this.#priced += 1;
      this.#costPicos += fact.costPicos;
    }
    if (price?.kind === 'unpriced' && fact.costPicos === null) this.#addUnpriced(fact.model, price);
    if (price?.kind === 'priced') this.#addComparison(price, statedPicos);
  }

  totals(): Record<string, string | number> {
    const { input, cachedInput, cacheWrittenInput, output, reasoning } = this.#tokens;
    const unpriced = [...this.#unpricedModels.values()].reduce((sum, count) => sum + count, 0);
    return {
      requests: this.#requests,
      errors: this.#errors,
      selfHostedRequests: this.#selfHosted,
      inputTokens: input,
      cachedInputTokens: cachedInput,
      cacheWriteTokens: cacheWrittenInput,
      outputTokens: output,
      reasoningTokens: reasoning,
      cost: formatPicos(this.#costPicos),
      pricedRequests: this.#priced,
      unpricedRequests: unpriced,
      ...(unpriced > 0 && { unpricedModels: this.#listedModels() }),
      ...(this.#requests > 0 && { from: formatInstant(this.#fromMs), to: formatInstant(this.#toMs) }),
    };
  }

  warnings(): { code: string; message: string; count: number }[] {
    const unpriced = [...this.#unpriced].map(([code, { message, count }]) => ({
      code: `unpriced-${code}`,
      message: `calls have no price and are counted without one: ${message}`,
      count,
    }));
    const assumed = [...this.#assumed].map(([message, count]) => ({ code: 'price-assumed', message, count }));
    return [...unpriced, ...assumed, ...this.#differences()];
  }

  #addUnpriced(model: string, { code, message }: Readonly<{ code: string; message: string }>): void {
    const known = this.#unpriced.get(code);
    if (known) known.count += 1;
    else this.#unpriced.set(code, { message, count: 1 });
    const models = this.#unpricedModels;
    models.set(models.has(model) ? model : ownText(model), (models.get(model) ?? 0) + 1);
  }

  #addComparison(
    { totalPicos, assumptions }: Readonly<{ totalPicos: Picos; assumptions: readonly string[] }>,
    statedPicos: Picos | null,
  ): void {
    for (const assumption of assumptions) {
      this.#assumed.set(assumption, (this.#assumed.get(assumption) ?? 0) + 1);
    }
    if (statedPicos === null) return;
    this.#compared.stated += statedPicos;
    this.#compared.computed += totalPicos;
    if (differs(statedPicos, totalPicos)) this.#compared.calls += 1;
  }

  #listedModels(): string {
    const most = [...this.#unpricedModels].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return most
      .slice(0, MOST_MODELS)
      .map(([model, count]) => `${model.replaceAll(',', ' ')} ${count}`)
      .join(', ');
  }

  #differences(): { code: string; message: string; count: number }[] {
    const { stated, computed, calls } = this.#compared;
    if (calls === 0) return [];
    const message = `the source states another cost than the known prices give: ${formatPicos(stated)} stated, ${formatPicos(computed)} computed, over the calls that have both`;
    return [{ code: 'stated-cost-differs', message, count: calls }];
  }
}

const TOKEN_NAMES = ['input', 'cachedInput', 'cacheWrittenInput', 'output', 'reasoning'] as const;

/** Sources state costs as floats and round them: a thousandth, or a millionth of the unit, is no difference. */
function differs(a: Picos, b: Picos): boolean {
  const difference = a > b ? a - b : b - a;
  return difference > 1_000_000n && difference * 1_000n > (a > b ? a : b);
}
