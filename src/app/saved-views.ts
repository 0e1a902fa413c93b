import { formatInstant } from '../domain/time/window.ts';
import { MOST_VIEWS, type SavedView, viewProblem } from '../domain/views/saved-view.ts';
import type { Clock } from '../ports/clock.ts';
import type { SavedViews } from '../ports/saved-views.ts';
import { TareError } from './errors.ts';
import type { ViewList, ViewRow } from './results/search.ts';

export type SaveViewRequest = Readonly<{ name: string; address: string }>;

export async function listViews(store: SavedViews): Promise<ViewList> {
  return { rows: (await store.views()).map(toRow) };
}

/** Keeps the address under the name, in the place of what the name stood for. The same again keeps its time. */
export async function saveView(
  store: SavedViews,
  clock: Clock,
  { name, address }: SaveViewRequest,
): Promise<ViewRow> {
  const problem = viewProblem({ name, address });
  if (problem !== null) throw new TareError('badView', problem, 'open the page, and save it from its header');
  const known = await store.views();
  const before = known.find((view) => view.name === name);
  if (before?.address === address) return toRow(before);
  if (!before && known.length >= MOST_VIEWS) {
    throw new TareError(
      'badView',
      `${known.length} views are kept already, which is as many as there may be`,
      'delete one that nobody opens any more: tare views delete NAME',
    );
  }
  const view = { name, address, savedAtMs: clock.nowMs() };
  await written(() => store.saveView(view));
  return toRow(view);
}

/** What was deleted. */
export async function removeView(store: SavedViews, name: string): Promise<ViewRow> {
  const view = await findView(store, name);
  await written(() => store.removeView(name));
  return toRow(view);
}

async function findView(store: SavedViews, name: string): Promise<SavedView> {
  const known = await store.views();
  const view = known.find((one) => one.name === name);
  if (view) return view;
  const names = known.map((one) => one.name).join(', ');
  throw new TareError(
    'noSuchView',
    `there is no view "${name}"`,
    names === '' ? 'save one from the header of the dashboard' : `take one of ${names}`,
  );
}

const REFUSED =
  /read.?only|not enough privileges|ACCESS_DENIED|permission denied|no space left|disk (is )?full/i;

/** A store that can be read and not written says so in words of its engine. */
async function written(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    if (!REFUSED.test(message)) throw thrown;
    throw new TareError(
      'storeReadOnly',
      `the store takes no changes, so the view was not saved: ${message.split('\n')[0]}`,
      'let the user of the server write to the store, and make room on its disk; everything that only reads goes on',
      thrown,
    );
  }
}

function toRow({ name, address, savedAtMs }: SavedView): ViewRow {
  return { name, address, link: viewLink(name), savedAt: formatInstant(savedAtMs) };
}

export function viewLink(name: string): string {
  return `/views/${encodeURIComponent(name)}`;
}
