import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Alert } from '../../../src/domain/governance/alerts/alert.ts';
import { type Notice, notice } from '../../../src/domain/governance/alerts/notice.ts';
import type { AnomalyJudgement } from '../../../src/domain/governance/anomalies/judgement.ts';
import { DAY_MS } from '../../../src/domain/time/window.ts';
import type { Store } from '../../../src/ports/store.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';

const NOW = Date.UTC(2026, 9, 14, 9);

function alert(name: string, given: Partial<Alert> = {}): Alert {
  return {
    id: `fastBurn/${name}@2026-10-14T09:00:00Z`,
    key: `fastBurn/${name}`,
    kind: 'fastBurn',
    severity: 'critical',
    owner: { team: "o'brien \\ co" },
    title: `The budget ${name}`,
    text: 'half of it\nis spent',
    startMs: NOW,
    missingSinceMs: null,
    endMs: null,
    ...given,
  };
}

const JUDGEMENT: AnomalyJudgement = {
  measure: 'cost',
  dimension: 'team',
  owner: "o'brien",
  fromMs: NOW,
  toMs: NOW + DAY_MS,
  verdict: 'acknowledged',
  note: null,
  by: null,
  atMs: NOW,
};

onEveryEngine('records of guardrails', (engine) => {
  let store: Store;
  beforeAll(async () => {
    store = await engine.open();
  });
  afterAll(() => store.close());

  it('keeps the last that was said of an anomaly', async () => {
    await store.saveJudgement(JUDGEMENT);
    await store.saveJudgement(JUDGEMENT);
    expect(await store.judgements()).toEqual([JUDGEMENT]);
    const later = { ...JUDGEMENT, verdict: 'falseAlarm', note: 'a test', by: 'ann', atMs: NOW + 1 } as const;
    await store.saveJudgement(later);
    const other = { ...JUDGEMENT, owner: 'ads', atMs: NOW + 2 };
    await store.saveJudgement(other);
    expect(await store.judgements()).toEqual([later, other]);
  });

  it('keeps alerts by their id, and those that ended for as long as is asked', async () => {
    await store.saveAlerting({ alerts: [alert('a'), alert('b')] });
    const ended = alert('b', { endMs: NOW + DAY_MS, missingSinceMs: NOW + DAY_MS });
    await store.saveAlerting({ alerts: [ended] });
    expect(await store.alerts(NOW)).toEqual([alert('a'), ended]);
    expect(await store.alerts(NOW + DAY_MS + 1)).toEqual([alert('a')]);
  });

  it('keeps notices by recipient, alert and event', async () => {
    const first = notice('slack', alert('a').id, 'firing', NOW);
    const others = [
      notice('mail', alert('a').id, 'firing', NOW + 1),
      notice('slack', 'x', 'digest', NOW + 2),
    ];
    await store.saveAlerting({ notices: [first, ...others] });
    const sent = {
      ...first,
      state: 'sent',
      messageId: 'm',
      changedMs: NOW + 3,
      reason: "it's done",
    } as const;
    await store.saveAlerting({ notices: [sent] });
    expect(await store.notices(0)).toEqual([sent, ...others]);
    // What is not settled is always there.
    expect(await store.notices(NOW + DAY_MS)).toEqual(others);
  });
});

const KEEP_FROM = 100 * DAY_MS;
const anyInstant = fc.integer({ min: 95, max: 105 }).map((day) => day * DAY_MS);
const anyState = fc.constantFrom<Notice['state'][]>('waiting', 'sending', 'sent', 'uncertain', 'givenUp');
/** Alerts by number, each with notices to some recipients; and digests. */
const anyRecords = fc.record({
  alerts: fc.array(fc.option(anyInstant), { maxLength: 6 }),
  notices: fc.uniqueArray(
    fc.record({
      recipient: fc.constantFrom('slack', 'mail'),
      about: fc.integer({ min: 0, max: 7 }),
      event: fc.constantFrom<Notice['event'][]>('firing', 'resolved'),
      state: anyState,
      changedMs: anyInstant,
    }),
    { maxLength: 10, selector: ({ recipient, about, event }) => `${recipient} ${about} ${event}` },
  ),
});

onEveryEngine('settled alerts', (engine) => {
  it('go after a time, and nothing that is open or unsent ever does', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, async (records) => {
        const store = await engine.open();
        const alerts = records.alerts.map((endMs, index) => alert(`n${index}`, { startMs: 0, endMs }));
        const notices = records.notices.map(({ recipient, about, event, state, changedMs }) => {
          // What no alert is left for is a digest.
          const isDigest = about >= alerts.length;
          const id = isDigest ? `digest@${about}` : alerts[about]!.id;
          const one = notice(recipient, id, isDigest ? 'digest' : event, 0);
          return { ...one, state, changedMs };
        });
        const unique = [...new Map(notices.map((one) => [keyOf(one), one])).values()];
        await store.saveAlerting({ alerts, notices: unique });
        await store.pruneAlerting(KEEP_FROM);
        const isOpen = ({ state, changedMs }: Notice) =>
          state === 'waiting' || state === 'sending' || changedMs >= KEEP_FROM;
        const isGone = (id: string) =>
          alerts.some((one) => one.id === id && one.endMs !== null && one.endMs < KEEP_FROM) &&
          !unique.some((one) => one.alertId === id && isOpen(one));
        const idsOf = async () => (await store.alerts(0)).map(({ id }) => id).toSorted();
        expect(await idsOf()).toEqual(
          alerts
            .map(({ id }) => id)
            .filter((id) => !isGone(id))
            .toSorted(),
        );
        const kept = unique.filter((one) => (one.event === 'digest' ? isOpen(one) : !isGone(one.alertId)));
        expect((await store.notices(0)).map(keyOf).toSorted()).toEqual(kept.map(keyOf).toSorted());
        expect(await store.pruneAlerting(KEEP_FROM)).toEqual({ alerts: 0, notices: 0 });
        await store.close();
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

function keyOf({ recipient, alertId, event }: Notice): string {
  return `${recipient} ${alertId} ${event}`;
}
