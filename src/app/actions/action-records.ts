import type { ActionRecord } from '../../ports/cluster.ts';
import type { Store } from '../../ports/store.ts';

const NOTE = 'actions';
/** Of the oldest, only those that can still be taken back would be missed; a fleet does not do this many in years. */
const MOST_RECORDS = 5_000;

/** Newest first. */
export async function readActions(store: Store): Promise<readonly ActionRecord[]> {
  const text = await store.readNote(NOTE);
  return text === undefined ? [] : (JSON.parse(text) as ActionRecord[]);
}

/** Adds a record, or puts it in the place of the one of the same id. */
export async function keepAction(store: Store, record: ActionRecord): Promise<void> {
  const records = await readActions(store);
  const isKnown = records.some(({ id }) => id === record.id);
  const next = isKnown
    ? records.map((one) => (one.id === record.id ? record : one))
    : [record, ...records].slice(0, MOST_RECORDS);
  await store.writeNote(NOTE, JSON.stringify(next));
}
