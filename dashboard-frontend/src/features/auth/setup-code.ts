/** `abcd1234`, `ABCD 1234` and `abcd-1234` are the same code: `ABCD-1234`. */
export const shapeCode = (typed: string): string => {
  const signs = typed
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
    .slice(0, 8);
  return signs.length > 4 ? `${signs.slice(0, 4)}-${signs.slice(4)}` : signs;
};

/** The code that the QR link carries behind the #: `#code=ABCD-1234`, or the bare code. Servers never see this part of an address. */
export const codeFromHash = (hash: string): string => {
  const given = decodeURIComponent(hash.replace(/^#/, '').replace(/^code=/, ''));
  return /^[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}$/.test(given) ? shapeCode(given) : '';
};
