export { stintMs } from './choose.ts';
export { forecast, type Turn } from './forecast.ts';
export { createState, type SchedulerState } from './state.ts';
export { decide, step, take } from './step.ts';
export {
  noControls,
  workClasses,
  type Controls,
  type Decision,
  type SchedulerConfig,
  type SchedulerEvent,
  type SchedulerJob,
  type WorkClass,
} from './types.ts';
export { resume, standingOf, type Resumed, type Standing } from './standing.ts';
export { worstWaitMs } from './worst-wait.ts';
