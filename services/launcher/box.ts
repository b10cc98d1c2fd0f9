import { type ControlledPart, type ControlWish } from '#contracts';
import { AppError, systemClock } from '#kit';
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
  /** Starts a part and keeps it running; resolves when it is ready. An essential part cannot be held. */
  start(part: Part, options?: { essential?: boolean }): Promise<void>;
  /** Notes what a running service says is wrong with it; null when all is well. */
  complain(service: string, complaint: string | null): void;
  parts(): ControlledPart[];
  /** Ends a part and starts it again, also one that was given up or held. Errors: `not_found`. */
  restart(name: string, wish: ControlWish): void;
  /** Ends a part and leaves it so. Errors: `not_found`, `conflict` for one without which the box is of no use. */
  hold(name: string, wish: ControlWish): void;
  /** Rejects when one of the named parts is given up; never otherwise. */
  whenGivenUp(names: readonly string[]): Promise<never>;
  /** Ends all parts: those that were started last first, the database last of all. */
  stop(): Promise<void>;
}

interface Running {
  part: Part;
  supervised: Supervised;
  essential: boolean;
}

const toControlled = ({ part, supervised, essential }: Running): ControlledPart => {
  const { vitals, heardMsAgo } = supervised.vitals();
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    name: part.name,
    services: [...part.services],
    ...supervised.state(),
    essential,
    heardMsAgo,
    loopMeanMs: vitals?.loopMeanMs ?? null,
    loopMaxMs: vitals?.loopMaxMs ?? null,
    rssBytes: vitals?.rssBytes ?? null,
    history: supervised
      .history()
      .map(({ detectedAt, readyAt, reason, by }) => ({ detectedAt: iso(detectedAt), readyAt: readyAt === null ? null : iso(readyAt), reason, by })),
  };
};

export const createBox = ({ state, log, terminal }: Needs): Box => {
  const running: Running[] = [];

  const onChange = (part: Part, now: PartState): void => {
    state.update(part, now);
    log.write(`${JSON.stringify({ time: new Date().toISOString(), part: part.name, ...now })}\n`);
    if (now.state === 'restarting') terminal.warn(`${now.lastError ?? part.name} Starting it again (${now.restarts}; at most ${MAX_RESTARTS} in 30 minutes).`);
    if (now.state === 'ready' && now.restarts > 0) terminal.line(`${part.name} is back.`);
  };

  /** A part by its own name, or by that of a service in it. */
  const find = (name: string): Running => {
    const found = running.find(({ part }) => part.name === name) ?? running.find(({ part }) => part.services.includes(name));
    if (!found) throw new AppError('not_found', { message: `No part of this box is called “${name}”.` });
    return found;
  };

  return {
    start(part, { essential = false } = {}) {
      const supervised = supervise(part, { clock: systemClock, onChange });
      running.push({ part, supervised, essential });
      return supervised.ready;
    },
    complain(service, complaint) {
      state.complain(service, complaint);
    },
    parts: () => running.map(toControlled),
    restart: (name, wish) => find(name).supervised.restart(wish),
    hold(name, wish) {
      const { part, supervised, essential } = find(name);
      if (essential)
        throw new AppError('conflict', { message: `${part.name} cannot be stopped by itself: the box is of no use without it. Stop the box instead.` });
      supervised.hold(wish);
    },
    async whenGivenUp(names) {
      throw await Promise.race(running.filter(({ part }) => names.includes(part.name)).map(({ supervised }) => supervised.failed));
    },
    async stop() {
      const isDatabase = ({ part }: Running): boolean => part.name === 'postgres';
      await Promise.all(running.filter((one) => !isDatabase(one)).map(({ supervised }) => supervised.stop()));
      await Promise.all(running.filter(isDatabase).map(({ supervised }) => supervised.stop()));
    },
  };
};
