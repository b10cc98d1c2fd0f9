import type { Check } from '../types.ts';
import { questionCanary } from './canary.ts';
import { clockSkew } from './clock-skew.ts';
import { databaseBloat, databaseConnections, databaseLongLock, databaseSlot } from './database.ts';
import { diskInodes, diskReadOnly, diskSpace } from './disk.ts';
import { eventLoop } from './event-loop.ts';
import { gpuLost, gpuOutOfMemory } from './gpu.ts';
import { indexDrift } from './index-drift.ts';
import { launcherAnswers } from './launcher-answers.ts';
import { memoryGrowth } from './memory-growth.ts';
import { modelAnswers } from './model-answers.ts';
import { network } from './network.ts';
import { processDown } from './process-down.ts';
import { queueProgress, stuckLease } from './queue.ts';
import { readiness } from './readiness.ts';
import { restartLoop } from './restart-loop.ts';
import { temperature } from './temperature.ts';

/** Every check of this folder, the quick ones first; a test compares this list with the folder. */
export const checks: readonly Check[] = [
  launcherAnswers,
  processDown,
  restartLoop,
  readiness,
  eventLoop,
  diskSpace,
  diskInodes,
  diskReadOnly,
  databaseConnections,
  databaseLongLock,
  databaseBloat,
  databaseSlot,
  stuckLease,
  queueProgress,
  temperature,
  gpuLost,
  gpuOutOfMemory,
  clockSkew,
  network,
  memoryGrowth,
  indexDrift,
  modelAnswers,
  questionCanary,
];
