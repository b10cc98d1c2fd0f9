import type { Words } from '#contracts';

export interface FixupWords {
  /** As a button says it. */
  name: Words;
  does: Words;
  /** What may be lost; null when all that is lost comes back by itself. */
  loses: Words | null;
}

const words = (name: Words, does: Words, loses: Words | null = null): FixupWords => ({ name, does, loses });

/** What people read of a repair. */
export const fixupWords: Readonly<Record<string, FixupWords>> = {
  'service.restart': words(
    { en: 'Start again', de: 'Neu starten' },
    {
      en: 'Starts the part again, and what depends on it where that is needed.',
      de: 'Startet den Teil neu, und was von ihm abhängt, wo das nötig ist.',
    },
    { en: 'what the part has in hand is begun again', de: 'was der Teil gerade tut, beginnt von vorn' },
  ),
  'launcher.continue': words(
    { en: 'Wake the launcher', de: 'Launcher wecken' },
    { en: 'Wakes the launcher when it was stopped.', de: 'Weckt den Launcher, wenn er angehalten wurde.' },
  ),
  'model.unload': words(
    { en: 'Unload the model', de: 'Modell entladen' },
    {
      en: 'Takes the model out of memory; the next question loads it again.',
      de: 'Nimmt das Modell aus dem Speicher; die nächste Frage lädt es wieder.',
    },
    { en: 'an answer that is being written is begun again', de: 'eine Antwort, die gerade geschrieben wird, beginnt von vorn' },
  ),
  'disk.free': words(
    { en: 'Make room', de: 'Platz schaffen' },
    {
      en: 'Removes caches, old logs and old roll-ups, in that order, until there is room.',
      de: 'Entfernt Zwischenspeicher, alte Protokolle und alte Messwerte, in dieser Reihenfolge, bis Platz ist.',
    },
    {
      en: 'caches, rotated logs, roll-ups older than 90 days; never a document or a conversation',
      de: 'Zwischenspeicher, abgelegte Protokolle, Messwerte von vor mehr als 90 Tagen; nie ein Dokument oder ein Gespräch',
    },
  ),
  'database.vacuum': words(
    { en: 'Clear dead rows', de: 'Tote Zeilen räumen' },
    { en: 'Has the database clear away dead rows.', de: 'Lässt die Datenbank tote Zeilen wegräumen.' },
  ),
  'database.end_blockers': words(
    { en: 'End the blocking session', de: 'Blockierende Sitzung beenden' },
    { en: 'Ends the database session that blocks others.', de: 'Beendet die Datenbanksitzung, die andere blockiert.' },
    { en: 'the open transaction of that session', de: 'die offene Transaktion dieser Sitzung' },
  ),
  'index.rebuild': words(
    { en: 'Build the index again', de: 'Index neu aufbauen' },
    { en: 'Builds the search index again from the rows.', de: 'Baut den Suchindex aus den Zeilen neu auf.' },
  ),
  'queue.rewind_lease': words(
    { en: 'Put the question back in line', de: 'Frage wieder einreihen' },
    {
      en: 'Takes the job from a worker that is gone and puts it back in line.',
      de: 'Nimmt die Frage einem Arbeiter ab, den es nicht mehr gibt, und reiht sie wieder ein.',
    },
    { en: 'what that worker had written of the answer', de: 'was dieser Arbeiter von der Antwort schon geschrieben hatte' },
  ),
  'gpu.reset': words(
    { en: 'Reset the GPU', de: 'GPU zurücksetzen' },
    { en: 'Resets the accelerator and loads the model again.', de: 'Setzt den Beschleuniger zurück und lädt das Modell neu.' },
    { en: 'whatever runs on the accelerator, of other programs too', de: 'alles, was auf dem Beschleuniger läuft, auch von anderen Programmen' },
  ),
  'machine.reboot': words(
    { en: 'Restart the machine', de: 'Maschine neu starten' },
    { en: 'Restarts the machine.', de: 'Startet die Maschine neu.' },
    { en: 'what is in hand everywhere on the machine is begun again', de: 'alles, was auf der Maschine gerade getan wird, beginnt von vorn' },
  ),
  // What the launcher does by itself is no repair that anybody asks for, but it may have healed.
  'service.start': words(
    { en: 'Start by the launcher', de: 'Start durch den Launcher' },
    { en: 'The launcher started the part again.', de: 'Der Launcher hat den Teil neu gestartet.' },
  ),
};

/** The name of a repair as people read it; one of another release keeps its id. */
export const fixupName = (id: string): Words => fixupWords[id]?.name ?? { en: id };
