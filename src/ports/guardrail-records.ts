import type { Alert } from '../domain/governance/alerts/alert.ts';
import type { Notice } from '../domain/governance/alerts/notice.ts';
import type { AnomalyJudgement } from '../domain/governance/anomalies/judgement.ts';

/** What the store keeps of guardrails: what people said of anomalies, what was wrong, and who was told of it. */
export interface GuardrailRecords {
  judgements(): Promise<readonly AnomalyJudgement[]>;
  /** The same subject and start again replaces what was said of it. */
  saveJudgement(judgement: AnomalyJudgement): Promise<void>;

  /** Those that go on, and those that ended at or after the instant. */
  alerts(endedSinceMs: number): Promise<readonly Alert[]>;
  /** Of the outbox: what is not settled, and what changed at or after the instant. */
  notices(changedSinceMs: number): Promise<readonly Notice[]>;
  /**
   * Adds, or replaces by their keys: the id of an alert; recipient, alert and event of a notice. On disk when it returns. Where alerts
   * and notices are given, a kill may leave the alerts alone.
   */
  saveAlerting(change: Readonly<{ alerts?: readonly Alert[]; notices?: readonly Notice[] }>): Promise<void>;
  /**
   * Removes alerts that ended before the instant and of which everything was told before it, with what was told; and digests that were settled before it.
   * What is open, or waits to be sent, stays, however old it is.
   */
  pruneAlerting(settledBeforeMs: number): Promise<Readonly<{ alerts: number; notices: number }>>;
}
