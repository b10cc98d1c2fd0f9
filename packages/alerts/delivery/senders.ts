import {
  createGotifySender,
  createMailSender,
  createNtfySender,
  createWebhookSender,
  DeliveryFailed,
  type AddressPolicy,
  type MailServerAccess,
  type Send,
} from '#clients';
import type { Db } from '#db';
import { fromSealedParts, type SecretBox } from '#kit';
import { outboxRepository, type DueChannel } from './outbox.repository.ts';

/** What secrets of a channel and of the mail server are sealed for. */
export const channelPurpose = (channelId: string): string => `alert-channel:${channelId}`;
export const MAIL_PURPOSE = 'mail-server';

interface Needs {
  db: Db;
  secrets: SecretBox;
  policy: AddressPolicy;
  now: () => number;
}

type Sealed = Pick<DueChannel, 'secret_encrypted' | 'secret_iv' | 'secret_tag'>;

const openSecret = ({ secret_encrypted: encrypted, secret_iv: iv, secret_tag: tag }: Sealed, purpose: string, secrets: SecretBox): string | null => {
  if (encrypted === null || iv === null || tag === null) return null;
  try {
    return secrets.open(fromSealedParts({ encrypted, iv, tag }), purpose);
  } catch {
    throw new DeliveryFailed('The stored secret cannot be read with this box’s master key. Enter it again.', { permanent: true });
  }
};

/** How channels other than Telegram are told. */
export const createSenders =
  ({ db, secrets, policy, now }: Needs) =>
  async (channel: Pick<DueChannel, 'id' | 'kind' | 'address' | keyof Sealed>): Promise<Send> => {
    const { kind, address } = channel;
    const secret = openSecret(channel, channelPurpose(channel.id), secrets);
    if (kind === 'webhook') return createWebhookSender({ address, secret: secret ?? '', policy, now });
    if (kind === 'ntfy') return createNtfySender({ address, secret, policy });
    if (kind === 'gotify') return createGotifySender({ address, secret, policy });
    if (kind === 'email') {
      const row = await outboxRepository.mailServer(db);
      if (!row) throw new DeliveryFailed('No mail server is set up. Set one under People and channels.', { retryAfterMs: 60_000 });
      const server: MailServerAccess = {
        host: row.host,
        port: row.port,
        security: row.security as MailServerAccess['security'],
        username: row.username,
        password: openSecret(row, MAIL_PURPOSE, secrets),
        from: row.from_address,
      };
      return createMailSender({ address, server });
    }
    throw new DeliveryFailed(`Channels of the kind ${kind} are not told by this worker.`, { permanent: true });
  };
