/** What the launcher's box says on a terminal and writes into logs goes nowhere. */
export const quietLauncher = {
  log: { write: () => undefined, close: () => undefined },
  terminal: {
    isInteractive: false,
    strong: (text: string) => text,
    faint: (text: string) => text,
    line: () => undefined,
    warn: () => undefined,
    step: () => ({ update: () => undefined, done: () => undefined, fail: () => undefined }),
  },
};
