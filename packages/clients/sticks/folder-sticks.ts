import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { away, findFiles, locateFile, writeFileOn } from './stick-folder.ts';
import type { Sticks } from './sticks.ts';

/** Each folder in `folder` is a stick: where the system, or a container's host, mounts them itself. */
export const createFolderSticks = (folder: string): Sticks => {
  const topOf = async (id: string): Promise<string | null> => {
    if (id === '' || id.startsWith('.') || /[/\\]/.test(id)) return null;
    const top = join(folder, id);
    return (await stat(top).catch(() => null))?.isDirectory() ? top : null;
  };
  return {
    async list() {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => ({ id: name, name }));
    },
    async files(id, ending) {
      const top = await topOf(id);
      return top === null ? [] : findFiles(top, ending);
    },
    async locate(id, path) {
      const top = await topOf(id);
      return top === null ? null : locateFile(top, path);
    },
    async write(id, name, content) {
      const top = await topOf(id);
      if (top === null) throw away('The stick is not plugged in any more.');
      await writeFileOn(top, name, content);
    },
    close: () => Promise.resolve(),
  };
};
