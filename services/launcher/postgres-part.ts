import { startEmbeddedPostgres } from './embedded-postgres.ts';
import type { Part } from './part.ts';
import { watchPostgres } from './postgres/sign-of-life.ts';

interface Options {
  dataDir: string;
  log: (line: string) => void;
  onUrl: (url: string) => void;
}

/** The embedded database as a supervised part. */
export const postgresPart = ({ dataDir, log, onUrl }: Options): Part => ({
  name: 'postgres',
  services: ['postgres'],
  async start() {
    const server = await startEmbeddedPostgres({ dataDir, log });
    onUrl(server.url);
    const life = watchPostgres(server.socketDir);
    void server.exited.then(life.stop);
    return { pid: server.pid, exited: server.exited, stop: server.stop, heardAt: life.heardAt, vitals: () => null };
  },
});
