import { afterAll, beforeAll, expect, it } from 'vitest';
import { fillStore, reportSetting, scheduledTare } from '../../../test/support/scheduled-fleet.ts';
import type { ReportFile } from '../../domain/governance/alerts/sent-report.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time/window.ts';
import { renderReport } from '../../reports/documents/render-report.ts';
import { openDuckDbStore } from '../../stores/duckdb/duckdb-store.ts';
import type { Tare } from '../tare.ts';
import { MOST_REPORT_BYTES, makeReport } from './make-report.ts';

const EIGHT = Date.UTC(2026, 10, 1, 8);

let tare: Tare;
beforeAll(async () => {
  const store = await openDuckDbStore('duckdb::memory:');
  await fillStore(store);
  tare = scheduledTare({ store, clock: { nowMs: () => EIGHT }, notifiers: [], reports: [] });
});
afterAll(() => tare.close());

/** A real document, with files of these sizes beside its figures. */
function make(sizes: readonly number[], atMs = EIGHT) {
  const files = sizes.map(
    (bytes, index): ReportFile => ({
      name: `${index}.bin`,
      type: 'application/octet-stream',
      content: new Uint8Array(bytes),
    }),
  );
  return makeReport(
    {
      reportDocument: tare.reportDocument,
      renderDocument: async (document) => ({ ...(await renderReport(document, [])), files }),
      publicUrl: null,
    },
    reportSetting(),
    { dueMs: EIGHT, atMs },
  );
}

it('takes files along as long as there is room, and says which do not go', async () => {
  const report = await make([MOST_REPORT_BYTES - 10, 100, 10]);
  expect(report.files.map(({ name }) => name)).toEqual(['0.bin', '2.bin']);
  expect(report.notes).toEqual(['1.bin is too large to go along (0.0 MB).']);
  // No room is left for the figures.
  expect(report.document).toBeNull();
});

it('takes its figures along', async () => {
  expect((await make([1_000])).document).toMatchObject({ kind: 'board', from: '2026-10-01T00:00:00Z' });
});

it.each([
  [15 * MINUTE_MS, false],
  [15 * MINUTE_MS + 1, true],
  [HOUR_MS, true],
])('is late after a quarter of an hour: %i ms', async (afterMs, isLate) => {
  expect(await make([], EIGHT + afterMs)).toMatchObject({
    isLate,
    notes: isLate ? ['It was due at 2026-11-01 08:00 UTC, and is late.'] : [],
  });
});
