import pg from 'pg';

/** The same server and role, another database. */
export const withDatabase = (url: string, name: string): string => url.replace(/\/[^/?]*(\?|$)/, `/${name}$1`);

const asAdmin = async (adminUrl: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

/** A database that the application's role owns, cloned from `template` when one is named. */
export const createDatabase = (adminUrl: string, name: string, template?: string): Promise<void> =>
  asAdmin(adminUrl, `create database ${name} owner arasul${template ? ` template ${template} strategy file_copy` : ''}`);

export const dropDatabase = (adminUrl: string, name: string): Promise<void> => asAdmin(adminUrl, `drop database if exists ${name} with (force)`);
