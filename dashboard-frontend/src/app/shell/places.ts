import {
  IconBell,
  IconBrain,
  IconChecklist,
  IconDatabase,
  IconEyeCheck,
  IconFileText,
  IconFlask,
  IconGauge,
  IconHeartbeat,
  IconHistory,
  IconListNumbers,
  IconMessageCircle,
  IconPackage,
  IconServer2,
  IconSettings,
  IconTool,
  IconUser,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';

/** The places of the rail, in order. `key` is the letter after `g`. */
export const places = [
  { to: '/', name: 'overview', key: 'o', icon: IconGauge },
  { to: '/chat', name: 'chat', key: 'c', icon: IconMessageCircle },
  { to: '/documents', name: 'documents', key: 'd', icon: IconFileText },
  { to: '/alerts', name: 'alerts', key: 'w', icon: IconBell },
  { to: '/system', name: 'system', key: 's', icon: IconServer2 },
] as const;

/** Pages below those of the rail, for the keyboard and the palette. */
export const farPlaces = [
  { to: '/system/queue', name: 'queue', key: 'n', icon: IconListNumbers, role: 'user' },
  { to: '/system/health', name: 'health', key: 'h', icon: IconHeartbeat, role: 'viewer' },
  { to: '/system/repairs', name: 'repairs', key: 'r', icon: IconTool, role: 'viewer' },
  { to: '/system/models', name: 'models', key: 'm', icon: IconBrain, role: 'admin' },
  { to: '/system/quality', name: 'quality', key: 'q', icon: IconChecklist, role: 'admin' },
  { to: '/system/search-test', name: 'searchTest', key: 't', icon: IconFlask, role: 'admin' },
  { to: '/system/users', name: 'users', key: 'u', icon: IconUsers, role: 'admin' },
  { to: '/system/groups', name: 'groups', key: 'b', icon: IconUsersGroup, role: 'admin' },
  { to: '/system/access', name: 'access', key: 'x', icon: IconEyeCheck, role: 'admin' },
  { to: '/system/updates', name: 'updates', key: 'p', icon: IconPackage, role: 'admin' },
  { to: '/system/backups', name: 'backups', key: 'k', icon: IconDatabase, role: 'admin' },
  { to: '/system/activity', name: 'activity', key: 'l', icon: IconHistory, role: 'admin' },
  { to: '/system/settings', name: 'settings', key: 'e', icon: IconSettings, role: 'admin' },
  { to: '/account', name: 'account', key: 'a', icon: IconUser, role: 'viewer' },
] as const;
