import { z } from 'zod';
import { tareYaml } from './tare-yaml.ts';

type JsonSchema = Readonly<{
  properties?: Readonly<Record<string, JsonSchema>>;
  items?: JsonSchema;
  oneOf?: readonly JsonSchema[];
  additionalProperties?: JsonSchema | boolean;
  const?: unknown;
}>;

/** The keys that `tare.yaml` may have at a place, for "did you mean". */
export function allowedKeys(path: readonly PropertyKey[], value: unknown): string[] {
  let schema: JsonSchema | undefined = tareSchema();
  let here: unknown = value;
  for (const step of path) {
    here = (here as Record<PropertyKey, unknown> | undefined)?.[step];
    schema = pickVariant(typeof step === 'number' ? schema?.items : schema?.properties?.[String(step)], here);
  }
  return Object.keys(schema?.properties ?? {});
}

export function tareSchema(): JsonSchema {
  return z.toJSONSchema(tareYaml, { io: 'input' }) as JsonSchema;
}

function pickVariant(schema: JsonSchema | undefined, value: unknown): JsonSchema | undefined {
  if (!schema?.oneOf) return schema;
  return schema.oneOf.find((variant) =>
    Object.entries(variant.properties ?? {}).every(
      ([name, property]) =>
        property.const === undefined || property.const === (value as Record<string, unknown>)[name],
    ),
  );
}
