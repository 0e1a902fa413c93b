import type { ErrorName } from '../app/error-codes.ts';
import { TareError } from '../app/errors.ts';
import type { Mistake } from './describe-issue.ts';

/** `where` is `tare.yaml:14:12`. */
export function configurationError(
  where: string,
  mistake: Mistake,
  name: ErrorName = 'badConfig',
): TareError {
  return new TareError(name, `${where}  ${mistake.message}`, mistake.remedy);
}
