import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { readingsKey, type Rule } from '#alerts';
import type { Read } from './read.ts';

const ASK_EVERY_MS = 60 * 60_000;
/** One that did not answer is asked again sooner. */
const RETRY_MS = 5 * 60_000;
const TIMEOUT_MS = 10_000;
const DAY_MS = 86_400_000;

/** When the certificate that `HOST:PORT` shows ends, in ms; whether anybody trusts it is not asked. Rejects when it shows none in time. */
export const certificateEnd = (address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const colon = address.lastIndexOf(':');
    const host = address.slice(0, colon).replaceAll(/[[\]]/g, '');
    const socket = connect({ host, port: Number(address.slice(colon + 1)), rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(TIMEOUT_MS, () => fail(new Error(`${address} does not answer.`)));
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      const end = Date.parse(socket.getPeerCertificate().valid_to);
      socket.destroy();
      if (Number.isFinite(end)) resolve(end);
      else reject(new Error(`${address} shows no certificate.`));
    });
  });

interface Known {
  askedAt: number;
  asking: boolean;
  endsAt: number | null;
}

/** Days until the certificates that rules ask for end. They are asked in the background, once an hour: a slow server delays no look. */
export const createCertificateReader = (ask: (address: string) => Promise<number> = certificateEnd) => {
  const known = new Map<string, Known>();

  return (read: Read, rules: readonly Rule[], now: number): void => {
    const wanted = new Map(rules.flatMap((rule) => (rule.signal === 'certificate.days' && rule.match !== undefined ? [[rule.match, readingsKey(rule)]] : [])));
    for (const address of known.keys()) if (!wanted.has(address)) known.delete(address);
    for (const [address, key] of wanted) {
      const one = known.get(address) ?? { askedAt: -Infinity, asking: false, endsAt: null };
      known.set(address, one);
      if (!one.asking && Math.abs(now - one.askedAt) >= (one.endsAt === null ? RETRY_MS : ASK_EVERY_MS)) {
        one.asking = true;
        one.askedAt = now;
        ask(address)
          .then(
            (endsAt) => (one.endsAt = endsAt),
            () => (one.endsAt = null), // Nothing is heard of it: a rule about silence says so.
          )
          .finally(() => (one.asking = false));
      }
      if (one.endsAt !== null) read.set(key, [{ device: address, value: (one.endsAt - now) / DAY_MS }]);
    }
  };
};
