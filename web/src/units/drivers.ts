import type { Pattern, Scheme } from '../buckets/buckets.ts';

export type DriverLook = Readonly<{
  driver: string;
  color: Readonly<Record<Scheme, string>>;
  pattern: Pattern;
}>;

/**
 * What moves a unit cost, in the order in which the server tells it. Colours keep a contrast of 3 with the background and are none of
 * the buckets'; the pattern says the same without colour.
 */
export const DRIVER_LOOKS: readonly DriverLook[] = [
  { driver: 'price', color: { light: '#1f5fa8', dark: '#6fb3f2' }, pattern: 'solid' },
  { driver: 'traffic', color: { light: '#b4540a', dark: '#f2a65a' }, pattern: 'diagonal' },
  { driver: 'batch', color: { light: '#0b7a5a', dark: '#3ec99b' }, pattern: 'dots' },
  { driver: 'cache', color: { light: '#7a4aa6', dark: '#c9a0ee' }, pattern: 'vertical' },
  { driver: 'length', color: { light: '#7d6400', dark: '#dcc24a' }, pattern: 'cross-hatch' },
  { driver: 'mix', color: { light: '#66707b', dark: '#a3acb6' }, pattern: 'outline' },
];
