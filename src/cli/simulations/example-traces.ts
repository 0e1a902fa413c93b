/** Small invented traces that work, one for each file of a simulator: to try a form, and to see the shape that is read. */

const DAY_MINUTES = 1_440;
const FIRST_MS = Date.parse('2026-10-05T00:00:00Z');

function instant(minutes: number): string {
  return new Date(FIRST_MS + minutes * 60_000).toISOString().replace('.000Z', 'Z');
}

function csv(header: string, rows: readonly (readonly (string | number)[])[]): string {
  return `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`;
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Two replicas over a day, busy in office hours, with a little traffic in the evening. */
export const USAGE = csv(
  'time,device,gpuUtilPercent',
  ['replica-a', 'replica-b'].flatMap((device, replica) =>
    range(DAY_MINUTES / 10).map((slot) => {
      const hour = slot / 6;
      const isOffice = hour >= 8 && hour < 18;
      const isEvening = hour >= 20 && hour < 22 && slot % 4 === 0;
      return [
        instant(slot * 10),
        device,
        isOffice ? 45 + ((slot * 7 + replica * 11) % 30) : isEvening ? 12 : 0,
      ];
    }),
  ),
);

export const COLD_STARTS = csv('seconds', [[41], [38], [55], [47], [120]]);

/** Six weeks: a base of 20 GPUs, more on working days, growing slowly. */
export const DEMAND = csv(
  'hour,gpus',
  range(42 * 24).map((hour) => {
    const [day, clock] = [Math.floor(hour / 24), hour % 24];
    const isWorking = day % 7 < 5 && clock >= 7 && clock < 20;
    return [instant(hour * 60), 20 + Math.floor(day / 7) + (isWorking ? 12 + ((day * 5 + clock) % 6) : 0)];
  }),
);

export const NODES = csv(
  'name,cpuMilli,memoryMib,gpus,model',
  range(6).map((node) => [`node-${node + 1}`, 96_000, 786_432, 8, node < 4 ? 'A100' : 'H100']),
);

/** Notebooks on a share, services on one GPU, and training on four or eight. */
export const PODS = csv(
  'name,cpuMilli,memoryMib,gpus,gpuMilli,models,created,deleted',
  range(60).map((pod) => {
    const kind = pod % 5;
    const gpus = kind === 4 ? 8 : kind === 3 ? 4 : 1;
    const share = kind === 0 ? 250 : kind === 1 ? 500 : 1_000;
    const hours = kind >= 3 ? 6 : 30;
    return [
      `pod-${pod + 1}`,
      gpus * 8_000,
      gpus * 65_536,
      gpus,
      share,
      pod % 10 === 4 ? 'H100' : '',
      instant(pod * 25),
      instant(pod * 25 + hours * 60 + (pod % 7) * 30),
    ];
  }),
);

export const REQUESTS = csv(
  'time,inputTokens,outputTokens',
  range(600).map((request) => [
    (request * 0.021 + (request % 7) * 0.004).toFixed(3),
    120 + ((request * 37) % 900),
    40 + ((request * 53) % 260),
  ]),
);

export const BATCHES = csv(
  'batch,ms',
  [1, 2, 4, 8, 16, 32].map((batch) => [batch, (6 + 0.5 * batch + (batch % 3) * 0.04).toFixed(2)]),
);

/** An hour that is busy in its first half. */
export const SERVED_REQUESTS = csv(
  'time,serviceSeconds',
  range(900).map((request) => [
    (request < 800 ? request * 2.2 : 1_760 + (request - 800) * 18).toFixed(1),
    (1.5 + ((request * 13) % 20) / 10).toFixed(1),
  ]),
);

/** Ticks of ten minutes: capacity that is away for an hour or two, at other times of the day for each start. */
export const SPOT = JSON.stringify({
  gap_seconds: 600,
  traces: range(6).map((start) =>
    range(72)
      .map((tick) => ((tick + start * 11) % 29 < 20 ? '1' : '0'))
      .join(''),
  ),
});

export const PROFILES = csv('gpu,inputTokens,outputTokens,maxThroughput', [
  ['L4', 100, 50, 2.1],
  ['L4', 1_000, 200, 0.3],
  ['A100', 100, 50, 9.5],
  ['A100', 1_000, 200, 2.4],
  ['H100', 100, 50, 17],
  ['H100', 1_000, 200, 5.6],
]);

export const SIZES = csv('inputTokens,outputTokens,rate', [
  [100, 50, 14],
  [1_000, 200, 4],
]);

export const JOBS = csv('job,jobType,steps,gpus', [
  ['nightly-ranking', 'ResNet', 400_000, 1],
  ['translate', 'Transformer', 150_000, 1],
  ['search-encoder', 'Transformer', 600_000, 1],
]);

export const THROUGHPUTS = JSON.stringify({
  A100: { "('ResNet', 1)": 11.2, "('Transformer', 1)": 4.6 },
  L4: { "('ResNet', 1)": 3.1, "('Transformer', 1)": 0.7 },
  H100: { "('ResNet', 1)": 17.5, "('Transformer', 1)": 10.1 },
});

export const CONFIGURATIONS = JSON.stringify({
  configurations: [
    ['chat-8b', 'H100', 1, 64, 6_100, 11],
    ['chat-8b', 'A100', 1, 64, 3_000, 21],
    ['chat-70b', 'H100', 4, 128, 5_200, 24],
    ['chat-70b', 'A100', 8, 128, 3_900, 36],
  ].map(([model_id, gpu_model, num_gpus, max_num_seqs, output_throughput_tokens_per_sec, median_itl_ms]) => ({
    model_id,
    gpu_model,
    num_gpus,
    max_num_seqs,
    output_throughput_tokens_per_sec,
    median_itl_ms,
  })),
});

/** Three conversations that begin alike, and one prompt that is sent again as it was. */
export const PROMPTS = csv('inputTokens,blocks', [
  [1_400, '"[1, 2, 3]"'],
  [1_900, '"[1, 2, 3, 4]"'],
  [1_300, '"[1, 2, 5]"'],
  [1_400, '"[1, 2, 3]"'],
  [700, '"[8, 9]"'],
]);
