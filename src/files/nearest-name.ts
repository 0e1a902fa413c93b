import { closestWord } from '../domain/text/closest-word.ts';

/** The name a typist may have meant: the closest one, or one that contains it. */
export function nearestName(meant: string, names: readonly string[]): string | undefined {
  const wanted = meant.toLowerCase();
  return (
    closestWord(meant, names) ??
    (wanted.length >= 3 ? names.find((name) => name.toLowerCase().includes(wanted)) : undefined)
  );
}
