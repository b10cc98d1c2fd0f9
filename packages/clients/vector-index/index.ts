import { z } from 'zod';
import { readEnv, type Env } from '#kit';
import { createQdrantIndex } from './qdrant-index.ts';
import type { VectorIndex } from './vector-index.ts';

export { createQdrantIndex } from './qdrant-index.ts';
export type { VectorHit, VectorIndex, VectorPoint, VectorQuery } from './vector-index.ts';

/** The Qdrant that `ARASUL_QDRANT_URL` names; null when vectors are compared in the box's own index. Errors: `configuration_invalid`. */
export const openVectorIndex = (env: Env): VectorIndex | null => {
  const values = readEnv(
    z.object({
      ARASUL_QDRANT_URL: z.url({ protocol: /^https?$/u, error: 'looks like http://host:6333' }).optional(),
      ARASUL_QDRANT_API_KEY: z.string().optional(),
      ARASUL_QDRANT_PREFIX: z
        .string()
        .regex(/^[a-z0-9-]{1,40}$/u, 'may hold small letters, digits and -')
        .default('arasul'),
    }),
    env,
  );
  const { ARASUL_QDRANT_URL: url, ARASUL_QDRANT_API_KEY: apiKey, ARASUL_QDRANT_PREFIX: prefix } = values;
  return url === undefined ? null : createQdrantIndex({ url, apiKey, prefix });
};
