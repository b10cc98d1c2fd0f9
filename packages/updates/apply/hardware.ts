import { existsSync } from 'node:fs';
import type { HardwareClass } from '#contracts';

/** The class that releases are made for: told by files that the makers' drivers put there. */
export const hardwareOf = (): HardwareClass => (existsSync('/etc/nv_tegra_release') ? 'jetson' : existsSync('/dev/nvidiactl') ? 'nvidia' : 'cpu');
