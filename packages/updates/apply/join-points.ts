import type { RestorePoint } from './ports.ts';

/** Several restore points as one: taken one after another, all or none. */
export const joinPoints = (points: readonly RestorePoint[]): RestorePoint => ({
  async take(into) {
    const taken = { sizeBytes: 0, parts: [] as string[] };
    for (const point of points) {
      const { sizeBytes, parts } = await point.take(into);
      taken.sizeBytes += sizeBytes;
      taken.parts.push(...parts);
    }
    return taken;
  },
});
