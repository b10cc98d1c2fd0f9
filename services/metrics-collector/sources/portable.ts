import si from 'systeminformation';
import { percentOf, round2 } from '../percent.ts';
import type { Source } from '../sample.ts';

/**
 * What systeminformation can tell on a machine that is not Linux. It starts a tool for some of these, which is why Linux
 * has readers of its own (docs/adr on the collector).
 */
export const portableSources = (): Source[] => [
  { name: 'cpu', read: async () => ({ cpu: round2((await si.currentLoad()).currentLoad) }) },
  {
    name: 'memory',
    async read() {
      const { total, available } = await si.mem();
      return { ram: { percent: percentOf(total - available, total), usedBytes: total - available, totalBytes: total } };
    },
  },
  {
    name: 'disks',
    async read() {
      const disks = await si.fsSize();
      return {
        disk: disks
          .filter(({ size }) => size > 0)
          .map(({ mount, used, available }) => ({ mount, usedBytes: used, freeBytes: available, percent: percentOf(used, used + available) })),
      };
    },
  },
  {
    name: 'temperature',
    async read() {
      const { main } = await si.cpuTemperature();
      return main === null || main <= 0 ? null : { temperature: [{ sensor: 'cpu', celsius: main }] };
    },
  },
  {
    name: 'network',
    async read() {
      const links = await si.networkStats('*');
      return {
        network: links
          .filter(({ iface, rx_sec, tx_sec }) => !/^lo\d*$/.test(iface) && rx_sec !== null && tx_sec !== null)
          .map(({ iface, rx_sec, tx_sec }) => ({ device: iface, receivedPerS: Math.round(rx_sec), sentPerS: Math.round(tx_sec) })),
      };
    },
  },
];
