import { grossOf } from '../domain/ledger/buckets.ts';
import { grossPicos } from '../domain/levers/holder-hour.ts';
import { formatPicos, type Picos } from '../domain/money/picos.ts';
import { formatDay } from '../domain/time/window.ts';
import { ticksToHours } from '../domain/units/gpu-time.ts';
import { TareError } from './errors.ts';
import { type ReplayedPlan, replayPlan } from './plan-savings.ts';
import type { ReportParts } from './report-ledger.ts';
import type { LeverDetail, LeverPart } from './results/levers.ts';
import type { LeversRequest } from './tare.ts';

/**
 * One lever of the plan, with the hours that it cuts: what they cost, why they stood still, what the change alone would have saved.
 * Days and nodes add up to the same total.
 * @throws TareError when the plan of the window has no such lever
 */
export async function explainLever(
  parts: ReportParts,
  request: LeversRequest & Readonly<{ id: string }>,
): Promise<LeverDetail> {
  const { report, explained, kept } = await replayPlan(parts, request);
  const index = report.rows.findIndex(({ id }) => id === request.id);
  if (index < 0)
    throw noSuchLever(
      request.id,
      report.rows.map(({ id }) => id),
    );
  const pieces = piecesOf(explained, kept[index]!);
  const { currency, from, to, period, rows } = report;
  return {
    currency,
    from,
    to,
    period,
    place: index + 1,
    levers: rows.length,
    row: rows[index]!,
    days: [...grouped(pieces, ({ day }) => day)].map(([day, own]) => ({ ...partOf(own), day })),
    nodes: [...grouped(pieces, ({ node, gpuModel }) => `${node}\0${gpuModel}`).values()]
      .map((own) => ({ ...partOf(own), node: own[0]!.node, gpuModel: own[0]!.gpuModel }))
      .toSorted((a, b) => Number(b.cost) - Number(a.cost)),
    total: partOf(pieces),
  };
}

type Piece = Readonly<{
  day: string;
  node: string;
  gpuModel: string;
  ticks: bigint;
  cost: Picos;
  saved: Picos;
  idle: readonly Readonly<{ cause: string; ticks: bigint }>[];
}>;

function piecesOf(
  { hours, causes }: ReplayedPlan['explained'],
  { proposal, alone }: ReplayedPlan['kept'][number],
): Piece[] {
  const saved = new Map<number, Picos>();
  for (const { index, picos } of alone) saved.set(index, (saved.get(index) ?? 0n) + picos);
  return [...new Set(proposal.scope)]
    .toSorted((a, b) => a - b)
    .map((index) => {
      const { hourMs, node, gpuModel, ticks } = hours[index]!;
      const { idle, unallocated } = causes[index]!;
      return {
        day: formatDay(hourMs),
        node,
        gpuModel,
        ticks: grossOf(ticks),
        cost: grossPicos(hours[index]!),
        saved: saved.get(index) ?? 0n,
        idle: [
          { cause: idle?.cause ?? 'unknown', ticks: ticks.idle },
          { cause: unallocated?.cause ?? 'unknown', ticks: ticks.unallocated },
        ].filter((one) => one.ticks > 0n),
      };
    });
}

function grouped(pieces: readonly Piece[], keyOf: (piece: Piece) => string): Map<string, Piece[]> {
  const groups = new Map<string, Piece[]>();
  for (const piece of pieces) {
    const key = keyOf(piece);
    const known = groups.get(key);
    if (known) known.push(piece);
    else groups.set(key, [piece]);
  }
  return groups;
}

function partOf(pieces: readonly Piece[]): LeverPart {
  const idle = new Map<string, bigint>();
  for (const { cause, ticks } of pieces.flatMap((piece) => piece.idle))
    idle.set(cause, (idle.get(cause) ?? 0n) + ticks);
  return {
    gpuHours: ticksToHours(sumOf(pieces, ({ ticks }) => ticks)),
    cost: formatPicos(sumOf(pieces, ({ cost }) => cost)),
    saved: formatPicos(sumOf(pieces, ({ saved }) => saved)),
    idleByCause: Object.fromEntries([...idle].map(([cause, ticks]) => [cause, ticksToHours(ticks)])),
  };
}

function sumOf(pieces: readonly Piece[], of: (piece: Piece) => bigint): bigint {
  return pieces.reduce((sum, piece) => sum + of(piece), 0n);
}

function noSuchLever(id: string, ids: readonly string[]): TareError {
  const [first] = ids;
  return new TareError(
    'noSuchLever',
    `the plan of this window has no lever ${id}`,
    first === undefined
      ? 'it has none at all; ask about another window'
      : `tare levers lists them, such as ${first}; ask about another window if it should be there`,
  );
}
