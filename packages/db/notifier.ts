import { sql } from 'kysely';
import pg from 'pg';
import { channels, type Channel, type ChannelPayload } from '#contracts';
import { exponentialBackoffMs, newId, systemClock, type Logger } from '#kit';
import type { Database, Db } from './database.ts';

/** One Postgres channel carries all of ours: a single LISTEN, and order is kept across them. */
const PG_CHANNEL = 'arasul';
/** Postgres refuses payloads from 8,000 bytes on. */
const MAX_PAYLOAD_BYTES = 7_900;
/** Names the LISTEN connections in pg_stat_activity, so that `settled` knows how many there are. */
const APPLICATION_NAME = 'arasul-signals';
/** A process that does not hear within a second hangs; whoever revokes something does not hang with it. */
const SETTLE_TIMEOUT_MS = 1_000;

export interface Notifier {
  /** Sends when `db`'s transaction commits, or at once outside one. Reaches every process, this one included. */
  publish<Name extends Channel>(db: Db, channel: Name, payload: ChannelPayload<Name>): Promise<void>;
  subscribe<Name extends Channel>(channel: Name, listener: (payload: ChannelPayload<Name>) => void): () => void;
  /** Whether LISTEN is in force now. While it is not, signals are missed: what was remembered must be looked up. */
  isListening(): boolean;
  /**
   * Resolves when every process that listens has heard what was published before (about 2 ms), or after a second.
   * For what must hold everywhere once it was answered, such as a sign-out.
   */
  settled(): Promise<void>;
  /** Called after the connection came back: signals may have been missed, so look at the rows. */
  onReconnect(listener: () => void): () => void;
  /** Resolves once LISTEN is in force. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Promise.withResolvers is Node 22; the floor is 20. */
const deferred = () => {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};

interface Needs {
  database: Pick<Database, 'url'>;
  log: Logger;
}

/** Signals between processes over LISTEN/NOTIFY, with a connection of its own that reconnects by itself. */
export const createNotifier = ({ database, log }: Needs): Notifier => {
  const listeners = new Map<Channel, Set<(payload: never) => void>>();
  const reconnected = new Set<() => void>();
  let client: pg.Client | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let readiness = deferred();

  const heard = new Map<string, () => void>();
  const send = (text: string) => client?.query(`select pg_notify($1, $2)`, [PG_CHANNEL, text]).catch(() => undefined);

  const dispatch = (text: string) => {
    const { c, p, asked, heard: by } = JSON.parse(text) as { c: Channel; p: unknown; asked?: string; heard?: string };
    // Signals of one connection keep their order: who hears the question has heard all before it.
    if (asked !== undefined) return void send(JSON.stringify({ heard: asked }));
    if (by !== undefined) return heard.get(by)?.();
    const schema = channels[c];
    if (!schema) return; // a newer release's channel
    const payload = schema.parse(p) as never;
    for (const listener of listeners.get(c) ?? []) {
      try {
        listener(payload);
      } catch (error) {
        log.error({ error, channel: c }, 'a listener failed');
      }
    }
  };

  const reconnectLater = () => {
    if (closed || timer) return;
    failures += 1;
    timer = setTimeout(
      () => {
        timer = undefined;
        void connect();
      },
      exponentialBackoffMs(failures, { firstMs: 100, maxMs: 3_000 }),
    );
  };

  const connect = async (): Promise<void> => {
    if (closed) return;
    const next = new pg.Client({ connectionString: database.url, keepAlive: true, connectionTimeoutMillis: 5_000 });
    const lost = () => {
      if (client !== next) return;
      client = null;
      readiness = deferred();
      reconnectLater();
    };
    next.on('error', lost);
    next.on('end', lost);
    next.on('notification', ({ payload }) => {
      try {
        if (payload) dispatch(payload);
      } catch (error) {
        log.error({ error }, 'a signal could not be read');
      }
    });
    try {
      await next.connect();
      await next.query(`listen ${PG_CHANNEL}`);
      await next.query(`set application_name = '${APPLICATION_NAME}'`);
    } catch (error) {
      log.debug({ error }, 'the signal connection could not be made yet');
      await next.end().catch(() => undefined);
      reconnectLater();
      return;
    }
    if (closed) {
      await next.end().catch(() => undefined);
      return;
    }
    client = next;
    readiness.resolve();
    if (failures > 0) for (const listener of reconnected) listener();
    failures = 0;
  };
  void connect();

  return {
    async publish(db, channel, payload) {
      const text = JSON.stringify({ c: channel, p: payload });
      if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES) throw new RangeError(`Signal on ${channel} is too long; send an id and let the reader look at the row.`);
      await sql`select pg_notify(${PG_CHANNEL}, ${text})`.execute(db);
    },
    subscribe(channel, listener) {
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set);
      set.add(listener);
      return () => set.delete(listener);
    },
    isListening: () => client !== null,
    async settled() {
      if (!client) return; // nobody here relies on signals now
      const { rows } = await client.query<{ n: number }>(
        'select count(*) as n from pg_stat_activity where application_name = $1 and datname = current_database()',
        [APPLICATION_NAME],
      );
      const question = newId();
      const patience = new AbortController();
      let missing = rows[0]!.n;
      await new Promise<void>((resolve) => {
        heard.set(question, () => {
          missing -= 1;
          if (missing <= 0) resolve();
        });
        systemClock.sleep(SETTLE_TIMEOUT_MS, patience.signal).then(resolve, () => undefined);
        void send(JSON.stringify({ asked: question }));
      });
      heard.delete(question);
      patience.abort();
    },
    onReconnect(listener) {
      reconnected.add(listener);
      return () => reconnected.delete(listener);
    },
    ready: () => readiness.promise,
    async close() {
      closed = true;
      clearTimeout(timer);
      const last = client;
      client = null;
      await last?.end().catch(() => undefined);
    },
  };
};
