import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where built workers lie, seen from this module: in a chunk of dist/, in an entry of dist/, or in the sources (made by the test run). */
const PLACES = ['../workers', './workers', '../../.cache/workers'];

/**
 * The file to give to `new Worker()` for the source `<name>.worker.ts`, wherever that lies: the build makes one bundle of each.
 * Errors: `Error` when it was not built.
 */
export const workerFile = (name: string): string => {
  const found = PLACES.map((place) => join(fileURLToPath(new URL(place, import.meta.url)), `${name}.js`)).find((file) => existsSync(file));
  if (!found) throw new Error(`The worker “${name}” is not built. Run “npm run build”.`);
  return found;
};
