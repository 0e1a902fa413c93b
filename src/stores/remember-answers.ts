import type { Store } from '../ports/store.ts';

/** Questions that cost much and whose answers change only when something is written. */
const REMEMBERED = [
  'calls',
  'charges',
  'commitmentLines',
  'extent',
  'findNames',
  'holderHours',
  'latencies',
  'ledger',
  'reconcile',
  'reconcileServices',
  'revenues',
  'scores',
  'servingPeaks',
  'unpriced',
] as const;
/** These change none of those answers. Everything else may, so that a method added later is safe before it is listed. */
const HARMLESS: readonly string[] = [
  'activeSlots',
  'alerts',
  'attributeSets',
  'calls',
  'commitmentLines',
  'datasets',
  'evidence',
  'heldDevices',
  'interruptions',
  'judgements',
  'latencies',
  'nodePlaces',
  'notices',
  'pastHolders',
  'priceKeys',
  'pruneAlerting',
  'queueSlots',
  'readNote',
  'refreshRuns',
  'revenues',
  'rollUpSamples',
  'runEvidence',
  'runGroups',
  'runParts',
  'runQualities',
  'runSpans',
  'runs',
  'saveAlerting',
  'removeView',
  'saveJudgement',
  'saveView',
  'scores',
  'servedHours',
  'servingPeaks',
  'staleWindows',
  'taken',
  'url',
  'usageProfiles',
  'views',
];
/** Groups of ledger rows kept over all answers: some 100 MiB at most. */
const MAX_ROWS = 100_000;

/**
 * A store that gives the same answer again while nothing was written through it, for the pages that are opened many times between two
 * rebuilds. Only for a store that this process owns: it does not see what others write.
 */
export function rememberAnswers(store: Store): Store {
  const answers = new Map<string, Promise<unknown>>();
  const rows = new Map<string, number>();
  let writes = 0;

  const forget = () => {
    writes += 1;
    answers.clear();
    rows.clear();
  };
  const written = async (work: Promise<unknown>) => {
    forget();
    try {
      return await work;
    } finally {
      forget();
    }
  };
  const asked = (key: string, ask: () => Promise<unknown>) => {
    const known = answers.get(key);
    if (known) return known;
    const before = writes;
    const answer = ask();
    answers.set(key, answer);
    answer.then(
      (value) => {
        if (writes === before) keep(key, Array.isArray(value) ? value.length : 1);
      },
      () => {
        if (writes === before) answers.delete(key);
      },
    );
    return answer;
  };
  const keep = (key: string, count: number) => {
    rows.set(key, count);
    let total = [...rows.values()].reduce((sum, one) => sum + one, 0);
    for (const [oldest, size] of rows) {
      if (total <= MAX_ROWS) return;
      rows.delete(oldest);
      answers.delete(oldest);
      total -= size;
    }
  };

  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const call = (...parameters: unknown[]): unknown => Reflect.apply(value, target, parameters);
      if (REMEMBERED.some((one) => one === name))
        return (...parameters: unknown[]) =>
          asked(
            `${String(name)} ${JSON.stringify(parameters)}`,
            () => call(...parameters) as Promise<unknown>,
          );
      if (HARMLESS.includes(String(name))) return call;
      return (...parameters: unknown[]) => written(call(...parameters) as Promise<unknown>);
    },
  });
}
