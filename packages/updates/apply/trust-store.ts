import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TrustCandidateView, TrustView } from '#contracts';
import { AppError } from '#kit';
import type { TrustedSource } from '../bundle/verify-bundle.ts';
import { fingerprint } from '../keys/signing-key.ts';
import { countSignatures, parseRole } from '../tuf/roles.ts';
import type { TrustState } from '../tuf/verify.ts';
import { writeWhole } from './durable.ts';

const kept = z.object({
  name: z.string(),
  origin: z.enum(['vendor', 'owner']),
  revoked: z.boolean(),
  root: z.string(),
  versions: z.object({ timestamp: z.number(), snapshot: z.number(), targets: z.number() }),
});
type Kept = z.infer<typeof kept>;
const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** A root that its own keys vouch for, with what a person compares. Errors: `validation_failed`. */
export const describeRoot = (root: Uint8Array): TrustCandidateView => {
  let parsed: ReturnType<typeof parseRole<'root'>>;
  try {
    parsed = parseRole('root', root);
  } catch (cause) {
    throw new AppError('validation_failed', {
      message: 'This is no root of a maker of releases: it cannot be read. Take the file “1.root.json” that they gave you.',
      cause,
    });
  }
  const { valid, needed } = countSignatures(parsed.signed, 'root', parsed);
  if (valid < needed)
    throw new AppError('validation_failed', { message: `This root bears ${valid} of the ${needed} signatures of its own keys; it is not whole.` });
  const role = parsed.signed.roles.root!;
  return {
    rootVersion: parsed.signed.version,
    expires: parsed.signed.expires,
    threshold: role.threshold,
    keys: role.keyIDs.map((id) => ({ id, fingerprint: fingerprint(id) })),
  };
};

/** Whom a box trusts to make releases: kept outside any release, so that none can rewind what was seen. */
export const createTrustStore = (folder: string) => {
  const fileOf = (name: string): string => join(folder, `${name}.json`);
  const clockFile = join(folder, 'latest-time');
  const read = async (name: string): Promise<Kept> => kept.parse(JSON.parse(await readFile(fileOf(name), 'utf8')));
  const all = async (): Promise<Kept[]> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    return Promise.all(names.sort().map(read));
  };
  const write = (source: Kept): Promise<void> => writeWhole(fileOf(source.name), `${JSON.stringify(source)}\n`);
  const get = async (name: string): Promise<Kept> => {
    const found = (await all()).find((one) => one.name === name);
    if (!found) throw new AppError('not_found', { message: `No source of releases is called “${name}”.` });
    return found;
  };

  return {
    async sources(): Promise<TrustedSource[]> {
      return (await all()).filter(({ revoked }) => !revoked).map(({ name, root, versions }) => ({ name, state: { root: Buffer.from(root), versions } }));
    },
    async list(): Promise<TrustView[]> {
      return (await all()).map(({ name, origin, revoked, root, versions }) => {
        return { name, origin, revoked, ...describeRoot(Buffer.from(root)), roles: versions };
      });
    },
    /** Trusts one more root. Errors: `validation_failed` for what is no root that its own keys vouch for, `conflict`. */
    async add(name: string, root: Uint8Array, origin: Kept['origin'] = 'owner'): Promise<void> {
      if (!NAME.test(name))
        throw new AppError('validation_failed', { message: `“${name}” cannot be a name: lower-case letters, digits and hyphens, at most 40.` });
      describeRoot(root);
      if ((await all()).some((one) => one.name === name)) throw new AppError('conflict', { message: `A source of releases is called “${name}” already.` });
      await write({ name, origin, revoked: false, root: Buffer.from(root).toString('utf8'), versions: { timestamp: 0, snapshot: 0, targets: 0 } });
    },
    /** What a revoked source signed is refused from now on; what was seen of it is still known. */
    async setRevoked(name: string, revoked: boolean): Promise<void> {
      await write({ ...(await get(name)), revoked });
    },
    /** Remembers what a good bundle brought. Versions never go down, but where new keys began anew. */
    async remember(name: string, { root, versions }: TrustState): Promise<void> {
      await write({ ...(await get(name)), root: Buffer.from(root).toString('utf8'), versions });
    },
    /** The latest time ever seen: a clock that was set back makes nothing fresh again. */
    async latestTime(now: number): Promise<number> {
      const seen = Number(await readFile(clockFile, 'utf8').catch(() => '0')) || 0;
      if (now > seen) await writeWhole(clockFile, String(now));
      return Math.max(now, seen);
    },
  };
};
export type TrustStore = ReturnType<typeof createTrustStore>;
