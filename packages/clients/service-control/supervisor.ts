import { request } from 'node:http';
import { controlAnswer, type ControlWish } from '#contracts';
import { AppError } from '#kit';
import type { ServiceControl } from './port.ts';

const PATIENCE_MS = 5_000;

interface Answer {
  status: number;
  body: unknown;
}

const send = (socketPath: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const away = (cause?: Error): void => reject(new AppError('part_away', { message: 'The launcher does not answer.', cause, retryAfterMs: 5_000 }));
    // A kept line may be closed at the other end just then; a new one over a socket file costs nothing.
    const sent = request({ socketPath, method, path, agent: false, timeout: PATIENCE_MS, headers: { 'Content-Type': 'application/json' } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('error', away);
      response.on('end', () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
        } catch (error) {
          away(error as Error);
        }
      });
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', away);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });

export interface LauncherControl extends ServiceControl {
  /** The launcher's process id; it answers. */
  ping(): Promise<number>;
  /** Self-healing's sign of life: without it, the launcher starts its process again. */
  beat(): Promise<void>;
}

/** The box's own launcher, over the socket that only its account can open. */
export const createLauncherControl = (socketPath: string): LauncherControl => {
  const read = async () => controlAnswer.parse((await send(socketPath, 'GET', '/parts')).body);
  const act = async (name: string, verb: 'restart' | 'hold', wish: ControlWish): Promise<void> => {
    const { status, body } = await send(socketPath, 'POST', `/parts/${encodeURIComponent(name)}/${verb}`, wish);
    if (status === 202) return;
    const { error } = body as { error: { message: string } };
    throw new AppError(status === 404 ? 'not_found' : 'conflict', { message: error.message });
  };
  return {
    list: async () => (await read()).parts,
    ping: async () => (await read()).pid,
    restart: (name, wish) => act(name, 'restart', wish),
    hold: (name, wish) => act(name, 'hold', wish),
    beat: async () => void (await send(socketPath, 'POST', '/healer')),
  };
};
