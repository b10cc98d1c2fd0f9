import { createHash } from 'node:crypto';
import { releaseManifest, type HardwareClass, type ReleaseFile, type ReleaseManifest } from '#contracts';
import { refused, refusalOf } from '../refuse.ts';
import { sha256Hex } from '../tuf/roles.ts';
import { verifyMetadata, type BundleMetadata, type TrustState, type Verified } from '../tuf/verify.ts';
import { compareVersions } from '../versions.ts';
import { readEntries, wholeEntry, type BundleEntry } from './read-entries.ts';

/** The machine that a release has to fit. */
export interface BoxFacts {
  product: string;
  version: string;
  arch: string;
  hardware: HardwareClass;
}

export interface TrustedSource {
  name: string;
  state: TrustState;
}

export interface VerifiedBundle {
  manifest: ReleaseManifest;
  /** `release.json` as it was signed. */
  manifestBytes: Buffer;
  /** Which trusted source signed it. */
  signedBy: string;
  next: TrustState;
  /** When the first of its signatures expires. */
  expires: string;
  /** Hashes of the objects that the bundle carries. */
  carried: ReadonlySet<string>;
  /** Bytes of objects that the release needs and the bundle does not carry. */
  missing: readonly ReleaseFile[];
  sizeBytes: number;
  /** Of `release.json`, which names every other byte by its hash; hashing all of the file once more would double the time. */
  sha256: string;
}

interface Options {
  source: AsyncIterable<Buffer>;
  trusted: readonly TrustedSource[];
  box: BoxFacts;
  /** The latest time ever seen, epoch milliseconds. */
  now: number;
  /** Whether the box has these bytes already. */
  has?: (sha256: string) => boolean;
  onProgress?: (doneBytes: number) => void;
  /** Called for each object, whose bytes it must read to the end; the hash is checked here. */
  onObject?: (file: { sha256: string; size: number }, content: AsyncGenerator<Buffer>) => Promise<void>;
  /** When given, `release.json` must be these very bytes: the bundle that a person has agreed to. */
  expected?: Uint8Array;
}

/**
 * Reads a whole bundle and checks every byte of it: signatures, that it is meant for this box, and each file by length and hash.
 * Writes nothing. Errors: `update_refused`.
 */
export const verifyBundle = async ({
  source,
  trusted,
  box,
  now,
  has = () => false,
  onProgress = () => undefined,
  onObject = drain,
  expected,
}: Options): Promise<VerifiedBundle> => {
  if (trusted.length === 0)
    throw refused(
      'nobody_trusted',
      'This box trusts nobody to make releases yet. Add the maker’s root on the Updates page (or with “npm run arasul -- update trust add NAME FILE”), and compare its fingerprint with what the maker tells you.',
    );
  let sizeBytes = 0;
  const counted = count(source, (bytes) => onProgress((sizeBytes += bytes)));
  const roots = new Map<number, Buffer>();
  const roles: { timestamp?: Buffer; snapshot?: Buffer; targets?: Buffer } = {};
  const carried = new Set<string>();
  let release: (Checked & { manifestBytes: Buffer }) | undefined;

  for await (const entry of readEntries(counted)) {
    const { kind } = entry;
    if (kind.kind === 'root') roots.set(kind.version, await wholeEntry(entry));
    else if (kind.kind === 'manifest') {
      const metadata = complete(roots, roles);
      const manifestBytes = await wholeEntry(entry);
      const trust = verifyByAny(trusted, metadata, now);
      if (expected && !manifestBytes.equals(expected))
        throw refused(
          'swapped',
          'The bundle is not the one that was checked and agreed to: it was exchanged meanwhile. Nothing was changed; look at the new one and decide again.',
        );
      release = { manifestBytes, ...checkManifest(manifestBytes, trust, box) };
    } else if (kind.kind === 'object') {
      if (!release) throw outOfOrder();
      await checkObject(entry, kind.sha256, release.sizes, onObject);
      carried.add(kind.sha256);
    } else roles[kind.kind] = await wholeEntry(entry);
  }
  if (!release) throw outOfOrder();
  const missing = [...new Map(release.manifest.files.filter(({ sha256 }) => !carried.has(sha256) && !has(sha256)).map((file) => [file.sha256, file])).values()];
  const { manifest, manifestBytes, trust } = release;
  return {
    manifest,
    manifestBytes,
    signedBy: trust.name,
    next: trust.next,
    expires: trust.expires,
    carried,
    missing,
    sizeBytes,
    sha256: sha256Hex(manifestBytes),
  };
};

const drain = async (_file: unknown, content: AsyncGenerator<Buffer>): Promise<void> => {
  for await (const part of content) void part;
};

async function* count(source: AsyncIterable<Buffer>, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    onBytes(chunk.length);
    yield chunk;
  }
}

const outOfOrder = () =>
  refused('unsigned', 'The bundle is not signed yet, or it is not a whole bundle. Its maker signs it with “npm run release -- sign FILE”.');

const complete = (
  roots: Map<number, Buffer>,
  { timestamp, snapshot, targets }: { timestamp?: Buffer; snapshot?: Buffer; targets?: Buffer },
): BundleMetadata => {
  if (!timestamp || !snapshot || !targets) throw outOfOrder();
  return { roots, timestamp, snapshot, targets };
};

/** Any of the trusted sources may have signed it; when none did, the one that came furthest says why. */
const verifyByAny = (trusted: readonly TrustedSource[], metadata: BundleMetadata, now: number): Verified & { name: string } => {
  const failures: unknown[] = [];
  for (const { name, state } of trusted) {
    try {
      return { name, ...verifyMetadata(state, metadata, now) };
    } catch (error) {
      if (refusalOf(error) === null) throw error;
      failures.push(error);
    }
  }
  throw failures.find((error) => refusalOf(error) !== 'arbitrary_installation') ?? failures[0];
};

interface Checked {
  manifest: ReleaseManifest;
  trust: Verified & { name: string };
  /** Bytes of each object by its hash. */
  sizes: Map<string, number>;
}

const checkManifest = (bytes: Buffer, trust: Verified & { name: string }, box: BoxFacts): Checked => {
  const hash = sha256Hex(bytes);
  const target = trust.targets.find(({ sha256, length }) => sha256 === hash && length === bytes.length);
  if (!target)
    throw refused(
      'malicious_mirror',
      'The bundle’s release.json is not the one that was signed: whoever passed the file on changed it. Get the bundle from its maker.',
    );
  const { custom } = target;
  if (custom.product !== box.product) throw wrong(`It is signed as “${custom.product}”, and this box runs ${box.product}.`);
  if (custom.arch !== box.arch) throw wrong(`It is made for ${custom.arch} processors, and this box has ${box.arch}.`);
  if (!custom.hardware.includes(box.hardware)) throw wrong(`It is made for ${custom.hardware.join(' and ')}, and this box is of the class ${box.hardware}.`);
  const manifest = parseManifest(bytes);
  if (
    manifest.product !== custom.product ||
    manifest.version !== custom.version ||
    manifest.arch !== custom.arch ||
    manifest.hardware.join() !== custom.hardware.join()
  )
    throw wrong('What it says of itself is not what its signature says.');
  if (compareVersions(manifest.version, box.version) < 0)
    throw refused(
      'rollback',
      `The bundle holds Arasul ${manifest.version}, and this box runs ${box.version} already. To return to an earlier release, use “Roll back”, which brings its settings back as well.`,
    );
  if (compareVersions(box.version, manifest.minimumVersion) < 0)
    throw refused(
      'too_old',
      `Arasul ${manifest.version} can follow ${manifest.minimumVersion} or newer, and this box runs ${box.version}. Apply a bundle of ${manifest.minimumVersion} first.`,
    );
  const sizes = new Map<string, number>();
  const paths = new Set<string>();
  for (const { path, sha256, size } of manifest.files) {
    if ((sizes.get(sha256) ?? size) !== size) throw refused('damaged', 'The bundle names one file with two sizes; it was made wrongly. Tell its maker.');
    if (paths.has(path)) throw refused('unsafe_archive', `The release names “${path}” twice. Nothing of it was taken.`);
    sizes.set(sha256, size);
    paths.add(path);
  }
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      if (paths.has(path.slice(0, at)))
        throw refused('unsafe_archive', `The release names “${path.slice(0, at)}” as a file and as a folder. Nothing of it was taken.`);
  }
  return { manifest, trust, sizes };
};

const wrong = (why: string) => refused('wrong_software', `This bundle is not for this box. ${why} Get the bundle that its maker made for this machine.`);

const parseManifest = (bytes: Buffer): ReleaseManifest => {
  let parsed: ReturnType<typeof releaseManifest.safeParse>;
  try {
    parsed = releaseManifest.safeParse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw refused('damaged', 'The bundle’s release.json cannot be read. Get the bundle anew from its maker.', cause);
  }
  if (parsed.success) return parsed.data;
  const extra = parsed.error.issues.find(({ code }) => code === 'unrecognized_keys');
  if (extra && 'keys' in extra)
    throw refused(
      'extraneous_dependencies',
      `The release asks for more than a release may have (“${extra.keys.join(', ')}”): it wants other software brought along. Nothing of it was taken.`,
    );
  throw refused(
    'damaged',
    `The bundle's release.json is not one that this release of Arasul understands (${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}).`,
  );
};

const checkObject = async (entry: BundleEntry, sha256: string, sizes: Map<string, number>, onObject: NonNullable<Options['onObject']>): Promise<void> => {
  const size = sizes.get(sha256);
  if (size === undefined)
    throw refused(
      'extraneous_dependencies',
      `The bundle brings a file along that its release does not name (${sha256.slice(0, 12)}…). What was not signed for is not taken, and so nothing was.`,
    );
  if (entry.size > size)
    throw refused('endless_data', `A file of the bundle claims ${entry.size} bytes, and ${size} were signed for. Nothing of it was taken.`);
  if (entry.size < size)
    throw refused(
      'malicious_mirror',
      `A file of the bundle has ${entry.size} bytes, and ${size} were signed for: whoever passed the bundle on changed it. Get it from its maker.`,
    );
  const hash = createHash('sha256');
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const part of entry.content()) {
      hash.update(part);
      yield part;
    }
  };
  await onObject({ sha256, size }, hashed());
  if (hash.digest('hex') !== sha256)
    throw refused(
      'malicious_mirror',
      `A file of the bundle (${sha256.slice(0, 12)}…) is not the one that was signed for: the bundle was changed, or its copy is damaged. Copy it again from its source.`,
    );
};
