/** More than the documents, teams and windows that somebody looks at in turn. */
const MOST = 50;

export type Memory = Readonly<{
  /** The same promise again for the same question, while nothing was forgotten. A failure is not kept. */
  of<Answer>(question: unknown, ask: () => Promise<Answer>): Promise<Answer>;
  forget(): void;
}>;

/**
 * Answers that take seconds and are asked for again, such as the plan, which stands on every document, and a document, which is asked for
 * once for each format. Whoever writes or builds says that they are old.
 */
export function createMemory(): Memory {
  const known = new Map<string, Promise<unknown>>();
  return {
    of<Answer>(question: unknown, ask: () => Promise<Answer>): Promise<Answer> {
      const key = JSON.stringify(question);
      const found = known.get(key);
      if (found) return found as Promise<Answer>;
      if (known.size >= MOST) known.clear();
      const asked = ask();
      known.set(key, asked);
      asked.catch(() => known.get(key) === asked && known.delete(key));
      return asked;
    },
    forget: () => known.clear(),
  };
}
