import { EstimateMark } from '../frame/figure.tsx';
import type { Card, Direction } from './cards-view.ts';

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
