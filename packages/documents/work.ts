import type { Tx } from '#db';
import type { Jobs } from '#queue';
import { embedDocument, readDocument, recogniseDocument, workId } from './jobs.ts';

/** Puts an unfinished document in line, in the transaction that made it due: no row without its job. */
export const addWork = async (tx: Tx, jobs: Pick<Jobs, 'add'>, { id, version, stage }: { id: string; version: number; stage: string }): Promise<void> => {
  const job = stage === 'recognising' ? recogniseDocument : stage === 'queued' || stage === 'reading' ? readDocument : embedDocument;
  await jobs.add(tx, job, { documentId: id }, { id: workId({ id, version }) });
};
