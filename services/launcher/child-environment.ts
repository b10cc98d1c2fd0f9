import type { Env } from '#kit';
import type { LauncherConfig } from './config.ts';
import { controlSocket } from './control.ts';
import type { DataFolder } from './data-folder.ts';

interface Needs {
  env: Env;
  config: LauncherConfig;
  folder: DataFolder;
  databaseUrl: string;
  runtimeUrl: string;
  /** What the built-in runtime asks of its callers: one for all processes, new at each start of the box. */
  runtimeToken: string;
}

/** The environment of the services: the launcher's own, with what it decided. */
export const childEnvironment = ({ env, config, folder, databaseUrl, runtimeUrl, runtimeToken }: Needs): NodeJS.ProcessEnv => {
  const decided: Record<string, string | undefined> = {
    ARASUL_DATA_DIR: folder.path,
    ARASUL_DATABASE_URL: databaseUrl,
    ARASUL_PORT: String(config.port),
    ARASUL_HOST: config.host,
    ARASUL_MODELS_DIR: config.modelsDir,
    ARASUL_RUNTIME_URL: runtimeUrl,
    ARASUL_STATE_FILE: folder.stateFile,
    ARASUL_CONTROL_SOCKET: controlSocket(folder.path),
    // A runtime of one's own may want a token of its own, or none.
    ...(config.runtimeUrl ? {} : { ARASUL_RUNTIME_TOKEN: runtimeToken }),
  };
  const result: NodeJS.ProcessEnv = { ...env };
  for (const [name, value] of Object.entries(decided)) {
    delete result[`${name}_FILE`]; // its value is in `decided`
    if (value === undefined) delete result[name];
    else result[name] = value;
  }
  return result;
};

/** The environment that Node itself sees in the services' processes, from their first moment. */
export const processEnvironment = (env: Env, folder: DataFolder): NodeJS.ProcessEnv => ({
  ...env,
  NODE_ENV: env.NODE_ENV ?? 'production',
  NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? folder.cache, // Node 22 on; others ignore it
});
