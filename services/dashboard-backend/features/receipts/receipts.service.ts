import { toMessageView } from '#answers';
import type { ReceiptKey, SignedReceipt } from '#contracts';
import type { Database } from '#db';
import { AppError, type Clock } from '#kit';
import type { ReceiptSigner } from '#receipts';
import type { Principal } from '../../http/index.ts';
import type { ReceiptsRepository } from './receipts.repository.ts';

interface Needs {
  database: Pick<Database, 'db'>;
  repository: ReceiptsRepository;
  signer: ReceiptSigner;
  boxName: () => string;
  clock: Clock;
}

export const createReceiptsService = ({ database, repository, signer, boxName, clock }: Needs) => ({
  /** The key that receipts of this box are signed with. */
  key: (): ReceiptKey => signer.key,

  /**
   * What one of one's own answers was made from, signed, so that anybody can check it without this box. Errors: `not_found`; `conflict` for an
   * answer that is not finished, or that was made without documents.
   */
  async issue(who: Principal, messageId: string): Promise<{ name: string; file: SignedReceipt }> {
    const found = await repository.findAnswer(database.db, who, messageId);
    if (!found) throw new AppError('not_found', { message: 'There is no such answer.' });
    const message = toMessageView(found.message);
    if (message.status !== 'complete') throw new AppError('conflict', { message: 'Only a finished answer has a receipt. Ask again, or wait for its end.' });
    if (!found.record) throw new AppError('conflict', { message: 'This answer was made without documents, so there is nothing to sign for.' });
    const { id, conversationId, content, grounded, unsupported, citations, createdAt } = message;
    const file = signer.sign({
      format: 'arasul.receipt/1',
      box: boxName(),
      messageId: id,
      conversationId,
      question: found.question,
      answer: content,
      grounded,
      unsupported,
      citations,
      answeredAt: createdAt,
      issuedAt: new Date(clock.now()).toISOString(),
      made: found.record,
    });
    return { name: `receipt-${id}.json`, file };
  },
});

export type ReceiptsService = ReturnType<typeof createReceiptsService>;
