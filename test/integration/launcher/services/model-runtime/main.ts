import { defineService } from '#kit';

/** Does nothing, for as long as it is asked to. */
export const service = defineService({ name: 'model-runtime', start: () => Promise.resolve({ stop: () => Promise.resolve() }) });
