/**
 * Finds out whether the system lets us use the addresses of the topology: Linux answers on all of
 * 127.0.0.0/8, macOS only on 127.0.0.1.
 *
 * @module
 */
import { UdpWire } from './udp-wire.ts';

/** The first address that no socket can be bound to, or undefined. */
export function firstUnusable(addresses: readonly string[]): string | undefined {
  return [...new Set(addresses)].find((address) => {
    const nothing = (): void => undefined;
    const wire = UdpWire.bind(address, 0, { onMessage: nothing, onError: nothing });
    if (typeof wire === 'string') return wire === 'EADDRNOTAVAIL' || wire === 'EINVAL';
    wire.close();
    return false;
  });
}
