import type { HealthReport } from '../../../src/app/results/health.ts';
import { Command } from '../frame/command.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { UnpricedCells, unpricedKey } from '../frame/unpriced-cells.tsx';
import { Money } from './money.tsx';

/** GPU time that is missing from every cost, the dearest first. */
export function Unpriced({ report }: Readonly<{ report: HealthReport }>) {
  const { unpriced, currency } = report;
  return (
    <Panel
      id="unpriced"
      title="Unpriced"
      note="missing from every cost; at risk: GPU-hours at the middle of the listed prices of such GPUs"
    >
      {unpriced.length === 0 ? (
        <p>Every GPU-hour has a price.</p>
      ) : (
        <Scroller label="Unpriced GPU time">
          <table className="grid unpriced-items">
            <thead>
              <tr>
                <th scope="col">GPU</th>
                <th scope="col">Where</th>
                <th scope="col">Paid as</th>
                <th scope="col" className="number">
                  GPU-hours
                </th>
                <th scope="col" className="number">
                  Cost at risk
                </th>
                <th scope="col">What to do</th>
              </tr>
            </thead>
            <tbody>
              {unpriced.map((item) => (
                <tr key={unpricedKey(item)}>
                  <UnpricedCells item={item} />
                  <td className="number">
                    <Money amount={item.costAtRisk} currency={currency} isEstimate />
                  </td>
                  <td className="remedy">
                    {item.remedy}
                    <Command text={item.command} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </Panel>
  );
}
