export { abstentionRepository, toAbstentionFit } from './abstention.repository.ts';
export { confidence } from './confidence.ts';
export { abstentionFitJob } from './jobs.ts';
export { runAbstentionFit, type EvidenceSearch } from './run-fit.ts';
export { findThreshold } from './threshold.ts';
