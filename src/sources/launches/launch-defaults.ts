import type { Launch } from '../../domain/governance/launch.ts';

/** What most files do not say. */
export const UNSTATED = {
  namespace: null,
  queue: null,
  isContinuous: false,
  copies: { stated: 1, min: 1, max: 1, isAutoscaled: false },
  lifecycle: null,
  provider: null,
  region: null,
  limitHours: null,
  expectedHours: null,
  idleLimitHours: null,
  isInterruptible: null,
  isLatencyCritical: null,
  modelSize: null,
} as const satisfies Partial<Launch>;
