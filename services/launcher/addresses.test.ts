import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { lanAddresses } from './addresses.ts';

const at = (address: string, { family = 'IPv4', internal = false } = {}): NetworkInterfaceInfo[] => [
  { address, family, internal, netmask: '255.255.255.0', mac: '00:00:00:00:00:00', cidr: null } as NetworkInterfaceInfo,
];

test('a phone is sent to the cable or the wireless network, never to a bridge of containers or to the machine itself', () => {
  expect(
    lanAddresses({
      lo: at('127.0.0.1', { internal: true }),
      docker0: at('172.17.0.1'),
      'br-6f2a': at('172.18.0.1'),
      zt0: at('10.147.17.5'),
      wlan0: at('192.168.1.21'),
      eth0: [...at('fe80::1', { family: 'IPv6' }), ...at('192.168.1.20')],
      eth1: at('169.254.3.4'),
    }),
  ).toEqual(['192.168.1.21', '192.168.1.20', '10.147.17.5']);
});
