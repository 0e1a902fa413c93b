import { BucketName } from '../buckets/bucket-name.tsx';
import { BUCKETS } from '../buckets/buckets.ts';
import { EstimateMark } from '../frame/figure.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { Measure } from '../state/url-state.ts';
import type { DaysView } from './days-view.ts';

type DaysTableProps = Readonly<{ view: DaysView; measure: Measure; currency: string }>;

/** The rows behind the bars. */
export function DaysTable({ view, measure, currency }: DaysTableProps) {
  const unit = measure === 'cost' ? currency : 'GPU-hours';
  return (
    <Scroller label={`Days, ${unit}`} className="scroller days-table">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            <th scope="col" className="number">
              gross
            </th>
            {BUCKETS.map((bucket) => (
              <th key={bucket} scope="col" className="number">
                <BucketName bucket={bucket} />
              </th>
            ))}
            {measure === 'cost' && <BesideHeads />}
          </tr>
        </thead>
        <tbody>
          {view.bars.map((bar) => (
            <tr key={bar.day}>
              <th scope="row">
                {bar.name}
                {bar.isEstimated && measure === 'cost' && <EstimateMark />}
              </th>
              <Cells figures={bar} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">
              Total
              {view.total.isEstimated && measure === 'cost' && <EstimateMark />}
            </th>
            <Cells figures={view.total} />
          </tr>
        </tfoot>
      </table>
    </Scroller>
  );
}

function BesideHeads() {
  return ['direct', 'shared', 'total'].map((name) => (
    <th key={name} scope="col" className="number">
      {name}
    </th>
  ));
}

function Cells({ figures }: Readonly<{ figures: Pick<DaysView['total'], 'gross' | 'texts' | 'beside'> }>) {
  const beside = figures.beside ? [figures.beside.direct, figures.beside.shared, figures.beside.total] : [];
  const texts = [figures.gross, ...BUCKETS.map((bucket) => figures.texts[bucket]), ...beside];
  return texts.map((text, column) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed
    <td key={column} className="number">
      {text}
    </td>
  ));
}
