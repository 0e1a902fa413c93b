import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { InferenceReport } from '../../../src/app/results/inference.ts';
import { fetchServedDays } from '../api/fetch-units.ts';
import { formatWindow, shiftDay } from '../format/dates.ts';
import { Command } from '../frame/command.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { PageLoading } from '../frame/page-loading.tsx';
import type { WindowState } from '../state/url-state.ts';

export function UnitsLoading() {
  return (
    <PageLoading
      sentence="Loading unit costs…"
      cards={['Cost of 1,000 requests', 'Cost of 1M tokens', 'Latency', 'Quality']}
    >
      <GhostPanel title="Unit costs" />
    </PageLoading>
  );
}

type NothingServedProps = Readonly<{
  report: InferenceReport;
  onShow: (window: WindowState) => void;
}>;

/** As many as the page shows of its own accord. */
const SHOWN_DAYS = 30;

/** The window has no request: where there are some and a way there, or how to bring the first. */
export function NothingServed({ report, onShow }: NothingServedProps) {
  const days = useQuery({
    queryKey: ['served-days'],
    queryFn: ({ signal }) => fetchServedDays(signal),
  });
  const known = (days.data?.rows ?? []).map((row) => String(row['day'])).sort();
  const last = known.at(-1);
  const first = known.find((day) => last && day > shiftDay(last, -SHOWN_DAYS));
  return (
    <section className="empty" aria-labelledby="empty-title">
      <h1 id="empty-title">No inference is known in {formatWindow(report.from, report.to)}</h1>
      {first && last ? (
        <Button size="sm" onClick={() => onShow({ from: first, to: shiftDay(last, 1) })}>
          Show {formatWindow(`${first}T00:00:00Z`, `${shiftDay(last, 1)}T00:00:00Z`)}
        </Button>
      ) : (
        days.isSuccess && <Starts />
      )}
    </section>
  );
}

const STARTS = [
  {
    title: 'Let applications tell',
    text: 'OpenTelemetry traces and metrics of generative AI, over HTTP; prompts are not kept.',
    command: 'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318',
  },
  {
    title: 'Ask Prometheus',
    text: 'vLLM, SGLang, TGI, Triton, KServe, Knative and Ray Serve count for themselves.',
    command: 'tare init',
  },
  {
    title: 'Bring a gateway’s log, or any table',
    text: 'LiteLLM, Langfuse, or requests in anyone’s columns.',
    command: 'tare import requests.csv --kind requests',
  },
] as const;

function Starts() {
  return (
    <>
      <p>No request is known yet. Three ways to bring some:</p>
      <div className="starts">
        {STARTS.map(({ title, text, command }) => (
          <article key={command} className="card">
            <h2>{title}</h2>
            <p>{text}</p>
            <Command text={command} />
          </article>
        ))}
      </div>
    </>
  );
}
