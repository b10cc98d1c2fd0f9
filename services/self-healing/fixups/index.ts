import type { Fixup } from '../types.ts';
import { databaseEndBlockers } from './database-end-blockers.ts';
import { databaseVacuum } from './database-vacuum.ts';
import { diskFree } from './disk-free.ts';
import { gpuReset } from './gpu-reset.ts';
import { indexRebuild } from './index-rebuild.ts';
import { launcherContinue } from './launcher-continue.ts';
import { machineReboot } from './machine-reboot.ts';
import { modelUnload } from './model-unload.ts';
import { queueRewindLease } from './queue-rewind-lease.ts';
import { serviceRestart } from './service-restart.ts';

/** Every fixup of this folder; a test compares this list with the folder and with what people are told of each. */
export const fixups: readonly Fixup[] = [
  serviceRestart,
  launcherContinue,
  modelUnload,
  diskFree,
  databaseVacuum,
  databaseEndBlockers,
  indexRebuild,
  queueRewindLease,
  gpuReset,
  machineReboot,
];
