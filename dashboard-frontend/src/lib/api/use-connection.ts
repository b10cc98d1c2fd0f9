import { useSyncExternalStore } from 'react';
import { connection } from './connection.ts';

/** Whether the box answers; re-renders when that changes. */
export const useConnection = () => useSyncExternalStore(connection.subscribe, connection.get);
