import type { PolicyPreview, PolicyPreviewRow } from '../../../src/app/results/policies.ts';
import { formatMinute, formatWindow } from '../format/dates.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { countOf, formatGpuHours } from '../format/quantity.ts';
import { Figure } from '../frame/figure.tsx';
import { Link } from '../frame/link.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { searchText, type WindowState, windowQuery } from '../state/url-state.ts';
import { receiptAddress, verdictOf } from './policies-view.ts';

type PreviewProps = Readonly<{
  preview: PolicyPreview;
  window: WindowState;
  open: number | null;
  onOpen: (open: number | null) => void;
}>;

/** What each policy would have stopped. */
export function PolicyPreviewPanel({ preview, window, open, onOpen }: PreviewProps) {
  const { rows, currency } = preview;
  return (
    <Panel
      id="preview"
      title="What they would have stopped"
      note={`${currency} of GPU time, ${formatWindow(preview.from, preview.to)}. Launches are rebuilt from the ledger; of max-idle and max-hours only what lies past the limit counts. What cannot be judged is no yes.`}
    >
      {rows.length === 0 ? (
        <p>There is nothing to judge by.</p>
      ) : (
        <Scroller label="Table of policies">
          <table className="grid policies">
            <thead>
              <tr>
                <th scope="col">Policy</th>
                <th scope="col">Verdict</th>
                <th scope="col" className="number">
                  Judged
                </th>
                <th scope="col" className="number">
                  Not judged
                </th>
                <th scope="col" className="number">
                  GPU-hours
                </th>
                <th scope="col" className="number">
                  Cost
                </th>
                <th scope="col" className="number">
                  Of it idle
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <PolicyLines
                  // biome-ignore lint/suspicious/noArrayIndexKey: two policies may have one name
                  key={index}
                  row={row}
                  currency={currency}
                  search={searchText(windowQuery(window))}
                  isOpen={open === index}
                  onToggle={() => onOpen(open === index ? null : index)}
                />
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </Panel>
  );
}

type LinesProps = Readonly<{
  row: PolicyPreviewRow;
  currency: string;
  search: string;
  isOpen: boolean;
  onToggle: () => void;
}>;

function PolicyLines({ row, currency, search, isOpen, onToggle }: LinesProps) {
  const { sign, text, tone } = verdictOf(row);
  const hasMore = row.rows.length > 0 || row.reasons.length > 0;
  const name = row.policy === row.rule ? row.rule : `${row.policy} (${row.rule})`;
  return (
    <>
      <tr>
        <th scope="row">
          {hasMore ? (
            <button type="button" className="sort plan-open" aria-expanded={isOpen} onClick={onToggle}>
              <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span>
              {name}
            </button>
          ) : (
            name
          )}
          <span className="row-note">
            line {row.line}, {row.severity}
            {row.outside > 0 && `, not about ${countOf(row.outside, 'launch', 'launches')}`}
          </span>
        </th>
        <td>
          <span className={`state state-${tone}`}>
            <span aria-hidden="true">{sign}</span> {text}
          </span>
        </td>
        <td className="number">{row.judged}</td>
        <td className="number">{row.notJudged}</td>
        <td className="number">
          {formatGpuHours(row.gpuHours)}
          {row.unpricedGpuHours > 0 && (
            <span className="row-note unpriced">? {formatGpuHours(row.unpricedGpuHours)} unpriced</span>
          )}
        </td>
        <td className="number">
          <Money amount={row.cost} currency={currency} />
        </td>
        <td className="number">
          <Money amount={row.idleCost} currency={currency} />
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={7}>
            <PolicyDetails row={row} currency={currency} search={search} />
          </td>
        </tr>
      )}
    </>
  );
}

function PolicyDetails({ row, currency, search }: Pick<LinesProps, 'row' | 'currency' | 'search'>) {
  return (
    <div className="policy-details">
      {row.reasons.length > 0 && (
        <ul className="policy-reasons">
          {row.reasons.map(({ why, launches }) => (
            <li key={why}>
              Cannot be judged on {countOf(launches, 'launch', 'launches')}: {why}.
            </li>
          ))}
        </ul>
      )}
      {row.byTeam.length > 1 && (
        <p className="quiet">
          By team:{' '}
          {row.byTeam
            .map(({ team, cost, launches }) => `${team} ${formatMoney(cost, currency, 2)} (${launches})`)
            .join(', ')}
          .
        </p>
      )}
      {row.rows.length > 0 && (
        <Scroller label={`Launches of ${row.policy}`}>
          <table className="grid launches">
            <thead>
              <tr>
                <th scope="col">Launch</th>
                <th scope="col">Why</th>
                <th scope="col">Team</th>
                <th scope="col">From, UTC</th>
                <th scope="col">To, UTC</th>
                <th scope="col" className="number">
                  Cost
                </th>
                <th scope="col" className="number">
                  Of it idle
                </th>
              </tr>
            </thead>
            <tbody>
              {row.rows.map((launch) => (
                <tr key={launch.id}>
                  <th scope="row">
                    <Link href={receiptAddress(launch, search)}>{launch.name}</Link>
                    <span className="row-note">{launch.size}</span>
                  </th>
                  <td className="policy-why">
                    {launch.message}
                    <span className="row-note">{launch.fix}</span>
                  </td>
                  <td>{launch.team ?? 'untagged'}</td>
                  <td>{formatMinute(launch.from)}</td>
                  <td>{launch.to === null ? 'goes on' : formatMinute(launch.to)}</td>
                  <td className="number">
                    <Money amount={launch.cost} currency={currency} />
                  </td>
                  <td className="number">
                    <Money amount={launch.idleCost} currency={currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
      {row.more > 0 && <p className="quiet">And {row.more} more, of less cost.</p>}
    </div>
  );
}

function Money({ amount, currency }: Readonly<{ amount: string | null; currency: string }>) {
  if (amount === null) return <>{UNKNOWN}</>;
  return <Figure text={formatMoney(amount, currency, 2)} exact={exactMoney(amount, currency)} />;
}
