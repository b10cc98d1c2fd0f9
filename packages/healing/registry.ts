/** What a page or an alert must know of a fixup without running it. The fixups themselves are in services/self-healing/fixups, and a test compares the two. */
export interface FixupFacts {
  id: string;
  /** What it does, in a sentence. */
  does: string;
  /** What it may destroy; `nothing` when all that is lost comes back by itself. */
  destroys: string;
  /** Whether the box may do it by itself; the rest waits for a person, whatever the settings say. */
  automatic: boolean;
}

const facts = (id: string, does: string, destroys = 'nothing', automatic = true): FixupFacts => ({ id, does, destroys, automatic });

export const fixupFacts = [
  facts('service.restart', 'Starts the part again, and what depends on it where that is needed.', 'what the part has in hand is begun again'),
  facts('launcher.continue', 'Wakes the launcher when it was stopped.'),
  facts('model.unload', 'Takes the model out of memory; the next question loads it again.', 'an answer that is being written is begun again'),
  facts(
    'disk.free',
    'Removes caches, old logs and old roll-ups, in that order, until there is room.',
    'caches, rotated logs, roll-ups older than 90 days; never a document or a conversation',
  ),
  facts('database.vacuum', 'Has the database clear away dead rows.'),
  facts('database.end_blockers', 'Ends the database session that blocks others.', 'the open transaction of that session'),
  facts('index.rebuild', 'Builds the search index again from the rows.'),
  facts('queue.rewind_lease', 'Takes the job from a worker that is gone and puts it back in line.', 'what that worker had written of the answer'),
  facts('gpu.reset', 'Resets the accelerator and loads the model again.', 'whatever runs on the accelerator, of other programs too', false),
  facts('machine.reboot', 'Restarts the machine.', 'what is in hand everywhere on the machine is begun again', false),
] as const satisfies readonly FixupFacts[];

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
