import type { MantineColorScheme } from '@mantine/core';
import { ActionIcon, useMantineColorScheme } from '@mantine/core';

const NEXT: Readonly<Record<MantineColorScheme, MantineColorScheme>> = {
  auto: 'light',
  light: 'dark',
  dark: 'auto',
};
const NAMES: Readonly<Record<MantineColorScheme, string>> = {
  auto: 'as the system',
  light: 'light',
  dark: 'dark',
};
const ICONS: Readonly<Record<MantineColorScheme, string>> = {
  auto: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14',
  light:
    'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.5 1.5M14.2 14.2l1.5 1.5M4.3 15.7l1.5-1.5M14.2 5.8l1.5-1.5',
  dark: 'M16 12.2A6.5 6.5 0 0 1 7.8 4 6.5 6.5 0 1 0 16 12.2z',
};

/** System, light, dark, and round again. */
export function SchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const label = `Colours: ${NAMES[colorScheme]}; change to ${NAMES[NEXT[colorScheme]]}`;
  return (
    <ActionIcon
      variant="default"
      size="input-xs"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(NEXT[colorScheme])}
    >
      <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
        <path d={ICONS[colorScheme]} />
      </svg>
    </ActionIcon>
  );
}
