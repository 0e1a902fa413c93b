import { stringify } from 'yaml';

/** Objects of Kubernetes as one file for `kubectl apply -f`; what is not in it stands above, as comments. */
export function admissionPolicyText(
  objects: readonly Readonly<Record<string, unknown>>[],
  leftOut: readonly Readonly<{ policy: string; why: string }>[],
): string {
  const notes = leftOut.map(({ policy, why }) => `# Not in it: ${policy} (${why}).\n`);
  const documents = objects.map((object) =>
    stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }),
  );
  return `# Made by tare check --emit-admission-policy from the policies of tare.yaml.\n${notes.join('')}${documents.join('---\n')}`;
}
