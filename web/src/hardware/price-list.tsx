import type { HardwareReport, HardwareTargetFigures } from '../../../src/app/results/hardware.ts';
import { exactMoney } from '../format/money.ts';
import { formatCount } from '../format/quantity.ts';
import { formatUnitMoney } from '../format/unit-money.ts';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { lifecycleText } from './hardware-view.ts';

type PriceListProps = Readonly<{ report: HardwareReport; target: HardwareTargetFigures }>;

/** What a GPU-hour of the kinds above is offered for, by provider and by how it is bought. */
export function PriceList({ report, target }: PriceListProps) {
  const { currency } = report;
  const could = new Set(target.options.filter(({ why }) => why === null).map(({ gpuModel }) => gpuModel));
  const prices = report.prices.filter(({ gpuModel }) => could.has(gpuModel));
  if (prices.length === 0) return null;
  return (
    <Panel
      id="price-list"
      title="What these kinds are offered for"
      note={`${currency} for a GPU-hour, the cheapest offer of each; ~ was not compared line by line with the maker's list`}
    >
      <Scroller label="Table of prices" className="scroller days-table">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">GPU</th>
              <th scope="col">Provider</th>
              <th scope="col">Bought</th>
              <th scope="col" className="number">
                A GPU-hour from
              </th>
              <th scope="col">Region, machine</th>
              <th scope="col" className="number">
                Offers
              </th>
              <th scope="col">Checked</th>
              <th scope="col">Source</th>
            </tr>
          </thead>
          <tbody>
            {prices.map((price) => (
              <tr key={[price.gpuModel, price.provider, price.lifecycle, price.term].join('|')}>
                <th scope="row">{price.gpuModel}</th>
                <td>{price.provider}</td>
                <td>{lifecycleText(price)}</td>
                <td className="number">
                  <Figure
                    text={formatUnitMoney(price.perGpuHour, currency)}
                    exact={exactMoney(price.perGpuHour, currency)}
                    isEstimate={price.confidence === 'approximate'}
                  />
                </td>
                <td>
                  {price.region === '*' ? 'anywhere' : price.region}
                  <span className="cell-note">{price.instanceType ?? 'by the GPU'}</span>
                </td>
                <td className="number">{formatCount(price.offers)}</td>
                <td>
                  {price.checked}
                  <span className="cell-note">stands from {price.from}</span>
                </td>
                <td className="wide-cell">{price.source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  );
}
