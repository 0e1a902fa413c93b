import { expect, it } from 'vitest';
import { tareSchema } from './allowed-keys.ts';

it('is the committed JSON Schema, for editors', async () => {
  const schema = { $id: 'tare.schema.json', ...tareSchema() };
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../docs/reference/tare.schema.json',
  );
});
