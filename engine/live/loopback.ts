/**
 * Finds out whether the system lets this process bind the addresses of the topology: Linux accepts all of
 * 127.0.0.0/8. macOS accepts only 127.0.0.1, whose ports must be free.
 *
 * @module
 */
import { LOOPBACK_ADDRESS, type PortRange } from './port-plan.ts';
import { BoundUdpSocket } from './udp-wire.ts';

const IGNORED = { onMessage: (): void => undefined, onError: (): void => undefined };

/** The first address to which no socket can be bound; undefined if there is none. */
export function firstUnbindableAddress(addresses: readonly string[]): string | undefined {
  return [...new Set(addresses)].find((address) => {
    const wire = BoundUdpSocket.bind(address, 0, IGNORED);
    if (typeof wire === 'string') return wire === 'EADDRNOTAVAIL' || wire === 'EINVAL';
    wire.close();
    return false;
  });
}

/** The first port of these ranges that cannot be bound, with its range and the error's name. */
export function firstUnbindablePort(
  ranges: readonly PortRange[],
): { readonly range: PortRange; readonly port: number; readonly code: string } | undefined {
  for (const range of ranges) {
    for (let port = range.first; port < range.first + range.count; port += 1) {
      const wire = BoundUdpSocket.bind(LOOPBACK_ADDRESS, port, IGNORED);
      if (typeof wire === 'string') return { range, port, code: wire };
      wire.close();
    }
  }
  return undefined;
}
