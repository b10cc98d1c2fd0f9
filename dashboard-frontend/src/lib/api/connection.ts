/** Whether the box answers. Every request reports here; views grey out old values while it is away. */
export interface Connection {
  /** When the last answer came, in ms since the epoch. */
  lastAnswerAt: number | null;
  /** When the box stopped answering; null while it does. */
  awaySince: number | null;
}

let state: Connection = { lastAnswerAt: null, awaySince: null };
const listeners = new Set<() => void>();

const set = (next: Connection): void => {
  state = next;
  for (const listener of listeners) listener();
};

export const connection = {
  get: (): Connection => state,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  answered(now = Date.now()): void {
    // Views need to know when it comes back, not each of many answers a second.
    if (state.awaySince !== null || state.lastAnswerAt === null || now - state.lastAnswerAt > 1000) set({ lastAnswerAt: now, awaySince: null });
  },
  away(now = Date.now()): void {
    if (state.awaySince === null) set({ ...state, awaySince: now });
  },
};
