import { validator } from 'hono-openapi';
import type { z } from 'zod';
import { TareError } from '../../app/errors.ts';

/** Checks a query or a body by its schema; what does not fit becomes the usage error of the command line. */
export function validate<Target extends 'query' | 'json', Schema extends z.ZodType>(
  target: Target,
  schema: Schema,
) {
  return validator(target, schema, (result) => {
    if (result.success) return;
    const [issue] = result.error;
    const name = (issue?.path ?? []).map((step) => (typeof step === 'object' ? step.key : step)).join('.');
    throw new TareError(
      'usage',
      `${target === 'query' ? 'query' : 'body'} ${name ? `"${name}"` : ''}: ${issue?.message ?? 'not understood'}`,
      'see /openapi.json for what is expected',
    );
  });
}
