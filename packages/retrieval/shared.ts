import { sharedDatabase, sharedNotifier } from '#db';
import type { Host } from '#kit';
import { createRetriever } from './retriever.ts';
import { followLinks } from './source/linked-documents.ts';
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
      const retriever = createRetriever({ source: createPostgresSource({ db, notifier }), embedQuery, log: host.log });
      return {
        ...retriever,
        async search(request) {
          const documentIds = request.documentIds && (await followLinks(db, request.documentIds));
          return retriever.search({ ...request, documentIds });
        },
      };
    },
    (retriever) => retriever.close(),
  );
