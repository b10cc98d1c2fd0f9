// Kept to what old versions of Node can read: it is them that must understand it.
import { readFileSync } from 'node:fs';

/** Ends the process with a sentence when this Node, or this platform, cannot run Arasul. */
export const checkNode = () => {
  const wanted = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).engines.node.replace('>=', '');
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    end(`Arasul needs Node.js ${wanted} or newer; this is ${process.versions.node}. Install a current one from https://nodejs.org and start again.`);
  }
  if (process.platform === 'win32')
    end('Arasul does not run on Windows itself. Use WSL 2 with Debian or Ubuntu: https://learn.microsoft.com/windows/wsl/install');
  if (process.platform !== 'linux' && process.platform !== 'darwin') end(`Arasul runs on Linux and macOS, not on ${process.platform}.`);
  if (process.arch !== 'x64' && process.arch !== 'arm64') end(`Arasul runs on x64 and arm64 processors, not on ${process.arch}.`);
  if (isMusl())
    end('Arasul needs a Linux with glibc (Debian, Ubuntu, Fedora and most others); this one uses musl (Alpine), for which there is no PostgreSQL package.');
};

const isMusl = () => {
  if (process.platform !== 'linux') return false;
  try {
    return readFileSync('/usr/bin/ldd', 'utf8').includes('musl');
  } catch {
    return false; // no ldd: the database's own start says what is missing
  }
};

const end = (sentence) => {
  console.error(sentence);
  process.exit(1);
};
