export { notify, type Notification } from './notify.ts';
export * from './engine/index.ts';
export { boxDependencies, defaultRules, type MachineParts } from './rules/default-rules.ts';
export { duration, fillSentence } from './rules/sentence.ts';
export { hoursUntilFull } from './rules/trend.ts';
export * from './delivery/index.ts';
