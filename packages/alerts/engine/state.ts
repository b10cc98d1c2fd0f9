import type { CauseMemory, EngineState, Instance, OpenIncident } from './types.ts';

export const emptyState = (): EngineState => ({ awakeMs: 0, lastNow: null, instances: new Map(), watched: new Map(), incidents: new Map(), memory: new Map() });

const VERSION = 1;

/** The state as JSON can hold it. */
export const packState = (state: EngineState): unknown => ({
  version: VERSION,
  awakeMs: state.awakeMs,
  lastNow: state.lastNow,
  instances: [...state.instances].map(([rule, devices]) => [rule, [...devices]]),
  watched: [...state.watched],
  incidents: [...state.incidents.values()],
  memory: [...state.memory],
});

interface Packed {
  version: number;
  awakeMs: number;
  lastNow: number | null;
  instances: [string, [string, Instance][]][];
  /** Absent in what earlier releases wrote. */
  watched?: [string, string][];
  incidents: OpenIncident[];
  memory: [string, CauseMemory][];
}

/** The state of an earlier run. One that another release packed differently counts as none: open incidents are then found again. */
export const unpackState = (stored: unknown): EngineState => {
  const packed = stored as Packed | null | undefined;
  if (packed?.version !== VERSION) return emptyState();
  return {
    awakeMs: packed.awakeMs,
    lastNow: packed.lastNow,
    instances: new Map(packed.instances.map(([rule, devices]) => [rule, new Map(devices)])),
    watched: new Map(packed.watched ?? []),
    incidents: new Map(packed.incidents.map((incident) => [incident.key, incident])),
    memory: new Map(packed.memory),
  };
};
