import type { JsonSchema } from './schemas.ts';

type Components = Readonly<Record<string, JsonSchema>>;

const resolve = (schema: JsonSchema, components: Components): JsonSchema => (schema.$ref ? (components[schema.$ref.split('/').at(-1)!] ?? {}) : schema);

const limits = (schema: JsonSchema): string => {
  const parts = [
    typeof schema.format === 'string' ? schema.format : null,
    schema.minimum !== undefined || schema.maximum !== undefined ? `${numberText(schema.minimum)}..${numberText(schema.maximum)}` : null,
    schema.maxLength !== undefined ? `at most ${String(schema.maxLength)} characters` : null,
    schema.default !== undefined ? `default ${JSON.stringify(schema.default)}` : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
};

// JSON Schema's limits of a safe integer say nothing to a reader.
const numberText = (value: unknown): string => (typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? String(value) : '');

/** A schema as a person would write it down: `{ name: string, size?: integer }`, indented by two. */
export const schemaText = (given: JsonSchema, components: Components, depth = 0): string => {
  const schema = resolve(given, components);
  const inner = (part: JsonSchema) => schemaText(part, components, depth + 1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(inner).join(' | ');
  if (schema.type === 'array') return `[${schema.items ? inner(schema.items) : ''}]`;
  if (schema.properties) {
    const pad = '  '.repeat(depth + 1);
    const lines = Object.entries(schema.properties).map(([name, property]) => `${pad}${name}${schema.required?.includes(name) ? '' : '?'}: ${inner(property)}`);
    return `{\n${lines.join(',\n')}\n${'  '.repeat(depth)}}`;
  }
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'anything');
  return `${type}${limits(schema)}`;
};
