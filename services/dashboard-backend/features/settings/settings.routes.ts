import { settingsPatch, settingsSchema } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { SettingsService } from './settings.service.ts';

export const settingsRoutes = (settings: SettingsService): Route[] => [
  route({
    method: 'get',
    path: '/settings',
    auth: 'admin',
    scope: 'admin',
    summary: 'All settings in force.',
    output: settingsSchema,
    handle: () => settings.get(),
  }),
  route({
    method: 'patch',
    path: '/settings',
    auth: 'admin',
    scope: 'admin',
    summary: 'Change the settings that are named; all others stay.',
    body: settingsPatch,
    output: settingsSchema,
    handle: ({ who, body }) => settings.change(who, body),
  }),
];
