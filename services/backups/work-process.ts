import { workApart, type Apart } from '#kit';
import type { Order, Result, Told } from './protocol.ts';

export class WorkFailed extends Error {
  readonly damaged: boolean;
  constructor(message: string, { damaged = false } = {}) {
    super(message);
    this.damaged = damaged;
  }
}

/** Has an order carried out in a process apart; what a killed one had begun is cleared or used by the next. Errors: `WorkFailed`; the signal's reason when it was told to stop. */
export const carryOut = async (order: Order, options: Apart<Told>): Promise<Result> => {
  const told = await workApart<Told>('backup-work', order, options);
  if (told.type === 'done') return told.result;
  if (told.type === 'failed') throw new WorkFailed(told.message, { damaged: told.damaged });
  throw new WorkFailed(`The process that did it ended before it was done (${told.by}).`);
};
