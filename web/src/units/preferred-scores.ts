import type { InferenceFigures } from '../../../src/app/results/inference.ts';

type Quality = InferenceFigures['quality'];

/** Words in names of scores of which less is better: errors, costs, and what nobody wants to read. */
const LESS_IS_BETTER =
  /(^|[^a-z])(toxic(ity)?|hallucination|bias|harm(ful)?(ness)?|error|errors|wer|cer|loss|perplexity|refusal|refusals|violation|violations|latency|distance|leak(age)?|spam|fail(ure|ures|ed)?)([^a-z]|$)/i;

/** Whether the name says that less is better. A stated bar says that more is. */
export function isLessBetter({ score, passing }: Pick<Quality[number], 'score' | 'passing'>): boolean {
  return passing === null && LESS_IS_BETTER.test(score.replaceAll(/([a-z])([A-Z])/g, '$1 $2'));
}

/** The score that stands for the others first: one with a stated bar; else one of which more is better, the one that is given most often. */
export function preferredScores(quality: Quality): Quality {
  return quality.toSorted(
    (a, b) =>
      Number(b.passing !== null) - Number(a.passing !== null) ||
      Number(isLessBetter(a)) - Number(isLessBetter(b)) ||
      b.scored - a.scored ||
      (a.score < b.score ? -1 : 1),
  );
}
