import { createHash, randomInt } from 'node:crypto';
import { TELEGRAM_PURPOSE } from '#alerts';
import { askTelegram, createTelegram, DeliveryFailed } from '#clients';
import type { PairingCode, TelegramPut, TelegramView } from '#contracts';
import type { Database, Notifier } from '#db';
import { AppError, toSealedParts, type Clock, type SecretBox } from '#kit';
import { roleAllows, type Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { TelegramRepository } from './telegram.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  repository: TelegramRepository;
  audit: Audit;
  secrets: SecretBox;
  apiRoot: string;
  clock: Clock;
}

const PAIRING_MS = 10 * 60_000;
/** Letters and digits that are not taken for each other; ten of 31 are 49 bits, for ten minutes. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const makeCode = (): string => Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

export type TelegramService = ReturnType<typeof createTelegramService>;

/** Sets the bot up and pairs people with it. The token goes in and never comes out. */
export const createTelegramService = ({ database, notifier, repository, audit, secrets, apiRoot, clock }: Needs) => {
  const view = async ({ workspaceId }: Principal): Promise<TelegramView> => {
    const row = await repository.find(database.db);
    const people = await repository.people(database.db, workspaceId);
    return {
      configured: row.configured,
      enabled: row.enabled,
      botUsername: row.bot_username,
      publicUrl: row.public_url,
      lastContactAt: row.last_contact_at?.toISOString() ?? null,
      lastError: row.last_error,
      strangers: row.strangers,
      people: people.map(({ id, username, role, name, language }) => ({ channelId: id, username, role, name, language })),
    };
  };

  return {
    view,

    /** A token is asked who it belongs to before it is stored. Errors: `validation_failed` for one that Telegram refuses, `part_away`. */
    async put(who: Principal, { token, enabled }: TelegramPut): Promise<TelegramView> {
      let bot: { id: number; username: string | null } | undefined;
      if (token !== undefined) {
        try {
          const me = await askTelegram(() => createTelegram({ token, apiRoot }).getMe());
          bot = { id: me.id, username: me.username ?? null };
        } catch (error) {
          if (!(error instanceof DeliveryFailed)) throw error;
          if (/ 40[14]:/.test(error.message)) {
            throw new AppError('validation_failed', {
              message: 'Telegram does not know this token. Copy it again from BotFather.',
              details: { path: 'token' },
            });
          }
          throw new AppError('part_away', { message: `The token could not be checked: ${error.message}`, retryAfterMs: 5_000 });
        }
      }
      await database.inTransaction(async (tx) => {
        if (token !== undefined && bot) await repository.putToken(tx, toSealedParts(secrets.seal(token, TELEGRAM_PURPOSE)), bot);
        if (enabled !== undefined) await repository.setEnabled(tx, enabled);
        await audit.record(tx, who, 'telegram.changed', bot?.username ?? null, { ...(enabled !== undefined && { enabled }), ...(bot && { token: 'changed' }) });
        await notifier.publish(tx, 'alerts.changed', { what: 'telegram' });
      });
      return view(who);
    },

    /** Forgets the token and everybody who was paired. */
    forget: (who: Principal): Promise<void> =>
      database.inTransaction(async (tx) => {
        await repository.forget(tx);
        await audit.record(tx, who, 'telegram.removed', null);
        await notifier.publish(tx, 'alerts.changed', { what: 'telegram' });
      }),

    /** A code for oneself; for others only administrators. It is shown once and good for ten minutes. Errors: `forbidden`, `not_found`, `conflict` without a bot. */
    async pairing(who: Principal, userId: string | undefined): Promise<PairingCode> {
      const uid = userId ?? who.uid;
      if (uid !== who.uid && !roleAllows(who.role, 'admin')) throw new AppError('forbidden', { message: 'Only an administrator may pair others.' });
      const user = await repository.findUser(database.db, who.workspaceId, uid);
      if (!user) throw new AppError('not_found', { message: 'There is no such account.' });
      const { configured, bot_username: bot } = await repository.find(database.db);
      if (!configured) throw new AppError('conflict', { message: 'No bot is set up yet. An administrator enters its token first.' });
      const code = makeCode();
      const expiresAt = new Date(clock.now() + PAIRING_MS);
      await database.inTransaction(async (tx) => {
        await repository.addPairing(tx, user.id, createHash('sha256').update(code).digest('hex'), expiresAt);
        await audit.record(tx, who, 'telegram.pairing_offered', user.username);
      });
      return { code, expiresAt: expiresAt.toISOString(), link: bot === null ? null : `https://t.me/${bot}?start=${code}` };
    },
  };
};
