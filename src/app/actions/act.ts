import { type ClusterChange, type ClusterObject, changeFor } from '../../domain/actions/change-for.ts';
import { formatInstant, HOUR_MS, parseInstant } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ActionRecord, Cluster } from '../../ports/cluster.ts';
import { TareError, toTareError } from '../errors.ts';
import type { ActionReport, ActionRow, IdleNowReport, IdleTarget } from '../results/actions.ts';
import type { Tare } from '../tare.ts';

export type ActParts = Readonly<{
  tare: Pick<Tare, 'actions' | 'keepAction'>;
  /** `null`: none was named, and nothing but commands can be shown. */
  cluster: Cluster | null;
  clock: Clock;
  /** User and machine. */
  by: string;
  newId(): string;
}>;

export type ActRequest = Readonly<{
  isApplied: boolean;
  /** Targets or workload ids; empty is all. */
  only: readonly string[];
  kinds: readonly string[];
}>;

/** What the ledger does not know yet may be at work again. */
const MOST_LAG_MS = 3 * HOUR_MS;

/**
 * Asks the cluster what each idle target belongs to, tries the change there without keeping it, and, where that was asked for, makes it. Each change is written down before
 * it is made, with what was there before.
 */
export async function act(parts: ActParts, idle: IdleNowReport, request: ActRequest): Promise<ActionReport> {
  const { only, kinds, isApplied } = request;
  const wanted = idle.rows.filter(
    ({ target, workloadId, action }) =>
      (only.length === 0 || only.includes(target) || only.includes(workloadId)) &&
      (kinds.length === 0 || kinds.includes(action)),
  );
  refuseUnknown(only, wanted);
  if (isApplied) refuseStale(idle, parts.clock);
  const rows: ActionRow[] = [];
  for (const target of wanted) rows.push(await actOn(parts, target, isApplied));
  return {
    currency: idle.currency,
    dataUntil: idle.dataUntil,
    isApplied,
    cluster: parts.cluster?.name ?? null,
    rows,
  };
}

function refuseUnknown(only: readonly string[], wanted: readonly IdleTarget[]): void {
  const unknown = only.find(
    (name) => !wanted.some(({ target, workloadId }) => target === name || workloadId === name),
  );
  if (unknown === undefined) return;
  throw new TareError('usage', `nothing idle is called "${unknown}"`, 'tare act lists what is idle now');
}

function refuseStale({ dataUntil }: IdleNowReport, clock: Clock): void {
  const untilMs = dataUntil === null ? null : parseInstant(dataUntil);
  if (untilMs !== null && untilMs !== undefined && clock.nowMs() - untilMs <= MOST_LAG_MS) return;
  throw new TareError(
    'tooStale',
    dataUntil === null
      ? 'the ledger is empty'
      : `the ledger ends at ${dataUntil}: what was idle then may be at work now`,
    'collect first, or let tare up do it; a dry run shows what was idle then',
  );
}

async function actOn(parts: ActParts, target: IdleTarget, isApplied: boolean): Promise<ActionRow> {
  const { cluster, clock } = parts;
  const at = namespaced(target);
  if (cluster === null || at === null) return byHand(target);
  try {
    const pod = await cluster.pod(at.namespace, at.pod);
    if (pod === null) return left(target, `there is no pod ${at.namespace}/${at.pod} any more`);
    const { object, reference } = await topmost(cluster, at.namespace, pod);
    const change = changeFor(target.action, object, formatInstant(clock.nowMs()));
    if (typeof change === 'string') return left(target, change, object);
    await cluster.patch(object, change.patch, true);
    const row = toRow(target, object, change);
    if (!isApplied || reference === null) return row;
    return await apply(parts, cluster, { target, object, change, reference, namespace: at.namespace, row });
  } catch (thrown) {
    return { ...left(target, toTareError(thrown).message), state: 'failed' };
  }
}

type Reference = ActionRecord['reference'];

/** Up the chain of controllers: what starts a pod anew has to be told, not the pod. */
async function topmost(
  cluster: Cluster,
  namespace: string,
  pod: ClusterObject,
): Promise<{ object: ClusterObject; reference: Reference | null }> {
  let object = pod;
  let reference: Reference | null = null;
  for (let level = 0; level < MOST_LEVELS; level++) {
    const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
    const found = owner === undefined ? null : await cluster.owner(namespace, owner);
    if (owner === undefined || found === null) break;
    [object, reference] = [found, owner];
  }
  return { object, reference };
}

const MOST_LEVELS = 6;

type Applying = Readonly<{
  target: IdleTarget;
  object: ClusterObject;
  change: ClusterChange;
  reference: Reference;
  namespace: string;
  row: ActionRow;
}>;

async function apply(
  { tare, clock, by, newId }: ActParts,
  cluster: Cluster,
  { target, object, change, reference, namespace, row }: Applying,
): Promise<ActionRow> {
  const record: ActionRecord = {
    id: newId(),
    action: target.action,
    object: row.object!,
    target: target.target,
    owner: target.owner,
    by,
    cluster: cluster.name,
    at: formatInstant(clock.nowMs()),
    state: 'begun',
    because: target.because,
    change: change.words,
    namespace,
    reference,
    patch: change.patch,
    undo: change.undo,
    before: object,
    failure: null,
    undoneAt: null,
    undoneBy: null,
  };
  await tare.keepAction(record);
  try {
    await cluster.patch(object, change.patch, false);
  } catch (thrown) {
    const failure = toTareError(thrown).message;
    await tare.keepAction({ ...record, state: 'failed', failure });
    return { ...row, state: 'failed', notes: [failure] };
  }
  await tare.keepAction({ ...record, state: 'done' });
  return { ...row, state: 'done', id: record.id };
}

/** Takes a change back, after a dry run of that. */
export async function undo({ tare, cluster, clock, by }: ActParts, id: string): Promise<ActionRecord> {
  const record = (await tare.actions()).rows.find((one) => one.id === id);
  if (record === undefined)
    throw new TareError('noSuchAction', `no action has the id "${id}"`, 'tare act log lists them');
  if (record.state === 'undone')
    throw new TareError('noSuchAction', `${id} is taken back already`, 'tare act log says by whom');
  if (record.undo === null)
    throw new TareError(
      'noSuchAction',
      `nothing takes ${record.change} of ${record.object} back`,
      'its state before is in tare act log --json',
    );
  if (cluster === null) throw new TareError('usage', 'no cluster is named', 'give --kubeconfig or --server');
  const object = await cluster.owner(record.namespace, record.reference);
  if (object === null)
    throw new TareError(
      'noSuchAction',
      `${record.object} is not there any more`,
      'its state before is in tare act log --json',
    );
  await cluster.patch(object, record.undo, true);
  await cluster.patch(object, record.undo, false);
  const undone: ActionRecord = {
    ...record,
    state: 'undone',
    undoneAt: formatInstant(clock.nowMs()),
    undoneBy: by,
  };
  await tare.keepAction(undone);
  return undone;
}

/** Workloads of Kubernetes are `namespace/pod`. */
function namespaced({ workloadId }: IdleTarget): { namespace: string; pod: string } | null {
  const [, namespace, pod] = /^(?:k8s:)?([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(workloadId) ?? [];
  return namespace === undefined || pod === undefined ? null : { namespace, pod };
}

function toRow(target: IdleTarget, object: ClusterObject, change: ClusterChange): ActionRow {
  return {
    ...target,
    state: 'ready',
    object: nameOf(object),
    change: change.words,
    isReversible: change.undo !== null,
    notes: change.notes,
    command: null,
    id: null,
  };
}

function left(target: IdleTarget, why: string, object: ClusterObject | null = null): ActionRow {
  const command = object?.kind === 'Pod' ? deletePod(target) : null;
  return {
    ...target,
    state: command === null ? 'left' : 'command',
    object: object && nameOf(object),
    change: null,
    isReversible: false,
    notes: command === null ? [why] : ['nothing starts this pod again: it is for a person to delete it'],
    command,
    id: null,
  };
}

/** What no cluster holds is a process on a node; only a person there sees which. */
function byHand(target: IdleTarget): ActionRow {
  const isPod = namespaced(target) !== null;
  return {
    ...target,
    state: 'command',
    object: null,
    change: null,
    isReversible: false,
    notes: isPod
      ? ['give --kubeconfig or --server to see what it belongs to']
      : ['look at what the processes are before you end one; that cannot be taken back'],
    command: isPod
      ? `kubectl -n ${namespaced(target)!.namespace} describe pod ${namespaced(target)!.pod}`
      : target.nodes
          .map(
            (node) => `ssh ${node} nvidia-smi --query-compute-apps=pid,process_name,used_memory --format=csv`,
          )
          .join('; '),
    id: null,
  };
}

function deletePod(target: IdleTarget): string | null {
  const at = namespaced(target);
  return at === null ? null : `kubectl -n ${at.namespace} delete pod ${at.pod}`;
}

function nameOf({ kind, metadata }: ClusterObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}
