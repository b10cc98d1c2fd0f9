import { randomUUID } from 'node:crypto';
import { z } from 'zod';

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  format?: string;
  pattern?: string;
  minimum?: number;
  minLength?: number;
}

const text = ({ format, pattern, minLength = 1 }: Schema): string => {
  if (format === 'uuid') return randomUUID();
  if (format === 'date-time') return '2026-01-02T03:04:05Z';
  if (format === 'email') return 'sample@example.org';
  if (format === 'uri') return 'http://127.0.0.1:9/';
  if (pattern === '^\\d{6}$') return '123456';
  return `sample-${randomUUID()}`.slice(0, Math.max(minLength, 20));
};

const sample = (schema: Schema): unknown => {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = schema.anyOf?.at(-1) ?? schema.oneOf?.at(-1);
  if (choice) return sample(choice);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object') return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, property]) => [name, sample(property)]));
  if (type === 'array') return schema.items ? [sample(schema.items)] : [];
  if (type === 'string') return text(schema);
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  return Math.max(1, schema.minimum ?? 1);
};

/** A body that a route's schema most likely takes, with every optional part. */
export const sampleOf = (schema: z.ZodType): unknown => sample(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema);

/** `body` with one part at a time, at any depth, replaced by what `replace` gives for it. */
export const withOneChanged = (body: unknown, replacement: unknown): unknown[] => {
  if (body === null || typeof body !== 'object') return [replacement];
  if (Array.isArray(body))
    return [replacement, ...body.flatMap((part, index) => withOneChanged(part, replacement).map((changed) => body.with(index, changed)))];
  return [replacement, ...Object.entries(body).flatMap(([name, part]) => withOneChanged(part, replacement).map((changed) => ({ ...body, [name]: changed })))];
};
