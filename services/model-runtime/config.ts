import { join } from 'node:path';
import { z } from 'zod';
import { readEnv, type Env } from '#kit';

/** What the runtime takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(
    z.object({
      ARASUL_DATABASE_URL: z.string(),
      ARASUL_DATA_DIR: z.string(),
      ARASUL_MODELS_DIR: z.string().optional(),
      /** Where to listen; loopback unless composed. */
      ARASUL_RUNTIME_URL: z.url({ protocol: /^http$/ }),
      ARASUL_RUNTIME_TOKEN: z.string().min(16),
      HF_ENDPOINT: z.url({ protocol: /^https?$/ }).default('https://huggingface.co'),
      /** Fetch the default models by itself on a box that has none. */
      ARASUL_FETCH_MODELS: z.stringbool().default(true),
    }),
    env,
  );
  const { hostname, port } = new URL(values.ARASUL_RUNTIME_URL);
  return {
    databaseUrl: values.ARASUL_DATABASE_URL,
    modelsDir: join(values.ARASUL_DATA_DIR, 'models'),
    givenModelsDir: values.ARASUL_MODELS_DIR,
    host: hostname,
    port: Number(port || 80),
    token: values.ARASUL_RUNTIME_TOKEN,
    hubEndpoint: values.HF_ENDPOINT.replace(/\/+$/, ''),
    fetchDefaults: values.ARASUL_FETCH_MODELS,
  };
};
