import { fixupWords, type FixupWords } from './fixup-words.ts';

/** What a page or an alert must know of a fixup without running it. The fixups themselves are in services/self-healing/fixups, and a test compares the two. */
export interface FixupFacts {
  id: string;
  /** What it does, in a sentence. */
  does: string;
  /** What it may destroy; `nothing` when all that is lost comes back by itself. */
  destroys: string;
  /** Whether the box may do it by itself; the rest waits for a person, whatever the settings say. */
  automatic: boolean;
  words: FixupWords;
}

const facts = (id: string, automatic = true): FixupFacts => {
  const words = fixupWords[id];
  if (!words) throw new Error(`No words for the repair ${id}.`);
  return { id, does: words.does.en, destroys: words.loses?.en ?? 'nothing', automatic, words };
};

export const fixupFacts: readonly FixupFacts[] = [
  facts('service.restart'),
  facts('launcher.continue'),
  facts('model.unload'),
  facts('disk.free'),
  facts('database.vacuum'),
  facts('database.end_blockers'),
  facts('index.rebuild'),
  facts('queue.rewind_lease'),
  facts('gpu.reset', false),
  facts('machine.reboot', false),
];

/** The fixups that may cure what a check found, the gentlest first. */
const cures: Readonly<Record<string, readonly string[]>> = {
  'process.down': ['service.restart', 'machine.reboot'],
  'readiness.request': ['service.restart', 'machine.reboot'],
  'launcher.answers': ['launcher.continue'],
  'event_loop.delay': ['service.restart'],
  'memory.growth': ['service.restart'],
  'disk.space': ['disk.free'],
  'disk.inodes': ['disk.free'],
  'disk.read_only': ['machine.reboot'],
  'database.bloat': ['database.vacuum'],
  'database.connections': ['database.end_blockers'],
  'database.long_lock': ['database.end_blockers'],
  'queue.stuck_lease': ['queue.rewind_lease'],
  'queue.no_progress': ['service.restart'],
  'index.drift': ['index.rebuild', 'service.restart'],
  'model.answers': ['model.unload', 'service.restart'],
  'gpu.lost': ['service.restart', 'gpu.reset', 'machine.reboot'],
  'gpu.out_of_memory': ['model.unload'],
  'temperature.high': ['model.unload'],
  canary: ['index.rebuild', 'service.restart'],
};

export const fixupById = (id: string): FixupFacts | undefined => fixupFacts.find((one) => one.id === id);

/** What may be suggested for an issue of that check; empty where only a person can help. */
export const suggestionsFor = (checkId: string): FixupFacts[] => (cures[checkId] ?? []).flatMap((id) => fixupById(id) ?? []);
