import { createServer } from 'node:http';
import { sql } from 'kysely';
import { openDatabase } from '#db';
import { AppError, defineService } from '#kit';

/** Stands in for the dashboard: ready when the database answers, and sick or obstinate on request. */
export const service = defineService({
  name: 'dashboard-backend',
  async start({ env, log }) {
    if (env.TEST_BROKEN) throw new AppError('configuration_invalid', { message: 'TEST_BROKEN is set. Unset it.' });
    const database = openDatabase({ url: env.ARASUL_DATABASE_URL ?? '', log });
    const server = createServer((request, response) => {
      if (request.url === '/crash')
        setImmediate(() => {
          throw new Error('asked to crash');
        });
      sql`select 1`.execute(database.db).then(
        () => response.end('well'),
        () => response.writeHead(503).end(),
      );
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(Number(env.ARASUL_PORT), env.ARASUL_HOST, resolve));
    return {
      async stop() {
        server.closeAllConnections();
        server.close();
        await database.close();
      },
      health: () => Promise.resolve(env.TEST_COMPLAINT ?? null),
    };
  },
});
