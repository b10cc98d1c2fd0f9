import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

const logged = (write: (log: ReturnType<typeof createLogger>) => void): string => {
  let text = '';
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  write(createLogger('test', { destination }));
  return text;
};

test.each(['password', 'newPassword', 'accessToken', 'secret', 'totp', 'code', 'databaseUrl', 'apiKey', 'cookie', 'authorization'])(
  '%s never reaches a log, at any depth that we log',
  (name) => {
    const text = logged((log) => log.info({ [name]: 'hidden-7', body: { [name]: 'hidden-7', deeper: { [name]: 'hidden-7' } } }, 'something happened'));
    expect(text).toContain('something happened');
    expect(text).not.toContain('hidden-7');
  },
);

test('an error is logged with its cause', () => {
  const text = logged((log) => log.error({ error: new Error('outer', { cause: new Error('inner') }) }, 'failed'));
  expect(text).toContain('inner');
});
