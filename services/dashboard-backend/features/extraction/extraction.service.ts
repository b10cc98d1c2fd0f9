import { confidence, findThreshold } from '#abstention';
import type { ExtractionRequest, ExtractionTable } from '#contracts';
import type { Database } from '#db';
import { AppError } from '#kit';
import type { Retriever } from '#retrieval';
import type { Principal } from '../../http/index.ts';
import { cellOf } from './cell-of.ts';
import type { ExtractionRepository } from './extraction.repository.ts';

/** Each cell is a search of some milliseconds; a person waits for all of them. */
const MOST_DOCUMENTS = 100;

interface Needs {
  database: Pick<Database, 'db'>;
  repository: ExtractionRepository;
  retriever: Pick<Retriever, 'search'>;
}

/** The same fields out of many documents, word for word, each with its source. No model writes here: what no document says stays empty. */
export const createExtractionService = ({ database: { db }, repository, retriever }: Needs) => ({
  /** Errors: `validation_failed` when no document is there to be read. */
  async extract(who: Principal, { documentIds, folderIds, fields }: ExtractionRequest): Promise<ExtractionTable> {
    const found = await repository.listDocuments(db, who, { documentIds, folderIds, limit: MOST_DOCUMENTS + 1 });
    if (found.length === 0)
      throw new AppError('validation_failed', { message: 'None of these documents can be read. Choose others, or wait until they have been read.' });
    const reader = { workspaceId: who.workspaceId, userId: who.userId };
    const rows: ExtractionTable['rows'] = [];
    for (const { id, filename } of found.slice(0, MOST_DOCUMENTS)) {
      const cells: ExtractionTable['rows'][number]['cells'] = [];
      for (const { name, question = name } of fields) {
        const { items, evidence, model } = await retriever.search({ reader, query: question, limit: 3, documentIds: [id], rerank: false });
        const isThere = items.length > 0 && confidence(evidence) >= (await findThreshold(db, who.workspaceId, model ?? null));
        cells.push(isThere ? cellOf(items[0]!, name) : null);
      }
      rows.push({ documentId: id, filename, cells });
    }
    return { fields: fields.map(({ name }) => name), rows, isCut: found.length > MOST_DOCUMENTS };
  },
});

export type ExtractionService = ReturnType<typeof createExtractionService>;
