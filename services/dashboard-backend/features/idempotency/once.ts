import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { Database, Tx } from '#db';
import { AppError } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { IdempotencyRepository } from './idempotency.repository.ts';

interface Needs {
  database: Pick<Database, 'inTransaction'>;
  repository: IdempotencyRepository;
}

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The request's `Idempotency-Key`, if it has one. Errors: `validation_failed` for one that is none. */
export const idempotencyKey = ({ headers }: Pick<Request, 'headers'>): string | undefined => {
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && KEY.test(key))) return key;
  throw new AppError('validation_failed', {
    message: 'The header `Idempotency-Key` must be 1 to 255 printable ASCII characters without blanks, such as a UUID.',
    details: { in: 'header', problems: [{ path: 'Idempotency-Key', message: '1 to 255 printable ASCII characters' }] },
  });
};

export type Once = ReturnType<typeof createOnce>;

/**
 * Does something once, however often it is asked for under the same key: the key is taken in the transaction of the work
 * itself, so that either both happen or neither. `request` is what must be the same; whoever comes again gets the first
 * answer. Errors: `idempotency_mismatch` when the key was used for something else.
 */
export const createOnce =
  ({ database, repository }: Needs) =>
  <Answer>(who: Principal, { key, request }: { key: string | undefined; request: unknown }, work: (tx: Tx) => Promise<Answer>): Promise<Answer> =>
    database.inTransaction(async (tx) => {
      if (key === undefined) return work(tx);
      const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
      const known = await repository.take(tx, who, key, hash);
      if (known && known.requestHash !== hash) {
        throw new AppError('idempotency_mismatch', {
          message: 'This Idempotency-Key was used for another request in the last 24 hours. Use a new key for each request; send the same only to repeat one.',
        });
      }
      if (known) return known.answer as Answer;
      const answer = await work(tx);
      await repository.keepAnswer(tx, who, key, answer);
      return answer;
    });
