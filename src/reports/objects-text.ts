import { stringify } from 'yaml';

/** Objects of Kubernetes as one file for `kubectl apply -f`; notes stand above, as comments. */
export function objectsText(
  madeBy: string,
  objects: readonly Readonly<Record<string, unknown>>[],
  notes: readonly string[] = [],
): string {
  const documents = objects.map((object) =>
    stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }),
  );
  const head = [`Made by ${madeBy}.`, ...notes].map((line) => `# ${line}\n`).join('');
  return `${head}${documents.join('---\n')}`;
}
