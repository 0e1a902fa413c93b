import type { Revisions } from '../ports/revisions.ts';
import type { BuildCounts, ImportCounts, Store } from '../ports/store.ts';

type Judged = (answer: unknown) => boolean;
const always: Judged = () => true;

/**
 * The writes that figures, alerts or views change with, and how their answers tell that they did. A pass over sources that bring nothing
 * new writes watermarks and owners all the same; nobody has to ask again for that.
 */
const CHANGES: Readonly<Record<string, Judged>> = {
  importDataset: (answer) => (answer as ImportCounts).imported + (answer as ImportCounts).removed > 0,
  removeDataset: always,
  buildHours: (answer) => (answer as BuildCounts).hours > 0,
  saveJudgement: always,
  saveAlerting: always,
  saveView: always,
  removeView: always,
};
/** Of the notes, what people did to idle holders. */
const SHOWN_NOTES = ['actions'];

/** The store, and word of what is written through it. What other processes write into it is not seen. */
export function watchWrites(
  store: Store,
  startedAs: string,
): Readonly<{ store: Store; revisions: Revisions }> {
  const watchers = new Set<() => void>();
  let writes = 0;
  const changed = () => {
    writes += 1;
    for (const watcher of watchers) watcher();
  };

  const watched = new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const isChange = name === 'writeNote' ? always : CHANGES[String(name)];
      const call = (...parameters: unknown[]): unknown => Reflect.apply(value, target, parameters);
      if (!isChange) return call;
      return async (...parameters: unknown[]) => {
        const answer = await call(...parameters);
        if (name === 'writeNote' && !SHOWN_NOTES.includes(String(parameters[0]))) return answer;
        if (isChange(answer)) changed();
        return answer;
      };
    },
  });
  const watch = (onChange: () => void) => {
    watchers.add(onChange);
    return () => void watchers.delete(onChange);
  };
  return { store: watched, revisions: { current: () => `${startedAs}-${writes}`, watch } };
}
