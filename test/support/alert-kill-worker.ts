/**
 * Looks and sends without end, with a new alert each time, until it is killed. Says `began N` once the Nth alert is on disk.
 *
 *   tsx alert-kill-worker.ts STORE_URL RECEIVER_URL FIRST
 */
import { createAlertWatch } from '../../src/app/alerts/alert-watch.ts';
import type { AlertSignal } from '../../src/domain/governance/alerts/alert.ts';
import { MINUTE_MS } from '../../src/domain/time/window.ts';
import { createNotifier } from '../../src/notifiers/create-notifier.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';

const [url = '', receiver = '', first = '0'] = process.argv.slice(2);

function signalOf(number: number): AlertSignal {
  const key = `fastBurn/budget-${number}`;
  return { key, kind: 'fastBurn', severity: 'critical', owner: {}, title: `alert ${number};`, text: '' };
}

async function work(): Promise<never> {
  const store = await openDuckDbStore(url);
  let count = Number(first);
  const watch = createAlertWatch({
    store,
    clock: { nowMs: () => Date.now() },
    notifiers: [
      createNotifier({ kind: 'webhook', url: `${receiver}/hook`, mostPerHour: 100_000 }, MINUTE_MS),
      createNotifier({ kind: 'slack', url: `${receiver}/slack`, mostPerHour: 100_000 }, MINUTE_MS),
    ],
    signals: async () => Array.from({ length: count }, (_, number) => signalOf(number)),
    digest: async () => ({ title: '', sections: [] }),
  });
  for (;;) {
    count += 1;
    await watch.look();
    process.stdout.write(`began ${count}\n`);
    await watch.deliver(new AbortController().signal);
  }
}

await work();
