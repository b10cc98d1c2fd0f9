import { randomBytes } from 'node:crypto';
import { channelPurpose, MAIL_PURPOSE, toMessage, type DueChannel } from '#alerts';
import { DeliveryFailed, type Send } from '#clients';
import { channelTarget, type ChannelCreate, type ChannelPatch, type DeliveryQuery, type MailServer, type MailServerPut } from '#contracts';
import { decodeCursor, toPage, type Database, type Notifier } from '#db';
import { AppError, newId, toSealedParts, type Clock, type SecretBox } from '#kit';
import { roleAllows, type Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import { toChannel, toDelivery, toValues } from './channel-view.ts';
import type { ChannelsRepository } from './channels.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  repository: ChannelsRepository;
  audit: Audit;
  secrets: SecretBox;
  senderFor: (channel: Pick<DueChannel, 'id' | 'kind' | 'address' | 'secret_encrypted' | 'secret_iv' | 'secret_tag'>) => Promise<Send>;
  origin: () => string | null;
  clock: Clock;
}

const TEST_TIMEOUT_MS = 25_000;
const noChannel = () => new AppError('not_found', { message: 'There is no such channel.' });
const isAdmin = ({ role }: Principal): boolean => roleAllows(role, 'admin');
const testWords = {
  title: { en: 'A test message of your box', de: 'Eine Testnachricht Ihrer Box' },
  body: { en: 'If you read this, the channel works.', de: 'Wenn Sie das lesen, funktioniert der Kanal.' },
};

export type ChannelsService = ReturnType<typeof createChannelsService>;

/** The ways to reach people: each sees and prefers for oneself; administrators set up and see all. */
export const createChannelsService = ({ database, notifier, repository, audit, secrets, senderFor, origin, clock }: Needs) => {
  const seal = (plain: string, purpose: string) => toSealedParts(secrets.seal(plain, purpose));

  /** One's own channel, or any for an administrator. Errors: `not_found`. */
  const get = async (who: Principal, id: string) => {
    const row = await repository.find(database.db, who.workspaceId, id);
    if (!row || (row.user_id !== who.userId && !isAdmin(who))) throw noChannel();
    return row;
  };

  const changed = (tx: Parameters<Notifier['publish']>[0]) => notifier.publish(tx, 'alerts.changed', { what: 'channels' });

  return {
    async list(who: Principal) {
      return { items: (await repository.list(database.db, who.workspaceId, isAdmin(who) ? null : who.userId)).map(toChannel) };
    },

    /** Errors: `not_found` for an unknown person. */
    create: (who: Principal, { userId, target, ...preferences }: ChannelCreate) =>
      database.inTransaction(async (tx) => {
        const user = userId === null ? null : await repository.findUser(tx, who.workspaceId, userId ?? who.uid);
        if (user === undefined) throw new AppError('not_found', { message: 'There is no such account.' });
        const id = newId();
        const given = 'secret' in target ? target.secret : undefined;
        const made = target.kind === 'webhook' && given === undefined ? randomBytes(24).toString('base64url') : null;
        const secret = given ?? made;
        const values = { ...toValues(preferences), name: preferences.name, address: target.address };
        await repository.insert(
          tx,
          who.workspaceId,
          { id, kind: target.kind, user_id: user?.id ?? null, ...values },
          secret === null || secret === '' ? null : seal(secret, channelPurpose(id)),
        );
        await audit.record(tx, who, 'channel.created', preferences.name, { kind: target.kind, for: user?.username ?? null });
        await changed(tx);
        return { channel: toChannel((await repository.find(tx, who.workspaceId, id))!), secret: made };
      }),

    /** Where a channel leads is for administrators to say, since it makes the box call there. Errors: `not_found`, `forbidden`, `validation_failed`. */
    patch: async (who: Principal, id: string, patch: ChannelPatch) => {
      const row = await get(who, id);
      if ((patch.address !== undefined || patch.secret !== undefined || patch.escalationStep !== undefined) && !isAdmin(who)) {
        throw new AppError('forbidden', { message: 'Only an administrator may change where a channel leads, and when it is asked.' });
      }
      if (patch.address !== undefined) {
        const secret = row.kind === 'gotify' ? { secret: patch.secret ?? 'stays' } : {};
        if (!channelTarget.safeParse({ kind: row.kind, address: patch.address, ...secret }).success) {
          throw new AppError('validation_failed', { message: `This is no address for a channel of the kind ${row.kind}.`, details: { path: 'address' } });
        }
      }
      return database.inTransaction(async (tx) => {
        await repository.update(tx, id, toValues(patch), patch.secret === undefined ? undefined : seal(patch.secret, channelPurpose(id)));
        const { secret, ...rest } = patch;
        await audit.record(tx, who, 'channel.changed', row.name, { ...rest, ...(secret !== undefined && { secret: 'changed' }) });
        await changed(tx);
        return toChannel((await repository.find(tx, who.workspaceId, id))!);
      });
    },

    /** Errors: `not_found`; `conflict` for somebody's bell. */
    async remove(who: Principal, id: string): Promise<void> {
      const row = await get(who, id);
      if (row.kind === 'dashboard') throw new AppError('conflict', { message: 'The bell of the dashboard stays; switch it off instead.' });
      await database.inTransaction(async (tx) => {
        await repository.remove(tx, id);
        await audit.record(tx, who, 'channel.removed', row.name, { kind: row.kind });
        await changed(tx);
      });
    },

    /** Sends a test message now and says how that went. Errors: `not_found`. */
    async test(who: Principal, id: string) {
      const row = await get(who, id);
      const began = clock.now();
      const told = { notificationId: newId(), topic: 'channel.tested', severity: 'info', link: '/alerts/people', incidentId: null, details: {} } as const;
      try {
        const send = await senderFor(row as DueChannel);
        await send(toMessage({ ...told, ...testWords, createdAt: began }, row.language as 'en' | 'de', origin()), AbortSignal.timeout(TEST_TIMEOUT_MS));
        return { ok: true, tookMs: Math.max(0, Math.round(clock.now() - began)), error: null };
      } catch (error) {
        if (!(error instanceof DeliveryFailed)) throw error;
        return { ok: false, tookMs: Math.max(0, Math.round(clock.now() - began)), error: error.message };
      }
    },

    async mailServer(): Promise<MailServer | null> {
      const row = await repository.mailServer(database.db);
      if (!row) return null;
      const { host, port, username, from_address: from, secret_encrypted } = row;
      return { host, port, security: row.security as MailServer['security'], username, from, hasPassword: secret_encrypted !== null };
    },

    async putMailServer(who: Principal, server: MailServerPut): Promise<MailServer | null> {
      const { password } = server;
      await database.inTransaction(async (tx) => {
        await repository.putMailServer(tx, server, password === undefined ? undefined : password === '' ? null : seal(password, MAIL_PURPOSE));
        await audit.record(tx, who, 'mail-server.changed', server.host, { port: server.port, security: server.security, from: server.from });
        await changed(tx);
      });
      return this.mailServer();
    },

    async deliveries({ workspaceId }: Principal, query: DeliveryQuery) {
      const after = query.cursor === undefined ? undefined : (decodeCursor(query.cursor, 2) as [string, string]);
      const rows = await repository.deliveries(database.db, workspaceId, query, after);
      return toPage(rows, query.limit, (row) => [row.created_exact, row.id], toDelivery);
    },

    /** Errors: `not_found` for one that has arrived. */
    retry: (who: Principal, id: string): Promise<void> =>
      database.inTransaction(async (tx) => {
        if (!(await repository.retry(tx, who.workspaceId, id))) throw new AppError('not_found', { message: 'There is no message that could be tried again.' });
        await changed(tx);
      }),

    /** Errors: `not_found` for one that is not on its way. */
    cancel: (who: Principal, id: string): Promise<void> =>
      database.inTransaction(async (tx) => {
        if (!(await repository.cancel(tx, who.workspaceId, id, `Cancelled by ${who.username}.`))) {
          throw new AppError('not_found', { message: 'There is no message on its way that could be cancelled.' });
        }
      }),
  };
};
