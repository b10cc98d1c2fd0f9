import type { VectorIndex } from '#clients';
import { sharedDatabase, sharedNotifier } from '#db';
import type { Host } from '#kit';
import { createRetriever } from './retriever.ts';
import { followServingModel } from './serving/search-models.ts';
import { createPostgresSource } from './source/postgres-source.ts';
import type { EmbedQuery, Reranker, Retriever } from './types.ts';

interface Needs {
  readonly databaseUrl: string;
  readonly embedQuery: EmbedQuery;
  /** Puts the best passages in a better order, where a model for it is installed. */
  readonly reranker?: Reranker;
  /** Where vectors are kept and compared, when not in the box's own index. */
  readonly vectors?: VectorIndex | null;
}

/** The process's one retriever over the database's passages: search and chat share its index when they share a process. */
export const sharedRetriever = (host: Host, { databaseUrl, embedQuery, reranker, vectors }: Needs): Retriever =>
  host.share(
    'retriever',
    () => {
      const { db } = sharedDatabase(host, databaseUrl);
      const notifier = sharedNotifier(host, databaseUrl);
      const serving = followServingModel(db, notifier);
      // Another model may be the active one already: the search goes on with the one whose vectors are complete.
      const embedServing: EmbedQuery = async (texts, { model } = {}) => embedQuery(texts, { model: model ?? (await serving.get()) });
      const retriever = createRetriever({
        source: createPostgresSource({ db, notifier }),
        vectors,
        embedQuery: embedServing,
        reranker,
        onSwitch: serving.onSwitch,
        log: host.log,
      });
      return {
        ...retriever,
        async close() {
          serving.close();
          await retriever.close();
        },
      };
    },
    (retriever) => retriever.close(),
  );
