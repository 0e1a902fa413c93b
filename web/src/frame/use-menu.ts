import type { RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';

/** Something that a button opens beside itself. Closes with Esc, which gives the focus back to the button, and with a press or the focus anywhere else. */
export function useMenu<Place extends HTMLElement>(): Readonly<{
  isOpen: boolean;
  toggle: () => void;
  close: () => void;
  /** Around the button, which comes first, and what it opens. */
  ref: RefObject<Place | null>;
}> {
  const [isOpen, setOpen] = useState(false);
  const ref = useRef<Place>(null);
  useEffect(() => {
    if (!isOpen) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      ref.current?.querySelector('button')?.focus();
    };
    const onElsewhere = (event: Event): void => {
      if (!ref.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('pointerdown', onElsewhere);
    document.addEventListener('focusin', onElsewhere);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('pointerdown', onElsewhere);
      document.removeEventListener('focusin', onElsewhere);
    };
  }, [isOpen]);
  return { isOpen, toggle: () => setOpen(!isOpen), close: () => setOpen(false), ref };
}
