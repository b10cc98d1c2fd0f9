import type { Sample, Source } from '../sample.ts';
import type { KernelFile } from './files.ts';

export interface LinkBytes {
  received: number;
  sent: number;
}

/** Loopback, and the links that containers and virtual machines come and go with. */
const VIRTUAL_LINK = /^(lo|veth|docker|br-|virbr|cni|flannel|cali|tap|tun|dummy|bonding_masters|ifb|sit|ip6tnl|gre)/;

/** Byte counters of the machine's own links in /proc/net/dev: first and ninth number of each line. */
export const parseLinks = (dev: string): Map<string, LinkBytes> => {
  const links = new Map<string, LinkBytes>();
  for (const line of dev.split('\n')) {
    const [, name, numbers] = /^\s*([^\s:]+):\s*(.*)$/.exec(line) ?? [];
    if (!name || !numbers || VIRTUAL_LINK.test(name)) continue;
    const counts = numbers.split(/\s+/).map(Number);
    links.set(name, { received: counts[0] ?? 0, sent: counts[8] ?? 0 });
  }
  return links;
};

/** Rates of the links that both readings have. A counter that went back (link reset) gives nothing this time. */
export const linkRates = (before: Map<string, LinkBytes>, after: Map<string, LinkBytes>, elapsedMs: number): Sample['network'] => {
  const rates: Sample['network'] = [];
  if (elapsedMs <= 0) return rates;
  for (const [device, now] of after) {
    const then = before.get(device);
    if (!then || now.received < then.received || now.sent < then.sent) continue;
    rates.push({
      device,
      receivedPerS: Math.round(((now.received - then.received) * 1000) / elapsedMs),
      sentPerS: Math.round(((now.sent - then.sent) * 1000) / elapsedMs),
    });
  }
  return rates;
};

/** `monotonicMs` and not the wall clock: a rate must not jump when the clock is set. */
export const networkSource = (dev: KernelFile, monotonicMs: () => number): Source => {
  let before = parseLinks(dev.text());
  let beforeMs = monotonicMs();
  return {
    name: 'network',
    read() {
      const after = parseLinks(dev.text());
      const afterMs = monotonicMs();
      const network = linkRates(before, after, afterMs - beforeMs);
      before = after;
      beforeMs = afterMs;
      return { network };
    },
    close: () => dev.close(),
  };
};
