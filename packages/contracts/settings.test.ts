import { describe, expect, test } from 'vitest';
import { defaultSettings, settingsPatch, settingsSchema } from './settings.ts';

describe('settings', () => {
  test('every setting has a default that its own rule takes', () => {
    expect(settingsSchema.parse({})).toEqual(defaultSettings);
    expect(settingsPatch.parse(defaultSettings)).toEqual(defaultSettings);
  });

  test.each([[{}], [{ general: {} }], [{ metrics: { intervalMs: 2000 } }], [{ general: { boxName: 'Keller' }, chat: { passages: 3 } }]])(
    'the patch %j stays what was sent',
    (patch) => {
      expect(settingsPatch.parse(patch)).toEqual(patch);
    },
  );

  test('several unknown keys are all named', () => {
    const message = settingsPatch.safeParse({ metrics: { intervalms: 1, rawDay: 2 } }).error!.issues[0]!.message;
    expect(message).toBe('`metrics.intervalms` is not known. Did you mean `intervalMs`? `metrics.rawDay` is not known. Did you mean `rawDays`?');
  });
});
