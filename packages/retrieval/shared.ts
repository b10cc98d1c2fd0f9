import { sharedDatabase, sharedNotifier } from '#db';
import type { Host } from '#kit';
import { createRetriever } from './retriever.ts';
import { createPostgresSource } from './source/postgres-source.ts';
import type { EmbedQuery, Retriever } from './types.ts';

interface Needs {
  readonly databaseUrl: string;
  readonly embedQuery: EmbedQuery;
}

/** The process's one retriever over the database's passages: search and chat share its index when they share a process. */
export const sharedRetriever = (host: Host, { databaseUrl, embedQuery }: Needs): Retriever =>
  host.share(
    'retriever',
    () => {
      const { db } = sharedDatabase(host, databaseUrl);
      const notifier = sharedNotifier(host, databaseUrl);
      return createRetriever({ source: createPostgresSource({ db, notifier }), embedQuery, log: host.log });
    },
    (retriever) => retriever.close(),
  );
