import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kit';

const ADMIN_ROLE = 'postgres';

/** The same server and role, another database. */
export const inDatabase = (url: string, name: string): string => url.replace(/\/[^/?]*(\?|$)/, `/${name}$1`);

/** The database that an address names, and the role that it signs in as. */
export const partsOf = (url: string): { database: string; role: string } => ({
  database: decodeURIComponent(/\/([^/?]*)(?:\?|$)/.exec(url.replace(/^\w+:\/\//, ''))?.[1] ?? ''),
  role: decodeURIComponent(/^\w+:\/\/([^:@/]+)/.exec(url)?.[1] ?? ''),
});

/** How to reach the embedded server as its administrator, from how the box reaches it. Errors: `configuration_invalid` for a database of one's own. */
export const adminUrlOf = async ({ dataDir, url }: { dataDir: string; url: string }): Promise<string> => {
  const password = await readFile(join(dataDir, 'secrets', 'database-admin-password'), 'utf8').catch((cause: unknown) => {
    throw new AppError('configuration_invalid', {
      message: 'A restore makes a database beside the box’s own, and needs to know its administrator. Set ARASUL_DATABASE_ADMIN_URL.',
      cause,
    });
  });
  return inDatabase(url.replace(/^(\w+:\/\/)[^@]*@/, `$1${ADMIN_ROLE}:${encodeURIComponent(password.trim())}@`), 'postgres');
};
