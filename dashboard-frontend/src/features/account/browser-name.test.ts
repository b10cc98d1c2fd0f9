import { expect, test } from 'vitest';
import { browserName } from './browser-name.ts';

test('browsers that pretend to be others are told apart', () => {
  expect(browserName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36')).toBe('Chrome, Linux');
  expect(browserName('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0')).toBe('Edge, Windows');
  expect(browserName('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile/15E Safari/604')).toBe('Safari, iPhone');
  expect(browserName('Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0')).toBe('Firefox, Android');
});

test('another client is called what it calls itself', () => {
  expect(browserName('curl/8.14.1')).toBe('curl');
  expect(browserName(null)).toBeNull();
  expect(browserName(' ')).toBeNull();
});
