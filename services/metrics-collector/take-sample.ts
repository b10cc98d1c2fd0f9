import { errorText, type Logger } from '#kit';
import { LATE, orLate } from './patience.ts';
import { addReading, emptySample, type Sample, type Source } from './sample.ts';

/** A source that takes longer misses this sample; the others do not wait for it. */
const PATIENCE_MS = 1_000;

/**
 * Reads all sources into samples. A source that fails or hangs costs its own part of the sample and nothing else; it is
 * logged once, and once more when it is well again.
 */
export const createSampler = (sources: readonly Source[], log: Logger): ((t: number) => Promise<Sample>) => {
  const busy = new Set<string>();
  const unwell = new Set<string>();

  const readOne = async (source: Source, sample: Sample): Promise<void> => {
    if (busy.has(source.name)) return;
    try {
      const answer = source.read();
      if (answer instanceof Promise) {
        busy.add(source.name);
        const settled = answer.finally(() => busy.delete(source.name));
        const reading = await orLate(PATIENCE_MS, settled);
        if (reading === LATE) {
          settled.catch(() => undefined); // told when it is asked next
          throw new Error(`did not answer within ${PATIENCE_MS} ms`);
        }
        if (reading) addReading(sample, reading);
      } else if (answer) addReading(sample, answer);
      if (unwell.delete(source.name)) log.info({ source: source.name }, 'a sensor answers again');
    } catch (error) {
      if (!unwell.has(source.name)) log.warn({ source: source.name, reason: errorText(error) }, 'a sensor cannot be read');
      unwell.add(source.name);
    }
  };

  return async (t) => {
    const sample = emptySample(t);
    await Promise.all(sources.map((source) => readOne(source, sample)));
    return sample;
  };
};
