import { Socket } from 'node:net';

/** A parser has no business on the network: whatever a hostile file makes it do, connections fail. */
export const forbidNetwork = (): void => {
  const refuse = (): never => {
    throw new Error('A parser process has no network.');
  };
  Socket.prototype.connect = refuse;
  Object.assign(globalThis, { fetch: refuse, WebSocket: refuse, EventSource: refuse });
};
