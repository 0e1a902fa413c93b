import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { type ActParts, act as actOn, undo } from '../../app/actions/act.ts';
import { TareError } from '../../app/errors.ts';
import type { Tare } from '../../app/tare.ts';
import { ACTION_KINDS } from '../../domain/actions/find-idle-now.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { ActFlags, ClusterFlags, GlobalFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** `tare act`: exits with 5 when the cluster did not take a change. */
export async function act(context: CommandContext, flags: ActFlags): Promise<number> {
  checkFlags(flags);
  const cluster = await clusterOf(context, flags);
  const isApplied = flags.apply ?? false;
  if (isApplied && cluster === null)
    throw new TareError('usage', '--apply has no cluster', 'give --kubeconfig or --server');
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: isApplied, usesSources: false }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const idle = await tare.reportIdleNow(flags.hours);
    const request = { isApplied, only: flags.only ?? [], kinds: flags.kind ?? [] };
    const result = await actOn(partsOf(context, tare, cluster), idle, request);
    await printData(context, formatOf(flags), { name: 'actions', result });
    return result.rows.some(({ state }) => state === 'failed') ? EXIT.outside : EXIT.fine;
  });
}

/** `tare act undo ID`. */
export async function undoAction(context: CommandContext, flags: ActFlags, id: string): Promise<number> {
  const cluster = await clusterOf(context, flags);
  return withTare(context, flags, { writes: true, usesSources: false }, async ({ tare }) => {
    const record = await undo(partsOf(context, tare, cluster), id);
    await printData(context, formatOf(flags), { name: 'action-log', result: { rows: [record] } });
    return EXIT.fine;
  });
}

/** `tare act log`. */
export function actionLog(context: CommandContext, flags: GlobalFlags): Promise<number> {
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await printData(context, formatOf(flags), { name: 'action-log', result: await tare.actions() });
    return EXIT.fine;
  });
}

function checkFlags({ apply, all, dryRun, only, kind }: ActFlags): void {
  const unknown = kind?.find((one) => !ACTION_KINDS.some((known) => known === one));
  if (unknown !== undefined)
    throw new TareError('usage', `there is no action "${unknown}"`, `choose of ${ACTION_KINDS.join(', ')}`);
  if (apply && dryRun)
    throw new TareError('usage', '--apply and --dry-run exclude each other', 'give one of them');
  if (apply && !all && only === undefined)
    throw new TareError(
      'usage',
      '--apply names nothing',
      'look at the dry run first, then name targets with --only, or take all of them with --all',
    );
}

/** The cluster that flags name; `null` where they name none. */
export async function clusterOf(command: CommandContext, flags: ClusterFlags): Promise<Cluster | null> {
  const { directory, environment } = command;
  const { kubeconfig, context, server, tokenFile, serverCa } = flags;
  const at = (path: string | undefined) => (path === undefined ? null : resolve(directory, path));
  if (kubeconfig === undefined && server === undefined) return null;
  if (kubeconfig !== undefined && server !== undefined)
    throw new TareError('usage', '--kubeconfig and --server exclude each other', 'give one of them');
  const { connectCluster } = await import('../../compose.ts');
  return connectCluster(
    server === undefined
      ? { kind: 'kubeconfig', path: at(kubeconfig)!, context: context ?? null }
      : { kind: 'server', url: server, tokenFile: at(tokenFile), caFile: at(serverCa) },
    { clock: command, environment },
  );
}

function partsOf(clock: CommandContext, tare: Tare, cluster: Cluster | null): ActParts {
  return {
    tare,
    cluster,
    clock,
    by: `${userInfo().username}@${hostname()}`,
    newId: () => `act-${randomBytes(4).toString('hex')}`,
  };
}
