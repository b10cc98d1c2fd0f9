import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const MAKE = `
import json, sys, zipfile
path, name, version, members = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
info = f"{name}-{version}.dist-info"
with zipfile.ZipFile(path, "w") as z:
  for member, source in members.items(): z.write(source, member)
  z.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
  z.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
  z.writestr(f"{info}/RECORD", "")
`;

/** Writes a Python package of data files into `folder`, as an index would serve it. `members`: path in the package to file. */
export const makeWheel = async (folder: string, name: string, version: string, members: Readonly<Record<string, string>>): Promise<void> => {
  await promisify(execFile)('python3', ['-c', MAKE, join(folder, `${name}-${version}-py3-none-any.whl`), name, version, JSON.stringify(members)]);
};
