import { createLogger, createServiceGroup } from '#kit';
import { service as dashboardBackend } from '../../services/dashboard-backend/main.ts';
import { service as llmQueue } from '../../services/llm-queue/main.ts';

// The backend and the queue's worker as one process of its own, to be killed. Run by scripts/run.mjs; its log is on standard output.
const group = createServiceGroup({ env: process.env, logFor: (name) => createLogger(name) });
await group.start(dashboardBackend);
await group.start(llmQueue);
console.log('ready');
process.on('SIGTERM', () => void group.stop().then(() => process.exit(0)));
