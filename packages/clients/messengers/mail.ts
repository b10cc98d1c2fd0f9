import { createTransport } from 'nodemailer';
import { errorText } from '#kit';
import { DeliveryFailed, type Send } from './message.ts';

export interface MailServerAccess {
  host: string;
  port: number;
  security: 'none' | 'starttls' | 'tls';
  username: string;
  password: string | null;
  from: string;
}

const TIMEOUT_MS = 20_000;

/** Answers of SMTP: 5yz is final, 4yz is not (RFC 5321, 4.2.1). A refused password is not final: a person may set another. */
const isFinal = (error: unknown): boolean => {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  return code !== 'EAUTH' && responseCode !== undefined && responseCode >= 550 && responseCode < 560;
};

/** Sends plain text through one server. The same message keeps its Message-ID over tries; those of one incident are one thread. */
export const createMailSender =
  ({ address, server }: { address: string; server: MailServerAccess }): Send =>
  async (message) => {
    const { host, port, security, username, password, from } = server;
    const transport = createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(username !== '' && { auth: { user: username, pass: password ?? '' } }),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const domain = from.slice(from.lastIndexOf('@') + 1);
    const thread = message.incidentId === null ? undefined : `<incident-${message.incidentId}@${domain}>`;
    const messageId = `<${message.id}@${domain}>`;
    try {
      await transport.sendMail({
        from,
        to: { name: '', address },
        subject: message.title,
        text: [message.body ?? message.title, message.link].filter((part) => part !== null).join('\n\n'),
        date: message.at,
        messageId,
        ...(thread !== undefined && { inReplyTo: thread, references: [thread] }),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Priority': message.severity === 'critical' ? '1' : '3' },
      });
      return messageId;
    } catch (cause) {
      throw new DeliveryFailed(`The mail server ${host}:${port} did not take the message: ${errorText(cause)}`, { permanent: isFinal(cause), cause });
    } finally {
      transport.close();
    }
  };
