/**
 * The address at which a socket on loopback receives urgent datagrams: the same port of another address, so that
 * probes never wait behind data in the kernel's queue (ADR 0033). Processes of a run need not exchange these addresses:
 * each computes them by the same rule. Addresses of real networks have no urgent address.
 *
 * @module
 */
import type { UdpAddress } from './udp-wire.ts';

/** Added to the second byte of an address: the upper half of 127.0.0.0/8 has the urgent addresses. */
const URGENT_HALF_OFFSET = 128;
const LOOPBACK = /^127\.(\d{1,3})(\.\d{1,3}\.\d{1,3})$/;

/**
 * The address and port for urgent datagrams to a socket; undefined if it has none.
 * @example
 * findUrgentAddress({ address: '127.0.0.2', port: 30042 }); // 127.128.0.2:30042
 */
export function findUrgentAddress({ address, port }: UdpAddress): UdpAddress | undefined {
  const [, second, rest] = LOOPBACK.exec(address) ?? [];
  if (second === undefined || rest === undefined) return undefined;
  return { address: `127.${Number(second) ^ URGENT_HALF_OFFSET}${rest}`, port };
}
