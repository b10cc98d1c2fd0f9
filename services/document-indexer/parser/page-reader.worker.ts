/** A reading thread of the parser process: formats and their libraries, nothing else. */
import { workerData } from 'node:worker_threads';
import { forbidNetwork } from './no-network.ts';
import { runPageThread } from './page-thread.ts';
import type { ThreadOrder } from './protocol.ts';

forbidNetwork();
await runPageThread(workerData as ThreadOrder);
