import type { ReactNode } from 'react';

type PageLoadingProps = Readonly<{
  sentence: string;
  /** Titles of the cards that are on their way. */
  cards: readonly string[];
  /** The panels below them, empty. */
  children: ReactNode;
}>;

/** The frame and its parts, empty: nothing jumps when the figures arrive. */
export function PageLoading({ sentence, cards, children }: PageLoadingProps) {
  return (
    <div className="loading">
      <h1 className="sentence">{sentence}</h1>
      <div className="cards">
        {cards.map((title) => (
          <div key={title} className="card ghost-card">
            <h2>{title}</h2>
          </div>
        ))}
      </div>
      {children}
    </div>
  );
}
