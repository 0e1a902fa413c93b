import { objectsText } from './objects-text.ts';

/** Policies for `kubectl apply -f`; what is not in them stands above. */
export function admissionPolicyText(
  objects: readonly Readonly<Record<string, unknown>>[],
  leftOut: readonly Readonly<{ policy: string; why: string }>[],
): string {
  const notes = leftOut.map(({ policy, why }) => `Not in it: ${policy} (${why}).`);
  return objectsText('tare check --emit-admission-policy from the policies of tare.yaml', objects, notes);
}
