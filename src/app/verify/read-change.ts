import { LEDGER_DIMENSIONS, type LedgerDimension } from '../../ports/store.ts';
import { TareError } from '../errors.ts';
import type { VerificationUnit } from '../results/verification.ts';

/** What a change is about, in the words of the ledger. */
export type ChangeSubject = Readonly<{
  dimension: LedgerDimension;
  values: readonly string[];
  /** Runs by this name are compared one with the other, instead of days. */
  runName: string | null;
  /** Set where the change says what its cost is divided by. */
  unit: VerificationUnit | null;
  /** `null` where it is no lever of a plan. */
  lever: Readonly<{ name: string; target: string }> | null;
}>;

/** `endpoint:chat`, `run:train-ranker`, `team:search` or any other dimension of the ledger, or a lever of a plan: `share/a, b`. */
export function readChange(text: string): ChangeSubject {
  const [, kind, name] = /^([a-zA-Z]+):(.+)$/s.exec(text) ?? [];
  if (kind === 'endpoint') return subject('workload', [name!]);
  if (kind === 'run') return { ...subject('workload', []), runName: name!, unit: 'runs' };
  if (kind === 'tag' && name!.includes('=')) return tagSubject(name!);
  const dimension = LEDGER_DIMENSIONS.find((one) => one === kind && one !== 'day' && one !== 'hour');
  if (dimension) return subject(dimension, [name!]);
  const lever = splitChangeId(text);
  if (lever) return leverSubject(lever.name, lever.target);
  throw new TareError(
    'usage',
    `"${text}" names no change`,
    `write endpoint:NAME, run:NAME, team:NAME or another dimension (${LEDGER_DIMENSIONS.slice(0, 8).join(', ')}, …), or a lever as the plan names it: scale-to-zero/NAME`,
  );
}

/** `scale-to-zero/search-staging` → lever and target. */
export function splitChangeId(text: string): Readonly<{ name: string; target: string }> | undefined {
  const [, name, target] = /^([a-z][a-z0-9-]*)\/(.+)$/s.exec(text) ?? [];
  return name === undefined || target === undefined ? undefined : { name, target };
}

function subject(dimension: LedgerDimension, values: readonly string[]): ChangeSubject {
  return { dimension, values, runName: null, unit: null, lever: null };
}

function tagSubject(text: string): ChangeSubject {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text)!;
  return subject(`tag:${name!}`, [value!]);
}

/** Levers name pools, kinds of GPU, or workloads, several with a comma. */
function leverSubject(name: string, target: string): ChangeSubject {
  const lever = { name, target };
  if (name === 'commit') {
    // A price is a matter of the hours that are bought, whatever they are used for.
    return { ...subject('gpuModel', [target.split(' at ')[0]!]), unit: 'gpu-hours', lever };
  }
  if (target === 'nodes without a pool') return { ...subject('pool', ['none']), lever };
  const [, pool] = /^pool (.+)$/s.exec(target) ?? [];
  if (pool !== undefined) return { ...subject('pool', [pool]), lever };
  return { ...subject('workload', target.split(', ')), lever };
}
