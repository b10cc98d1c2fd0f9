import { IconFileText, IconGauge, IconMessageCircle, IconServer2 } from '@tabler/icons-react';

/** The places of the rail, in order. `key` is the letter after `g`. */
export const places = [
  { to: '/', name: 'overview', key: 'o', icon: IconGauge },
  { to: '/chat', name: 'chat', key: 'c', icon: IconMessageCircle },
  { to: '/documents', name: 'documents', key: 'd', icon: IconFileText },
  { to: '/system', name: 'system', key: 's', icon: IconServer2 },
] as const;

/** Pages below those of the rail, for the keyboard and the palette. */
export const farPlaces = [
  { to: '/system/models', name: 'models', key: 'm', role: 'admin' },
  { to: '/system/users', name: 'users', key: 'u', role: 'admin' },
  { to: '/system/activity', name: 'activity', key: 'l', role: 'admin' },
  { to: '/system/settings', name: 'settings', key: 'e', role: 'admin' },
  { to: '/account', name: 'account', key: 'a', role: 'viewer' },
] as const;
