import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Scheme } from '../buckets/buckets.ts';

const ATTRIBUTE = 'data-mantine-color-scheme';

/** The scheme to draw in: the person's, and light on paper, whatever the screen shows. */
export function useScheme(): Scheme {
  const onScreen = useComputedColorScheme('light');
  const [isPrinting, setPrinting] = useState(false);

  useEffect(() => {
    const root = document.documentElement;
    const before = (): void => {
      root.setAttribute(ATTRIBUTE, 'light');
      // The browser takes its picture as soon as this returns.
      flushSync(() => setPrinting(true));
    };
    const after = (): void => {
      root.setAttribute(ATTRIBUTE, onScreen);
      setPrinting(false);
    };
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, [onScreen]);

  return isPrinting ? 'light' : onScreen;
}
