import {
  ADMISSION_API,
  type AdmissionRequest,
  nameOf,
  readAdmissionReview,
} from '../../domain/governance/admission/admission-request.ts';
import { SCALED_RESOURCES } from '../../domain/governance/admission/webhook-configuration.ts';
import { formatInstant } from '../../domain/time/window.ts';
import type { AdmissionJournal } from '../../ports/admission-journal.ts';
import type { Clock } from '../../ports/clock.ts';
import { createLaunchPricer, type LaunchPricer } from '../check/price-launch.ts';
import { type AdmissionDecision, type UncheckedReason, uncheckedDecision } from './admission-decision.ts';
import { type AdmissionFigures, createAdmissionCounters } from './admission-figures.ts';
import { type AdmissionParts, judgeAdmission } from './judge-admission.ts';
import { type LedgerMemory, NOTHING_KNOWN } from './ledger-memory.ts';
import { createScaledObjects, type FindObject } from './scaled-objects.ts';

export type AdmissionOptions = Pick<
  AdmissionParts,
  'check' | 'reader' | 'isDryRun' | 'isFailClosed' | 'expectsLedger'
> &
  Readonly<{
    clock: Clock;
    /** Looks up what is scaled and was not seen; `null` without a cluster. */
    findObject?: FindObject | null;
    journal: AdmissionJournal;
    /** Told of everything that stands in the journal, in one line. */
    say: (line: string) => void;
    /** Told what should not have happened. */
    onBug: (error: unknown) => void;
  }>;

/** Answers reviews from memory. */
export type Admission = Readonly<{
  /** The AdmissionReview to send back, or why there can be none. */
  review(review: unknown): object | string;
  /** Looks up what a review rests on and is not known yet; `null` where nothing is to be waited for. */
  prepare(review: unknown): Promise<void> | null;
  /** A review that could not even be read: the API server decides by its failure policy. */
  missed(reason: UncheckedReason, detail: string): void;
  answered(seconds: number): void;
  /** Judges something invented until that is quick, so that the first launch does not wait. */
  warmUp(): void;
  learn(memory: LedgerMemory): void;
  memory(): LedgerMemory;
  figures(): AdmissionFigures;
}>;

/** Prices change by the day, and what is remembered of them must not grow: after so many answers it begins anew. */
const ANSWERS_PER_PRICER = 10_000;

export function createAdmission(options: AdmissionOptions): Admission {
  const { clock, journal, say, onBug, isFailClosed, ...rest } = options;
  const counters = createAdmissionCounters();
  const scaled = createScaledObjects(options.findObject ?? null);
  let memory = NOTHING_KNOWN;
  let price: LaunchPricer = createLaunchPricer(options.check, clock.nowMs());
  let answers = 0;

  function judge(request: AdmissionRequest): AdmissionDecision {
    answers += 1;
    if (answers % ANSWERS_PER_PRICER === 0) price = createLaunchPricer(options.check, clock.nowMs());
    try {
      const parts = { ...rest, scaled, isFailClosed, price, ledger: memory, nowMs: clock.nowMs() };
      return judgeAdmission(parts, request);
    } catch (error) {
      onBug(error);
      return uncheckedDecision('failed', 'something went wrong that should not', isFailClosed);
    }
  }

  function keep(decision: AdmissionDecision, request: AdmissionRequest | null): void {
    counters.decided(decision.kind, decision.unchecked);
    if (decision.kind === 'nothing' || decision.kind === 'allowed') return;
    const isScaling = request?.subresource === 'scale';
    const kind = request && ((isScaling && SCALED_RESOURCES[request.resource]) || request.kind);
    const object = request && `${kind} ${request.namespace ?? ''}/${nameOf(request)}`;
    journal.add({
      at: formatInstant(clock.nowMs()),
      decision: decision.kind,
      unchecked: decision.unchecked,
      detail: decision.detail,
      operation: isScaling ? 'SCALE' : (request?.operation ?? null),
      object,
      user: request?.userName ?? null,
      isDryRun: request?.isDryRun ?? false,
    });
    say(`${decision.kind.replace('_', ' ')}  ${object ?? 'a review'}  ${decision.detail ?? ''}`.trimEnd());
  }

  function answer(
    review: unknown,
    decide: (request: AdmissionRequest) => AdmissionDecision,
  ): object | string {
    const request = readAdmissionReview(review);
    if (typeof request === 'string') {
      keep(uncheckedDecision('malformed', request, isFailClosed), null);
      return request;
    }
    const decision = decide(request);
    if (decision.isAllowed) scaled.note(request);
    keep(decision, request);
    return toReview(request, decision);
  }

  return {
    review: (review) => answer(review, judge),
    prepare(review) {
      const request = readAdmissionReview(review);
      return typeof request === 'string' ? null : scaled.learn(request);
    },
    missed: (reason, detail) => keep(uncheckedDecision(reason, detail, isFailClosed), null),
    answered: counters.answered,
    warmUp() {
      for (let round = 0; round < WARM_UP_ROUNDS; round++) judge(INVENTED);
    },
    learn(learned) {
      memory = learned;
      price = createLaunchPricer(options.check, clock.nowMs());
    },
    memory: () => memory,
    figures: counters.figures,
  };
}

const WARM_UP_ROUNDS = 100;

const INVENTED: AdmissionRequest = {
  uid: 'warm-up',
  operation: 'CREATE',
  kind: 'Job',
  namespace: 'default',
  name: 'warm-up',
  resource: 'jobs',
  subresource: '',
  userName: '',
  isDryRun: true,
  object: {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'warm-up' },
    spec: {
      template: {
        spec: {
          nodeSelector: { 'nvidia.com/gpu.product': 'H100' },
          containers: [{ name: 'main', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
        },
      },
    },
  },
  oldObject: null,
};

const FORBIDDEN = 403;

function toReview({ uid }: AdmissionRequest, decision: AdmissionDecision): object {
  const { isAllowed, message, warnings, annotations } = decision;
  return {
    apiVersion: ADMISSION_API,
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: isAllowed,
      ...(!isAllowed && { status: { code: FORBIDDEN, reason: 'Forbidden', message } }),
      ...(warnings.length > 0 && { warnings }),
      ...(Object.keys(annotations).length > 0 && { auditAnnotations: annotations }),
    },
  };
}
