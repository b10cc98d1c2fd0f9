import qrcode from 'qrcode-terminal';
import type { Terminal } from './terminal.ts';

interface Welcome {
  version: string;
  dataDir: string;
  url: string;
  /** Addresses for other machines of the network, the likeliest first. */
  networkUrls: readonly string[];
  setupCode: string | null;
}

/** Tells where the box is, and how to make it one's own. */
export const welcome = (terminal: Terminal, { version, dataDir, url, networkUrls, setupCode }: Welcome): void => {
  const { strong, faint } = terminal;
  terminal.line();
  terminal.line(`  Arasul ${version} is ready.`);
  terminal.line();
  terminal.line(`    On this machine   ${strong(url)}`);
  for (const networkUrl of networkUrls) terminal.line(`    On your network   ${strong(networkUrl)}`);
  const [phoneUrl] = networkUrls;
  if (phoneUrl && (terminal.isInteractive || setupCode)) {
    terminal.line();
    for (const line of qrLines(phoneUrl)) terminal.line(`    ${line}`);
  }
  if (setupCode) {
    terminal.line();
    terminal.line(`    Set-up code       ${strong(setupCode)}   ${faint('(once, to make your account)')}`);
  }
  terminal.line();
  terminal.line(faint(`  Data in ${dataDir}. Ctrl-C stops.`));
};

const qrLines = (text: string): string[] => {
  let drawn = '';
  qrcode.generate(text, { small: true }, (picture) => (drawn = picture));
  return drawn.trimEnd().split('\n');
};
