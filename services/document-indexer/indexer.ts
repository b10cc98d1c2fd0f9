import type { ObjectStore } from '#clients';
import type { Database, Notifier } from '#db';
import { goldenGateJob } from '#golden';
import { embedDocument, purgeDocument, readDocument, recogniseDocument } from '#documents';
import type { Clock, Logger, SecretBox } from '#kit';
import { createJobs, createJobWorker, type QueueConnection } from '#queue';
import type { PictureReader } from './pictures/picture-reader.ts';
import type { Reader } from './reading/reader.ts';
import { createEmbedPassages, type EmbedPassages } from './stages/embed-passages.ts';
import { createPurge } from './stages/purge-document.ts';
import { createReadDocument } from './stages/read-document.ts';
import { createReadPictures } from './stages/read-pictures.ts';
import { createTendVersions } from './stages/tend-versions.ts';
import { keepSweeping } from './sweep.ts';

interface Needs {
  database: Database;
  notifier: Pick<Notifier, 'publish' | 'subscribe'>;
  connection: QueueConnection;
  objects: Pick<ObjectStore, 'localFile' | 'receive' | 'remove' | 'list'>;
  reader: Reader;
  pictures: PictureReader;
  /** What pages without text are read in, the likeliest language first. */
  languages: () => readonly string[];
  /** Opens the passwords that owners gave for their documents. */
  secrets: Pick<SecretBox, 'open'>;
  /** How long earlier versions are kept. */
  keepVersionsDays: () => number;
  embed: EmbedPassages;
  probe?: (signal: AbortSignal) => Promise<string>;
  clock: Clock;
  log: Logger;
}

/** An object without a row for a day is nobody's. */
const ORPHAN_AGE_MS = 24 * 3_600_000;

/** Everything that happens to a document after its upload, until it is indexed or gone. */
export const startIndexer = (needs: Needs): { stop(): Promise<void> } => {
  const { database, notifier, connection, clock, log } = needs;
  const jobs = createJobs({ connection, log });
  const stopping = new AbortController();
  const purge = createPurge(needs);
  const embed = createEmbedPassages({
    ...needs,
    onComplete: (model) => jobs.add(database.db, goldenGateJob, { model }, { id: `gate.${model.replaceAll(':', '-')}` }),
  });
  const workers = [
    createJobWorker({ connection, log }, readDocument, createReadDocument({ ...needs, jobs })),
    createJobWorker({ connection, log }, embedDocument, embed),
    createJobWorker({ connection, log }, recogniseDocument, createReadPictures({ ...needs, jobs })),
    createJobWorker({ connection, log }, purgeDocument, (payload) => purge.purge(payload)),
  ];
  const sweeping = keepSweeping({ database, jobs, also: createTendVersions({ ...needs, jobs }), clock, log }, stopping.signal);

  /** Another embedding model may have become the active one: any document's job looks at all of them. */
  const lookAgain = async (): Promise<void> => {
    const any = await database.db
      .selectFrom('documents')
      .select('id')
      .where('deleted_at', 'is', null)
      .where('status', '=', 'indexed')
      .limit(1)
      .executeTakeFirst();
    if (any !== undefined) await jobs.add(database.db, embedDocument, { documentId: any.id }, { id: 'model' });
  };
  const unsubscribe = notifier.subscribe('models.changed', () => {
    lookAgain().catch((error: unknown) => log.warn({ error }, 'a change of model could not be followed up'));
  });
  purge.removeOrphans({ olderThanMs: ORPHAN_AGE_MS }).catch((error: unknown) => log.warn({ error }, 'objects without a document could not be looked for'));

  return {
    async stop() {
      unsubscribe();
      stopping.abort();
      await Promise.all(workers.map((worker) => worker.close()));
      await sweeping;
      needs.reader.close();
      needs.pictures.close();
    },
  };
};
