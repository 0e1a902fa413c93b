import type { TakenFact } from '../domain/facts/facts.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { formatPicos, type Picos, parsePicos } from '../domain/money/picos.ts';
import { DAY_MS, floorToHour, formatInstant } from '../domain/time/window.ts';
import type { DatasetHeader } from '../ports/store.ts';
import { TareError } from './errors.ts';
import { planSavings } from './plan-savings.ts';
import type { TakenRecord, TakenReport, TakenRow } from './results/verification.ts';
import { DEFAULT_LEVER_SEED, type TakeRequest } from './tare.ts';
import { splitChangeId } from './verify/read-change.ts';
import { type VerifyParts, verifySaving } from './verify-saving.ts';

/** History before the change that the promise is taken from, where nobody states one. */
const PROMISE_DAYS = 28;
export const DEFAULT_CONFIDENCE = 0.95;

/** Records that a change was made, with what it was promised to save. The same again changes nothing. */
export async function takeLever(parts: VerifyParts, request: TakeRequest): Promise<TakenRecord> {
  const { changeId, atMs, takenBy } = request;
  const named = splitChangeId(changeId);
  if (!named) {
    throw new TareError(
      'usage',
      `"${changeId}" is no lever`,
      'write it as the plan does: scale-to-zero/NAME',
    );
  }
  const promise = await promiseOf(parts, request);
  const fact: TakenFact = {
    changeId,
    atMs,
    lever: named.name,
    target: named.target,
    owner: promise.owner,
    takenBy,
    promised: promise.promised,
    currency: parts.settings.currency,
  };
  const header: DatasetHeader = {
    name: `taken:${changeId}@${formatInstant(atMs)}`,
    kind: 'taken',
    importedAtMs: parts.clock.nowMs(),
  };
  const counts = await parts.store.importDataset(header, once(fact));
  return {
    change: changeId,
    at: formatInstant(atMs),
    takenBy,
    promised: fact.promised && {
      low: formatPicos(fact.promised.low),
      expected: formatPicos(fact.promised.expected),
      high: formatPicos(fact.promised.high),
    },
    currency: fact.currency,
    isNew: counts.imported > 0,
  };
}

async function* once(fact: TakenFact) {
  yield { taken: [fact] };
}

type Promised = Readonly<{ owner: string; promised: TakenFact['promised'] }>;

/** As stated, or as the plan had it for the weeks before the change. */
async function promiseOf(parts: VerifyParts, { changeId, atMs, promised }: TakeRequest): Promise<Promised> {
  const toMs = floorToHour(atMs);
  const window = { fromMs: toMs - PROMISE_DAYS * DAY_MS, toMs };
  const { rows } = await planSavings(parts, { window, seed: DEFAULT_LEVER_SEED, sloMs: {} });
  const row = rows.find(({ id }) => id === changeId);
  if (promised !== null) {
    const expected = readAmount(promised);
    return { owner: row?.owner ?? 'unknown', promised: { low: expected, expected, high: expected } };
  }
  if (!row) {
    const ids = rows.map(({ id }) => id);
    throw new TareError(
      'usage',
      `the plan before ${formatInstant(atMs)} has no "${changeId}"`,
      `${ids.length > 0 ? `it has ${ids.join('; ')}` : 'it is empty'}; state what was promised with --promised AMOUNT`,
    );
  }
  const { low, high } = row.aloneSaving;
  return {
    owner: row.owner,
    promised: {
      low: smaller(amountOf(low), amountOf(row.inPlanSaving)),
      expected: amountOf(row.inPlanSaving),
      high: amountOf(high),
    },
  };
}

function readAmount(text: string): Picos {
  const parsed = parsePicos(text);
  if (parsed && parsed.picos >= 0n) return parsed.picos;
  throw new TareError('usage', `"${text}" is no amount`, 'write what a month was to save, such as 1200.50');
}

function amountOf(text: string): Picos {
  return parsePicos(text)!.picos;
}

function smaller(a: Picos, b: Picos): Picos {
  return a < b ? a : b;
}

/** Every recorded change: promised, realised, drift. */
export async function reportTaken(parts: VerifyParts): Promise<TakenReport> {
  const rows: TakenRow[] = [];
  for (const fact of await parts.store.taken()) rows.push(await rowOf(parts, fact));
  const { currency } = parts.settings;
  const compared = rows.filter(({ promised, realised }) => promised !== null && realised !== null);
  const sum = (of: (row: TakenRow) => string) =>
    compared.reduce((total, row) => total + amountOf(of(row)), 0n);
  const promised = sum((row) => row.promised!);
  const realised = sum((row) => row.realised!.expected);
  return {
    currency,
    sentence: sentenceOf(rows, compared.length, promised, realised, currency),
    rows,
    total: {
      promised: formatPicos(promised),
      realised: formatPicos(realised),
      drift: formatPicos(realised - promised),
    },
  };
}

async function rowOf(parts: VerifyParts, fact: TakenFact): Promise<TakenRow> {
  const report = await verifySaving(parts, {
    change: fact.changeId,
    atMs: fact.atMs,
    window: null,
    confidence: DEFAULT_CONFIDENCE,
    tolerance: 0,
    unit: null,
    lowerIsBetter: [],
    metrics: [],
  });
  return {
    change: fact.changeId,
    lever: fact.lever,
    target: fact.target,
    owner: fact.owner,
    at: formatInstant(fact.atMs),
    takenBy: fact.takenBy,
    promised: fact.promised && formatPicos(fact.promised.expected),
    realised: report.saving,
    drift: report.promise?.drift ?? null,
    state: report.promise?.state ?? 'no_promise',
    verdict: report.verdict,
    sentence: report.sentence,
  };
}

function sentenceOf(
  rows: readonly TakenRow[],
  compared: number,
  promised: Picos,
  realised: Picos,
  currency: string,
): string {
  if (rows.length === 0) return 'No change is recorded. Record one with tare levers take.';
  const changes = `${rows.length} ${rows.length === 1 ? 'change' : 'changes'} recorded`;
  if (compared === 0) return `${changes}; it is too early to say what came of it.`;
  return `${changes}; of ${displayMoney(promised, currency)} a month promised, ${displayMoney(realised, currency)} was realised.`;
}
