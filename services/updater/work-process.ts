import { workApart, type Apart } from '#kit';
import type { Order, Result, Told } from './protocol.ts';

export class WorkFailed extends Error {
  /** Of `updateRefusals`; null when it was something else. */
  readonly refusal: string | null;
  constructor(message: string, refusal: string | null = null) {
    super(message);
    this.refusal = refusal;
  }
}

/** Has an order carried out in a process apart; before the switch nothing counts, and the switch is one rename. Errors: `WorkFailed`; the signal's reason when it was told to stop. */
export const carryOut = async (order: Order, options: Apart<Told>): Promise<Result> => {
  const told = await workApart<Told>('update-work', order, options);
  if (told.type === 'done') return told.result;
  if (told.type === 'failed') throw new WorkFailed(told.message, told.refusal);
  throw new WorkFailed(`The process that did it ended before it was done (${told.by}). Nothing was switched.`);
};
