import { describe, expect, it, test } from 'vitest';
import { type ClusterObject, changeFor, STOPPED } from './change-for.ts';
import type { ActionKind } from './find-idle-now.ts';

const AT = '2026-10-14T12:00Z';
const object = (
  kind: string,
  spec: object = {},
  annotations: Record<string, string> = {},
): ClusterObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', annotations },
  spec: spec as Record<string, unknown>,
});

describe('a change, and what takes it back', () => {
  test.each<[ActionKind, ClusterObject, object, object]>([
    [
      'suspend-notebook',
      object('Notebook'),
      { metadata: { annotations: { [STOPPED]: AT } } },
      { metadata: { annotations: { [STOPPED]: null } } },
    ],
    [
      'suspend-notebook',
      object('StatefulSet', { replicas: 1 }),
      { spec: { replicas: 0 } },
      { spec: { replicas: 1 } },
    ],
    [
      'scale-to-zero',
      object('Deployment', { replicas: 3 }),
      { spec: { replicas: 0 } },
      { spec: { replicas: 3 } },
    ],
    [
      'scale-to-zero',
      object('InferenceService', { predictor: { minReplicas: 2 } }),
      { spec: { predictor: { minReplicas: 0 } } },
      { spec: { predictor: { minReplicas: 2 } } },
    ],
    // What was not set is not set again.
    [
      'scale-to-zero',
      object('InferenceService'),
      { spec: { predictor: { minReplicas: 0 } } },
      { spec: { predictor: { minReplicas: null } } },
    ],
    ['release', object('Job'), { spec: { suspend: true } }, { spec: { suspend: false } }],
  ])('%s of %j', (action, given, patch, undo) => {
    expect(changeFor(action, given, AT)).toMatchObject({ patch, undo });
  });

  test.each([
    [object('Notebook', {}, { [STOPPED]: AT }), 'it is stopped already'],
    [object('Deployment', { replicas: 0 }), 'it is at zero already'],
    [object('Job', { suspend: true }), 'it is suspended already'],
    [object('InferenceService', { predictor: { minReplicas: 0 } }), 'it scales to zero by itself already'],
    [object('DaemonSet'), 'nothing is known about how a DaemonSet gives its GPUs back'],
  ])('is none for %j', (given, why) => {
    expect(changeFor('release', given, AT)).toBe(why);
  });

  it('says that nothing brings an endpoint back by itself', () => {
    expect(changeFor('scale-to-zero', object('Deployment', { replicas: 1 }), AT)).toMatchObject({
      words: 'spec.replicas: 1 → 0',
      notes: [expect.stringContaining('no request brings it back')],
    });
  });
});
