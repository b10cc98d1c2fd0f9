import { systemClock } from '#kit';
import type { Part } from './part.ts';
import { MAX_RESTARTS } from './restart-policy.ts';
import type { RotatingLog } from './rotating-log.ts';
import type { StateFile } from './state.ts';
import { supervise, type PartState, type Supervised } from './supervisor.ts';
import type { Terminal } from './terminal.ts';

interface Needs {
  state: StateFile;
  log: RotatingLog;
  terminal: Terminal;
}

/** The parts that run, in the order in which they were started. */
export interface Box {
  /** Starts a part and keeps it running; resolves when it is ready. */
  start(part: Part): Promise<void>;
  /** Notes what a running service says is wrong with it; null when all is well. */
  complain(service: string, complaint: string | null): void;
  /** Rejects when one of the named parts is given up; never otherwise. */
  whenGivenUp(names: readonly string[]): Promise<never>;
  /** Ends all parts: those that were started last first, the database last of all. */
  stop(): Promise<void>;
}

export const createBox = ({ state, log, terminal }: Needs): Box => {
  const running: { name: string; part: Supervised }[] = [];

  const onChange = (part: Part, now: PartState): void => {
    state.update(part, now);
    log.write(`${JSON.stringify({ time: new Date().toISOString(), part: part.name, ...now })}\n`);
    if (now.state === 'restarting') terminal.warn(`${now.lastError ?? part.name} Starting it again (${now.restarts}; at most ${MAX_RESTARTS} in 30 minutes).`);
    if (now.state === 'ready' && now.restarts > 0) terminal.line(`${part.name} is back.`);
  };

  return {
    start(part) {
      const supervised = supervise(part, { clock: systemClock, onChange });
      running.push({ name: part.name, part: supervised });
      return supervised.ready;
    },
    complain(service, complaint) {
      state.complain(service, complaint);
    },
    async whenGivenUp(names) {
      throw await Promise.race(running.filter(({ name }) => names.includes(name)).map(({ part }) => part.failed));
    },
    async stop() {
      const [database, services] = [running.filter(({ name }) => name === 'postgres'), running.filter(({ name }) => name !== 'postgres')];
      await Promise.all(services.map(({ part }) => part.stop()));
      await Promise.all(database.map(({ part }) => part.stop()));
    },
  };
};
