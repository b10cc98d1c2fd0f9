const browsers: readonly [string, RegExp][] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|HeadlessChrome|Chromium)\//],
  ['Safari', /\bVersion\/.*Safari\//],
];

const systems: readonly [string, RegExp][] = [
  ['Android', /Android/],
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X|Macintosh/],
  ['Linux', /Linux|X11/],
];

const nameIn = (list: readonly [string, RegExp][], text: string): string | undefined => list.find(([, sign]) => sign.test(text))?.[0];

/** “Firefox, Linux” for a browser's long self-description; another client's own first word; null when it says nothing. */
export const browserName = (userAgent: string | null): string | null => {
  if (userAgent === null || userAgent.trim() === '') return null;
  const browser = nameIn(browsers, userAgent);
  const system = nameIn(systems, userAgent);
  if (browser === undefined) return userAgent.split(/[\s/(]/)[0] || null;
  return system === undefined ? browser : `${browser}, ${system}`;
};
