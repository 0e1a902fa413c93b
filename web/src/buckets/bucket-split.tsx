import { Scroller } from '../frame/scroller.tsx';
import type { BucketLine } from './bucket-lines.ts';
import { BucketName } from './bucket-name.tsx';

/** Where GPU time went: a bar, and the table that says the same. */
export function BucketSplit({ lines }: Readonly<{ lines: readonly BucketLine[] }>) {
  return (
    <>
      <div className="bar" aria-hidden="true">
        {lines.map(({ bucket, fraction }) => (
          <span
            key={bucket}
            className="bucket-fill"
            data-bucket={bucket}
            style={{ width: `${fraction * 100}%` }}
          />
        ))}
      </div>
      <Scroller label="GPU time by bucket">
        <table className="grid buckets-table">
          <thead>
            <tr>
              <th scope="col">Bucket</th>
              {['GPU-hours', 'Cost', 'Share'].map((title) => (
                <th key={title} scope="col" className="number">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map(({ bucket, hours, cost, exact, share }) => (
              <tr key={bucket}>
                <th scope="row">
                  <BucketName bucket={bucket} />
                </th>
                <td className="number">{hours}</td>
                <td className="number" title={exact}>
                  {cost}
                </td>
                <td className="number">{share}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </>
  );
}
