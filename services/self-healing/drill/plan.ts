import type { ControlledPart } from '#contracts';

export type Fault = 'stop' | 'freeze' | 'slow' | 'cut';

export interface PlannedStep {
  fault: Fault;
  part: string;
}

/**
 * What a drill does, in this order: each part is killed and frozen, the database's lines are cut, and our own process is made slow, which
 * must not end it. The part that self-healing runs in comes last: it goes on from the rows after its own end.
 */
export const planDrill = (parts: readonly ControlledPart[]): PlannedStep[] => {
  const isOwn = ({ services }: ControlledPart): boolean => services.includes('self-healing');
  const ordered = [...parts.filter((part) => !isOwn(part)), ...parts.filter(isOwn)];
  return ordered.flatMap((part): PlannedStep[] => [
    ...(part.name === 'postgres' ? [{ fault: 'cut' as const, part: part.name }] : []),
    ...(isOwn(part) ? [{ fault: 'slow' as const, part: part.name }] : []),
    { fault: 'stop', part: part.name },
    { fault: 'freeze', part: part.name },
  ]);
};

/** The night from Sunday to Monday, at three by the machine's clock. */
export const isDrillNight = (now: Date): boolean => now.getDay() === 1 && now.getHours() === 3;
