import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { makeMetadata, makeRoot, manifestBytes, refusalOf, verifyBundle, type BoxFacts, type TrustState, type VerifiedBundle } from '#updates';
import {
  assemble,
  DAY,
  END,
  entriesOf,
  FILES,
  manifestOf,
  metadataEntries,
  newKey,
  newMaker,
  NOW,
  objectEntries,
  oddHeader,
  rootOf,
  signingOf,
  streamOf,
  tarEntry,
  trusting,
  type Entry,
} from '../../support/bundles.ts';

const BOX: BoxFacts = { product: 'arasul', version: '0.1.0', arch: 'x64', hardware: 'cpu' };
const maker = newMaker();

const check = (
  bytes: Buffer | AsyncIterable<Buffer>,
  { state = trusting(maker), box = BOX, now = NOW }: { state?: TrustState; box?: BoxFacts; now?: number } = {},
): Promise<VerifiedBundle> => verifyBundle({ source: Buffer.isBuffer(bytes) ? streamOf(bytes) : bytes, trusted: [{ name: 'vendor', state }], box, now });

/** The reason and the sentence of a refusal; fails when the bundle is taken. */
const refusal = async (...given: Parameters<typeof check>): Promise<{ reason: string | null; message: string }> => {
  const state = given[1]?.state ?? trusting(maker);
  const before = { root: Buffer.from(state.root), versions: { ...state.versions } };
  const error = await check(given[0], { ...given[1], state }).then(
    () => new Error('it was taken'),
    (caught: Error) => caught,
  );
  expect(state).toEqual(before);
  return { reason: refusalOf(error), message: error.message };
};

const replace = (entries: Entry[], name: string, change: (content: Buffer) => Buffer): Entry[] =>
  entries.map(([entry, content]) => [entry, entry === name ? change(content) : content]);

test('an honest bundle is taken, and its versions are remembered', async () => {
  const { manifest, next, carried, missing } = await check(assemble(entriesOf(maker)));
  expect(manifest.version).toBe('0.2.0');
  expect(next.versions).toEqual({ timestamp: 5, snapshot: 5, targets: 5 });
  expect(carried.size).toBe(3);
  expect(missing).toEqual([]);
});

test('a delta bundle names what the box must have, and is whole with it', async () => {
  const without = entriesOf(maker).filter(([name]) => name !== objectEntries()[0]![0]);
  expect((await check(assemble(without))).missing).toHaveLength(1);
  const all = await verifyBundle({
    source: streamOf(assemble(without)),
    trusted: [{ name: 'vendor', state: trusting(maker) }],
    box: BOX,
    now: NOW,
    has: () => true,
  });
  expect(all.missing).toEqual([]);
});

describe('The Update Framework’s attacks, each refused with its own sentence', () => {
  test('TUF arbitrary installation: software signed by a stranger', async () => {
    const { reason, message } = await refusal(assemble(entriesOf(newMaker())));
    expect(reason).toBe('arbitrary_installation');
    expect(message).toMatch(/Nobody whom this box trusts/);
  });

  test('TUF endless data: metadata, a file or the bundle itself that never ends', async () => {
    const metadata = entriesOf(maker).map(([name, content]): Entry => [name, name === 'metadata/timestamp.json' ? Buffer.alloc(17_000, ' ') : content]);
    expect((await refusal(assemble(metadata))).reason).toBe('endless_data');
    const after = Buffer.concat([assemble(entriesOf(maker)), Buffer.alloc(512)]);
    expect((await refusal(after)).reason).toBe('endless_data');
    const longer = entriesOf(maker).map(([name, content], at, all): Entry => [
      name,
      at === all.length - 1 ? Buffer.concat([content, Buffer.alloc(9)]) : content,
    ]);
    expect((await refusal(assemble(longer))).reason).toBe('endless_data');
    let sent = 0;
    const endless = Readable.from(
      (function* () {
        yield assemble(entriesOf(maker));
        for (;;) yield ((sent += 65_536), Buffer.alloc(65_536));
      })(),
    );
    expect((await refusal(endless)).reason).toBe('endless_data');
    expect(sent).toBeLessThan(1_000_000);
  });

  test('TUF extraneous dependencies: more software than was signed for', async () => {
    const unsigned = objectEntries({ ...FILES, extra: Buffer.from('a miner') });
    const { reason, message } = await refusal(assemble([...entriesOf(maker).slice(0, 5), ...unsigned]));
    expect(reason).toBe('extraneous_dependencies');
    expect(message).toMatch(/does not name/);
    const asking = { ...manifestOf(), dependencies: ['miner'] } as never;
    const asked = await refusal(assemble(entriesOf(maker, { manifest: asking })));
    expect(asked.reason).toBe('extraneous_dependencies');
    expect(asked.message).toMatch(/dependencies/);
  });

  test('TUF fast-forward: version numbers that would lock out all that follows; new keys are the way back', async () => {
    const far = { timestamp: 4_000_000_000, snapshot: 5, targets: 5 };
    expect((await refusal(assemble(entriesOf(maker, { signing: { versions: far } })))).reason).toBe('fast_forward');
    const next = newMaker();
    const root = makeRoot(rootOf(maker.rootKeys, next.online, { version: 2 }), maker.rootKeys.slice(0, 2));
    const roots = new Map([
      [1, maker.root],
      [2, root],
    ]);
    const burnt = trusting(maker, { timestamp: 90_000, snapshot: 90_000, targets: 90_000 });
    expect((await refusal(assemble(entriesOf(maker)), { state: burnt })).reason).toBe('rollback');
    const recovered = await check(assemble(entriesOf({ ...maker, online: next.online }, { signing: { roots } })), { state: burnt });
    expect(recovered.next.versions).toEqual({ timestamp: 5, snapshot: 5, targets: 5 });
  });

  test('TUF indefinite freeze: an old bundle, judged against the latest time ever seen', async () => {
    const { reason, message } = await refusal(assemble(entriesOf(maker)), { now: NOW + 301 * DAY });
    expect(reason).toBe('indefinite_freeze');
    expect(message).toMatch(/good until 2027-09-21/);
    for (const role of ['timestamp', 'snapshot', 'targets'] as const) {
      const expires = { ...signingOf(maker).expires, [role]: NOW - 1000 };
      expect((await refusal(assemble(entriesOf(maker, { signing: { expires } })))).message).toContain(`${role} metadata was good until`);
    }
    expect((await refusal(assemble(entriesOf(maker)), { now: NOW + 1001 * DAY })).message).toContain('root metadata was good until');
  });

  test('TUF malicious mirror: what was passed on is not what was signed', async () => {
    const object = objectEntries()[1]![0];
    const changed = replace(entriesOf(maker), object, (content) => Buffer.from(content).fill(0x41, 0, 1));
    expect((await refusal(assemble(changed))).reason).toBe('malicious_mirror');
    const shorter = replace(entriesOf(maker), object, (content) => content.subarray(1));
    expect((await refusal(assemble(shorter))).reason).toBe('malicious_mirror');
    const release = replace(entriesOf(maker), 'release.json', () => manifestBytes(manifestOf({ version: '0.3.0' })));
    expect((await refusal(assemble(release))).message).toMatch(/release\.json is not the one that was signed/);
  });

  test('TUF mix-and-match: parts of two honest bundles', async () => {
    const other = entriesOf(maker, { signing: { versions: { timestamp: 6, snapshot: 6, targets: 6 } } });
    for (const part of ['metadata/targets.json', 'metadata/snapshot.json']) {
      const mixed = replace(entriesOf(maker), part, () => other.find(([name]) => name === part)![1]);
      const { reason, message } = await refusal(assemble(mixed));
      expect(reason).toBe('mix_and_match');
      expect(message).toMatch(/parts of different bundles/);
    }
    const gap = entriesOf(maker, {
      signing: {
        roots: new Map([
          [1, maker.root],
          [3, maker.root],
        ]),
      },
    });
    expect((await refusal(assemble(gap))).reason).toBe('mix_and_match');
  });

  test('TUF rollback: an older bundle, by any role or by the release itself', async () => {
    for (const role of ['timestamp', 'snapshot', 'targets'] as const) {
      const { reason, message } = await refusal(assemble(entriesOf(maker)), { state: trusting(maker, { timestamp: 5, snapshot: 5, targets: 5, [role]: 6 }) });
      expect(reason).toBe('rollback');
      expect(message).toContain(`${role} metadata is version 5, and this box has already seen 6`);
    }
    expect((await refusal(assemble(entriesOf(maker)), { box: { ...BOX, version: '0.2.1' } })).reason).toBe('rollback');
  });

  test('TUF key compromise below the threshold: one stolen key makes no root and no release', async () => {
    const thief = newMaker();
    const roots = (keys: typeof maker.rootKeys) =>
      new Map([
        [1, maker.root],
        [2, makeRoot(rootOf(thief.rootKeys, thief.online, { version: 2 }), keys)],
      ]);
    const one = await refusal(assemble(entriesOf(thief, { signing: { roots: roots([maker.rootKeys[0]!, ...thief.rootKeys]) } })));
    expect(one.reason).toBe('key_compromise');
    expect(one.message).toMatch(/1 of 2 needed signatures/);
    // The other way round: a new root that its own keys do not agree to.
    const own = await refusal(assemble(entriesOf(thief, { signing: { roots: roots([...maker.rootKeys, thief.rootKeys[0]!]) } })));
    expect(own.reason).toBe('key_compromise');
    // A release role of two keys, of which one was stolen.
    const second = newKey();
    const root = makeRoot(
      rootOf(maker.rootKeys, maker.online, {
        roles: { ...rootOf(maker.rootKeys, maker.online).roles, targets: { ids: [maker.online.targets, second], threshold: 2 } },
      }),
      maker.rootKeys.slice(0, 2),
    );
    expect((await refusal(assemble(entriesOf({ ...maker, root })), { state: trusting({ ...maker, root }) })).reason).toBe('key_compromise');
    const both = { keys: { ...signingOf(maker).keys, targets: [maker.online.targets, second] } };
    await check(assemble(entriesOf({ ...maker, root }, { signing: both })), { state: trusting({ ...maker, root }) });
  });

  test('TUF wrong software: another product, another processor, another class of machine', async () => {
    for (const manifest of [manifestOf({ product: 'toaster' }), manifestOf({ arch: 'arm64' }), manifestOf({ hardware: ['jetson'] })]) {
      const { reason, message } = await refusal(assemble(entriesOf(maker, { manifest })));
      expect(reason).toBe('wrong_software');
      expect(message).toMatch(/^This bundle is not for this box\./);
    }
  });

  test('each has a sentence of its own', async () => {
    const texts = await Promise.all([
      refusal(assemble(entriesOf(newMaker()))),
      refusal(assemble(entriesOf(maker)), { now: NOW + 301 * DAY }),
      refusal(assemble(entriesOf(maker)), { box: { ...BOX, version: '0.2.1' } }),
      refusal(assemble(entriesOf(maker, { manifest: manifestOf({ arch: 'arm64' }) }))),
    ]);
    expect(new Set(texts.map(({ message }) => message)).size).toBe(4);
  });
});

describe('a root of two valid years', () => {
  test('the chain from root to root needs both thresholds, and one key under two names counts once', async () => {
    const next = [maker.rootKeys[0]!, newKey(), newKey()];
    const root = makeRoot(rootOf(next, maker.online, { version: 2 }), [maker.rootKeys[0]!, maker.rootKeys[1]!, next[1]!]);
    const roots = new Map([
      [1, maker.root],
      [2, root],
    ]);
    expect((await check(assemble(entriesOf(maker, { signing: { roots } })))).next.root).toEqual(root);
    const alias = { ...maker.rootKeys[0]!, id: 'a'.repeat(64) };
    const twice = makeRoot(rootOf([maker.rootKeys[0]!, alias, newKey()], maker.online, { version: 2 }), [maker.rootKeys[0]!, maker.rootKeys[1]!, alias]);
    expect(
      (
        await refusal(
          assemble(
            entriesOf(maker, {
              signing: {
                roots: new Map([
                  [1, maker.root],
                  [2, twice],
                ]),
              },
            }),
          ),
        )
      ).reason,
    ).toBe('damaged');
  });
});

describe('files that are not what they seem', () => {
  const whole = assemble(entriesOf(maker));

  test('cut off at any place: it says so', async () => {
    for (let at = 1; at < 60; at += 1)
      expect((await refusal(whole.subarray(0, Math.floor((whole.length * at) / 60)))).reason).toMatch(/^(truncated|unsigned)$/);
  });

  test('a bit flipped at a hundred places: always refused', async () => {
    for (let n = 0; n < 100; n += 1) {
      const flipped = Buffer.from(whole);
      const at = Math.floor((whole.length * (n + 0.5)) / 100);
      flipped[at] = flipped[at]! ^ (1 << (n % 8));
      const { reason } = await refusal(flipped);
      expect(reason, `bit ${n % 8} of byte ${at}`).not.toBeNull();
    }
  });

  const honest = entriesOf(maker);
  const smuggled = (header: Buffer): Buffer => Buffer.concat([...honest.map(tarEntry), header, END]);
  test.each([
    ['a symbolic link', oddHeader('objects/link', '2', { link: '/etc/shadow' }), /a symbolic link/],
    ['a hard link', oddHeader('objects/link', '1', { link: '/etc/shadow' }), /a hard link/],
    ['a device node', oddHeader('dev/sda', '4'), /a device/],
    ['a pipe', oddHeader('pipe', '6'), /a pipe/],
    ['a folder', oddHeader('objects/', '5'), /a folder/],
    ['an absolute path', oddHeader('/etc/cron.d/x', '0'), /leads out/],
    ['a path with ..', oddHeader('objects/../../etc/passwd', '0'), /leads out/],
    ['an extended header', oddHeader('x', 'x'), /an extended header/],
  ])('%s in the tar is refused', async (_, header, words) => {
    const { reason, message } = await refusal(smuggled(header));
    expect(reason).toBe('unsafe_archive');
    expect(message).toMatch(words);
  });

  test('duplicate names, names in the wrong case, entries at the wrong place', async () => {
    const last = honest.at(-1)!;
    expect((await refusal(assemble([...honest, last]))).message).toMatch(/twice/);
    expect((await refusal(assemble([...honest.slice(0, -1), [last[0].toUpperCase(), last[1]]]))).message).toMatch(/capitals included/);
    expect((await refusal(assemble([...honest.slice(0, -1), [`objects/${last[0].slice(8).toUpperCase()}`, last[1]]]))).message).toMatch(/capitals included/);
    expect((await refusal(assemble([honest[1]!, honest[0]!, ...honest.slice(2)]))).message).toMatch(/wrong place/);
  });

  test.each([['/etc/passwd'], ['../outside'], ['dist/../../outside'], ['dist//twice'], ['a\\b'], ['./here']])(
    'a release that names the path %s is refused',
    async (path) => {
      const manifest = manifestOf({ files: [{ ...manifestOf().files[0]!, path }] });
      const files = { x: FILES['dist/launcher.js']! };
      expect((await refusal(assemble(entriesOf(maker, { manifest, files })))).reason).toBe('damaged');
    },
  );

  test('a release that names a path twice, or as file and folder, is refused', async () => {
    const [file] = manifestOf().files;
    for (const path of [file!.path, `${file!.path}/below`]) {
      const manifest = manifestOf({ files: [file!, { ...file!, path }] });
      expect((await refusal(assemble(entriesOf(maker, { manifest, files: { x: FILES['dist/launcher.js']! } })))).reason).toBe('unsafe_archive');
    }
  });

  test('a stick taken out in the middle', async () => {
    const failing = Readable.from(
      (async function* () {
        yield whole.subarray(0, 4096);
        await Promise.resolve();
        throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
      })(),
    );
    const { reason, message } = await refusal(failing);
    expect(reason).toBe('source_gone');
    expect(message).toMatch(/stick was taken out/);
  });

  test('swapped between the check and the installation: what was agreed to is what is taken', async () => {
    const { manifestBytes: agreed } = await check(whole);
    const other = assemble(entriesOf(maker, { manifest: manifestOf({ version: '0.2.9' }), signing: { versions: { timestamp: 6, snapshot: 6, targets: 6 } } }));
    const error = await verifyBundle({
      source: streamOf(other),
      trusted: [{ name: 'vendor', state: trusting(maker) }],
      box: BOX,
      now: NOW,
      expected: agreed,
    }).catch((caught: Error) => caught);
    expect(refusalOf(error)).toBe('swapped');
  });

  test('unsigned, for nobody’s trust, or too far from this release: each its sentence', async () => {
    expect((await refusal(assemble([['release.json', manifestBytes(manifestOf())], ...objectEntries()]))).reason).toBe('unsigned');
    const nobody = await verifyBundle({ source: streamOf(whole), trusted: [], box: BOX, now: NOW }).catch((caught: Error) => caught);
    expect(refusalOf(nobody)).toBe('nobody_trusted');
    expect((await refusal(assemble(entriesOf(maker, { manifest: manifestOf({ minimumVersion: '0.1.5' }) })))).reason).toBe('too_old');
    expect(metadataEntries(makeMetadata(manifestBytes(manifestOf()), signingOf(maker)))).toHaveLength(4);
  });
});
