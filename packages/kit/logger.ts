import { pino, type Logger as PinoLogger } from 'pino';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & { child(bindings: object): Logger };

/** Paths whose values never reach a log, whatever logs them. */
const SECRET_KEYS = [
  'password',
  'newPassword',
  'currentPassword',
  'token',
  'accessToken',
  'secret',
  'authorization',
  'cookie',
  'totp',
  'code',
  'databaseUrl',
  'apiKey',
];
export const redactPaths = [
  ...SECRET_KEYS,
  ...SECRET_KEYS.map((key) => `*.${key}`),
  ...SECRET_KEYS.map((key) => `*.*.${key}`),
  'req.headers["x-csrf-token"]',
  'res.headers["set-cookie"]',
];

/**
 * A JSON logger to standard output; the launcher keeps the lines in files.
 * `error` keys are serialised with their cause chain.
 */
export const createLogger = (name: string, { level = 'info', destination }: { level?: string; destination?: NodeJS.WritableStream } = {}): Logger =>
  pino(
    {
      name,
      level,
      redact: { paths: redactPaths, censor: '[redacted]' },
      serializers: { error: pino.stdSerializers.errWithCause, err: pino.stdSerializers.errWithCause },
      timestamp: pino.stdTimeFunctions.isoTime,
      base: { pid: process.pid },
    },
    destination ?? pino.destination({ dest: 1, sync: false }),
  );

/** Swallows everything; for tests that look elsewhere. */
export const silentLogger: Logger = pino({ level: 'silent' });
