import { type AnomalyJudgement, parseAnomalyId } from '../../domain/governance/anomalies/judgement.ts';
import { DAY_MS, HOUR_MS } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';
import { TareError } from '../errors.ts';
import type { AnomalyRow } from '../results/anomalies.ts';
import type { JudgeRequest } from '../tare.ts';
import { type AnomalyParts, reportAnomalies } from './report-anomalies.ts';

/** An anomaly that lasts longer is the new level by then. */
const LONGEST_MS = 21 * DAY_MS;

type JudgeParts = Omit<AnomalyParts, 'store'> &
  Readonly<{ store: AnomalyParts['store'] & Pick<Store, 'saveJudgement'> }>;

/** What someone says of an anomaly that is there. The same said again keeps its time. */
export async function judgeAnomaly(
  parts: JudgeParts,
  clock: Clock,
  { id, verdict, note, by }: JudgeRequest,
): Promise<AnomalyJudgement> {
  const subject = parseAnomalyId(id);
  if (!subject) throw noSuchAnomaly(id);
  const { measure, dimension, owner, fromMs } = subject;
  const report = await reportAnomalies(parts, {
    window: { fromMs: fromMs - DAY_MS, toMs: fromMs + LONGEST_MS },
    by: measure === 'unitCost' ? [] : [dimension],
    measures: [measure],
  });
  const row = report.rows.find((one) => one.id === id) ?? report.rows.find((one) => holds(one, subject));
  if (!row) throw noSuchAnomaly(id);
  const judgement: AnomalyJudgement = {
    measure,
    dimension,
    owner,
    fromMs: Date.parse(row.from),
    toMs: Math.max(Date.parse(row.to), fromMs + HOUR_MS),
    verdict,
    note,
    by,
    atMs: clock.nowMs(),
  };
  const before = (await parts.store.judgements()).find((one) => isTheSame(one, judgement));
  if (before) return before;
  await parts.store.saveJudgement(judgement);
  return judgement;
}

/** With other hours of history in sight, the start of an anomaly may lie some hours off. */
function holds(row: AnomalyRow, { owner, fromMs }: Readonly<{ owner: string; fromMs: number }>): boolean {
  return row.owner === owner && Date.parse(row.from) <= fromMs && fromMs < Date.parse(row.to);
}

function isTheSame({ atMs: _, ...one }: AnomalyJudgement, { atMs: __, ...other }: AnomalyJudgement): boolean {
  return Object.entries(other).every(([name, value]) => one[name as keyof typeof one] === value);
}

function noSuchAnomaly(id: string): TareError {
  return new TareError(
    'noSuchAnomaly',
    `there is no anomaly "${id}"`,
    'take an id from tare anomalies, such as cost/team/search@2026-10-14T09',
  );
}
