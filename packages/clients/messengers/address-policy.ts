import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { DeliveryFailed } from './message.ts';

/**
 * Where messages may not be sent to. The box lives in a home's or a firm's network and its receivers mostly do too, so private addresses
 * are allowed; what listens on the box itself is not (its database, its model runtime), nor what clouds keep at link-local addresses.
 */
const forbidden = new BlockList();
forbidden.addSubnet('0.0.0.0', 8);
forbidden.addSubnet('169.254.0.0', 16);
forbidden.addSubnet('224.0.0.0', 3);
forbidden.addAddress('::', 'ipv6');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addSubnet('ff00::', 8, 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

export interface AddressPolicy {
  /** Whether programs on the box itself may be told. */
  allowLoopback: boolean;
}

const isForbidden = (address: string, { allowLoopback }: AddressPolicy): boolean => {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return forbidden.check(address, family) || (!allowLoopback && loopback.check(address, family));
};

const refusal = (host: string, address: string): DeliveryFailed =>
  new DeliveryFailed(`${host} is ${address}, an address of the box itself or of no network: messages are not sent there. Give another address.`, {
    permanent: true,
  });

/** Refuses a host that is written as a forbidden address. Errors: `DeliveryFailed`. */
export const checkHost = (hostname: string, policy: AddressPolicy): void => {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && isForbidden(host, policy)) throw refusal(host, host);
};

/** Looks a name up and refuses it by what it stands for; the connection goes to exactly what was checked. */
export const guardedLookup =
  (policy: AddressPolicy): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const bad = addresses.find(({ address }) => isForbidden(address, policy));
      if (bad) return callback(refusal(hostname, bad.address), '', 0);
      if (options.all) return callback(null, addresses, undefined);
      return callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
