import { networkInterfaces } from 'node:os';

/** Bridges and tunnels that containers and virtual machines make: no phone reaches the box there. */
const VIRTUAL = /^(?:docker|br-|veth|virbr|vmnet|lxc|cni|flannel|tun|tap|utun|awdl|llw)/;

/** This machine's IPv4 addresses on its networks, cable and wireless before anything else. */
export const lanAddresses = (interfaces = networkInterfaces()): string[] =>
  Object.entries(interfaces)
    .filter(([name]) => !VIRTUAL.test(name))
    .sort(([a], [b]) => Number(isPhysical(b)) - Number(isPhysical(a)))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'))
    .map(({ address }) => address);

const isPhysical = (name: string): boolean => /^(?:en|eth|wl)/.test(name);
