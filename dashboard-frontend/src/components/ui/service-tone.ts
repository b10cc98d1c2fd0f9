import type { ServiceState } from '#contracts';
import type { Tone } from './state-mark.tsx';

/** How a service's state looks. */
export const serviceTone: Record<ServiceState['state'], Tone> = { ready: 'ok', starting: 'busy', restarting: 'warn', failed: 'bad', stopped: 'idle' };
