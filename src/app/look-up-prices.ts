import { LIFECYCLES, type Lifecycle } from '../domain/facts/facts.ts';
import { formatPicos } from '../domain/money/picos.ts';
import { formatInstant, HOUR_MS } from '../domain/time/window.ts';
import type { HardwareCatalog } from '../ports/hardware-catalog.ts';
import type { PriceBook } from '../ports/price-book.ts';
import { closestWord } from './closest-word.ts';
import { TareError } from './errors.ts';

export type PriceQuery = Readonly<{
  /** A GPU as anyone spells it (`H100`), or a machine (`p5.48xlarge`). */
  subject: string;
  provider: string | null;
  region: string | null;
  /** `null` asks for all of them. */
  lifecycle: Lifecycle | null;
  atMs: number;
}>;

export type PriceReport = Readonly<{
  currency: string;
  at: string;
  gpuModel: string;
  instanceType: string | null;
  provider: string | null;
  region: string | null;
  /** In the order of trust; the first of a lifecycle is the one that the ledger takes where no bill says. */
  rows: readonly Readonly<{
    lifecycle: string;
    book: string;
    perGpuHour: string;
    source: string;
    priceDate: string;
    reference: string;
  }>[];
}>;

/** What each price book says about a GPU-hour. No row means that no book knows, never that it is free. */
export function lookUpPrices(
  books: readonly PriceBook[],
  catalog: HardwareCatalog,
  currency: string,
  query: PriceQuery,
): PriceReport {
  const shape = catalog.instance(query.subject);
  const gpuModel = shape?.gpuModel ?? catalog.gpuModel(query.subject);
  if (gpuModel === undefined) throw unknownSubject(query.subject, catalog);

  const key = {
    provider: query.provider ?? shape?.provider ?? null,
    region: query.region,
    instanceType: shape?.instanceType ?? null,
    gpuModel,
    node: null,
    pool: null,
  };
  const window = { fromMs: query.atMs, toMs: query.atMs + HOUR_MS };
  const lifecycles = query.lifecycle ? [query.lifecycle] : LIFECYCLES;
  const rows = lifecycles.flatMap((lifecycle) =>
    books.flatMap((book) =>
      book
        .rates({ ...key, lifecycle }, window, currency)
        .slice(0, 1)
        .map((rate) => ({
          lifecycle,
          book: book.name,
          perGpuHour: formatPicos(rate.perGpuHourPicos),
          source: rate.source,
          priceDate: rate.priceDate,
          reference: rate.reference,
        })),
    ),
  );
  const { provider, region, instanceType } = key;
  return { currency, at: formatInstant(query.atMs), gpuModel, instanceType, provider, region, rows };
}

function unknownSubject(subject: string, catalog: HardwareCatalog): TareError {
  const models = catalog.gpus().map(({ model }) => model);
  const meant = closestWord(subject, models);
  return new TareError(
    'usage',
    `"${subject}" is neither a GPU nor a machine that the catalogue knows`,
    `${meant ? `did you mean ${meant}? ` : ''}GPUs: ${models.join(', ')}`,
  );
}
