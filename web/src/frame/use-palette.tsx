import type { ReactNode } from 'react';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { PaletteOptions } from '../palette/use-entries.ts';

/** Loaded when somebody asks for it. */
const Palette = lazy(() => import('../palette/palette.tsx'));

/** Opens with Ctrl K or ⌘ K, also while one types, and from a button. */
export function usePalette(options: PaletteOptions): Readonly<{ palette: ReactNode; open: () => void }> {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isAsked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!isAsked || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      setOpen((was) => was || document.querySelector('dialog[open]') === null);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  const palette = isOpen && (
    <Suspense fallback={null}>
      <Palette {...options} onClose={() => setOpen(false)} />
    </Suspense>
  );
  return { palette, open: () => setOpen(true) };
}
