export { createFollow, type Follow, type SentEvent } from './follow.ts';
export { createJobFeed } from './job-feed.ts';
export { jobsRepository } from './jobs.repository.ts';
export { jobRoutes } from './jobs.routes.ts';
export { createJobsService, type JobsService } from './jobs.service.ts';
export { startPresence } from './presence.ts';
