import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { lazy, Suspense } from 'react';
import { NotFound } from './frame/not-found.tsx';
import type { PageName } from './frame/page-list.ts';
import { readPath } from './frame/page-list.ts';
import { Live } from './live/live.tsx';
import { usePath } from './state/place.ts';
import { cssVariablesResolver, theme } from './theme.ts';
import { MissingView } from './views/missing-view.tsx';

/** Each page is a file of its own that is loaded when somebody goes there. `Below` shows one thing of the page's list, by its name. */
const VIEWS: Readonly<
  Record<PageName, Readonly<{ View: ComponentType; Below?: ComponentType<Readonly<{ name: string }>> }>>
> = {
  Overview: { View: lazy(() => import('./overview/overview-page.tsx')) },
  Explore: { View: lazy(() => import('./explore/explore-page.tsx')) },
  Fleet: { View: lazy(() => import('./fleet/fleet-page.tsx')) },
  Budgets: { View: lazy(() => import('./guardrails/guardrails-page.tsx')) },
  Health: { View: lazy(() => import('./health/health-page.tsx')) },
  Policies: { View: lazy(() => import('./policies/policies-page.tsx')) },
  Actions: { View: lazy(() => import('./actions/actions-page.tsx')) },
  Plan: { View: lazy(() => import('./plan/plan-page.tsx')) },
  Spot: { View: lazy(() => import('./spot/spot-page.tsx')) },
  Hardware: { View: lazy(() => import('./hardware/hardware-page.tsx')) },
  Reports: { View: lazy(() => import('./reports/reports-page.tsx')) },
  Runs: {
    View: lazy(() => import('./runs/runs-page.tsx')),
    Below: lazy(() => import('./receipt/receipt-page.tsx')),
  },
  Savings: {
    View: lazy(() => import('./savings/savings-page.tsx')),
    Below: lazy(() => import('./lever/lever-page.tsx')),
  },
  'What if': {
    View: lazy(() => import('./whatif/what-if-page.tsx')),
    Below: lazy(() => import('./whatif/simulation-page.tsx')),
  },
  Size: { View: lazy(() => import('./size/size-page.tsx')) },
  Units: {
    View: lazy(() => import('./units/units-page.tsx')),
    Below: lazy(() => import('./endpoint/endpoint-page.tsx')),
  },
};

const client = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: false, refetchOnWindowFocus: true } },
});

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Live />
        <MissingView />
        <Suspense fallback={<p className="visually-hidden">Loading the page…</p>}>
          <CurrentPage />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function CurrentPage() {
  const address = readPath(usePath());
  if (address === null) return <NotFound />;
  const { View, Below } = VIEWS[address.page];
  if (address.below === null) return <View />;
  return Below ? <Below key={address.below} name={address.below} /> : <NotFound />;
}
