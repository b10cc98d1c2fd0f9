import { readEvents, textOf, type ReadEvent } from './asking.ts';
import type { Box, Person } from './box.ts';

/** A number sequence that starts anywhere looks the same in every run. */
export const randomFrom = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

interface Reading {
  as: Person;
  /** The processes of the box; each connection goes to a random one. */
  boxes: readonly Pick<Box, 'url'>[];
  seed: number;
  /** Connections that break before one is left to go on to the end. */
  breaks: number;
}

/** Reads a job to its end through many connections that break at random. */
export const readBrokenly = async (jobId: string, { as, boxes, seed, breaks }: Reading): Promise<{ events: ReadEvent[]; connections: number }> => {
  const random = randomFrom(seed);
  const events: ReadEvent[] = [];
  let connections = 0;
  for (;;) {
    connections += 1;
    const last = events.findLast(({ id }) => id !== undefined)?.id;
    const patience = connections > breaks ? Infinity : 1 + Math.floor(random() * 2);
    let read = 0;
    for await (const event of readEvents(boxes[0]!, jobId, { as, after: last, at: boxes[Math.floor(random() * boxes.length)]!.url })) {
      events.push(event);
      if (['done', 'failed', 'cancelled'].includes(event.event)) return { events, connections };
      if ((read += 1) >= patience) break;
    }
  }
};

export const numbersOf = (events: readonly ReadEvent[]): number[] => events.flatMap(({ id }) => id ?? []);

/** What is wrong with what a reader got in the end: a gap, a repeat, or other words; null when nothing is. */
export const faultOf = (events: readonly ReadEvent[], text: string): string | null => {
  const numbers = numbersOf(events);
  const repeated = numbers.find((number, at) => at > 0 && number <= numbers[at - 1]!);
  if (repeated !== undefined) return `number ${repeated} came again`;
  if (textOf(events) !== text) return `the words differ: ${JSON.stringify(textOf(events))}`;
  return events.at(-1)?.event === 'done' ? null : 'it did not end';
};
