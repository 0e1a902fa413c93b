import type { ClickHouseClient } from '@clickhouse/client';

export class Killed extends Error {
  constructor() {
    super('the process was killed');
  }
}

/** A client whose process can be made to die after any statement: what came before it stands, nothing comes after it. */
export type MortalClient = Readonly<{
  client: ClickHouseClient;
  /** Dies after the statement for which this says so; counted from here, the first is 1. */
  dieAfter(isLast: (count: number, statement: string) => boolean): void;
  isDead(): boolean;
}>;

export function mortalClient(living: ClickHouseClient): MortalClient {
  let count = 0;
  let isDead = false;
  let isLast: (count: number, statement: string) => boolean = () => false;

  async function statement<T>(text: string, run: () => Promise<T>): Promise<T> {
    if (isDead) throw new Killed();
    const result = await run();
    count += 1;
    isDead = isLast(count, text);
    if (isDead) throw new Killed();
    return result;
  }
  const client = {
    command: (given: Parameters<ClickHouseClient['command']>[0]) =>
      statement(given.query, () => living.command(given)),
    insert: (given: Parameters<ClickHouseClient['insert']>[0]) =>
      statement(`INSERT INTO ${given.table}`, () => living.insert(given)),
    // A question changes nothing: dying after it is dying before the next statement.
    query: (given: Parameters<ClickHouseClient['query']>[0]) => {
      if (isDead) throw new Killed();
      return living.query(given);
    },
    close: async () => undefined,
  };
  return {
    client: client as unknown as ClickHouseClient,
    dieAfter(when) {
      count = 0;
      isLast = when;
    },
    isDead: () => isDead,
  };
}
