import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { OverviewPage } from './overview/overview-page.tsx';
import { cssVariablesResolver, theme } from './theme.ts';

const client = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: false, refetchOnWindowFocus: true } },
});

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <OverviewPage />
      </QueryClientProvider>
    </MantineProvider>
  );
}
