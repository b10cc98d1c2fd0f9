import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hardwareClass, releaseManifest, releaseVersion, type ReleaseManifest } from '#contracts';
import { isAppError } from '#kit';
import {
  initKeyFolder,
  manifestBytes,
  peekManifest,
  readRoots,
  rootFingerprint,
  rotateRoot,
  signBundleFile,
  signRelease,
  verifyBundle,
  verifyReport,
  writeBundle,
} from '#updates';
import { readChanges } from './changes.ts';
import { collect } from './collect.ts';
import { nodeRuntime, RUNTIME_VERSION } from './node-runtime.ts';
import { oneName, readWords, USAGE, UsageProblem, type Words } from './words.ts';

const root = resolve('.');
const say = (line: string): void => console.log(line);
const passphrase = process.env.ARASUL_KEY_PASSPHRASE;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const build = async ({ options }: Words): Promise<void> => {
  const { version: ownVersion } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const version = releaseVersion.parse(options.version ?? ownVersion);
  const arch = options.arch ?? process.arch;
  if (arch !== 'x64' && arch !== 'arm64') throw new UsageProblem(`There is no Arasul for ${arch}; --arch x64 or arm64.`);
  const hardware = (options.hardware ?? 'cpu').split(',').map((one) => hardwareClass.parse(one));
  const node = await nodeRuntime(root, arch, options.node ?? RUNTIME_VERSION);
  if (node.note) say(node.note);
  const { manifest, objectAt } = await collect({
    root,
    version,
    arch,
    hardware,
    node,
    minimumVersion: options.minimum ?? '0.1.0',
    modules: options.modules && resolve(options.modules, 'node_modules'),
    models: options.models && resolve(options.models),
    changes: readChanges(options.changes ?? join(root, 'docs', 'changes', `${version}.md`)),
    workDir: join(root, '.cache', 'release'),
  });
  const without = options['delta-from'] === undefined ? undefined : hashesOf(parseManifest(await peekManifest(options['delta-from'])));
  const out = options.out ?? `arasul-${version}-linux-${arch}-${hardware.join('+')}${without ? '-delta' : ''}.arasul`;
  await writeBundle(out, { manifest, objectAt, without });
  say(`${out}: ${manifest.files.length} files, ${megabytes(statSync(out).size)}, unsigned. Sign it with “npm run release -- sign ${out} --keys FOLDER”.`);
};

const hashesOf = (manifest: ReleaseManifest): Set<string> => new Set(manifest.files.map(({ sha256 }) => sha256));
const parseManifest = (bytes: Buffer): ReleaseManifest => releaseManifest.parse(JSON.parse(bytes.toString('utf8')));

const sign = async (words: Words): Promise<void> => {
  const file = oneName(words, 'bundle to sign');
  const folder = words.options.keys;
  if (folder === undefined) throw new UsageProblem('Name the folder of the keys with --keys.');
  const release = await peekManifest(file);
  if (!manifestBytes(parseManifest(release)).equals(release)) throw new UsageProblem(`${file} was not written by “release build”.`);
  const metadata = signRelease(folder, release, { passphrase, now: Date.now() });
  await signBundleFile(file, words.options.out ?? file, metadata);
  say(`${words.options.out ?? file} is signed. Fingerprint of the maker: ${rootFingerprint([...metadata.roots.values()].at(-1)!)}`);
};

const verify = async (words: Words): Promise<void> => {
  const file = oneName(words, 'bundle to verify');
  const rootFile = words.options.root;
  if (rootFile === undefined) throw new UsageProblem('Name the root that you trust with --root.');
  const manifest = parseManifest(await peekManifest(file));
  const box = { product: 'arasul', version: manifest.minimumVersion, arch: manifest.arch, hardware: manifest.hardware[0]! };
  const state = { root: readFileSync(rootFile), versions: { timestamp: 0, snapshot: 0, targets: 0 } };
  const began = performance.now();
  const { sizeBytes, missing, expires } = await verifyBundle({
    source: createReadStream(file, { highWaterMark: 1 << 20 }),
    trusted: [{ name: 'given', state }],
    box,
    now: Date.now(),
    has: () => false,
  });
  const seconds = (performance.now() - began) / 1000;
  say(
    `${file} is good: Arasul ${manifest.version} for ${manifest.arch}, ${megabytes(sizeBytes)} checked in ${seconds.toFixed(1)} s, good until ${expires.slice(0, 10)}.`,
  );
  if (missing.length > 0) say(`It is a delta: ${missing.length} files must be on the box already.`);
};

const inspect = async (words: Words): Promise<void> => {
  const file = oneName(words, 'bundle to look at');
  const manifest = parseManifest(await peekManifest(file));
  say(`Arasul ${manifest.version} for ${manifest.os}-${manifest.arch}, ${manifest.hardware.join(' and ')}; follows ${manifest.minimumVersion} or newer.`);
  say(
    `${manifest.files.length} files, ${megabytes(manifest.expected.spaceBytes)} on the box, about ${Math.ceil(manifest.expected.durationMs / 1000)} s of which people wait ${Math.ceil(manifest.expected.downtimeMs / 1000)} s.`,
  );
  for (const { name, version } of manifest.components) say(`  ${name.padEnd(20)} ${version}`);
  for (const change of manifest.changes.en) say(`  - ${change}`);
  say('Nothing was checked; “verify” does that.');
};

const receipt = (words: Words): void => {
  const file = oneName(words, 'report to check');
  const { report, fingerprint } = verifyReport(readFileSync(file, 'utf8'), { box: words.options.box });
  say(`${file} is genuine: written by the box ${fingerprint} on ${report.madeAt.slice(0, 16).replace('T', ' ')}.`);
  say(`It runs Arasul ${report.product.version} on ${report.machine.arch} (${report.machine.hardware}), ${megabytes(report.machine.freeDiskBytes)} free.`);
  for (const { from, to, state, failedCheck, startedAt } of report.updates)
    say(`  ${startedAt.slice(0, 16).replace('T', ' ')}  ${from ?? ''} → ${to ?? ''}: ${state}${failedCheck === null ? '' : ` (${failedCheck})`}`);
  for (const { name, state, restarts } of report.services) say(`  ${name.padEnd(20)} ${state}, ${restarts} restarts`);
  for (const { service, level, message, count } of report.log)
    say(`  ${count} × ${level} in ${service}: ${message ?? '(words that are not the program’s own)'}`);
};

const keys = (words: readonly string[]): void => {
  const [what, folder, ...names] = words;
  if (folder === undefined) throw new UsageProblem('Name the folder of the keys.');
  if (what === 'init') {
    const made = initKeyFolder(folder, { passphrase, now: Date.now() });
    say(`Keys are in ${folder}. Boxes trust you by ${join(folder, 'root', '1.root.json')}, fingerprint ${made.fingerprint}.`);
    say('Move root-1, root-2 and root-3 to three sticks in three places: two of them make a new root, one alone cannot.');
    if (!passphrase) say('They are not encrypted: set ARASUL_KEY_PASSPHRASE to protect them.');
  } else if (what === 'rotate') {
    const { version } = rotateRoot(folder, names, { passphrase, now: Date.now() });
    say(`Root ${version} is made; the next signed bundle brings it to the boxes.`);
  } else if (what === 'show') {
    const roots = existsSync(folder) && statSync(folder).isFile() ? new Map([[0, readFileSync(folder)]]) : readRoots(folder);
    for (const [version, bytes] of roots) say(`${version === 0 ? folder : `root ${version}`}: ${rootFingerprint(bytes)}`);
  } else throw new UsageProblem('“keys” takes init, rotate or show.');
};

const perform = async ([command, ...rest]: readonly string[]): Promise<void> => {
  if (command === 'build')
    return build(readWords(rest, ['version', 'arch', 'hardware', 'minimum', 'node', 'modules', 'models', 'changes', 'delta-from', 'out']));
  if (command === 'sign') return sign(readWords(rest, ['keys', 'out']));
  if (command === 'verify') return verify(readWords(rest, ['root']));
  if (command === 'inspect') return inspect(readWords(rest, []));
  if (command === 'receipt') return receipt(readWords(rest, ['box']));
  if (command === 'keys') return keys(rest);
  if (command === undefined || command === 'help' || command === '--help') return say(USAGE);
  throw new UsageProblem(`“${command}” is no command.`);
};

try {
  await perform(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageProblem) console.error(`${error.message}\n\n${USAGE}`);
  else if (isAppError(error)) console.error(`Refused (${(error.details as { reason?: string } | undefined)?.reason ?? error.code}): ${error.message}`);
  else console.error((error as Error).message);
  process.exitCode = 1;
}
