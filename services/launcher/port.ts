import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartProblem } from './start-problem.ts';

const POLL_MS = 100;

/**
 * Makes sure that the dashboard's port can be opened, before anything is started. `patienceMs` is how long a taken port is waited for
 * (the processes of a launcher that was killed need a moment to end). Errors: `StartProblem`.
 */
export const checkPort = async (port: number, host: string | undefined, { patienceMs = 0 } = {}): Promise<void> => {
  const until = Date.now() + patienceMs;
  for (;;) {
    const problem = await tryPort(port, host);
    if (problem === null) return;
    if (problem !== 'EADDRINUSE') throw new StartProblem(sentence(problem, port, host));
    if (Date.now() >= until) break;
    await sleep(POLL_MS);
  }
  const next = await nextFreePort(port, host);
  throw new StartProblem(
    `Port ${port} is taken by another program. Stop that one, or choose another port${next ? `: ARASUL_PORT=${next} npm start` : ' with ARASUL_PORT'}.`,
  );
};

/** A loopback port that is free now, for a part that only this machine speaks to. */
export const freeLoopbackPort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const tryPort = (port: number, host: string | undefined): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer().once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host }, () => server.close(() => resolve(null)));
  });

const nextFreePort = async (taken: number, host: string | undefined): Promise<number | null> => {
  for (let port = taken + 1; port <= Math.min(taken + 20, 65_535); port += 1) {
    if ((await tryPort(port, host)) === null) return port;
  }
  return null;
};

const sentence = (code: string, port: number, host: string | undefined): string => {
  if (code === 'EACCES') return `Port ${port} may be opened by root alone. Choose one from 1024 on: ARASUL_PORT=8080 npm start.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `ARASUL_HOST=${host} is no address of this machine. Leave it out to listen on all.`;
  return `Port ${port} cannot be opened (${code}). Choose another with ARASUL_PORT.`;
};
