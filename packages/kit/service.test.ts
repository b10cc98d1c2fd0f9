import { describe, expect, test } from 'vitest';
import { silentLogger } from './logger.ts';
import { createServiceGroup, defineService, type Host } from './service.ts';

const group = () => createServiceGroup({ env: {}, logFor: () => silentLogger });

/** A service that writes what happens to it into `story`. */
const teller = (name: string, story: string[], extra: { use?: (host: Host) => void; complaint?: string; failsToStop?: boolean } = {}) =>
  defineService({
    name,
    start: async (host) => {
      extra.use?.(host);
      story.push(`${name} starts`);
      return {
        stop: async () => {
          story.push(`${name} stops${host.signal.aborted ? ', told before' : ''}`);
          if (extra.failsToStop) throw new Error('stuck');
        },
        health: async () => extra.complaint ?? null,
      };
    },
  });

describe('a group of services', () => {
  test('stops the last first, and what they shared after all of them', async () => {
    const story: string[] = [];
    const use = ({ share }: Host) =>
      share(
        'pool',
        () => story.push('pool opens'),
        () => void story.push('pool closes'),
      );
    const services = group();
    await services.start(teller('first', story, { use }));
    await services.start(teller('second', story, { use, failsToStop: true }));
    await Promise.all([services.stop(), services.stop()]);
    expect(story).toEqual(['pool opens', 'first starts', 'second starts', 'second stops, told before', 'first stops, told before', 'pool closes']);
  });

  test('a shared thing that could not be made is tried again by the next', async () => {
    const services = group();
    let tries = 0;
    const use = async ({ share }: Host) =>
      share('connection', async () => {
        tries += 1;
        if (tries === 1) throw new Error('not yet');
        return tries;
      });
    const service = defineService({ name: 'needy', start: async (host) => (await use(host), { stop: async () => undefined }) });
    await expect(services.start(service)).rejects.toThrow('not yet');
    await services.start(service);
    expect(tries).toBe(2);
    await services.stop();
  });

  test('tells each service’s complaint, and a health question that fails is one', async () => {
    const services = group();
    await services.start(teller('well', []));
    await services.start(teller('ill', [], { complaint: 'The model is away.' }));
    await services.start(
      defineService({ name: 'broken', start: async () => ({ stop: async () => undefined, health: () => Promise.reject(new Error('no idea')) }) }),
    );
    expect(await services.health()).toEqual({ well: null, ill: 'The model is away.', broken: 'no idea' });
    await services.stop();
  });
});
