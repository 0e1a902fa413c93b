/** What a week was like, in sentences that every notifier can show. */
export type Digest = Readonly<{
  title: string;
  sections: readonly Readonly<{ heading: string; lines: readonly string[] }>[];
}>;
