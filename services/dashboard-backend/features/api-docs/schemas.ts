import { z } from 'zod';

export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  $defs?: Record<string, JsonSchema>;
  [other: string]: unknown;
}

type Direction = 'input' | 'output';

const COMPONENTS = '#/components/schemas/';

const isNamed = (value: unknown): value is z.ZodType => value instanceof z.ZodObject || value instanceof z.ZodDiscriminatedUnion;

const pascal = (name: string): string => name[0]!.toUpperCase() + name.slice(1);

const rename = (schema: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(schema)) return schema.map((part) => rename(part, names));
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
      if (key === '$defs' || key === '$schema' || key === 'id') return key === 'id' && typeof value !== 'string' ? [[key, rename(value, names)]] : [];
      if (key === '$ref' && typeof value === 'string') return [[key, COMPONENTS + (names.get(value.replace('#/$defs/', '')) ?? value)]];
      return [[key, rename(value, names)]];
    }),
  );
};

/** Turns zod schemas into JSON Schema; objects that `contracts` exports become components with their names. */
export const createSchemaWriter = (contracts: Readonly<Record<string, unknown>>) => {
  const named = z.registry<{ id: string }>();
  for (const [name, value] of Object.entries(contracts)) if (isNamed(value) && !named.has(value)) named.add(value, { id: pascal(name) });
  const components = new Map<string, JsonSchema>();

  const convert = (schema: z.ZodType, io: Direction) => z.toJSONSchema(schema, { io, metadata: named, unrepresentable: 'any' }) as JsonSchema;

  /** Where a shape differs between what is sent and what is answered, the first keeps the name. */
  const nameFor = (name: string, schema: JsonSchema): string => {
    const known = components.get(name);
    if (known === undefined || JSON.stringify(known) === JSON.stringify(schema)) return name;
    return nameFor(`${name}Sent`, schema);
  };

  const keep = (schema: JsonSchema): JsonSchema => {
    const names = new Map<string, string>();
    const definitions = Object.entries(schema.$defs ?? {});
    const plain = (part: JsonSchema) => rename(part, new Map()) as JsonSchema;
    for (const [id, definition] of definitions) names.set(id, nameFor(id, plain(definition)));
    for (const [id, definition] of definitions) components.set(names.get(id)!, rename(definition, names) as JsonSchema);
    return rename(schema, names) as JsonSchema;
  };

  return {
    /** A reference to a component where the schema has a name, else the schema itself. */
    write(schema: z.ZodType, io: Direction): JsonSchema {
      const id = named.get(schema)?.id;
      const written = keep(convert(schema, io));
      if (id === undefined) return written;
      const name = nameFor(id, written);
      components.set(name, written);
      return { $ref: COMPONENTS + name };
    },
    /** The schema itself, also where it has a name: for parameters. */
    inline: (schema: z.ZodType, io: Direction): JsonSchema => keep(convert(schema, io)),
    components: (): Record<string, JsonSchema> => Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
};
