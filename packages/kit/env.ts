import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError, errorText } from './app-error.ts';

/** Variables of the environment, as `process.env` has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads what `schema` names from the environment. `X_FILE` names a file that holds the value of `X` (its trailing newline is cut);
 * an empty variable counts as unset, as in a compose file. Values are strings when the schema sees them: use `z.coerce` and `z.stringbool`.
 *
 * Errors: `configuration_invalid` with all problems at once, in its message and as `details.problems`; values are never in it.
 */
export const readEnv = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, env: Env): z.output<z.ZodObject<Shape>> => {
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = valueOf(name, env, problems);
    if (value !== undefined) values[name] = value;
  }
  const parsed = schema.safeParse(values);
  if (parsed.success && problems.length === 0) return parsed.data;
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0] ?? 'environment');
    if (problems.some((problem) => problem.startsWith(`${name}:`) || problem.startsWith(`${name}_FILE:`))) continue;
    problems.push(`${name}: ${name in values ? issue.message : 'is missing'}`);
  }
  throw new AppError('configuration_invalid', {
    message: `The environment is not as Arasul needs it. Correct and start again:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    details: { problems },
  });
};

const valueOf = (name: string, env: Env, problems: string[]): string | undefined => {
  const direct = env[name] || undefined;
  const file = env[`${name}_FILE`] || undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) {
    problems.push(`${name}: is set, and so is ${name}_FILE; keep one of the two`);
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (cause) {
    problems.push(`${name}_FILE: cannot be read (${errorText(cause)})`);
    return undefined;
  }
};
