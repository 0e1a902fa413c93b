import { TareError } from './errors.ts';

export type FieldProblem = Readonly<{ field: string; message: string }>;

/** A form that cannot be used, with what is wrong with each of its fields. */
export class BadFieldsError extends TareError {
  readonly fields: readonly FieldProblem[];

  constructor(fields: readonly FieldProblem[], remedy: string) {
    const [first] = fields;
    const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
    super('usage', first ? `${first.field}: ${first.message}${more}` : 'the form is not understood', remedy);
    this.name = 'BadFieldsError';
    this.fields = fields;
  }
}
