import { ActionIcon } from '@mantine/core';
import { lazy, Suspense, useId } from 'react';
import { useMenu } from '../frame/use-menu.ts';

/** Loaded when somebody opens it. */
const ViewsPanel = lazy(() => import('./views-panel.tsx'));

/** Saved views, and a way to save the page as it is. */
export function ViewsMenu() {
  const id = useId();
  const { isOpen, toggle, close, ref } = useMenu<HTMLDivElement>();
  return (
    <div className="views" ref={ref}>
      <ActionIcon
        variant="default"
        size="input-xs"
        aria-label="Saved views"
        title="Saved views"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={toggle}
      >
        <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M5.5 3.5h9v13l-4.5-3.2-4.5 3.2z" />
        </svg>
      </ActionIcon>
      <section id={id} className="views-panel" aria-label="Saved views" hidden={!isOpen}>
        {isOpen && (
          <Suspense fallback={<p className="note">Loading views…</p>}>
            <ViewsPanel onGo={close} />
          </Suspense>
        )}
      </section>
    </div>
  );
}
