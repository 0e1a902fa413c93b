import { EstimateMark } from './figure.tsx';

/** `up` and `down` say how a figure moved; whether that is good depends on the figure, so no colour follows from it. */
export type Direction = 'up' | 'down' | 'same';

export type Card = Readonly<{
  title: string;
  value: string;
  /** Every digit, for the hover. */
  exact: string;
  isEstimate: boolean;
  aside: string | null;
  /** What changed, or what the figure means; one or two short lines. */
  lines: readonly CardLine[];
  tone: 'plain' | 'alarm';
}>;

/** `isGap` marks what is missing from the figure. */
export type CardLine = Readonly<{ text: string; direction: Direction | null; isGap: boolean }>;

const SIGNS: Readonly<Record<Direction, string>> = { up: '▲ up', down: '▼ down', same: '=' };

export function Cards({ cards }: Readonly<{ cards: readonly Card[] }>) {
  return (
    <section className="cards" aria-label="Key figures">
      {cards.map((card) => (
        <article key={card.title} className="card" data-tone={card.tone}>
          <h2>{card.title}</h2>
          <p className="card-value" title={card.exact}>
            {card.value}
            {card.isEstimate && <EstimateMark />}
            {card.aside && <span className="card-aside">{card.aside}</span>}
          </p>
          {card.lines.map((line) => (
            <p key={line.text} className={line.isGap ? 'card-line unpriced' : 'card-line'}>
              {line.direction && <span className="direction">{SIGNS[line.direction]} </span>}
              {line.text}
            </p>
          ))}
        </article>
      ))}
    </section>
  );
}
