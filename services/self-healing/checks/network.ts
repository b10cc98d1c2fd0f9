import { networkInterfaces } from 'node:os';
import { defineCheck } from '../types.ts';

/** A box that nobody in the house can reach. Working alone is fine, so that it is only told. */
export const network = defineCheck({
  id: 'network.address',
  everyMs: 60_000,
  after: 5,
  async look({ url }) {
    if (!url.includes('127.0.0.1')) return { skipped: 'The box listens on one address of its owner’s choice.' };
    const outside = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .some(({ internal }) => !internal);
    if (outside) return [];
    return [
      {
        subject: '',
        severity: 'INFO' as const,
        description: 'The machine has no network address: other devices cannot reach the dashboard.',
        evidence: {},
        incurable: 'Plug in the cable or join a network. Everything on the box itself goes on.',
      },
    ];
  },
});
