import { z } from 'zod';

export const revision = z
  .object({ revision: z.string().describe('Compare it; it has no order.') })
  .meta({ id: 'Revision' });
