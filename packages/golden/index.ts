export { goldenRepository } from './golden.repository.ts';
export { goldenGate } from './gate.ts';
export { goldenGateJob, goldenRunJob } from './jobs.ts';
export { judge, rankOf, summarise, type Summary, type Verdict } from './measure.ts';
export { runGolden, type GoldenSearch } from './run.ts';
