import { describe, expect, it, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time/window.ts';
import { type Alert, type AlertKind, type AlertSignal, updateAlerts } from './alert.ts';
import { messageText, plainText } from './message-text.ts';
import {
  failed,
  isFor,
  messagesLeft,
  missingNotices,
  type Notice,
  notice,
  type Recipient,
} from './notice.ts';

const NOW = Date.UTC(2026, 9, 14, 9);

function signal(kind: AlertKind, name: string, given: Partial<AlertSignal> = {}): AlertSignal {
  return {
    key: `${kind}/${name}`,
    kind,
    severity: 'warning',
    owner: { team: name },
    title: `The budget ${name}`,
    text: 'half of it is spent',
    ...given,
  };
}

const FAST = signal('fastBurn', 'search', { severity: 'critical' });

describe('alerts', () => {
  const [begun] = updateAlerts([], [FAST], NOW) as [Alert];

  it('begin when something is wrong', () => {
    expect(begun).toMatchObject({
      id: 'fastBurn/search@2026-10-14T09:00:00Z',
      startMs: NOW,
      missingSinceMs: null,
      endMs: null,
    });
  });

  it('stay as they are while nothing changes', () => {
    expect(updateAlerts([begun], [FAST], NOW + HOUR_MS)).toEqual([]);
  });

  it('say what is true now, under the same id', () => {
    const [changed] = updateAlerts([begun], [{ ...FAST, text: 'all of it is spent' }], NOW + HOUR_MS);
    expect(changed).toEqual({ ...begun, text: 'all of it is spent' });
  });

  test.each([
    ['fastBurn', HOUR_MS],
    ['budgetHeadingOver', DAY_MS],
    ['budgetOver', 15 * MINUTE_MS],
  ] as const)('end when %s is gone for %i ms, and not before', (kind, afterMs) => {
    const [alert] = updateAlerts([], [signal(kind, 'a')], NOW) as [Alert];
    const [missing] = updateAlerts([alert], [], NOW + 1) as [Alert];
    expect(missing).toMatchObject({ missingSinceMs: NOW + 1, endMs: null });
    expect(updateAlerts([missing], [], NOW + afterMs)).toEqual([]);
    expect(updateAlerts([missing], [], NOW + 1 + afterMs)).toEqual([{ ...missing, endMs: NOW + 1 }]);
  });

  it('that are back before that go on', () => {
    const [missing] = updateAlerts([begun], [], NOW + 1) as [Alert];
    expect(updateAlerts([missing], [FAST], NOW + 2)).toEqual([begun]);
  });

  it('that come back after their end are new', () => {
    const [again] = updateAlerts([], [FAST], NOW + DAY_MS) as [Alert];
    expect(again.id).not.toBe(begun.id);
  });
});

describe('notices', () => {
  const recipient = (given: Partial<Recipient> = {}): Recipient => ({
    name: 'finops',
    severities: ['critical', 'warning'],
    owners: {},
    mostPerHour: 2,
    wantsDigest: false,
    ...given,
  });
  const [alert] = updateAlerts([], [FAST], NOW) as [Alert];
  const over = { ...alert, endMs: NOW + HOUR_MS };

  test.each([
    ['whoever wants its severity', {}, true],
    ['nobody who does not', { severities: ['info'] as const }, false],
    ['its team', { owners: { team: ['search', 'ads'] } }, true],
    ['no other team', { owners: { team: ['ads'] } }, false],
    ['whoever asks for another dimension', { owners: { environment: ['production'] } }, true],
  ])('go to %s', (_, given, expected) => {
    expect(isFor(recipient(given), alert)).toBe(expected);
  });

  test.each<[string, Alert, readonly Notice['event'][], readonly Notice['event'][]]>([
    ['a new one', alert, [], ['firing']],
    ['one that was told', alert, ['firing'], []],
    ['its end', over, ['firing'], ['resolved']],
    ['an end that was told', over, ['firing', 'resolved'], []],
    ['an end without a beginning', over, [], []],
  ])('are missing of %s', (_, one, told, missing) => {
    const found = missingNotices([one], [recipient()], (_name, _id, event) => told.includes(event), NOW);
    expect(found.map(({ event }) => event)).toEqual(missing);
  });

  it('that failed wait twice as long each time, a quarter of an hour at most', () => {
    let one = notice('finops', alert.id, 'firing', NOW);
    const pauses = Array.from({ length: 7 }, () => {
      one = failed(one, NOW, 'down', null);
      return (one.nextMs - NOW) / MINUTE_MS;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 15, 15, 15]);
    expect(failed(one, NOW, 'limited', HOUR_MS).nextMs).toBe(NOW + HOUR_MS);
    expect(failed(one, NOW + 3 * DAY_MS, 'down', null).state).toBe('givenUp');
  });

  it('are limited by the messages of the last hour', () => {
    const sent = (messageId: string, atMs: number): Notice => ({
      ...notice('finops', messageId, 'firing', atMs),
      state: 'sent',
      messageId,
      changedMs: atMs,
    });
    const notices = [sent('a', NOW), sent('a', NOW), sent('old', NOW - HOUR_MS)];
    expect(messagesLeft(recipient(), notices, NOW)).toBe(1);
    expect(messagesLeft(recipient(), [...notices, sent('b', NOW), sent('c', NOW)], NOW)).toBe(0);
    expect(messagesLeft(recipient({ name: 'other' }), notices, NOW)).toBe(2);
  });
});

describe('the words of a message', () => {
  const [alert] = updateAlerts([], [FAST], NOW) as [Alert];

  test.each([
    ['one', [{ event: 'firing' as const, alert }], 'Tare: The budget search'],
    ['its end', [{ event: 'resolved' as const, alert }], 'Tare, over: The budget search'],
    [
      'several',
      [
        { event: 'firing' as const, alert },
        { event: 'firing' as const, alert },
        { event: 'resolved' as const, alert },
      ],
      'Tare: 2 new, 1 over',
    ],
  ])('of %s', (_, notices, title) => {
    expect(messageText({ kind: 'alerts', notices, unsure: [] }).title).toBe(title);
  });

  it('say what may be missing', () => {
    const text = messageText({
      kind: 'alerts',
      notices: [{ event: 'firing', alert }],
      unsure: ['The budget ads'],
    });
    expect(plainText(text)).toBe(
      'critical: The budget search\nhalf of it is spent\nsince 2026-10-14 09:00 UTC\n\nAn earlier message may not have arrived\nIt was about: The budget ads',
    );
  });
});
