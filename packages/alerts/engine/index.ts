export { emptyState, packState, unpackState } from './state.ts';
export { namesAll, step } from './step.ts';
export { isInForce } from './mutes.ts';
export { rank, worstOf } from './severity.ts';
export {
  readingsKey,
  type EngineState,
  type Member,
  type Mute,
  type OpenIncident,
  type Reading,
  type Readings,
  type Rule,
  type StepInput,
  type Transition,
} from './types.ts';
