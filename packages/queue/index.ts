export { connectQueues, prepareQueueStore, type QueueConnection } from './connection.ts';
export { defineJob, exponential, type JobDefinition } from './job.ts';
export { createJobs, createJobWorker, type JobContext, type Jobs, type JobWorker } from './jobs.ts';
export { sharedQueues } from './shared.ts';
