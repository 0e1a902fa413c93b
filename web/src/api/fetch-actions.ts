import type { ActionLog, IdleNowReport } from '../../../src/app/results/actions.ts';
import type { AdmissionReport } from '../../../src/app/results/admission.ts';
import { askApi, hasParts } from './ask-api.ts';

/** What the admission webhook beside the store wrote down. Rejects with a `ProblemError`, as the others. */
export function fetchAdmission(uncheckedOnly: boolean, signal: AbortSignal): Promise<AdmissionReport> {
  return askApi(
    `/api/v1/admission${uncheckedOnly ? '?unchecked=true' : ''}`,
    signal,
    (body): body is AdmissionReport => hasParts(body, ['counts', 'entries']),
  );
}

export function fetchIdleNow(hours: number, signal: AbortSignal): Promise<IdleNowReport> {
  return askApi(`/api/v1/idle-now?hours=${hours}`, signal, (body): body is IdleNowReport =>
    hasParts(body, ['rows', 'leastHours']),
  );
}

export function fetchActionLog(signal: AbortSignal): Promise<ActionLog> {
  return askApi('/api/v1/actions', signal, (body): body is ActionLog => hasParts(body, ['rows']));
}
