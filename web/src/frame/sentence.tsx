type SentenceProps = Readonly<{
  text: string;
  /** Where the answer ends and what to know about it begins. */
  after: RegExp;
}>;

/** The money first, what to know about it smaller below. */
export function Sentence({ text, after }: SentenceProps) {
  const [money = text, ...notes] = text.split(after);
  return (
    <>
      <h1 className="sentence">{money}</h1>
      {notes.length > 0 && <p className="sentence-notes">{notes.join(' ')}</p>}
    </>
  );
}
