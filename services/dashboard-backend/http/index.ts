export { createApp, type AppOptions } from './app.ts';
export { roleAllows, type Authenticate, type Principal, type Scope } from './principal.ts';
export { rawRoute, route, type Auth, type Route } from './route.ts';
export { openEventStream, type EventStream } from './sse.ts';
