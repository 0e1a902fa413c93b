import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core';
import { createTheme } from '@mantine/core';
import type { Scheme } from './buckets/buckets.ts';
import { BUCKET_LOOKS } from './buckets/buckets.ts';
import { DRIVER_LOOKS } from './units/drivers.ts';

/** One accent: links, focus, filled buttons. White text reads on shades 6 (4.6) and 8 (8.6). */
const harbor: MantineColorsTuple = [
  '#eaf6f9',
  '#d3e8ee',
  '#a6d2de',
  '#7fc4d6',
  '#4fa6bd',
  '#2f8fa8',
  '#1f7f99',
  '#126a82',
  '#0b5468',
  '#063e4e',
];

export const theme = createTheme({
  colors: { harbor },
  primaryColor: 'harbor',
  primaryShade: { light: 8, dark: 6 },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily:
    'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace',
});

/** The kit's pale greys and links miss a contrast of 4.5, so text colours are set here, for all components at once. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1b1f24',
    '--mantine-color-dimmed': '#56606a',
    '--mantine-color-placeholder': '#5d6771',
    '--mantine-color-anchor': '#0b5468',
    '--mantine-color-default-border': '#8b95a0',
    '--page': '#f4f5f7',
    '--panel': '#ffffff',
    '--line': '#dde1e6',
    '--bar-kept': '#84919d',
    '--good': '#1c6637',
    '--watch': '#805300',
    '--bad': '#a8201a',
    '--notice-back': '#fff3d1',
    '--notice-line': '#b57b00',
    '--notice-text': '#453100',
    ...bucketColors('light'),
    ...driverColors('light'),
  },
  dark: {
    '--mantine-color-body': '#1a1b1e',
    '--mantine-color-text': '#e4e6e9',
    '--mantine-color-dimmed': '#a6adb6',
    '--mantine-color-placeholder': '#9aa2ab',
    '--mantine-color-anchor': '#7fc4d6',
    '--mantine-color-default-border': '#6a7079',
    '--page': '#131416',
    '--panel': '#1a1b1e',
    '--line': '#34373c',
    '--bar-kept': '#707a85',
    '--good': '#7bd49a',
    '--watch': '#f2c05c',
    '--bad': '#ff9b91',
    '--notice-back': '#35290d',
    '--notice-line': '#b98a1e',
    '--notice-text': '#ffe6ad',
    ...bucketColors('dark'),
    ...driverColors('dark'),
  },
});

function bucketColors(scheme: Scheme): Record<string, string> {
  return Object.fromEntries(BUCKET_LOOKS.map(({ bucket, color }) => [`--bucket-${bucket}`, color[scheme]]));
}

function driverColors(scheme: Scheme): Record<string, string> {
  return Object.fromEntries(DRIVER_LOOKS.map(({ driver, color }) => [`--driver-${driver}`, color[scheme]]));
}
