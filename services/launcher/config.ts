import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { readEnv, type Env } from '#kit';
import { z } from 'zod';
import { StartProblem } from './start-problem.ts';

const PORT_HINT = 'must be a number from 1 to 65535';

const environment = z.object({
  ARASUL_DATA_DIR: z.string().optional(),
  ARASUL_MODELS_DIR: z.string().optional(),
  ARASUL_PORT: z.coerce.number(PORT_HINT).int(PORT_HINT).min(1, PORT_HINT).max(65_535, PORT_HINT).default(8080),
  ARASUL_HOST: z.string().optional(),
  ARASUL_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a postgresql:// address')
    .optional(),
  ARASUL_RUNTIME_URL: z.url('must be an http:// or https:// address').optional(),
  ARASUL_SPLIT: z.stringbool('must be 1 or 0').default(false),
});

const OPTIONS = ['--verbose', '--split'];

export interface LauncherConfig {
  dataDir: string;
  port: number;
  /** Undefined: all interfaces. */
  host: string | undefined;
  modelsDir: string | undefined;
  /** A database of one's own, instead of the embedded one. */
  databaseUrl: string | undefined;
  /** A model runtime of one's own, instead of the built-in one. */
  runtimeUrl: string | undefined;
  /** Each service in a process of its own. */
  split: boolean;
  /** The services' logs on the terminal as well. */
  verbose: boolean;
}

/** Reads the environment and the command line. Errors: `configuration_invalid`, `StartProblem` for an unknown option. */
export const readConfig = (env: Env, options: readonly string[]): LauncherConfig => {
  const unknown = options.find((option) => !OPTIONS.includes(option));
  if (unknown)
    throw new StartProblem(
      `“${unknown}” is not known. “npm start -- ${OPTIONS.join(' ')}” are the options; all else is set by the environment (see .env.example).`,
    );
  const values = readEnv(environment, env);
  return {
    dataDir: resolve(values.ARASUL_DATA_DIR ?? defaultDataDir(env)),
    port: values.ARASUL_PORT,
    host: values.ARASUL_HOST,
    modelsDir: values.ARASUL_MODELS_DIR && resolve(values.ARASUL_MODELS_DIR),
    databaseUrl: values.ARASUL_DATABASE_URL,
    runtimeUrl: values.ARASUL_RUNTIME_URL,
    split: values.ARASUL_SPLIT || options.includes('--split'),
    verbose: options.includes('--verbose'),
  };
};

const defaultDataDir = (env: Env): string => {
  if (process.getuid?.() === 0) return '/var/lib/arasul';
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'arasul');
};
