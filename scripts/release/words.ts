import { parseArgs, type ParseArgsConfig } from 'node:util';

export const USAGE = `npm run release -- COMMAND

  keys init FOLDER                     makes the keys (three for root, one each for targets, snapshot, timestamp) and the first root
  keys rotate FOLDER [root-N ...]      a new root: new release keys, and a new key for each root key that is named (lost or stolen)
  keys show FOLDER|ROOT.json           the roots and their fingerprints
  build [--version X.Y.Z] [--arch x64|arm64] [--hardware cpu,nvidia,jetson] [--minimum X.Y.Z] [--node VERSION|own]
        [--modules DIR] [--models DIR] [--changes FILE.md] [--delta-from OLD.arasul] [--out FILE]
                                       packs what is built, with what it needs, into one unsigned file
  sign FILE --keys FOLDER [--out FILE] signs it; without --out the signature goes into the same file
  verify FILE --root ROOT.json         checks all of it, as a box of its kind does
  inspect FILE                         what is in it, without checking
  receipt FILE [--box FINGERPRINT]     checks a report that a box wrote on a stick (“arasul update report”)

A passphrase for the keys is read from ARASUL_KEY_PASSPHRASE.`;

export class UsageProblem extends Error {}

export interface Words {
  names: string[];
  options: Record<string, string | undefined>;
}

/** Reads the words after a command. Errors: `UsageProblem` with what is wrong. */
export const readWords = (words: readonly string[], known: readonly string[]): Words => {
  const options: ParseArgsConfig['options'] = Object.fromEntries(known.map((name) => [name, { type: 'string' as const }]));
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
    return { names: positionals, options: values as Words['options'] };
  } catch (error) {
    throw new UsageProblem((error as Error).message);
  }
};

/** The one file that a command is about. */
export const oneName = ({ names }: Words, what: string): string => {
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) throw new UsageProblem(`Name one ${what}.`);
  return name;
};
