import { Link } from './link.tsx';
import { PageFrame } from './page-frame.tsx';
import { PAGES } from './page-list.ts';

const NO_WINDOW = { from: null, to: null };

/** An address that leads nowhere, and where the pages are. */
export function NotFound() {
  return (
    <PageFrame page={null} title="No such page" window={NO_WINDOW} keys={[]} isBusy={false} status="">
      <section className="empty">
        <h1>There is no such page</h1>
        <p>
          The pages are:{' '}
          {PAGES.map(({ name, path }, index) => (
            <span key={name}>
              {index > 0 && ', '}
              <Link href={path}>{name}</Link>
            </span>
          ))}
          .
        </p>
      </section>
    </PageFrame>
  );
}
