import { type AlertWatch, createAlertWatch, type NotifierFor } from '../../src/app/alerts/alert-watch.ts';
import { createTare } from '../../src/app/create-tare.ts';
import { createReportOutbox } from '../../src/app/scheduled-reports/report-outbox.ts';
import type { ReportSetting } from '../../src/app/scheduled-reports/report-setting.ts';
import type { Tare } from '../../src/app/tare.ts';
import type { FactBatch } from '../../src/domain/facts/facts.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { renderReport } from '../../src/reports/documents/render-report.ts';
import { SMALL_PRICE_BOOK, SMALL_SETTINGS, smallFleet } from './small-fleet.ts';

const OCTOBER = Date.UTC(2026, 9);
const DECEMBER = Date.UTC(2026, 11);

/** The small fleet, and a device that is paid for through October and November, so that both are whole months. */
async function* facts(): AsyncIterable<FactBatch> {
  const fleet = smallFleet();
  const [device] = fleet.capacity;
  const whole = {
    ...device!,
    deviceId: 'gpu-w',
    node: 'b1-01',
    resourceKey: null,
    startMs: OCTOBER,
    endMs: DECEMBER,
  };
  yield { ...fleet, capacity: [...fleet.capacity, whole] };
}

export type ScheduledParts = Readonly<{
  store: Store;
  clock: Clock;
  notifiers: readonly NotifierFor[];
  reports: readonly ReportSetting[];
  publicUrl?: string | null;
}>;

/** Fills the store; a second time changes nothing. */
export async function fillStore(store: Store): Promise<void> {
  await store.importDataset({ name: 'test:all', kind: 'test', importedAtMs: DECEMBER }, facts());
}

/** A real Tare over a filled store, that sends reports. */
export function scheduledTare({ store, clock, notifiers, reports, publicUrl = null }: ScheduledParts): Tare {
  return createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [SMALL_PRICE_BOOK],
    settings: SMALL_SETTINGS,
    notifiers,
    scheduled: { reports, renderDocument: renderReport, publicUrl },
    clock,
    listFiles: async () => [],
  });
}

/** Its outbox alone: nothing is wrong, and no week is told of. */
export function scheduledWatch(parts: ScheduledParts, tare: Tare = scheduledTare(parts)): AlertWatch {
  const { store, clock, notifiers, publicUrl = null } = parts;
  const making = { reportDocument: tare.reportDocument, renderDocument: renderReport, publicUrl };
  return createAlertWatch({
    store,
    clock,
    notifiers,
    signals: async () => [],
    digest: async () => ({ title: '', sections: [] }),
    reports: createReportOutbox({ ...parts, ...making }),
  });
}

export function reportSetting(given: Partial<ReportSetting> = {}): ReportSetting {
  return {
    name: 'board',
    kind: 'board',
    team: null,
    by: null,
    at: '0 8 1 * *',
    timeZone: 'UTC',
    formats: ['csv'],
    to: ['webhook'],
    ...given,
  };
}
