import { describe, expect, it } from 'vitest';
import { deployment, job } from '../../../test/support/kube-objects.ts';
import { composeCheck } from '../../compose.ts';
import { loadConfig } from '../../config/load-config.ts';
import { DAY_MS } from '../../domain/time/window.ts';
import type { AdmissionEntry } from '../../ports/admission-journal.ts';
import type { LedgerAnswers } from '../check/ask-ledger.ts';
import { type AdmissionOptions, createAdmission } from './create-admission.ts';
import { rememberLedger, STALE_AFTER_MS, withFailure } from './ledger-memory.ts';

const NOW = Date.parse('2026-10-16T00:00:00Z');
const H100 = 'NVIDIA-H100-80GB-HBM3';

/** H100 at $4 an hour; research may spend $10,000 in October. */
const CONFIG = `
prices:
  contracts: [{ gpuModel: H100, price: 4.00, unit: gpu-hour, from: 2020-01-01 }]
owners: { team: [label:team, namespace] }
budgets:
  - { name: research, team: research, monthly: 10000 }
policies:
  - { rule: allowed-gpu, models: [H100] }
  - { rule: max-gpus, gpus: 8 }
  - { rule: require-scale-to-zero, kind: inference }
  - { rule: expression, name: odd, kind: notebook, deny: "gpus + name == 3" }
`;

const LEDGER: LedgerAnswers = {
  pastRuns: [
    {
      name: 'finetune-1',
      experiment: null,
      team: 'research',
      model: 'm',
      durationHours: 500,
      hasSucceeded: true,
    },
  ],
  budgetReport: {
    currency: 'USD',
    at: '2026-10-16T00:00Z',
    dataUntil: '2026-10-16T00:00Z',
    warnings: [],
    rows: [
      {
        name: 'research',
        scope: { team: 'research' },
        period: 'monthly',
        of: 'total',
        per: null,
        isSoft: false,
        from: '2026-10-01T00:00Z',
        to: '2026-11-01T00:00Z',
        limit: '10000',
        spent: '9000',
        usedFraction: 0.9,
        left: '1000',
        warn: 0.8,
        forecast: null,
        state: 'warn',
        within: [],
        binds: 'research',
        burn: [],
        unpricedGpuHours: 0,
      },
    ],
  },
};

/** What `kubectl scale` makes an API server ask. */
function scaling(name: string, from: number, to: number) {
  const scale = (replicas: number) => ({ kind: 'Scale', metadata: { name }, spec: { replicas } });
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      ...{ uid: 'u', operation: 'UPDATE', name, namespace: 'lab', subResource: 'scale' },
      ...{ kind: { kind: 'Scale' }, resource: { resource: 'deployments' }, userInfo: { username: 'ada' } },
      ...{ object: scale(to), oldObject: scale(from) },
    },
  };
}

const allowed = (answer: object | string) => (answer as { response: { allowed: boolean } }).response.allowed;

async function webhook(given: Partial<AdmissionOptions> & { nowMs?: () => number } = {}) {
  const { writeFileSync, mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const directory = mkdtempSync(join(tmpdir(), 'tare-admission-'));
  writeFileSync(join(directory, 'tare.yaml'), CONFIG);
  const config = loadConfig({ path: undefined, directory, environment: {}, usesSources: false });
  rmSync(directory, { recursive: true });
  const { nowMs = () => NOW, ...options } = given;
  const clock = { nowMs };
  const { parts, reader } = await composeCheck({ config, directory, clock, readInput: async () => '' });
  const entries: AdmissionEntry[] = [];
  const bugs: unknown[] = [];
  const admission = createAdmission({
    check: parts,
    reader,
    isDryRun: false,
    isFailClosed: false,
    expectsLedger: true,
    clock,
    journal: {
      add: (entry) => entries.push(entry),
      dropped: () => 0,
      read: async () => entries,
      close: async () => {},
    },
    say: () => {},
    onBug: (error) => bugs.push(error),
    ...options,
  });
  return { ...admission, entries, bugs };
}

type Given = Readonly<{
  old?: object;
  operation?: string;
  user?: string;
  namespace?: string;
  subResource?: string;
}>;

function review(
  object: object,
  {
    old,
    operation = old ? 'UPDATE' : 'CREATE',
    user = 'ada',
    namespace = 'research',
    subResource,
  }: Given = {},
) {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      kind: { kind: (object as { kind: string }).kind },
      namespace,
      operation,
      userInfo: { username: user },
      object,
      oldObject: old ?? null,
      ...(subResource && { subResource }),
    },
  };
}

const answerOf = (answered: object | string) =>
  (
    answered as {
      response: {
        allowed: boolean;
        status?: { code: number; message: string };
        warnings?: string[];
        auditAnnotations?: Record<string, string>;
      };
    }
  ).response;

describe('what a launch is answered', () => {
  it('is no for a violation of a policy, and for what a budget has not left', async () => {
    const { review: ask, learn, entries } = await webhook();
    learn(rememberLedger(LEDGER, NOW));
    const many = answerOf(ask(review(job('big', { gpus: 16, gpuModel: H100 }))));
    expect(many).toMatchObject({
      allowed: false,
      status: {
        code: 403,
        reason: 'Forbidden',
        message:
          'max-gpus: it may hold 16 GPUs, and at most 8 are allowed; ask for 8 or fewer, or for an exception',
      },
    });
    // 500 hours, as the run of this name before it, on one GPU at $4.
    const long = answerOf(ask(review(job('finetune', { gpus: 1, gpuModel: H100 }))));
    expect(long.status?.message).toBe(
      'research: it costs $2,000.00 a run; budget research has $1,000.00 of $10,000.00 left; make the run smaller or cheaper, wait for the next period, or raise the budget',
    );
    expect(entries.map(({ decision, object }) => [decision, object])).toEqual([
      ['denied', 'Job research/big'],
      ['denied', 'Job research/finetune'],
    ]);
  });

  it('is yes without a word for what keeps to everything, has no GPU, or is no object', async () => {
    const { review: ask, learn, figures } = await webhook();
    learn(rememberLedger(LEDGER, NOW));
    expect(answerOf(ask(review(job('small', { gpus: 1, gpuModel: H100 }))))).toMatchObject({
      allowed: true,
      auditAnnotations: { decision: 'allowed', size: '1 × H100-SXM5-80GB', budget: 'research' },
    });
    expect(answerOf(ask(review(deployment('web'))))).toEqual({ uid: 'u', allowed: true });
    expect(answerOf(ask(review(deployment('big', { gpus: 64 }), { subResource: 'scale' })))).toEqual({
      uid: 'u',
      allowed: true,
    });
    expect(answerOf(ask(review(deployment('big', { gpus: 64 }), { operation: 'DELETE' })))).toEqual({
      uid: 'u',
      allowed: true,
    });
    expect(figures().decisions).toMatchObject({ allowed: 1, nothing: 3, denied: 0 });
  });

  it('only warns of what an autoscaler may settle, and is no where the object has the word itself', async () => {
    const { review: ask } = await webhook({ expectsLedger: false });
    const scaled = answerOf(ask(review(deployment('chat', { gpus: 1, gpuModel: H100 }))));
    expect(scaled.allowed).toBe(true);
    expect(scaled.warnings).toHaveLength(1);
    const kserve = {
      apiVersion: 'serving.kserve.io/v1beta1',
      kind: 'InferenceService',
      metadata: { name: 'chat' },
      spec: {
        predictor: {
          minReplicas: 1,
          maxReplicas: 2,
          nodeSelector: { 'nvidia.com/gpu.product': H100 },
          model: { resources: { limits: { 'nvidia.com/gpu': 1 } } },
        },
      },
    };
    expect(answerOf(ask(review(kserve))).status?.message).toContain('require-scale-to-zero');
  });

  it('is yes with warnings in a dry run', async () => {
    const { review: ask, entries } = await webhook({ isDryRun: true, expectsLedger: false });
    const answer = answerOf(ask(review(job('big', { gpus: 16, gpuModel: H100 }))));
    expect(answer.allowed).toBe(true);
    expect(answer.warnings?.[0]).toMatch(/^would be refused: max-gpus: it may hold 16 GPUs/);
    expect(entries[0]?.decision).toBe('would_deny');
  });

  it('is about what an update adds: an old violation only warns unless it grows', async () => {
    const { review: ask, learn } = await webhook();
    const old = deployment('old', { gpus: 8, replicas: 2, gpuModel: H100 });
    learn(rememberLedger({ ...LEDGER, budgetReport: null }, NOW));
    const of = (next: object) => answerOf(ask(review(next, { old, namespace: 'other' })));
    expect(of({ ...old, metadata: { name: 'old', labels: { a: 'b' } } })).toMatchObject({ allowed: true });
    expect(of(deployment('old', { gpus: 8, replicas: 3, gpuModel: H100 }))).toMatchObject({ allowed: false });
    expect(of(deployment('old', { gpus: 8, replicas: 1, gpuModel: H100 }))).toMatchObject({ allowed: true });
    expect(of(deployment('old', { gpus: 8, replicas: 1, gpuModel: 'Tesla-T4' })).status?.message).toContain(
      'allowed-gpu',
    );
  });

  it('is yes for what a controller of the cluster starts, whose owner was judged', async () => {
    const { review: ask } = await webhook();
    const owned = {
      ...job('big', { gpus: 64 }),
      metadata: { name: 'big', ownerReferences: [{ kind: 'CronJob', controller: true }] },
    };
    const user = 'system:serviceaccount:kube-system:cronjob-controller';
    expect(answerOf(ask(review(owned, { user })))).toEqual({ uid: 'u', allowed: true });
    expect(answerOf(ask(review(owned)))).toMatchObject({ allowed: false });
  });
});

describe('what could not be checked', () => {
  const mystery = {
    apiVersion: 'x.example/v1',
    kind: 'Mystery',
    metadata: { name: 'm' },
    spec: { resources: { limits: { 'nvidia.com/gpu': 4 } } },
  };

  it('is let through, warned of, counted and kept', async () => {
    const { review: ask, figures, entries } = await webhook();
    const answer = answerOf(ask(review(mystery)));
    expect(answer.allowed).toBe(true);
    expect(answer.warnings?.[0]).toMatch(/^tare did not check this launch \(Mystery asks for GPUs/);
    expect(figures().unchecked.not_understood).toBe(1);
    expect(entries[0]).toMatchObject({
      decision: 'unchecked',
      unchecked: 'not_understood',
      object: 'Mystery research/m',
      user: 'ada',
    });
  });

  it('is refused where the cluster was told to fail closed', async () => {
    const { review: ask } = await webhook({ isFailClosed: true });
    expect(answerOf(ask(review(mystery)))).toMatchObject({ allowed: false, status: { code: 403 } });
  });

  it('says so where budgets are about it and the ledger is silent, or was for an hour', async () => {
    let now = NOW;
    const { review: ask, learn, memory } = await webhook({ nowMs: () => now });
    const small = review(job('small', { gpus: 1, gpuModel: H100 }));
    expect(answerOf(ask(small)).warnings).toEqual([
      'budgets were not checked against what is spent: the ledger has not answered yet',
    ]);
    learn(rememberLedger(LEDGER, NOW));
    expect(answerOf(ask(small)).warnings).toBeUndefined();
    learn(withFailure(memory(), 'it is locked'));
    now = NOW + STALE_AFTER_MS + 60_000;
    expect(answerOf(ask(small)).warnings).toEqual([
      'budgets were checked against what was spent 61 minutes ago: the ledger does not answer',
    ]);
    // What the period before had spent is not held against the next one.
    now = NOW + 20 * DAY_MS;
    expect(answerOf(ask(review(job('finetune', { gpus: 1, gpuModel: H100 })))).allowed).toBe(true);
  });

  it('is let through where a policy of ours cannot be computed', async () => {
    const { review: ask, figures } = await webhook({ expectsLedger: false });
    const answer = answerOf(ask(review(job('jupyter', { gpus: 1, gpuModel: H100 }))));
    expect(answer.allowed).toBe(true);
    expect(answer.warnings?.[0]).toMatch(/^odd: "gpus \+ name == 3" cannot be judged/);
    expect(figures().unchecked.policy).toBe(1);
  });

  it('is let through when judging fails, and the failure is told', async () => {
    const {
      review: ask,
      bugs,
      figures,
    } = await webhook({
      reader: {
        read: () => {
          throw new Error('broken');
        },
        readObject: () => {
          throw new Error('broken');
        },
      },
    });
    expect(answerOf(ask(review(job('any', { gpus: 1 }))))).toMatchObject({ allowed: true });
    expect(bugs).toHaveLength(1);
    expect(figures().unchecked.failed).toBe(1);
  });

  it('has no answer when it is no review', async () => {
    const { review: ask, figures } = await webhook();
    expect(ask({ kind: 'Pod' })).toBe('this is no AdmissionReview');
    expect(figures().unchecked.malformed).toBe(1);
  });
});

describe('a scaling', () => {
  const four = deployment('chat', { gpus: 4, gpuModel: H100 });

  it('of what was never seen is let through unchecked, even where that is refused otherwise', async () => {
    const { entries: kept, ...admission } = await webhook({ isFailClosed: true, expectsLedger: false });
    expect(admission.prepare(scaling('chat', 1, 3))).toBeNull();
    expect(allowed(admission.review(scaling('chat', 1, 3)))).toBe(true);
    expect(kept).toMatchObject([
      {
        decision: 'unchecked',
        unchecked: 'not_understood',
        operation: 'SCALE',
        object: 'Deployment lab/chat',
        detail: expect.stringContaining('was not seen since this webhook began'),
      },
    ]);
  });

  it('of what is looked up is judged, and looked up once', async () => {
    const asked: string[] = [];
    const findObject = async (namespace: string, kind: string, name: string) => {
      asked.push(`${kind} ${namespace}/${name}`);
      return four;
    };
    const admission = await webhook({ findObject });
    await admission.prepare(scaling('chat', 1, 3));
    expect(allowed(admission.review(scaling('chat', 1, 3)))).toBe(false);
    expect(admission.prepare(scaling('chat', 1, 2))).toBeNull();
    expect(allowed(admission.review(scaling('chat', 1, 2)))).toBe(true);
    expect(asked).toEqual(['Deployment lab/chat']);
  });

  it('that makes nothing larger asks nobody, and is not kept', async () => {
    const { entries: kept, ...admission } = await webhook({
      findObject: async () => Promise.reject(new Error('down')),
    });
    expect(admission.prepare(scaling('chat', 3, 3))).toBeNull();
    expect(allowed(admission.review(scaling('chat', 9, 3)))).toBe(true);
    expect(kept).toEqual([]);
    await admission.prepare(scaling('chat', 1, 3));
    expect(allowed(admission.review(scaling('chat', 1, 3)))).toBe(true);
    expect(kept).toMatchObject([{ detail: 'Deployment lab/chat is scaled, and cannot be read: down' }]);
  });
});
