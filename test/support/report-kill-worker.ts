/**
 * Sends reports without end, with a due time of each hour, until it is killed. Its clock goes an hour with each pass, from the one that
 * it is given. Says `noted N` once what was due at hour N is on disk.
 *
 *   tsx report-kill-worker.ts STORE_URL RECEIVER_URL HOUR
 */
import { HOUR_MS, MINUTE_MS } from '../../src/domain/time/window.ts';
import { createNotifier } from '../../src/notifiers/create-notifier.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { fillStore, reportSetting, scheduledWatch } from './scheduled-fleet.ts';

const [url = '', receiver = '', first = '0'] = process.argv.slice(2);

const FIRST_HOUR_MS = Date.UTC(2026, 10, 1);

async function work(): Promise<never> {
  const store = await openDuckDbStore(url);
  await fillStore(store);
  let hour = Number(first);
  const often = { mostPerHour: 100_000 };
  const watch = scheduledWatch({
    store,
    clock: { nowMs: () => FIRST_HOUR_MS + hour * HOUR_MS },
    notifiers: [
      createNotifier({ kind: 'webhook', url: `${receiver}/hook`, ...often }, MINUTE_MS),
      createNotifier({ kind: 'slack', url: `${receiver}/slack`, ...often }, MINUTE_MS),
    ],
    reports: [reportSetting({ at: '0 * * * *', to: ['webhook', 'slack'] })],
  });
  for (;;) {
    await watch.look();
    process.stdout.write(`noted ${hour}\n`);
    await watch.deliver(new AbortController().signal);
    hour += 1;
  }
}

await work();
