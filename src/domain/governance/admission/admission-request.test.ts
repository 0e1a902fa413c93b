import { describe, expect, it, test } from 'vitest';
import { nameOf, readAdmissionReview } from './admission-request.ts';
import { controlledBy } from './controlled-by.ts';

const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'a-1',
    kind: { group: 'batch', version: 'v1', kind: 'Job' },
    namespace: 'research',
    operation: 'CREATE',
    userInfo: { username: 'ada' },
    object: { metadata: { generateName: 'train-' } },
  },
};

describe('a review', () => {
  it('is read, and what it does not say is empty', () => {
    const request = readAdmissionReview(REVIEW);
    expect(request).toEqual({
      uid: 'a-1',
      operation: 'CREATE',
      kind: 'Job',
      namespace: 'research',
      name: null,
      resource: '',
      subresource: '',
      userName: 'ada',
      isDryRun: false,
      object: { metadata: { generateName: 'train-' } },
      oldObject: null,
    });
    expect(typeof request === 'string' ? null : nameOf(request)).toBe('train');
  });

  test.each([
    { given: undefined, why: 'this is no AdmissionReview' },
    { given: [], why: 'this is no AdmissionReview' },
    {
      given: { ...REVIEW, apiVersion: 'admission.k8s.io/v1beta1' },
      why: 'the review is of admission.k8s.io/v1beta1, and admission.k8s.io/v1 is understood',
    },
    { given: { ...REVIEW, request: null }, why: 'the review has no request with a uid and an operation' },
    {
      given: { ...REVIEW, request: { ...REVIEW.request, uid: 7 } },
      why: 'the review has no request with a uid and an operation',
    },
  ])('is refused when it is none: $why', ({ given, why }) => {
    expect(readAdmissionReview(given)).toBe(why);
  });
});

describe('what started an object', () => {
  const owned = (kind: string, controller = true) => ({
    metadata: { ownerReferences: [{ kind, controller }] },
  });
  const isJudged = (kind: string) => kind !== 'Mystery';
  test.each([
    { kind: 'Job', user: 'system:serviceaccount:kube-system:job-controller', expected: 'Job' },
    { kind: 'ReplicaSet', user: 'system:kube-controller-manager', expected: 'ReplicaSet' },
    { kind: 'PyTorchJob', user: 'system:serviceaccount:kubeflow:training-operator', expected: 'PyTorchJob' },
    // A person writes owner references as easily as anything else.
    { kind: 'Job', user: 'ada', expected: null },
    { kind: 'Job', user: 'system:serviceaccount:research:default', expected: null },
    { kind: 'PyTorchJob', user: 'ada', expected: null },
    { kind: 'Mystery', user: 'system:serviceaccount:kube-system:job-controller', expected: null },
  ])('is $expected when $user says $kind', ({ kind, user, expected }) => {
    expect(controlledBy(owned(kind), user, isJudged)).toBe(expected);
  });

  it('is nothing without a controller', () => {
    expect(controlledBy(owned('Job', false), 'system:kube-controller-manager', isJudged)).toBeNull();
    expect(controlledBy({}, 'system:kube-controller-manager', isJudged)).toBeNull();
  });
});
