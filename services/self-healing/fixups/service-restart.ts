import type { ControlledPart } from '#contracts';
import { AppError } from '#kit';
import { defineFixup } from '../types.ts';

/** Until its process is there again and says that it is ready. */
const READY_MS = 90_000;
const LOOK_MS = 250;

/** Which service has to start again when an issue does not name a part. */
const SERVICE_OF: Record<string, string> = {
  'queue.no_progress': 'llm-queue',
  'index.drift': 'dashboard-backend',
  canary: 'llm-queue',
  'gpu.lost': 'model-runtime',
};

const partFor = (parts: readonly ControlledPart[], checkId: string, subject: string): ControlledPart => {
  const service = SERVICE_OF[checkId] ?? subject;
  const part = parts.find(({ name }) => name === service) ?? parts.find(({ services }) => services.includes(service));
  if (!part) throw new AppError('not_found', { message: `No part of this box is called “${service}”.` });
  return part;
};

/** What a part needs to be well comes back first: the database before whoever asks it. */
export const serviceRestart = defineFixup({
  id: 'service.restart',
  proofMs: 60_000,
  canary: true,
  async apply({ control, held, clock }, { checkId, subject, askedBy }, signal) {
    if (!control) throw new AppError('part_away', { message: 'There is no supervisor that could start it again.', retryAfterMs: 60_000 });
    const part = partFor(await control.list(), checkId, subject);
    if ((await held()).has(part.name)) throw new AppError('conflict', { message: `${part.name} was stopped by a person, and stays so.` });
    await control.restart(part.name, { by: askedBy ?? 'self-healing', reason: `Started again because of ${checkId}.` });
    const until = clock.now() + READY_MS;
    for (;;) {
      await clock.sleep(LOOK_MS, signal);
      const now = (await control.list()).find(({ name }) => name === part.name);
      if (now?.state === 'ready' && (now.pid !== part.pid || part.pid === null)) return `${part.name} was started again.`;
      if (now?.state === 'failed') throw new AppError('conflict', { message: `${part.name} did not come up: ${now.lastError ?? 'it gave no reason'}` });
      if (clock.now() > until) throw new AppError('conflict', { message: `${part.name} was not ready within ${READY_MS / 1000} s.` });
    }
  },
});
